"""How reports and snapshots are drawn up from what was counted."""

import time
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from ddbbulk.bottleneck import Bottleneck
from ddbbulk.errors import DeadlineReachedError
from ddbbulk.events import Snapshot
from ddbbulk.ledger import Ledger
from ddbbulk.report import HotKey, LoadReport


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """When a load began, by the calendar, the clock and the processor."""

    started_at: datetime
    clock: Callable[[], float]
    clock_at_start: float
    processor_at_start: float

    @classmethod
    def start(cls, clock: Callable[[], float] = time.monotonic) -> Self:
        """Return a stopwatch that starts now, by this clock."""
        return cls(datetime.now(UTC), clock, clock(), time.process_time())

    @property
    def elapsed_seconds(self) -> float:
        """Seconds since the start."""
        return self.clock() - self.clock_at_start

    @property
    def processor_seconds(self) -> float:
        """CPU seconds of this process since the start."""
        return time.process_time() - self.processor_at_start


def draw_up_report(  # noqa: PLR0913 -- what a report is drawn from, each by its name
    *,
    table: str,
    stopwatch: Stopwatch,
    ledger: Ledger,
    bottleneck: Bottleneck,
    rates: Sequence[float],
    hot_keys: Sequence[HotKey],
    transport: str,
    max_connections: int,
    ending: str = "",
) -> LoadReport:
    """Return the account of a load.

    Args:
        table: name or ARN.
        stopwatch: started when the load was called.
        ledger: the counts.
        bottleneck: what was waited for.
        rates: budget of each of the ledger's resources; empty before they are known.
        hot_keys: those that got more than a partition bears, the hottest first.
        transport: name of what carried the requests.
        max_connections: how many requests could be in flight.
        ending: the verdict, where it is not the bottleneck's to say.
    """
    elapsed = stopwatch.elapsed_seconds
    floors = [
        units / rate for units, rate in zip(ledger.units, rates, strict=bool(rates))
    ]
    budget_floor = max(floors, default=0.0)
    floor = max((budget_floor, *(key.floor_seconds for key in hot_keys)))
    names = ledger.resources
    return LoadReport(
        table=table,
        started_at=stopwatch.started_at,
        elapsed_seconds=round(elapsed, 4),
        floor_seconds=round(floor, 4),
        items_read=ledger.items_read,
        items_written=ledger.items_written,
        items_superseded=ledger.items_superseded,
        items_existing=ledger.items_existing,
        items_rejected=ledger.items_rejected,
        items_pending=ledger.items_pending,
        items_resumed=ledger.items_resumed,
        write_units=ledger.units[0],
        index_write_units=dict(zip(names[1:], ledger.units[1:], strict=True)),
        budget=rates[0] if rates else 0.0,
        index_budgets=dict(zip(names[1:], rates[1:], strict=bool(rates))),
        budget_utilization=round(budget_floor / elapsed, 4) if elapsed > 0 else 0.0,
        requests=ledger.requests,
        throttled_requests=ledger.throttled_requests,
        unprocessed_items=ledger.unprocessed_items,
        retried_items=ledger.retried_items,
        latency_ms=ledger.latency.milliseconds(),
        transport=transport,
        verdict=ending
        or bottleneck.verdict(
            rates=rates,
            elapsed_seconds=elapsed,
            floor_seconds=budget_floor,
            hot_key=hot_keys[0] if hot_keys else None,
            throttled_share=ledger.throttled_requests / max(1, ledger.requests),
            cpu_share=stopwatch.processor_seconds / elapsed if elapsed > 0 else 0.0,
            max_connections=max_connections,
        ),
        rejections=tuple(ledger.rejections),
        hot_keys=tuple(hot_keys),
    )


def ending_verdict(ended_by: BaseException | None, *, was_finished: bool) -> str:
    """Return the verdict of a load that says nothing of what bound it, or ``""``.

    Args:
        ended_by: what ended it before its end.
        was_finished: an earlier run did all of it.
    """
    if isinstance(ended_by, CancelledError):
        return "ended early: it was cancelled"
    if isinstance(ended_by, DeadlineReachedError):
        return "ended early: its time was over"
    if ended_by is not None:
        return f"ended early by {type(ended_by).__name__}"
    return "nothing to do: an earlier run finished this load" if was_finished else ""


def take_snapshot(
    *,
    table: str,
    length: int | None,
    stopwatch: Stopwatch,
    ledger: Ledger,
    rates: Sequence[float],
    is_finished: bool,
) -> Snapshot:
    """Return where a load stands now; the arguments are those of the report."""
    return Snapshot(
        table=table,
        length=length,
        elapsed_seconds=stopwatch.elapsed_seconds,
        items_read=ledger.items_read,
        items_written=ledger.items_written,
        items_superseded=ledger.items_superseded,
        items_existing=ledger.items_existing,
        items_rejected=ledger.items_rejected,
        throttled_requests=ledger.throttled_requests,
        unprocessed_items=ledger.unprocessed_items,
        budgets=dict(zip(ledger.resources, rates, strict=bool(rates))),
        write_units=dict(zip(ledger.resources, ledger.units, strict=True)),
        is_finished=is_finished,
        items_resumed=ledger.items_resumed,
    )
