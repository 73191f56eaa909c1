"""Done positions grow together into ranges, in whatever order they come."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.positions import DonePositions, open_parts

POSITIONS = st.sets(st.integers(0, 60))


@given(positions=POSITIONS, seed=st.integers())
def test_the_ranges_are_the_positions(positions: set[int], seed: int) -> None:
    order = sorted(positions)
    random.Random(seed).shuffle(order)
    done = DonePositions()
    for cut in range(0, len(order), 5):
        done.add_all(sorted(order[cut : cut + 5]))
    ranges = done.ranges()
    assert [p for start, end in ranges for p in range(start, end)] == sorted(positions)
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(ranges))
    assert done.count == len(positions)
    assert done.first_open() == next(p for p in range(62) if p not in positions)


@given(positions=POSITIONS)
def test_ranges_that_are_kept_can_be_gone_on_with(positions: set[int]) -> None:
    kept = DonePositions()
    kept.add_all(sorted(positions))
    done = DonePositions(kept.ranges())
    done.add_all(sorted(set(range(61)) - positions))
    assert done.ranges() == [(0, 61)]


@given(positions=POSITIONS, start=st.integers(0, 60), length=st.integers(0, 60))
def test_what_is_open_is_what_is_not_done(
    positions: set[int], start: int, length: int
) -> None:
    done = DonePositions()
    done.add_all(sorted(positions))
    parts = list(open_parts(start, start + length, done.ranges()))
    found = [p for first, end in parts for p in range(first, end)]
    assert found == [p for p in range(start, start + length) if p not in positions]


def test_one_slow_batch_is_one_gap() -> None:
    done = DonePositions()
    done.add_all(range(25))
    done.add_all(range(50, 1_000_000))
    assert done.ranges() == [(0, 25), (50, 1_000_000)]
    done.add_all(range(25, 50))
    assert done.ranges() == [(0, 1_000_000)]
