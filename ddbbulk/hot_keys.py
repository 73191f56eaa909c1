"""Which partition keys are written to more often than a partition can bear.

Counted for the table and each global index apart. What counts is the last second's
worth of the load: sorted input is hot in one place after the other, and cold on the
whole. So little is counted at a time that it needs no sketch to stay bounded. Nothing
here awaits or reads a clock: the budget's units are the clock.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Final

from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.marshal import Key

# So many units of one partition key within a second's worth of the budget are hot: a
# little less than it bears, for they are counted in samples.
_HOT_UNITS: Final = 0.8 * PARTITION_WRITE_UNITS_PER_SECOND
# So many may make a burst of it.
_CROWDED_UNITS: Final = 0.2 * PARTITION_WRITE_UNITS_PER_SECOND
# Fewer writes are chance: of ten thousand keys with a twentieth of that each, one is
# counted so often in a second out of ten thousand.
_FEWEST_WRITES: Final = 8
# However large a budget is, so many keys are counted at a time.
_MOST_COUNTED: Final = 20_000
# The hot keys of a source that is sorted are many; those that stand out are few.
_MOST_REMEMBERED: Final = 1000

OnHot = Callable[[int, Key], None]


class Heat(IntEnum):
    """How many of the writes of late go to one partition."""

    NORMAL = 0
    CROWDED = 1
    """Enough for a burst that it could not bear."""
    HOT = 2
    """More than it can bear at the rate of the budget."""


_NORMAL: Final = Heat.NORMAL


class HotKeyDetector:
    """Counts writes by partition key, on the table and each global index.

    Args:
        resources: how many of them there are.
        on_hot: told of each key when it is found to be hot for the first time.
    """

    def __init__(self, *, resources: int, on_hot: OnHot) -> None:
        self._traffic = [_Traffic() for _ in range(resources)]
        self._on_hot = on_hot

    @property
    def is_needed(self) -> bool:
        """Whether any key could be hot at all, at these rates."""
        return any(traffic.may_be_hot for traffic in self._traffic)

    def set_rates(self, rates: Sequence[float]) -> None:
        """Take note of the budget of each resource, in units a second."""
        for traffic, rate in zip(self._traffic, rates, strict=True):
            if rate != traffic.rate:
                traffic.set_rate(rate)

    def suspect(self, resource: int) -> None:
        """Count on a resource however small its budget is: others may write there."""
        self._traffic[resource].may_be_hot = True

    def observe(
        self,
        resource: int,
        key: Key,
        units: int,
        *,
        weight: int = 1,
        is_new: bool = True,
    ) -> Heat:
        """Count a write, and say how its partition stands.

        Args:
            resource: the table is 0.
            key: the partition key that it has there.
            units: what it costs there.
            weight: for how many writes it stands.
            is_new: it was not counted before.
        """
        traffic = self._traffic[resource]
        if not traffic.may_be_hot:
            return _NORMAL
        heat = traffic.observe(key, units * weight, is_new=is_new)
        if heat is Heat.HOT and traffic.remember(key):
            self._on_hot(resource, key)
        return heat

    def is_crowded(self, resource: int, key: Key) -> bool:
        """Say whether a key still gets enough writes for a burst."""
        return self._traffic[resource].recent_units(key) >= _CROWDED_UNITS

    def forget_recent(self) -> None:
        """Begin to count what was of late anew: all that waits is observed again."""
        for traffic in self._traffic:
            traffic.forget_recent()

    def hottest(self, resource_units: Sequence[float]) -> list[tuple[int, Key, float]]:
        """Return the keys that were hot: resource, key and share, by their units.

        Args:
            resource_units: what was written to each resource, of which they had a
                share.
        """
        shares = [
            (resource, key, share)
            for resource, traffic in enumerate(self._traffic)
            for key, share in traffic.shares()
        ]
        return sorted(shares, key=lambda one: -one[2] * resource_units[one[0]])


class _Traffic:
    """The writes to one resource: in all, and within the last second's worth."""

    __slots__ = (
        "_before",
        "_found",
        "_half",
        "_in_recent",
        "_recent",
        "_total",
        "may_be_hot",
        "rate",
    )

    def __init__(self) -> None:
        self.rate = 0.0
        self.may_be_hot = False
        self._half = PARTITION_WRITE_UNITS_PER_SECOND / 2
        self._found: dict[Key, int] = {}
        self._total = 0
        self.forget_recent()

    def set_rate(self, rate: float) -> None:
        """Take note of the budget: one key may be hot once it exceeds a partition's."""
        self.rate = rate
        self.may_be_hot |= rate > PARTITION_WRITE_UNITS_PER_SECOND
        self._half = max(rate, PARTITION_WRITE_UNITS_PER_SECOND) / 2

    def forget_recent(self) -> None:
        """Begin to count what was of late anew."""
        self._recent: dict[Key, int] = {}
        self._before: dict[Key, int] = {}
        self._in_recent = 0

    def observe(self, key: Key, amount: int, *, is_new: bool) -> Heat:
        """Count an amount of units, and say how its key stands."""
        recent = self._recent
        if is_new:
            self._total += amount
            if key in self._found:
                self._found[key] += amount
        count = recent[key] = recent.get(key, 0) + amount
        units = count + self._before.get(key, 0)
        self._in_recent += amount
        # Two halves of a second take turns: what is seen is one at the most.
        if self._in_recent >= self._half or len(recent) >= _MOST_COUNTED:
            self._before, self._recent = recent, {}
            self._in_recent = 0
        if units < _CROWDED_UNITS or units < _FEWEST_WRITES * amount:
            return _NORMAL
        return Heat.HOT if units >= _HOT_UNITS else Heat.CROWDED

    def recent_units(self, key: Key) -> int:
        """Return how many units a key got within the last second's worth."""
        return self._recent.get(key, 0) + self._before.get(key, 0)

    def remember(self, key: Key) -> bool:
        """Count the units of a hot key from now on; say whether it is a new one."""
        if key in self._found:
            return False
        if len(self._found) >= _MOST_REMEMBERED:
            # One that is hot just now would only come back, and be told of again.
            idle = [
                one for one in self._found if self.recent_units(one) < _CROWDED_UNITS
            ]
            if not idle:
                return False
            del self._found[min(idle, key=self._found.__getitem__)]
        self._found[key] = self.recent_units(key)
        return True

    def shares(self) -> list[tuple[Key, float]]:
        """Return which share of all units each of the hot keys got."""
        total = max(1, self._total)
        return [(key, min(1.0, units / total)) for key, units in self._found.items()]
