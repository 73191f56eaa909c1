"""Which positions of a source are done: ranges, for one slow batch must cost nothing.

Ranges of finished positions grow together as they touch. There are never many more of
them than writes that are unsettled, however long the source is.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import TypeAlias

# From the first position to before the second.
Range: TypeAlias = tuple[int, int]


class DonePositions:
    """The positions whose items are settled for good.

    Args:
        ranges: those that are done already, apart from each other.
    """

    __slots__ = ("_ends", "_starts", "count")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        # Each range stands in both: end by start, start by end.
        self._ends: dict[int, int] = {}
        self._starts: dict[int, int] = {}
        self.count = 0
        for start, end in ranges:
            self.add_range(start, end)

    def add(self, position: int) -> None:
        """Note that a position is done; it must not be so yet."""
        self.add_range(position, position + 1)

    def add_all(self, positions: Iterable[int]) -> None:
        """Note that these positions are done; neighbours together cost little."""
        start = end = -1
        for position in positions:
            if position != end:
                if end > start:
                    self.add_range(start, end)
                start = position
            end = position + 1
        if end > start:
            self.add_range(start, end)

    def add_range(self, start: int, end: int) -> None:
        """Note that the positions from ``start`` to before ``end`` are done."""
        self.count += end - start
        before = self._starts.pop(start, None)
        if before is not None:
            start = before
        after = self._ends.pop(end, None)
        if after is not None:
            end = after
        self._ends[start] = end
        self._starts[end] = start

    def first_open(self) -> int:
        """Return the first position, from 0, that is not done."""
        return self._ends.get(0, 0)

    def ranges(self) -> list[Range]:
        """Return the done positions as ranges, in their order."""
        return sorted(self._ends.items())


def open_parts(start: int, end: int, done: Sequence[Range]) -> Iterator[Range]:
    """Yield what the done ranges leave open between ``start`` and ``end``.

    Args:
        start: the first position.
        end: the position after the last.
        done: in their order, and apart from each other.
    """
    passed = bisect_right(done, start, key=itemgetter(1))
    for first, last in islice(done, passed, None):
        if first >= end:
            break
        if first > start:
            yield start, first
        start = last
    if start < end:
        yield start, end
