"""How far ahead of the deletes items are looked up: no more than a second or two.

What was seen long ago may not be so any more, and a condition cannot tell all of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ddbbulk.sizing import item_size, write_units

# What BatchGetItem takes at once.
_MOST: Final = 100
# As for pages that are read: what has been seen may be unlike what comes.
_GROWTH: Final = 4
# So many deletes a second leave the writer's queue about as they come.
_FAST: Final = 1000.0
_MAX_SECONDS: Final = 2.0


class LookAhead:
    """Decides how many items are looked up at once, by what their deletes cost.

    Each rate is in write units a second: the smallest of those of table and indexes.
    """

    def __init__(self) -> None:
        self._units = 1.0
        self._most = 1

    def count(self, rate: float) -> int:
        """Return how many items may be looked up: no more than a second deletes."""
        return max(1, int(min(rate / self._units, self._most, _MOST)))

    def is_fast(self, rate: float) -> bool:
        """Say whether items are deleted about as fast as they are looked up."""
        return rate / self._units >= _FAST

    def is_too_far(self, units: float, rate: float) -> bool:
        """Say whether so many units of deletes take so long that a look grows old."""
        return units > _MAX_SECONDS * rate

    def learn(self, count: int, found: Iterable[Mapping[str, Any]]) -> None:
        """Take what was found of so many items for what others will be like."""
        self._most = max(self._most, _GROWTH * count)
        units = [units_of(item) for item in found]
        if units:
            self._units = sum(units) / len(units)


def units_of(item: Mapping[str, Any]) -> int:
    """Return about what it costs to delete an item, on the table or an index."""
    return write_units(item_size(item))
