"""The final sheet of a load: the verdict first, then the figures behind it."""

import shlex
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ddbbulk.counted import counted
from ddbbulk.durations import duration
from ddbbulk.printable import printable
from ddbbulk.report import HotKey, LoadReport, Rejection

_SHOWN_REJECTIONS: Final = 5
_SHOWN_HOT_KEYS: Final = 3
_MAX_MESSAGE: Final = 500


def report_sheet(
    report: LoadReport,
    *,
    title: str | None = None,
    failures: str | None = None,
    verb: str = "written",
) -> RenderableType:
    """Return the sheet of a load, readable at 80 columns and without colour.

    Args:
        report: the account of the load.
        title: what a person calls the load; its table's name by default.
        failures: the file that the rejected items went to.
        verb: what was done with the items, such as ``deleted``.
    """
    parts: list[RenderableType] = [
        _headline(report, title or report.table, verb),
        Text(printable(report.verdict)),
        Text(),
        Padding.indent(_figures(report, verb), 2),
        Text(),
        Padding.indent(_resources(report), 2),
    ]
    if report.rejections:
        parts += [Text(), *_rejections(report)]
        if failures:
            # To be copied as they stand, however long the path is.
            note = Text(failures_note(failures), no_wrap=True, overflow="ignore")
            parts += [Text(), note]
    return Group(*parts)


def failures_note(path: str) -> str:
    """Return where the rejected items of a load are, and what loads them again."""
    command = f"ddbbulk retry {printable(shlex.quote(path))}"
    return f"rejected items are in {printable(path)}; to load them again:\n{command}"


def _headline(report: LoadReport, title: str, verb: str) -> Text:
    is_complete = not (report.items_rejected or report.items_pending)
    text = Text(printable(title), style="bold")
    text.append(": ")
    text.append(_outcome(report, verb), style="green" if is_complete else "red")
    return text.append(f" in {duration(report.elapsed_seconds)}")


def _outcome(report: LoadReport, verb: str) -> str:
    settled = report.items_written + report.items_superseded + report.items_existing
    if settled == report.items_read == report.items_written:
        every = "all " if report.items_read > 1 else ""
        return f"{every}{counted(report.items_read, 'item')} {verb}"
    read = counted(report.items_read, "item")
    outcome = f"{report.items_written:,} of {read} {verb}"
    failures = {"rejected": report.items_rejected, "pending": report.items_pending}
    failed = [f"{count:,} {what}" for what, count in failures.items() if count]
    return ", ".join((outcome, *failed))


def _figures(report: LoadReport, verb: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in _lines(report, verb):
        table.add_row(name, text)
    return table


def _lines(report: LoadReport, verb: str) -> Iterator[tuple[str, str]]:
    yield "items", _balance(report, verb)
    if report.items_resumed:
        yield "resumed", f"{report.items_resumed:,} of them were done by earlier runs"
    elapsed, floor = duration(report.elapsed_seconds), duration(report.floor_seconds)
    is_hot = bool(report.hot_keys) and (
        report.hot_keys[0].floor_seconds >= report.floor_seconds
    )
    what = "of its hottest key" if is_hot else "at this budget"
    yield "time", f"{elapsed}, the floor {what} is {floor}"
    requests = f"{report.requests:,}, {report.throttled_requests:,} of them throttled"
    yield "requests", requests
    again = counted(report.retried_items, "item")
    yield "sent again", f"{again}, {report.unprocessed_items:,} came back unprocessed"
    latency = report.latency_ms
    percentiles = {"p50": latency.p50, "p90": latency.p90, "p99": latency.p99}
    times = [f"{name} {value:,.1f}" for name, value in percentiles.items()]
    yield "latency", f"{', '.join(times)}, max {latency.max:,.1f} ms"
    yield "transport", printable(report.transport)
    if report.hot_keys:
        yield "hot keys", "\n".join(_hot_keys(report.hot_keys))


def _hot_keys(hot_keys: Sequence[HotKey]) -> Iterator[str]:
    for one in hot_keys[:_SHOWN_HOT_KEYS]:
        of = one.resource or "the table"
        needs = f"{one.share:.1%} of its units, {duration(one.floor_seconds)}"
        yield printable(f"{one.key} of {of}: {needs} at the least")
    if len(hot_keys) > _SHOWN_HOT_KEYS:
        yield "and others"


def _balance(report: LoadReport, verb: str) -> str:
    ends = {
        verb: report.items_written,
        "superseded": report.items_superseded,
        "existing": report.items_existing,
        "rejected": report.items_rejected,
        "pending": report.items_pending,
    }
    shown = [f"{n:,} {end}" for end, n in ends.items() if n or end == verb]
    text = f"{report.items_read:,} read = {' + '.join(shown)}"
    if sum(ends.values()) != report.items_read:
        text += "  (does NOT balance: this is a bug of ddbbulk)"
    return text


def _resources(report: LoadReport) -> Table:
    """Tabulate the units of the table and of each index against their budgets."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("write units", overflow="fold")
    for heading in ("used", "a second", "budget", "utilization"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_row(*_resource("table", report.write_units, report.budget, report))
    for name in report.index_budgets | report.index_write_units:
        units = report.index_write_units.get(name, 0.0)
        budget = report.index_budgets.get(name, 0.0)
        table.add_row(*_resource(name, units, budget, report))
    return table


def _resource(
    name: str, units: float, budget: float, report: LoadReport
) -> tuple[str, ...]:
    row = (printable(name), _number(units))
    # What is spent in a moment is no rate.
    if report.elapsed_seconds < 1:
        return (*row, "-", _number(budget), "-")
    rate = units / report.elapsed_seconds
    utilization = f"{rate / budget:.1%}" if budget > 0 else "-"
    return (*row, _number(rate), _number(budget), utilization)


def _rejections(report: LoadReport) -> Iterator[RenderableType]:
    """Show the first rejections; those with one and the same reason only once."""
    alike: dict[tuple[str, str], list[Rejection]] = {}
    for rejection in report.rejections:
        alike.setdefault((rejection.code, rejection.message), []).append(rejection)
    yield Text(f"{report.items_rejected:,} rejected, among them:", style="red")
    for rejections in islice(alike.values(), _SHOWN_REJECTIONS):
        yield Padding.indent(_rejection(rejections), 2)


def _rejection(alike: Sequence[Rejection]) -> Text:
    first = alike[0]
    text = Text(printable(first.where), style="bold")
    text.append(f": {printable(first.message, limit=_MAX_MESSAGE)}", style="not bold")
    code = printable(first.code)
    if len(alike) > 1:
        code += f"; {len(alike) - 1:,} more like this, next {printable(alike[1].where)}"
    return text.append(f" ({code})", style="not bold")


def _number(value: float) -> str:
    """Write whole numbers without a fraction and small ones with one."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
