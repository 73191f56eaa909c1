"""Items that were encoded together, as columns: no object is made for each of them.

Most items of a load are put, acknowledged and forgotten without anybody ever looking at
one of them. Writes are made only of those that somebody looks at.
"""

from collections.abc import Iterable
from itertools import count, repeat

from ddbbulk.limits import MAX_BATCH_ITEMS, WRITE_UNIT_BYTES
from ddbbulk.marshal.cost import Units
from ddbbulk.marshal.write import Key, Write


class Columns:
    """What encoders write down of every item, one after the other.

    Attributes:
        keys: as ``Write.key``.
        bodies: as ``Write.body``.
        sizes: as ``Write.size``; an item is there once it has one.
        units: as ``Write.units``; left empty where they go by the size alone.
    """

    __slots__ = ("bodies", "keys", "sizes", "units")

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.bodies: list[str] = []
        self.sizes: list[int] = []
        self.units: list[Units] = []

    def are_small(self, one_each: Units) -> bool:
        """Say whether each item costs what the smallest one does, on every resource."""
        if self.units:
            return self.units.count(one_each) == len(self.units)
        return max(self.sizes) <= WRITE_UNIT_BYTES

    def writes(
        self, units: Iterable[Units], position: int, origin: object, part: slice
    ) -> list[Write]:
        """Return new writes of some of the items.

        Args:
            units: of each of those.
            position: of the first of them in its source; the others follow it.
            origin: of all.
            part: which they are.
        """
        return [
            *map(
                Write,
                repeat("put"),
                self.bodies[part],
                self.keys[part],
                self.sizes[part],
                units,
                count(position),
                repeat(origin),
            )
        ]


class Bundle:
    """As many puts as travel together, each of which costs one unit wherever it is.

    Args:
        columns: of these items, and of others.
        start: which of those is the first; the others follow it.
        units: of each of them.
        position: of the first in its source; the others follow it.
        origin: what can say where a person finds them.

    Attributes:
        keys: as ``Write.key``; one may be in it twice.
    """

    __slots__ = ("_columns", "_part", "keys", "origin", "position", "units")

    def __init__(
        self,
        columns: Columns,
        start: int,
        units: Units,
        position: int,
        origin: object,
    ) -> None:
        self._columns = columns
        self._part = part = slice(start, start + MAX_BATCH_ITEMS)
        self.keys = columns.keys[part]
        self.units = units
        self.position = position
        self.origin = origin

    def __len__(self) -> int:
        """Return how many puts they are."""
        return MAX_BATCH_ITEMS

    def __getitem__(self, at: int) -> Write:
        """Return a write of one of them, to look at."""
        one = range(MAX_BATCH_ITEMS)[at]
        columns, place = self._columns, self._part.start + one
        return Write(
            "put",
            columns.bodies[place],
            columns.keys[place],
            columns.sizes[place],
            self.units,
            self.position + one,
            self.origin,
        )

    @property
    def bodies(self) -> list[str]:
        """Each put's element of BatchWriteItem's list, as JSON."""
        return self._columns.bodies[self._part]

    def writes(self) -> list[Write]:
        """Return new writes, in the order of the items."""
        units = repeat(self.units)
        return self._columns.writes(units, self.position, self.origin, self._part)
