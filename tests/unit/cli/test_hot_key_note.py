"""Of many hot keys the first is told of."""

from ddbbulk.cli.hot_key_note import HotKeyNote
from ddbbulk.events import HotKeyFound


def test_the_first_hot_key_is_told_of_and_what_becomes_of_its_writes() -> None:
    note = HotKeyNote(is_interleaving=True)
    assert note.of(HotKeyFound("t", "", "@daisy")) == (
        "hot key @daisy of the table gets more than the 1,000 WCU of a partition key: "
        "its writes are spread over time, others pass them"
    )
    assert note.of(HotKeyFound("t", "", "@donald")) == ""


def test_an_index_is_named() -> None:
    note = HotKeyNote(is_interleaving=False)
    said = note.of(HotKeyFound("t", "follows_index", "@daisy"))
    assert "of follows_index" in said
    assert "some of its writes will be throttled" in said
