import pytest

from ddbbulk.counted import counted, counted_are


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 items"), (1, "1 item"), (1.2, "1 item"), (2000, "2,000 items")],
)
def test_one_is_no_plural(number: float, text: str) -> None:
    assert counted(number, "item") == text


def test_one_is_and_others_are() -> None:
    assert counted_are(1, "item") == "1 item is"
    assert counted_are(21, "item") == "21 items are"
