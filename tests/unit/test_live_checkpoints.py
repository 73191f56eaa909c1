"""Of a table that may have changed, what is done counts up to a bookmark alone."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.checkpoint.live import certain_part
from ddbbulk.checkpoint.state import (
    CheckpointState,
    Counts,
    Place,
    TableMark,
    read_back,
    written_out,
)
from ddbbulk.report import Rejection


def state(
    done: tuple[tuple[int, int], ...],
    counts: Counts,
    bookmark: int | None,
    *,
    is_finished: bool = False,
) -> CheckpointState:
    return CheckpointState(
        table=TableMark(name="birds"),
        source={"kind": "table"},
        done=done,
        counts=counts,
        bookmark=None if bookmark is None else Place(position=bookmark, place={}),
        is_finished=is_finished,
        saved_at=datetime.now(UTC),
    )


@given(
    first=st.integers(0, 100),
    back=st.integers(0, 100),
    beyond=st.integers(0, 60),
    data=st.data(),
)
def test_only_what_is_before_the_bookmark_is_done(
    first: int, back: int, beyond: int, data: st.DataObject
) -> None:
    done = ((0, first),) if first else ()
    if beyond:
        done = (*done, (first + 5, first + 5 + beyond))
    parts = [data.draw(st.integers(0, first + beyond)) for _ in range(3)]
    cuts = sorted(parts)
    total = first + beyond
    counts = Counts(
        items_written=cuts[0],
        items_superseded=cuts[1] - cuts[0],
        items_existing=cuts[2] - cuts[1],
        items_rejected=total - cuts[2],
    )
    bookmark = max(0, first - back)

    certain = certain_part(state(done, counts, bookmark))

    assert certain.counts.total == bookmark
    assert certain.done == (((0, bookmark),) if bookmark else ())
    # What is read back is checked: its ranges, and that its counts add up.
    assert read_back(written_out(certain)).counts == certain.counts


def test_without_a_bookmark_nothing_is_done() -> None:
    certain = certain_part(state(((0, 3),), Counts(items_written=3), None))

    assert certain.done == ()
    assert certain.counts.total == 0


def test_what_is_finished_stays_so() -> None:
    finished = state(((0, 3),), Counts(items_written=3), None, is_finished=True)

    assert certain_part(finished) == finished


def test_a_rejected_item_that_is_read_again_is_not_counted_twice() -> None:
    rejections = tuple(
        Rejection(position=position, where="", code="EmptyKey", message="")
        for position in (7, 150, 160)
    )
    counts = Counts(items_written=197, items_rejected=3)
    found = state(((0, 200),), counts, 100).model_copy(
        update={"rejections": rejections}
    )

    certain = certain_part(found)

    assert certain.counts == Counts(items_written=99, items_rejected=1)
    assert [rejection.position for rejection in certain.rejections] == [7]
