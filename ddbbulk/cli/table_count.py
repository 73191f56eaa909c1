"""``ddbbulk table count``: how many items a table has, counted now."""

import asyncio
import os
from typing import Annotated

import typer

from ddbbulk.aws import Connection
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.filter_options import (
    FilterOption,
    NameOption,
    ValueOption,
    chosen_filter,
)
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.read_options import (
    ConsistentOption,
    RcuOption,
    SegmentsOption,
    require_rcu,
)
from ddbbulk.cli.read_runs import ReadRun, ReadSettings
from ddbbulk.cli.read_sheets import count_sheet
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.write_options import (
    EndpointOption,
    InsecureOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    ReportOption,
    TransportOption,
)
from ddbbulk.counting import Count, CountReport
from ddbbulk.events import Display
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.reading import DEFAULT_SEGMENTS, CountOptions

EPILOG = """
[bold]Examples[/]

The items of a local table:

[cyan]ddbbulk table count users --endpoint-url http://127.0.0.1:8000[/]

Of a table that serves live reads, at 100 read units a second:

[cyan]ddbbulk table count users --rcu 100[/]

Only some of them; what is read costs the same:

[cyan]ddbbulk table count users --rcu 100 --filter 'age > :min' --value :min=N:17[/]

[bold]Exit codes[/]

0 counted · 2 wrong usage or settings · 3 stopped early · 130 interrupted
"""


def count(  # noqa: PLR0913 - typer reads the options from the signature
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="Name or ARN of the table.", show_default=False
        ),
    ],
    *,
    filter: FilterOption = None,  # noqa: A002 - the option's name
    value: ValueOption = None,
    name: NameOption = None,
    rcu: RcuOption = None,
    segments: SegmentsOption = DEFAULT_SEGMENTS,
    consistent: ConsistentOption = False,
    transport: TransportOption = None,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    report: ReportOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Count a table's items by reading all of it, at the read capacity you give it.

    DynamoDB's own count costs nothing, and may be six hours old: both are shown.
    """
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        require_rcu(rcu, endpoint_url, os.environ)
        if report is not None:
            check_report_file(report)
        options = CountOptions(
            rcu=rcu.units if rcu else None,
            segments=segments,
            filter=chosen_filter(filter, value or (), name or ()),
            consistent=consistent,
        )
        settings = ReadSettings(
            table=table,
            rcu=rcu.units if rcu else None,
            endpoint_url=endpoint_url,
            region=region,
            profile=profile,
            allow_insecure_endpoint=allow_insecure_endpoint,
            transport=transport,
            report_file=report,
            is_json=json,
            is_debug=debug,
            is_partial=filter is not None,
        )
        run = ReadRun[CountReport](
            settings,
            doing="counting",
            sheet=count_sheet,
            errors=errors,
            output=PatientConsole(),
        )

        def job(connection: Connection, display: Display) -> Count:
            asked: CountOptions = {
                **options,
                "connection": connection,
                "progress": display,
            }
            return Count(table, asked)

        code = asyncio.run(run.run(job))
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
