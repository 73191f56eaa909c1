"""What the runs of one case come to, and whether the promises were kept."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from measurement import Run

# The promises: near the floor, within the budget in any second, nothing throttled.
TIME_BOUND: Final = 1.01
FAST_TIME_BOUND: Final = 1.03
FAST_WCU: Final = 10_000
# One process at the default quota of a table.
QUOTA_TIME_BOUND: Final = 1.05
QUOTA_WCU: Final = 40_000
SECONDS_ALLOWED: Final = 0.2
WINDOW_BOUND: Final = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The runs of one writer, one workload and one rate.

    Args:
        count: how many items each run had to write.
        largest_units: what the largest of them costs.
    """

    workload: str
    writer: str
    wcu: int
    index_wcu: int | None
    count: int
    largest_units: int
    runs: Sequence[Run]

    @property
    def elapsed_seconds(self) -> float:
        """The median."""
        return median(run.elapsed_seconds for run in self.runs)

    @property
    def floor_seconds(self) -> float:
        """The time that what was written takes at the provisioned rates."""
        return median(run.floor_seconds for run in self.runs)

    @property
    def seconds_per_10k(self) -> float:
        """The median time of 10,000 items, as if each took the same."""
        return median(
            run.elapsed_seconds / max(1, run.items) * 10_000 for run in self.runs
        )

    @property
    def floor_per_10k(self) -> float:
        """The floor of 10,000 items."""
        return median(
            run.floor_seconds / max(1, run.items) * 10_000 for run in self.runs
        )

    @property
    def cpu_microseconds_per_item(self) -> float:
        """The writer's own work; 0 where it was stopped."""
        return median(run.cpu_seconds / max(1, run.items) * 1e6 for run in self.runs)

    @property
    def window(self) -> float:
        """The highest consumption in one second of all runs, in units."""
        return max(run.window for run in self.runs)

    @property
    def index_window(self) -> float | None:
        """The same on the index."""
        windows = [run.index_window for run in self.runs]
        return max((units for units in windows if units is not None), default=None)

    @property
    def throttled_requests(self) -> int:
        """Of all runs: answered with an exception or with UnprocessedItems."""
        return sum(run.throttled_requests for run in self.runs)

    @property
    def unprocessed_items(self) -> int:
        """Of all runs."""
        return sum(run.unprocessed_items for run in self.runs)

    @property
    def ending(self) -> str:
        """Why a run ended before all was written; empty where none did."""
        return next((run.ending for run in self.runs if run.ending), "")

    def losses(self) -> Iterator[str]:
        """Yield what is missing, whatever the time it took."""
        if self.ending:
            yield self.ending
        missing = [
            self.count - run.items for run in self.runs if run.items < self.count
        ]
        if missing:
            yield f"{max(missing):,} items missing"

    def broken_promises(self) -> Iterator[str]:
        """Yield what ddbbulk promises and this is not."""
        yield from self.losses()
        allowed = self._time_bound * self.floor_seconds + SECONDS_ALLOWED
        if self.elapsed_seconds > allowed:
            yield f"{self.elapsed_seconds - allowed:.2f} s too slow"
        if self.window > self._window_allowed(self.wcu):
            yield "too much in one second"
        if (self.index_window or 0.0) > self._window_allowed(self.index_wcu or 0):
            yield "too much in one second on the index"
        if self.throttled_requests or self.unprocessed_items:
            yield "throttled"

    def as_json(self) -> dict[str, Any]:
        """Return the score with all its runs."""
        return {
            "workload": self.workload,
            "writer": self.writer,
            "wcu": self.wcu,
            "index_wcu": self.index_wcu,
            "items": self.count,
            "largest_item_units": self.largest_units,
            "elapsed_seconds": self.elapsed_seconds,
            "floor_seconds": self.floor_seconds,
            "elapsed_by_floor": self.elapsed_seconds / (self.floor_seconds or 1),
            "seconds_per_10k": self.seconds_per_10k,
            "floor_per_10k": self.floor_per_10k,
            "cpu_microseconds_per_item": self.cpu_microseconds_per_item,
            "window_by_budget": self.window / self.wcu,
            "index_window_by_budget": self.index_window_by_budget,
            "throttled_requests": self.throttled_requests,
            "unprocessed_items": self.unprocessed_items,
            "ending": self.ending,
            "broken_promises": list(self.broken_promises())
            if self.writer == "ddbbulk"
            else None,
            "runs": [asdict(run) for run in self.runs],
        }

    @property
    def index_window_by_budget(self) -> float | None:
        """The highest window on the index, as a share of its budget."""
        if self.index_window is None or self.index_wcu is None:
            return None
        return self.index_window / self.index_wcu

    @property
    def _time_bound(self) -> float:
        if self.wcu >= QUOTA_WCU:
            return QUOTA_TIME_BOUND
        return FAST_TIME_BOUND if self.wcu >= FAST_WCU else TIME_BOUND

    def _window_allowed(self, wcu: int) -> float:
        return max(WINDOW_BOUND * wcu, wcu + self.largest_units)
