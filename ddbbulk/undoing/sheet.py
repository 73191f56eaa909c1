"""An undo as a sheet to read: the verdict first, then the figures behind it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ddbbulk.durations import duration
from ddbbulk.printable import printable
from ddbbulk.undoing.report import UndoReport


def undo_sheet(report: UndoReport) -> RenderableType:
    """Return the sheet, readable at 80 columns and without colour."""
    title = Text(printable(f"{report.manifest} on {report.table}"), style="bold")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in _lines(report):
        table.add_row(name, Text(printable(text)))
    style = "green" if report.is_undone else "red"
    parts: list[RenderableType] = [
        title,
        Text(printable(report.verdict), style=style),
        Text(),
        Padding.indent(table, 2),
    ]
    if report.left:
        parts += [Text(), Text("left, the first of it:", style="red")]
    for item in report.left:
        key = "" if item.key is None else f" {printable(item.key)}"
        text = f"line {item.line:,}{key}: {printable(item.reason)}"
        parts.append(Padding.indent(Text(text), 2))
    return Group(*parts)


def _lines(report: UndoReport) -> Iterator[tuple[str, str]]:
    ends = {
        "deletable" if report.is_dry_run else "deleted": report.items_deleted,
        "gone": report.items_gone,
        "changed": report.items_changed,
        "unknown": report.items_unknown,
        "refused": report.items_refused,
    }
    shown = [f"{n:,} {end}" for end, n in ends.items() if n]
    yield "items", f"{report.items_created:,} created = {' + '.join(shown) or '0'}"
    reads = f"{report.read_units:,.1f} read units at {report.rcu:,.6g} RCU"
    yield "look-ups", reads
    if not report.is_dry_run:
        budget = f"{report.write_units:,.1f} write units at {report.budget:,.6g} WCU"
        units = [f"{n:,.1f} on {i}" for i, n in report.index_write_units.items()]
        yield "deletes", ", ".join((budget, *units))
    throttled = f"{report.throttled_requests:,} of them throttled"
    yield "requests", f"{report.requests:,}, {throttled}"
    yield "time", duration(report.elapsed_seconds)
