"""What a reading has done so far: counted page by page, and told at any moment."""

import asyncio
from typing import Any

from ddbbulk.accounting import Stopwatch
from ddbbulk.events import Snapshot
from ddbbulk.reading.page import Page
from ddbbulk.reading.reader import Reader
from ddbbulk.reading.report import read_verdict


class ReadTally:
    """Counts what a reader reads.

    Args:
        reader: whose units and requests count.
        segments: into how many parts it divides the table.
        ending: what becomes of the items, such as ``counted``.

    Attributes:
        items: how many were wanted.
        scanned: how many were looked at.
        is_complete: all was read that was to be read.
    """

    def __init__(self, reader: Reader, *, segments: int, ending: str) -> None:
        self._reader = reader
        self._segments = segments
        self._ending = ending
        self._stopwatch = Stopwatch.start(asyncio.get_running_loop().time)
        self._elapsed: float | None = None
        self._processor = 0.0
        self.items = 0
        self.scanned = 0
        self.is_complete = False

    def add(self, page: Page) -> None:
        """Count a page."""
        self.items += page.count
        self.scanned += page.scanned

    def end(self) -> None:
        """Stop the watch, where it still runs."""
        if self._elapsed is None:
            self._elapsed = self._seconds
            self._processor = self._stopwatch.processor_seconds

    def snapshot(self) -> Snapshot:
        """Return where the reading stands, for a progress display."""
        reader = self._reader
        return Snapshot(
            table=reader.table,
            length=None,
            elapsed_seconds=self._seconds,
            items_read=self.items,
            items_written=self.items,
            items_superseded=0,
            items_existing=0,
            items_rejected=0,
            throttled_requests=reader.throttled_requests,
            unprocessed_items=0,
            budgets={"": reader.budget.rate},
            write_units={"": reader.units},
            is_finished=self._elapsed is not None,
            ending=self._ending,
            unit="RCU",
        )

    def figures(self) -> dict[str, Any]:
        """Return what every report of a reading says."""
        reader, elapsed = self._reader, self._seconds
        rcu = reader.budget.rate
        floor = reader.units / rcu
        return {
            "table": reader.table,
            "started_at": self._stopwatch.started_at,
            "elapsed_seconds": round(elapsed, 4),
            "floor_seconds": round(floor, 4),
            "is_complete": self.is_complete,
            "scanned": self.scanned,
            "read_units": reader.units,
            "rcu": rcu,
            "budget_utilization": round(floor / elapsed, 4) if elapsed else 0.0,
            "segments": self._segments,
            "requests": reader.requests,
            "throttled_requests": reader.throttled_requests,
            "transport": reader.transport.name,
            "verdict": read_verdict(
                elapsed=elapsed,
                floor=floor,
                processor=self._processor,
                rcu=rcu,
                throttled=reader.throttled_requests,
                segments=self._segments,
            ),
        }

    @property
    def _seconds(self) -> float:
        return (
            self._stopwatch.elapsed_seconds if self._elapsed is None else self._elapsed
        )
