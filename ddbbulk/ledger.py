"""What became of every item, and what the requests cost: counted as it happens."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import exp, floor, log
from typing import NamedTuple, Self

from ddbbulk.errors import ConservationError
from ddbbulk.marshal import Write
from ddbbulk.positions import DonePositions
from ddbbulk.report import Latency, Rejection

# How many rejections a report shows in full; all are counted.
SHOWN_REJECTIONS = 10
# Two latencies closer than this factor share a cell of the histogram.
_CELLS = 1 / log(1.02)
# Nothing is faster; a clock may say so.
_LEAST = 1e-6


class LatencyHistogram:
    """Percentiles of any number of latencies, within 1 %, in bounded memory."""

    def __init__(self) -> None:
        self._cells: defaultdict[int, int] = defaultdict(int)
        self._max = 0.0

    def add(self, seconds: float) -> None:
        """Count one latency."""
        self._cells[floor(log(max(seconds, _LEAST)) * _CELLS)] += 1
        self._max = max(self._max, seconds)

    def milliseconds(self) -> Latency:
        """Return the percentiles, in milliseconds."""
        return Latency(
            p50=self._percentile(0.5),
            p90=self._percentile(0.9),
            p99=self._percentile(0.99),
            max=round(self._max * 1000, 2),
        )

    def _percentile(self, share: float) -> float:
        if not self._cells:
            return 0.0
        rank, seen = share * sum(self._cells.values()), 0
        for cell in sorted(self._cells):
            seen += self._cells[cell]
            if seen >= rank:
                middle = exp((cell + 0.5) / _CELLS)
                return round(min(middle, self._max) * 1000, 2)
        return round(self._max * 1000, 2)


class DoneCounts(NamedTuple):
    """How the items ended that are done for good."""

    items_written: int = 0
    items_superseded: int = 0
    items_existing: int = 0
    items_rejected: int = 0


class _Unsafe(NamedTuple):
    """The positions of a request's writes that an earlier attempt may land over.

    Args:
        until: when that is over.
        written: those that were acknowledged.
        superseded: those that they superseded.
    """

    until: float
    written: Sequence[int]
    superseded: Sequence[int]

    @classmethod
    def of(cls, writes: Sequence[Write]) -> Self:
        """Return what is to be known of these writes."""
        chained = chain.from_iterable(write.earlier() for write in writes)
        return cls(
            max(write.guarded_until for write in writes),
            [write.position for write in writes],
            [earlier.position for earlier in chained],
        )


@dataclass(slots=True)
class Ledger:
    """The counts of a load; ``items_pending`` is what the others leave over.

    Args:
        resources: names of what has a budget, the table (``""``) first.
        done: where the positions of settled items are noted; None: nowhere.
        items_resumed: how many of the items were settled by earlier runs of this load.
    """

    resources: Sequence[str]
    done: DonePositions | None = None
    items_resumed: int = 0
    items_read: int = 0
    items_written: int = 0
    items_superseded: int = 0
    items_existing: int = 0
    items_rejected: int = 0
    requests: int = 0
    throttled_requests: int = 0
    unprocessed_items: int = 0
    retried_items: int = 0
    units: list[float] = field(default_factory=list[float])
    latency: LatencyHistogram = field(default_factory=LatencyHistogram)
    rejections: list[Rejection] = field(default_factory=list[Rejection])
    _unsafe: list[_Unsafe] = field(default_factory=list[_Unsafe])

    def __post_init__(self) -> None:
        self.units = [0.0] * len(self.resources)

    @property
    def items_pending(self) -> int:
        """Items read that nothing is known of yet."""
        return self.items_read - (
            self.items_written
            + self.items_superseded
            + self.items_existing
            + self.items_rejected
        )

    def written(self, writes: Sequence[Write], now: float) -> None:
        """Count items that were acknowledged, and those that they superseded."""
        self.items_written += len(writes)
        if self.done is not None:
            safe = [write.position for write in writes if write.guarded_until <= now]
            self.done.add_all(safe)
            if len(safe) < len(writes):
                guarded = [write for write in writes if write.guarded_until > now]
                self._unsafe.append(_Unsafe.of(guarded))
        for write in writes:
            if write.superseded is None:
                continue
            for earlier in write.earlier():
                self.items_superseded += 1
                if self.done is not None and write.guarded_until <= now:
                    self.done.add(earlier.position)

    def written_together(self, count: int, position: int) -> None:
        """Count items that were acknowledged at once, and superseded nothing.

        Args:
            count: how many they are.
            position: of the first in its source; the others follow it.
        """
        self.items_written += count
        if self.done is not None:
            self.done.add_range(position, position + count)

    def done_counts(self, now: float) -> DoneCounts:
        """Return how the items ended whose positions are done.

        An item whose first attempt may still land is not done yet, although it is
        written: another run could not know that its key is guarded.
        """
        over = [one for one in self._unsafe if one.until <= now]
        self._unsafe = [one for one in self._unsafe if one.until > now]
        if self.done is not None:
            for one in over:
                self.done.add_all(one.written)
                self.done.add_all(one.superseded)
        return DoneCounts(
            self.items_written - sum(len(one.written) for one in self._unsafe),
            self.items_superseded - sum(len(one.superseded) for one in self._unsafe),
            self.items_existing,
            self.items_rejected,
        )

    def existing(self, write: Write) -> None:
        """Count an item in whose place the table's own stayed."""
        self.items_existing += 1
        if self.done is not None:
            self.done.add(write.position)

    def reject(self, rejection: Rejection) -> None:
        """Count a rejected item; the first few are kept to be shown."""
        self.items_rejected += 1
        if self.done is not None:
            self.done.add(rejection.position)
        if len(self.rejections) < SHOWN_REJECTIONS:
            self.rejections.append(rejection)

    def consume(self, units: Sequence[float]) -> None:
        """Add what a request consumed on each resource."""
        for resource, consumed in enumerate(units):
            self.units[resource] += consumed

    def imbalance(self, unsettled: int) -> ConservationError | None:
        """Return the error of an item that was lost or counted twice, if one was.

        Args:
            unsettled: how many writes are really queued or in flight.
        """
        if self.items_pending == unsettled:
            return None
        return ConservationError(
            f"{self.items_pending:,} items are pending by the counts, but "
            f"{unsettled:,} writes are queued or in flight: this is a defect of "
            f"ddbbulk, please report it; verify the table before you rely on it"
        )
