"""Capacity as DynamoDB rations it: pure arithmetic on a clock that the caller reads.

AWS documents none of this exactly, so it is the stricter reading that still makes
progress: a bucket holds one second's units and starts full; it admits while it is above
zero, whatever the cost, and may go into debt (otherwise a 20-unit item could never be
written to a table of 5).
"""

from collections import deque
from typing import Final

_SWEEP_AT_LEAST: Final = 4096
# Sums of seconds are not exact: an empty bucket must not look as if it held something.
_ROUNDING: Final = 1e-9


class Bucket:
    """The units that a table or index has left.

    Args:
        rate: units a second that flow in.
        burst_seconds: how many seconds' units it holds.
        now: when it is made; it is full then.
    """

    __slots__ = ("_at", "_level", "_size", "burst_seconds", "rate")

    def __init__(self, rate: float, *, burst_seconds: float, now: float) -> None:
        self.rate = rate
        self.burst_seconds = burst_seconds
        self._size = rate * burst_seconds
        self._level = self._size
        self._at = now

    def level(self, now: float) -> float:
        """The units it holds; negative where it is in debt."""
        if now > self._at:
            self._level = min(self._size, self._level + (now - self._at) * self.rate)
            self._at = now
        return self._level

    def admits(self, now: float) -> bool:
        """Whether something may be taken out of it."""
        return self.level(now) > 0

    def take(self, units: float, now: float) -> None:
        """Take units out, even more than it holds."""
        self._level = self.level(now) - units

    def resize(self, rate: float, now: float) -> None:
        """Change the rate: what it holds stays, but for what no longer fits."""
        self.level(now)
        self.rate = rate
        self._size = rate * self.burst_seconds
        self._level = min(self._level, self._size)


class PartitionBuckets:
    """A bucket of one rate for each partition key, in bounded memory.

    Each bucket is one number, the moment at which it is full again; a full one needs no
    memory at all. So what is kept is about the keys written within the last second.
    """

    __slots__ = ("_burst_seconds", "_full_at", "_seconds_per_unit", "_sweep_at")

    def __init__(self, rate: float, *, burst_seconds: float) -> None:
        self._seconds_per_unit = 1.0 / rate
        self._burst_seconds = burst_seconds
        self._full_at: dict[bytes, float] = {}
        self._sweep_at = _SWEEP_AT_LEAST

    def __len__(self) -> int:
        return len(self._full_at)

    def admits(self, partition: bytes, now: float) -> bool:
        """Whether something may be taken out of a partition's bucket."""
        full_at = self._full_at.get(partition)
        return full_at is None or full_at - now < self._burst_seconds - _ROUNDING

    def take(self, partition: bytes, units: float, now: float) -> None:
        """Take units out of a partition's bucket."""
        full_at = self._full_at.get(partition, now)
        self._full_at[partition] = max(full_at, now) + units * self._seconds_per_unit
        if len(self._full_at) >= self._sweep_at:
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        # The next sweep waits until as many again have come: constant cost for each.
        self._full_at = {
            partition: full_at
            for partition, full_at in self._full_at.items()
            if full_at > now
        }
        self._sweep_at = max(_SWEEP_AT_LEAST, 2 * len(self._full_at))


class WindowMeter:
    """What was consumed: in all, and at most within any one second.

    A window holds what came after ``t - 1`` and not after ``t``. The times that it is
    given must not go back.

    Attributes:
        total: all of it.
        maximum: the most within a window.
        window: what the window held that ended with the last event.
    """

    __slots__ = ("_events", "maximum", "total", "window")

    def __init__(self) -> None:
        self.total = 0.0
        self.maximum = 0.0
        self.window = 0.0
        self._events: deque[tuple[float, float]] = deque()

    def add(self, units: float, now: float) -> None:
        """Count units consumed now."""
        events = self._events
        while events and events[0][0] <= now - 1.0:
            self.window -= events.popleft()[1]
        events.append((now, units))
        self.total += units
        self.window += units
        self.maximum = max(self.maximum, self.window)
