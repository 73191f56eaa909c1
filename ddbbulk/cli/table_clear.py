"""``ddbbulk table clear``: its options, and what they mean together."""

import asyncio
import os
import shlex
import sys

import typer

from ddbbulk.cli.confirmation import ConfirmedOption
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.load_options import StopAfterOption, StopAtOption
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption, index_rates, require_wcu
from ddbbulk.cli.read_options import (
    ConsistentOption,
    RcuOption,
    SegmentsOption,
    require_rcu,
)
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.table_clearing import Clearing
from ddbbulk.cli.table_options import TableArgument
from ddbbulk.cli.times import earliest
from ddbbulk.cli.write_options import (
    ConnectionsOption,
    EndpointOption,
    IndexWcuOption,
    InsecureOption,
    JsonOption,
    MaxWcuOption,
    NoInterleaveOption,
    ProfileOption,
    RedactKeysOption,
    RegionOption,
    ReportOption,
    ReserveOption,
    TransportOption,
    WcuOption,
)
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.reading import DEFAULT_SEGMENTS

EPILOG = """
[bold]Examples[/]

In the simulator, at all that the table has:

[cyan]ddbbulk table clear users --endpoint-url http://127.0.0.1:8000[/]

At AWS, beside live traffic, at 500 write units and 100 read units a second:

[cyan]ddbbulk table clear users --wcu 500 --rcu 100 --region eu-west-1[/]

[bold]What it costs[/]

A delete costs write units by the size of what it deletes, and more on each
index. The keys are found by a scan, which costs read units for whole items.
'ddbbulk table recreate' costs neither, where the table may be gone a moment.

[bold]Exit codes[/]

0 all deleted · 2 wrong usage or settings, or not confirmed ·
3 stopped early · 130 interrupted
"""


def clear(  # noqa: PLR0913 - typer reads the options from the signature
    table: TableArgument,
    *,
    yes: ConfirmedOption = False,
    wcu: WcuOption = None,
    index_wcu: IndexWcuOption = None,
    max_wcu: MaxWcuOption = None,
    reserve: ReserveOption = None,
    rcu: RcuOption = None,
    segments: SegmentsOption = DEFAULT_SEGMENTS,
    consistent: ConsistentOption = False,
    max_connections: ConnectionsOption = 64,
    transport: TransportOption = None,
    no_interleave: NoInterleaveOption = False,
    stop_after: StopAfterOption = None,
    stop_at: StopAtOption = None,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    report: ReportOption = None,
    json: JsonOption = False,
    redact_keys: RedactKeysOption = False,
    debug: DebugOption = False,
) -> None:
    """Delete every item of a table, at the capacity you give it; the table stays.

    It shows what will go, and asks for the table's name. Items that are written
    meanwhile may stay. A table with deletion protection is refused.
    """
    console = error_console()
    with explained_errors(console, is_debug=debug):
        require_wcu(wcu, endpoint_url, os.environ)
        require_rcu(rcu, endpoint_url, os.environ)
        if report is not None:
            check_report_file(report)
        settings = LoadSettings(
            table=table,
            wcu=wcu.units if wcu else None,
            max_wcu=max_wcu,
            reserve=reserve or 0.0,
            is_agreed=yes,
            index_wcu=index_rates(index_wcu or ()),
            schema=None,
            endpoint_url=endpoint_url,
            region=region,
            profile=profile,
            max_connections=max_connections,
            transport=transport,
            allow_insecure_endpoint=allow_insecure_endpoint,
            report_file=report,
            is_json=json,
            is_debug=debug,
            estimated_items=None,
            deadline=earliest(after=stop_after, at=stop_at),
            interleave=not no_interleave,
            redact_keys=redact_keys,
            command=shlex.join(["ddbbulk", *sys.argv[1:]]),
        )
        clearing = Clearing(
            settings,
            rcu=rcu.units if rcu else None,
            segments=segments,
            is_consistent=consistent,
            errors=console,
            output=PatientConsole(),
        )
        code = asyncio.run(clearing.run_on_table())
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
