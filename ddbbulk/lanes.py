"""Writes that wait for the same hot partitions, and the pace of each of those."""

from collections import deque
from typing import Final, TypeAlias

from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.marshal import Key, Write
from ddbbulk.pace import Pace

# The service's second is not ours: so a partition is never given all that it bears.
_SHARE: Final = 0.98
_FULL_RATE: Final = _SHARE * PARTITION_WRITE_UNITS_PER_SECOND
# What a partition that throttles is given less each time, at the least, and what it
# gets back a second: others may write to it, or it shares what it bears with others.
_LESS: Final = 0.8
_LEAST_RATE: Final = _FULL_RATE / 20
_MORE: Final = _FULL_RATE / 50
_TROUBLE_SECONDS: Final = 0.2

# A write, and the partition that it has on each resource.
Entry: TypeAlias = tuple[Write, tuple[Key | None, ...]]


class PartitionPace(Pace):
    """The pace of one hot partition.

    Args:
        resource: the table is 0.

    Attributes:
        resource: as above.
        taken: units of the request that is being packed.
    """

    __slots__ = ("_slowed_at", "resource", "taken")

    def __init__(self, resource: int) -> None:
        super().__init__(_FULL_RATE)
        self.resource = resource
        self.taken = 0.0
        self._slowed_at = float("-inf")

    def has_room(self, units: float) -> bool:
        """Say whether the request that is being packed may take these units, too."""
        return not self.taken or (
            (self.taken + units) * self.factor <= self.request_units
        )

    def pay(self, factor: float, now: float) -> None:
        """Charge what a request takes.

        Args:
            factor: what a unit that was estimated really costs on this resource.
            now: the time.
        """
        self.factor = factor
        self.charge(self.taken, now)
        self.taken = 0.0

    def slow_down(self, now: float) -> None:
        """Give the partition less: it has throttled."""
        # Requests that were on their way together tell of one and the same trouble.
        if now >= self._slowed_at + _TROUBLE_SECONDS:
            self._slowed_at = now
            self.rate = max(_LEAST_RATE, self.rate * _LESS)

    def recover(self) -> None:
        """Give the partition a little more again."""
        self.rate = min(_FULL_RATE, self.rate + _MORE)


class Lane:
    """Writes that wait for the same hot partitions, in the order of their arrival.

    Args:
        paces: those of the partitions; none where no partition is hot.

    Attributes:
        paces: as above.
        entries: what waits.
        is_listed: it stands among those that take turns, or are held.
    """

    __slots__ = ("entries", "is_listed", "paces")

    def __init__(self, paces: tuple[PartitionPace, ...] = ()) -> None:
        self.paces = paces
        self.entries: deque[Entry] = deque()
        self.is_listed = False

    def ready_at(self, now: float) -> float:
        """Return when its first write may leave, in a request of its own."""
        units = self.entries[0][0].units
        return max(
            (
                pace.ready_at(units[pace.resource], now)
                for pace in self.paces
                if units[pace.resource]
            ),
            default=now,
        )

    def has_room(self) -> bool:
        """Say whether its first write may go with the request that is being packed."""
        units = self.entries[0][0].units
        return all(pace.has_room(units[pace.resource]) for pace in self.paces)

    def offered(self, now: float, limit: int) -> int:
        """Return how many may leave now, or ``limit`` where no more are needed."""
        if not self.entries:
            return 0
        waiting = len(self.entries)
        if not self.paces:
            return waiting
        if self.ready_at(now) > now:
            return 0
        # It is not to wait for company when it can fill what one request may take.
        units = self.entries[0][0].units
        room = min(
            pace.request_units / (pace.factor * max(1, units[pace.resource]))
            for pace in self.paces
        )
        return limit if waiting >= room else waiting

    def leave(self) -> None:
        """Let go of the first write; what it costs is taken from its partitions."""
        units = self.entries.popleft()[0].units
        for pace in self.paces:
            pace.taken += units[pace.resource]
