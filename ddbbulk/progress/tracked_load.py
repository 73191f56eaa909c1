"""One load as the display shows it: a bar with figures below it, or plain lines."""

import logging
from collections.abc import Callable
from typing import Final

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ddbbulk.counted import counted
from ddbbulk.events import Snapshot
from ddbbulk.printable import printable
from ddbbulk.progress.pace import NOW_SECONDS, Pace, settled

_logger = logging.getLogger(__name__)

# A log that stays silent for longer looks like a program that hangs.
_HEARTBEAT_SECONDS: Final = 30.0
_ROUND_FROM: Final = 100.0
_LINE_LENGTH: Final = 76


class TrackedLoad:
    """One load as the display shows it: a title, and what was seen of it so far."""

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        title: str,
        *,
        estimated_items: int | None = None,
        verb: str | None = None,
    ) -> None:
        self.title = title
        self._verb = verb
        self._snapshot = snapshot
        self._pace = Pace(estimated_items=estimated_items)
        self._lined_count = 0
        self._lined_at = 0.0

    def poll(self) -> bool:
        """Look where the load stands, unless it is over; False: nothing was seen yet.

        A look that fails is worth a log line, never the other loads' bars.
        """
        if not self._pace.is_finished:
            try:
                self._pace.add(self._snapshot())
            except Exception:
                _logger.debug("%s: no snapshot", self.title, exc_info=True)
        return self._pace.has_samples

    def render(self, *, ascii_only: bool) -> RenderableType:
        """Draw the bar and, below it, what the load uses and does."""
        pace = self._pace
        bar = Table.grid(padding=(0, 1), expand=True)
        bar.add_column(no_wrap=True, overflow="ellipsis")
        bar.add_column(ratio=1, no_wrap=True)
        bar.add_column(justify="right", no_wrap=True)
        standing = Text("  ".join(_standing(pace)))
        bar.add_row(Text(self.title, style="bold"), _bar(pace), standing)
        separator = " - " if ascii_only else " · "
        units = [separator.join(_units(pace))]
        if len(units[0]) > _LINE_LENGTH:
            units = _units(pace)
        details = [*units, separator.join(_activity(pace))]
        return Group(bar, *(Text("  " + line, style="dim") for line in details))

    def new_lines(
        self, every: int, line: Callable[[str, int], str] | None, *, is_last: bool
    ) -> list[str]:
        """Say what is new since the last call: a line for each ``every`` items."""
        latest = self._pace.latest
        resumed = latest.items_resumed
        self._lined_count = max(self._lined_count, resumed - resumed % every)
        counts = list(range(self._lined_count + every, latest.items_written + 1, every))
        is_late = latest.elapsed_seconds - self._lined_at >= _HEARTBEAT_SECONDS
        is_rest = is_last and latest.items_written > self._lined_count
        # A caller's own lines are about round numbers, ours also about the rest.
        if line is None and not counts and (is_late or is_rest):
            counts = [latest.items_written]
        if counts:
            self._lined_count = counts[-1] - counts[-1] % every
            self._lined_at = latest.elapsed_seconds
        return [
            self._line(count) if line is None else line(self.title, count)
            for count in counts
        ]

    def _line(self, count: int) -> str:
        latest = self._pace.latest
        items = counted(count, "item")
        if self._pace.total:
            items = f"{count:,} of {self._pace.total} items"
        return ", ".join(
            (
                f"{self.title}: {items} {self._verb or latest.ending}",
                f"{_rate(self._pace.items_per_second(NOW_SECONDS))} items/s",
                *_troubles(latest),
            )
        )


def _bar(pace: Pace) -> RenderableType:
    share = pace.share
    return (
        Text()
        if share is None
        else ProgressBar(
            total=1.0, completed=share, complete_style="cyan", finished_style="green"
        )
    )


def _standing(pace: Pace) -> list[str]:
    latest = pace.latest
    done = settled(latest)
    parts = [counted(done, "item")]
    if pace.share is not None:
        parts = [f"{done:,}/{pace.total}", f"{int(100 * pace.share)}%"]
    parts.append(_clock(latest.elapsed_seconds))
    left = pace.seconds_left()
    return parts if left is None else [*parts, f"{_clock(left)} left"]


def _units(pace: Pace) -> list[str]:
    """Say of each resource what was used of its budget, on the whole and now."""
    texts: list[str] = []
    unit = pace.latest.unit
    for resource, budget in pace.latest.budgets.items():
        mean = _rate(pace.units_per_second(resource))
        text = f"{printable(resource) or 'table'} {mean} of {_rate(budget)} {unit}"
        if not pace.is_finished:
            text += f", now {_rate(pace.units_per_second(resource, NOW_SECONDS))}"
        texts.append(text)
    return texts


def _activity(pace: Pace) -> list[str]:
    text = f"{_rate(pace.items_per_second())} items/s"
    if not pace.is_finished:
        text += f", now {_rate(pace.items_per_second(NOW_SECONDS))}"
    return [text, *_troubles(pace.latest)]


def _troubles(latest: Snapshot) -> list[str]:
    counts = {
        "rejected": latest.items_rejected,
        "throttled": latest.throttled_requests,
        "unprocessed": latest.unprocessed_items,
    }
    return [f"{count:,} {what}" for what, count in counts.items() if count]


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= _ROUND_FROM else f"{per_second:.1f}"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}"
