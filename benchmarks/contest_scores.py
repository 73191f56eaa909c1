"""What the contest's runs say: medians, and whether the promises were kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from contest import MAKERS, MODELS, Figures
from contest_writers import IDLE, WRITERS, Writer
from recording import table

TLS: Final = "users, TLS"
# Side by side they would be too wide to read.
_TABLES: Final = (("users", MODELS, TLS), ("nested", "numbers"))
OURS: Final = ("ddbbulk", "ddbbulk-uvloop")
MEGABYTE: Final = 1_000_000
MEMORY_BOUND: Final = 25 * MEGABYTE
GROWTH_BOUND: Final = 5 * MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of one writer.

    Args:
        column: the workload, or ``TLS``; empty where memory was the question.
    """

    writer: str
    column: str
    figures: Figures

    def row(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"writer": self.writer, "column": self.column, **asdict(self.figures)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A ratio that must be reached, or a size that must not be passed.

    Args:
        measured: None where it was not measured.
        is_most: the bound is the most that may be, not the least.
        goal: what was hoped for, where that is more.
        unit: of what was measured.
    """

    about: str
    bound: float
    measured: float | None
    is_most: bool = False
    goal: float | None = None
    unit: str = "x"

    @property
    def is_kept(self) -> bool | None:
        if self.measured is None:
            return None
        if self.is_most:
            return self.measured <= self.bound
        return self.measured >= self.bound

    @property
    def verdict(self) -> str:
        return {None: "not measured", True: "kept", False: "missed"}[self.is_kept]


class Scores:
    """The medians of all runs."""

    def __init__(self, runs: Iterable[Run], memory: Iterable[Run]) -> None:
        self._speed: dict[tuple[str, str], list[Figures]] = {}
        for run in runs:
            self._speed.setdefault((run.writer, run.column), []).append(run.figures)
        self._peaks: dict[tuple[str, int], list[int]] = {}
        for run in memory:
            key = (run.writer, run.figures.items)
            self._peaks.setdefault(key, []).append(run.figures.peak_bytes)

    def rate(self, writer: str, column: str) -> float | None:
        """Return the median of the items a second."""
        runs = self._speed.get((writer, column))
        return median(one.items_per_second for one in runs) if runs else None

    def microseconds(self, writer: str, column: str) -> float | None:
        """Return the median of the CPU time for an item."""
        runs = self._speed.get((writer, column))
        return median(one.microseconds for one in runs) if runs else None

    def core_share(self, writer: str, column: str) -> float | None:
        """Return the median share of the time in which the writer's core worked."""
        runs = self._speed.get((writer, column))
        if not runs:
            return None
        return median(one.cpu_seconds / one.elapsed_seconds for one in runs)

    def memory(self, writer: str, items: int) -> float | None:
        """Return the peak, in bytes above that of an idle client."""
        peaks, idle = self._peaks.get((writer, items)), self._peaks.get((IDLE.name, 0))
        return median(peaks) - median(idle) if peaks and idle else None

    def counts(self) -> Sequence[int]:
        """Return of how many items the memory was measured."""
        return sorted({items for _, items in self._peaks if items})

    def promises(self) -> list[Promise]:
        """Return what was promised, and what came of it."""
        return [*self._speeds(), *self._leads(), *self._over_tls(), *self._memories()]

    def _speeds(self) -> Iterable[Promise]:
        for ours, peer, column, bound, goal in (
            ("ddbbulk-uvloop", "pydynox", "users", 2.2, 2.5),
            ("ddbbulk", "pydynox", "users", 1.8, 2.0),
            ("ddbbulk-uvloop", "aioboto3-client", "users", 18, 20),
            ("ddbbulk", "aioboto3-client", "users", 14, 16),
            ("ddbbulk", "aioboto3-client", MODELS, 10, None),
        ):
            yield Promise(
                about=f"{column}: {ours} by {peer}",
                bound=bound,
                goal=goal,
                measured=self._ratio((ours, column), (peer, column)),
            )

    def _leads(self) -> Iterable[Promise]:
        """Ours by the best of the others: more than 1 is ahead of all."""
        peers = [writer.name for writer in WRITERS.values() if not writer.is_ours]
        for column in MAKERS:
            rates = {peer: self.rate(peer, column) or 0 for peer in peers}
            best = max(peers, key=lambda peer: rates[peer])
            for ours in OURS:
                yield Promise(
                    about=f"{column}: {ours} by the best peer, {best}",
                    bound=1.0,
                    measured=self._ratio((ours, column), (best, column)),
                )

    def _over_tls(self) -> Iterable[Promise]:
        for ours, bound in zip(OURS, (0.85, 0.7), strict=True):
            yield Promise(
                about=f"users: {ours} over TLS by plain",
                bound=bound,
                measured=self._ratio((ours, TLS), (ours, "users")),
            )

    def _memories(self) -> Iterable[Promise]:
        for ours in OURS:
            peaks = {
                count: peak
                for count in self.counts()
                if (peak := self.memory(ours, count)) is not None
            }
            yield Promise(
                about=f"{ours}: most memory above an idle client",
                bound=MEMORY_BOUND / MEGABYTE,
                measured=max(peaks.values()) / MEGABYTE if peaks else None,
                is_most=True,
                unit="MB",
            )
            yield Promise(
                about=f"{ours}: memory of many items above that of few",
                bound=GROWTH_BOUND / MEGABYTE,
                measured=(
                    (peaks[max(peaks)] - peaks[min(peaks)]) / MEGABYTE
                    if len(peaks) > 1
                    else None
                ),
                is_most=True,
                unit="MB",
            )

    def _ratio(self, ours: tuple[str, str], theirs: tuple[str, str]) -> float | None:
        numerator, denominator = self.rate(*ours), self.rate(*theirs)
        return numerator / denominator if numerator and denominator else None


def sheet(
    scores: Scores,
    writers: Sequence[Writer],
    promises: Sequence[Promise],
    left_out: Mapping[str, str],
) -> str:
    """Return all tables, one below the other."""
    parts = [
        *(_speed_table(scores, writers, columns) for columns in _TABLES),
        _memory_table(scores, writers),
        _promises_table(promises),
        *(f"Left out: {name}: {reason}." for name, reason in left_out.items()),
    ]
    return "\n\n".join(filter(None, parts))


def _speed_table(
    scores: Scores, writers: Sequence[Writer], columns: Sequence[str]
) -> str:
    headers = ["writer", "version"]
    for column in columns:
        headers += [f"{column}: items/s", "µs/item"]
    rows = []
    for writer in writers:
        cells = []
        for column in columns:
            rate = scores.rate(writer.name, column)
            time = scores.microseconds(writer.name, column)
            cells += [
                "" if rate is None else f"{rate:,.0f}",
                "" if time is None else f"{time:.2f}",
            ]
        if any(cells):
            rows.append([writer.name, writer.version(), *cells])
    return table(headers, rows) if rows else ""


def _memory_table(scores: Scores, writers: Sequence[Writer]) -> str:
    counts = scores.counts()
    rows = []
    for writer in writers:
        peaks = [scores.memory(writer.name, count) for count in counts]
        if any(peak is not None for peak in peaks):
            cells = ["" if one is None else f"{one / MEGABYTE:.1f}" for one in peaks]
            rows.append([writer.name, "MB", *cells])
    headers = (
        "peak above an idle client",
        "",
        *(f"{count:,} items" for count in counts),
    )
    return table(headers, rows) if rows else ""


def _promises_table(promises: Sequence[Promise]) -> str:
    rows = [
        (
            promise.about,
            promise.verdict,
            "" if promise.measured is None else _amount(promise.measured, promise),
            f"{'≤' if promise.is_most else '≥'} {_amount(promise.bound, promise)}",
            "" if promise.goal is None else _amount(promise.goal, promise),
        )
        for promise in promises
    ]
    headers = ("promise", "verdict", "measured", "promised", "goal")
    return table(headers, rows) if rows else ""


def _amount(number: float, promise: Promise) -> str:
    if promise.unit == "MB":
        return f"{number:.1f} MB"
    return f"{number:.2f} x"
