"""Looks for hot keys while a load runs, and spreads their writes over time.

What is hot goes by how fast the load is, which may be slower than its budget. Of writes
that come only samples are looked at: to find a write's partition in an index
its body has to be read. Once a key is hot, or the service says that a range of keys
was, fresh writes wait in a window (``interleaving``) until none was hot for a while.
"""

import random
from collections.abc import Callable, Sequence
from typing import Final

from ddbbulk.batch import Batch
from ddbbulk.batching import Batcher
from ddbbulk.events import HotKeyFound, Listener
from ddbbulk.hot_keys import Heat, HotKeyDetector
from ddbbulk.interleaving import Interleaver
from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.marshal import Bundle, Key, Partitions, Write
from ddbbulk.printable import printable
from ddbbulk.report import HotKey

# How many writes may be unsettled while they are spread; their bytes have the bound
# that they always have.
WINDOW_ITEMS: Final = 50_000
REDACTED: Final = "[redacted]"
# A sample stands for so many writes.
_SAMPLE_WRITES: Final = 100
# How fast the load is, is known anew each so many seconds.
_MEASURING_SECONDS: Final = 0.5
# … or as soon as so many times as much was sent: its budget has become a higher one.
_FASTER: Final = 1.25
_FEW_UNITS: Final = 100.0
# Without a hot key for so long, writes leave as they come again.
_CALM_SECONDS: Final = 5.0
_SHOWN_KEYS: Final = 10
_KEY_CHARACTERS: Final = 64
_KEY_RANGE: Final = "WriteKeyRangeThroughputExceeded"


