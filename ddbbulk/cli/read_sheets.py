"""The sheets of commands that read a table: the result first, then its figures."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ddbbulk.counted import counted, counted_are
from ddbbulk.counting import CountReport
from ddbbulk.durations import duration
from ddbbulk.printable import printable
from ddbbulk.reading import ReadReport
from ddbbulk.unloading import UnloadReport

_SHOWN_REFUSALS = 5


def count_sheet(report: CountReport) -> RenderableType:
    """Return what was counted, and DescribeTable's older count beside it."""
    least = "" if report.is_complete else "at least "
    headline = _headline(report, f"{least}{counted(report.items, 'item')}")
    if report.scanned != report.items:
        headline.append(f", of {report.scanned:,} that were looked at")
    parts: list[RenderableType] = [headline, Text(printable(report.verdict)), Text()]
    described: list[tuple[str, str]] = []
    if report.described_items is not None:
        text = f"{counted(report.described_items, 'item')}, which may be six hours old"
        described.append(("DescribeTable", text))
    parts.append(_figures([*described, *_lines(report)]))
    return Group(*parts)


def unload_sheet(report: UnloadReport) -> RenderableType:
    """Return what was unloaded, and what could not be."""
    where = "standard output" if report.file == "-" else printable(report.file)
    least = "" if report.is_complete else "only "
    outcome = f"{least}{counted(report.items_written, 'item')} written to {where}"
    headline = _headline(report, outcome)
    parts: list[RenderableType] = [headline, Text(printable(report.verdict)), Text()]
    size = ("bytes", f"{report.bytes_written:,}")
    looked = ("looked at", counted(report.scanned, "item"))
    parts.append(_figures([size, looked, *_lines(report)]))
    if report.items_refused:
        parts += [Text(), *_refusals(report)]
    return Group(*parts)


def _headline(report: ReadReport, outcome: str) -> Text:
    text = Text(printable(report.table), style="bold")
    text.append(": ")
    text.append(outcome, style="green" if report.is_complete else "red")
    return text.append(f" in {duration(report.elapsed_seconds)}")


def _lines(report: ReadReport) -> Iterator[tuple[str, str]]:
    elapsed, floor = duration(report.elapsed_seconds), duration(report.floor_seconds)
    yield "time", f"{elapsed}, the floor at this budget is {floor}"
    used = f"{report.read_units:,.1f} used"
    if report.elapsed_seconds >= 1:
        used += f", {report.read_units / report.elapsed_seconds:,.1f} a second"
    yield "read units", f"{used}, of a budget of {report.rcu:,g} a second"
    requests = f"{report.requests:,}, {report.throttled_requests:,} of them throttled"
    yield "requests", requests
    yield "segments", f"{report.segments:,}"
    yield "transport", printable(report.transport)


def _figures(lines: list[tuple[str, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in lines:
        table.add_row(name, text)
    return Padding.indent(table, 2)


def _refusals(report: UnloadReport) -> Iterator[RenderableType]:
    yield Text(
        f"{counted_are(report.items_refused, 'item')} not written, for plain JSON has "
        "no sets and no binary values; --format dynamodb-json keeps them:",
        style="red",
    )
    for one in report.refusals[:_SHOWN_REFUSALS]:
        key = one.key or "(its key is not known)"
        line = f"{printable(key)}: {printable(one.attribute)} is of type {one.type}"
        yield Padding.indent(Text(line), 2)
