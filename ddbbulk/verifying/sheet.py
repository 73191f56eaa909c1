"""A verification as a sheet to read: the verdict first, then the figures behind it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ddbbulk.counted import counted
from ddbbulk.durations import duration
from ddbbulk.printable import printable
from ddbbulk.verifying.report import Difference, VerifyReport

_MAX_MESSAGE = 500
_LOOKS = {
    "rechecked": "eventually consistent; what differed once more, strongly",
    "consistent": "strongly consistent",
    "eventual": "eventually consistent: what was written just now may be missing",
}


def verify_sheet(report: VerifyReport) -> RenderableType:
    """Return the sheet, readable at 80 columns and without colour."""
    title = Text(printable(f"{report.source} and {report.table}"), style="bold")
    style = "green" if report.is_equal else "red"
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in _lines(report):
        table.add_row(name, Text(printable(text)))
    parts: list[RenderableType] = [
        title,
        Text(printable(report.verdict), style=style),
        Text(),
        Padding.indent(table, 2),
    ]
    if report.differences:
        parts += [Text(), Text("what differs, the first of it:", style="red")]
        parts += [Padding.indent(_difference(one), 2) for one in report.differences]
    for rejection in report.rejections:
        line = Text("rejected: ", style="red")
        line.append(f"{printable(rejection.where)}: ", style="bold")
        line.append(printable(rejection.message, limit=_MAX_MESSAGE), "not bold")
        parts.append(line)
    return Group(*parts)


def _lines(report: VerifyReport) -> Iterator[tuple[str, str]]:
    ends = {
        "equal": report.items_equal,
        "missing": report.items_missing,
        "different": report.items_different,
        "superseded": report.items_superseded,
        "expired": report.items_expired,
        "rejected": report.items_rejected,
        "not sampled": report.items_unsampled,
    }
    shown = [f"{n:,} {end}" for end, n in ends.items() if n or end == "equal"]
    yield "items", f"{report.items_read:,} read = {' + '.join(shown)}"
    if report.sample is not None:
        sample = report.sample
        yield "sample", f"{counted(sample.items, 'item')}, chosen by seed {sample.seed}"
    yield "extra", _extra(report)
    yield "looks", _LOOKS[report.consistency]
    units = f"{report.read_units:,.1f} read units at {report.rcu:,.6g} RCU"
    throttled = f"{report.throttled_requests:,} of them throttled"
    yield "cost", f"{units}, {counted(report.requests, 'request')}, {throttled}"
    yield "time", duration(report.elapsed_seconds)


def _extra(report: VerifyReport) -> str:
    if report.items_extra is not None:
        are = "is" if report.items_extra == 1 else "are"
        extra, keys = report.items_extra, report.source_keys or 0
        return (
            f"{counted(extra, 'item')} of the table {are} not in the source, which has "
            f"{counted(keys, 'different key')}"
        )
    count = report.table_item_count
    text = "not looked for (--extra scans the table's keys)"
    if count:
        text += f"; DynamoDB counted {counted(count, 'item')} some hours ago"
        more = count - report.items_read
        text += f", {more:,} more than the source has" if more > 0 else ""
    return text


def _difference(one: Difference) -> Text:
    text = Text(printable(one.where), style="bold")
    key = "" if one.key is None else f" {printable(one.key)}"
    text.append(f"{key}: {one.code}", style="not bold")
    if one.attributes:
        names = ", ".join(map(printable, one.attributes))
        text.append(f" in {names}", style="not bold")
    return text
