"""How fast a load is, from what was seen of it: arithmetic only."""

from collections import deque
from typing import Final

from ddbbulk.events import Snapshot

NOW_SECONDS: Final = 1.0
FORECAST_SECONDS: Final = 10.0


class Pace:
    """The speed of a load, now and over all, from the snapshots of ten seconds.

    Args:
        estimated_items: stands in for a length that the source does not know.
    """

    def __init__(self, *, estimated_items: int | None = None) -> None:
        self._samples: deque[Snapshot] = deque()
        self._estimated_items = estimated_items

    @property
    def has_samples(self) -> bool:
        """Whether there is anything to say yet."""
        return bool(self._samples)

    @property
    def latest(self) -> Snapshot:
        """Where the load stood at the last look."""
        return self._samples[-1]

    @property
    def is_finished(self) -> bool:
        """Whether the load has come to its end."""
        return bool(self._samples) and self.latest.is_finished

    @property
    def total(self) -> str:
        """How many items there are: ``10,000``, about ``~10,000``, or empty."""
        if self.latest.length is not None:
            return f"{self.latest.length:,}"
        # In the end it is known how many there were; where it ended early, that too
        # is better than a guess.
        if self._estimated_items is None or self.is_finished:
            return ""
        return f"~{self._estimated_items:,}"

    @property
    def share(self) -> float | None:
        """How much is done, from 0 to 1; None where the length is anybody's guess."""
        if not self.total:
            return None
        done, length = settled(self.latest), self._length
        if self.latest.length is None:
            return min(0.99, done / length) if length else None
        return min(1.0, done / length) if length else 1.0

    def add(self, snapshot: Snapshot) -> None:
        """Remember where the load stands, and forget what is older than needed."""
        self._samples.append(snapshot)
        horizon = snapshot.elapsed_seconds - FORECAST_SECONDS
        while len(self._samples) > 1 and self._samples[1].elapsed_seconds <= horizon:
            self._samples.popleft()

    def items_per_second(self, window_seconds: float | None = None) -> float:
        """Return the settled items a second, in a window or in the whole load."""
        before = self._before(window_seconds)
        earlier = settled(before) if before else self.latest.items_resumed
        return self._per_second(settled(self.latest) - earlier, before)

    def units_per_second(
        self, resource: str, window_seconds: float | None = None
    ) -> float:
        """Return the units a second on a resource, in a window or in all."""
        before = self._before(window_seconds)
        return self._per_second(
            self.latest.write_units.get(resource, 0.0)
            - (before.write_units.get(resource, 0.0) if before else 0.0),
            before,
        )

    def seconds_left(self) -> float | None:
        """Return how long the rest will take at the recent pace, where one can say."""
        rate = self.items_per_second(FORECAST_SECONDS)
        if self.is_finished or not self.total or rate <= 0:
            return None
        return max(0, self._length - settled(self.latest)) / rate

    @property
    def _length(self) -> int:
        known = self.latest.length
        return (self._estimated_items or 0) if known is None else known

    def _before(self, window_seconds: float | None) -> Snapshot | None:
        """Return the newest sample that is so old; None stands for the beginning."""
        if window_seconds is None:
            return None
        horizon = self.latest.elapsed_seconds - window_seconds
        old = (one for one in reversed(self._samples) if one.elapsed_seconds <= horizon)
        return next(old, None)

    def _per_second(self, amount: float, before: Snapshot | None) -> float:
        seconds = self.latest.elapsed_seconds
        if before:
            seconds -= before.elapsed_seconds
        return amount / seconds if seconds > 0 else 0.0


def settled(snapshot: Snapshot) -> int:
    """Return how many items have an end: written, superseded, existing, rejected."""
    return (
        snapshot.items_written
        + snapshot.items_superseded
        + snapshot.items_existing
        + snapshot.items_rejected
    )
