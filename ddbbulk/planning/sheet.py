"""A plan as a sheet to read: the verdict first, then the figures behind it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ddbbulk.durations import duration
from ddbbulk.planning.forecast import PRESENT
from ddbbulk.planning.report import Figure, PlanReport, ResourcePlan
from ddbbulk.planning.resources import GIGABYTE
from ddbbulk.printable import printable

_MAX_MESSAGE = 500
_BAR = 24
_CENT = 0.01
_KILOBYTE = 1024
_MEGABYTE = 1024**2
_WAYS = {
    "batch_write": "BatchWriteItem from here",
    "several_processes": "several processes",
    "s3_import": "import from S3",
}


def plan_sheet(report: PlanReport) -> RenderableType:
    """Return the sheet of a plan, readable at 80 columns and without colour."""
    title = Text(printable(f"{report.source} into {report.table}"), style="bold")
    parts: list[RenderableType] = [title, Text(printable(report.verdict)), Text()]
    tables = [
        _facts(report),
        _resources(report),
        _hot_keys(report),
        _sizes(report),
        _scenarios(report),
    ]
    for table in tables:
        if table is not None:
            parts += [Padding.indent(table, 2), Text()]
    parts += _rejections(report)
    parts += [
        Text.assemble(
            ("caution: ", "bold yellow"), printable(one.message, limit=_MAX_MESSAGE)
        )
        for one in report.cautions
    ]
    parts.append(_best_way(report))
    return Group(*parts)


def _facts(report: PlanReport) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in _lines(report):
        _add_row(table, name, text)
    return table


def _lines(report: PlanReport) -> Iterator[tuple[str, str]]:
    if report.sample is not None:
        bounds = "figures are of the whole, with the error of 95 of 100 samples"
        if not report.sample.is_extrapolated:
            bounds = "its length is not known, so figures are of the sample alone"
        text = f"{report.sample.items:,} items, read at {report.sample.how}; {bounds}"
        yield "sample", printable(text)
    items = _count(report.items)
    for name, figure in (
        ("would be rejected", report.items_rejected),
        ("deletes", report.deletes),
    ):
        if figure.value:
            items += f", {_count(figure)} {name}"
    yield "items", items
    yield "same key", _duplicates(report)
    size = (
        f"{_bytes(report.item_bytes)}, the largest item {report.largest_item_bytes:,}"
    )
    yield "bytes", f"{size} bytes"
    costs = report.costs
    regions = f" in {costs.regions} regions" if costs.regions > 1 else ""
    yield (
        "on demand",
        f"{_dollars(costs.on_demand_dollars)} for the write requests{regions}",
    )
    yield "storage", f"{_dollars(costs.storage_dollars_month)} a month{regions}"
    priced = f"prices of {costs.prices_region}, read on {costs.prices_as_of}"
    yield "import", f"{_dollars(costs.import_dollars)} from S3, a new table; {priced}"
    if report.goal is not None:
        goal = f"{duration(report.goal.seconds)}: {report.goal.note}"
        if report.goal.is_possible:
            goal += f"; {_dollars(report.goal.dollars)} by whole hours"
        yield "to finish in", printable(goal)


def _duplicates(report: PlanReport) -> str:
    duplicates = report.duplicates
    text = f"{_count(duplicates.items)} items have the key of an earlier one"
    if not duplicates.is_exact:
        text += " (estimated: the keys are too many to keep)"
    return text + (", within the sample" if report.sample is not None else "")


def _resources(report: PlanReport) -> Table:
    table = _grid("write units", "entries", "units", "capacity", "stored", "$ a month")
    for one in report.resources:
        _add_row(
            table,
            _name(one),
            _count(one.entries),
            _count(one.write_units),
            _rate(one.write_capacity),
            _bytes(one.stored_bytes),
            f"{one.storage_dollars_month:,.2f}",
        )
    return table


def _name(resource: ResourcePlan) -> str:
    if resource.kind == "local":
        return printable(f"{resource.name} (local)")
    return printable(resource.name) or "table"


def _hot_keys(report: PlanReport) -> Table | None:
    rows = [
        (
            hot.key or "(not shown)",
            one.name or "table",
            _count(hot.write_units),
            f"{hot.share:.1%}",
            duration(hot.floor_seconds),
        )
        for one in report.resources
        for hot in one.hot_keys
    ]
    if not rows:
        return None
    table = _grid("hot key", "of", "units", "share", "floor", plain=2)
    for row in rows:
        _add_row(table, *map(printable, row))
    return table


def _sizes(report: PlanReport) -> Table | None:
    if not report.item_sizes:
        return None
    most = max(one.items.value for one in report.item_sizes)
    table = _grid("item size", "items")
    table.add_column()
    for one in report.item_sizes:
        bar = "#" * -(-one.items.value * _BAR // most)
        _add_row(table, f"up to {one.up_to_bytes:,} B", _count(one.items), bar)
    return table


def _scenarios(report: PlanReport) -> Table:
    table = _grid("time", "WCU", "on indexes", "takes", "$")
    table.add_column("bound by", overflow="fold")
    for one in report.scenarios:
        rates = ", ".join(f"{rate:,.6g}" for rate in one.index_wcu.values())
        _add_row(
            table,
            one.name if one.name == PRESENT else "",
            f"{one.wcu:,.6g}",
            rates or "-",
            duration(one.seconds),
            "-" if one.dollars is None else f"{one.dollars:,.2f}",
            printable(one.bound_by),
        )
    return table


def _rejections(report: PlanReport) -> Iterator[RenderableType]:
    for reason in report.rejections:
        first = reason.examples[0]
        text = Text(f"{reason.items:,} rejected: {printable(reason.code)}; ", "red")
        text.append(f"{printable(first.where)}: ", style="bold")
        text.append(printable(first.message, limit=_MAX_MESSAGE), style="not bold")
        yield text


def _best_way(report: PlanReport) -> Text:
    best = report.best_way
    way = _WAYS[best.way]
    if best.processes > 1:
        way = f"{best.processes} processes"
    return Text.assemble(("best way: ", "bold"), f"{way}; {printable(best.reason)}")


def _add_row(table: Table, *cells: str) -> None:
    # As text: in a plain string rich would look for its own markup.
    table.add_row(*map(Text, cells))


def _grid(*headings: str, plain: int = 1) -> Table:
    """Return a table whose first columns hold names, and the others numbers."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for number, heading in enumerate(headings):
        if number < plain:
            table.add_column(heading, overflow="fold")
        else:
            table.add_column(heading, justify="right", no_wrap=True)
    return table


def _count(figure: Figure) -> str:
    return f"{figure.value:,}" + (f" ±{figure.error:,}" if figure.error else "")


def _bytes(figure: Figure) -> str:
    for unit, name in ((GIGABYTE, "GB"), (_MEGABYTE, "MB"), (_KILOBYTE, "KB")):
        if figure.value >= unit:
            error = f" ±{figure.error / unit:,.1f}" if figure.error else ""
            return f"{figure.value / unit:,.1f}{error} {name}"
    return f"{_count(figure)} B"


def _dollars(amount: float) -> str:
    return "less than a cent" if 0 < amount < _CENT else f"${amount:,.2f}"


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:,.6g}"