class Spreading:
    """Watches the writes of one load, and opens and closes its window.

    Args:
        table: name or ARN, for events.
        resources: names of what has a budget, the table (``""``) first.
        partitions: reads the partition keys of writes.
        rates: returns the budget of each resource now.
        chance: says which writes are looked at.
        on_event: told of each hot key.
        is_interleaving: whether anything is done about them.
        is_redacting: whether keys are kept out of what is told.
    """

    _batcher: Batcher

    def __init__(
        self,
        *,
        table: str,
        resources: Sequence[str],
        partitions: Partitions,
        rates: Callable[[], Sequence[float]],
        chance: random.Random,
        on_event: Listener | None = None,
        is_interleaving: bool = True,
        is_redacting: bool = False,
    ) -> None:
        self._table = table
        self._resources = resources
        self._partitions = partitions
        self._rates = rates
        self._chance = chance
        self._on_event = on_event
        self._is_interleaving = is_interleaving
        self._is_redacting = is_redacting
        self._detector = HotKeyDetector(resources=len(resources), on_hot=self._tell)
        self._detector.set_rates(rates())
        self._window: Interleaver | None = None
        self._until_sample = self._gap()
        self._hot_writes = 0
        self._hot_at: float | None = None
        self._measured_at = float("-inf")
        self._units = [0.0] * len(resources)
        self._surprising = 0.0
        self.window_items = 0

    def attach(self, batcher: Batcher) -> None:
        """Spread the writes of this batcher."""
        self._batcher = batcher

    def watch(self, writes: Sequence[Write] | Bundle) -> None:
        """Look at some of the writes that are to be queued now."""
        if self._window is not None:
            return
        self._until_sample -= len(writes)
        while self._until_sample < 0:
            self._look_at(writes[self._until_sample])
            self._until_sample += self._gap()

    def sent(self, batch: Batch, now: float) -> None:
        """Learn from a request that leaves, paid for; close the window in time."""
        is_time = now >= self._measured_at + _MEASURING_SECONDS
        if is_time or self._units[0] > self._surprising:
            self._measure(now)
        for resource, units in enumerate(batch.units):
            self._units[resource] += units
        window = self._window
        if window is None:
            return
        for resource, units in enumerate(batch.units):
            if units:
                window.factors[resource] = batch.charged[resource] / units
        if self._hot_at is None or window.hot_writes != self._hot_writes:
            self._hot_writes, self._hot_at = window.hot_writes, now
        elif now >= self._hot_at + _CALM_SECONDS and window.is_dispensable:
            self._close()

    def released_at(self) -> float:
        """Return when a write may leave that waits for a hot key; infinity: none."""
        return float("inf") if self._window is None else self._window.released_at()

    def throttled(
        self,
        writes: Sequence[Write],
        reasons: Sequence[tuple[str, str]],
        now: float,
    ) -> None:
        """Open the window where the service says that a range of keys got too much.

        Args:
            writes: what the request carried.
            reasons: pairs of ThrottlingReason and resource ARN.
            now: the time.
        """
        for reason, arn in reasons:
            if not reason.endswith(_KEY_RANGE):
                continue
            name = arn.partition("/index/")[2]
            if name not in self._resources:
                continue
            resource = self._resources.index(name)
            self._detector.suspect(resource)
            self._open()
            self._hot_at = now
            if self._window is not None:
                self._window.slow_down(writes, resource, now)

    def hot_keys(self, resource_units: Sequence[float]) -> tuple[HotKey, ...]:
        """Return the hottest keys of the load, by what its resources consumed."""
        return tuple(
            HotKey(
                resource=self._resources[resource],
                key=self._shown(key),
                write_units=round(share * resource_units[resource], 1),
                share=round(share, 4),
                floor_seconds=round(
                    share * resource_units[resource] / PARTITION_WRITE_UNITS_PER_SECOND,
                    4,
                ),
            )
            for resource, key, share in self._detector.hottest(resource_units)[
                :_SHOWN_KEYS
            ]
        )

    def _measure(self, now: float) -> None:
        """Tell the detector how fast the load is: at most as its budget says."""
        rates = self._rates()
        seconds = now - self._measured_at
        if seconds < float("inf"):
            present = (sent / seconds for sent in self._units)
            rates = [*map(min, rates, present)]
        self._detector.set_rates(rates)
        self._measured_at = now
        self._surprising = _FASTER * max(_MEASURING_SECONDS * rates[0], _FEW_UNITS)
        self._units = [0.0] * len(rates)

    def _gap(self) -> int:
        """Return how many writes pass before the next sample: never a rhythm."""
        return self._chance.randrange(1, 2 * _SAMPLE_WRITES)

    def _look_at(self, write: Write) -> None:
        if not self._detector.is_needed:
            return
        heat = Heat.NORMAL
        for resource, key in enumerate(self._partitions.of(write)):
            units = write.units[resource]
            if key is not None and units:
                seen = self._detector.observe(
                    resource, key, units, weight=_SAMPLE_WRITES
                )
                heat = max(heat, seen)
        if heat is Heat.HOT:
            self._open()

    def _open(self) -> None:
        if self._window is not None or not self._is_interleaving:
            return
        # What waits is looked at one by one now: its samples do not count beside it.
        self._detector.forget_recent()
        self._window = Interleaver(
            heads=self._batcher.heads,
            partitions=self._partitions,
            detector=self._detector,
            resources=len(self._resources),
        )
        self._batcher.spread(self._window)
        self._window.is_open = True
        self._hot_at, self._hot_writes = None, 0
        self.window_items = WINDOW_ITEMS

    def _close(self) -> None:
        self._window = None
        self.window_items = 0
        self._batcher.gather()

    def _tell(self, resource: int, key: Key) -> None:
        if self._on_event is not None:
            name = self._resources[resource]
            self._on_event(HotKeyFound(self._table, name, self._shown(key)))

    def _shown(self, key: Key) -> str:
        """Return a key for people: it comes from data."""
        if self._is_redacting:
            return REDACTED
        text = key if isinstance(key, str) else ", ".join(key)
        return printable(text, limit=_KEY_CHARACTERS)
