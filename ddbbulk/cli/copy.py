"""``ddbbulk copy``: its options, and what they mean together."""

import asyncio
import os
import shlex
import sys
from typing import Annotated, Final, cast

import typer

from ddbbulk.cli.copying import CopyEnd, copy_table, table_ends
from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.filter_options import (
    FilterOption,
    NameOption,
    ValueOption,
    chosen_filter,
)
from ddbbulk.cli.load_options import (
    CheckpointOption,
    FailuresOption,
    MaxFailuresOption,
    ModeOption,
    StopAfterOption,
    StopAtOption,
    VersionOption,
)
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
    YesOption,
)
from ddbbulk.conditions import check_mode
from ddbbulk.failures import FailureLimit
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.reading import DEFAULT_SEGMENTS, ReadOptions
from ddbbulk.transport import TransportName

EPILOG = """
[bold]Examples[/]

A table into another one, which has to be there, on a local server:

[cyan]ddbbulk copy users users-copy --endpoint-url http://127.0.0.1:8000[/]

Into another region, reading 100 units a second and writing 200; the same
command goes on where it ended:

[cyan]ddbbulk copy users users --rcu 100 --wcu 200 --to-region eu-west-1 \\
  --checkpoint copy.state[/]

What is at AWS into a local table, to try things out:

[cyan]ddbbulk copy users users --rcu 50 --region eu-west-1 \\
  --to-endpoint-url http://127.0.0.1:8000[/]

[bold]Exit codes[/]

0 all written · 1 finished, some rejected · 2 wrong usage or settings ·
3 stopped early · 130 interrupted
"""
_TO: Final = "Where TO-TABLE is"


def copy(  # noqa: PLR0913 - typer reads the options from the signature
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE",
            help="Name or ARN of the table that is read.",
            show_default=False,
        ),
    ],
    to_table: Annotated[
        str,
        typer.Argument(
            metavar="TO-TABLE",
            help="Name or ARN of the table that is written to.",
            show_default=False,
        ),
    ],
    *,
    to_region: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="AWS region of TO-TABLE; by default that of TABLE.",
            show_default=False,
            rich_help_panel=_TO,
        ),
    ] = None,
    to_profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Profile of the shared AWS configuration for TO-TABLE; by default "
            "that of TABLE.",
            show_default=False,
            rich_help_panel=_TO,
        ),
    ] = None,
    to_endpoint_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Server of TO-TABLE; by default that of TABLE, unless --to-region or "
            "--to-profile says that it is elsewhere.",
            show_default=False,
            rich_help_panel=_TO,
        ),
    ] = None,
    filter: FilterOption = None,  # noqa: A002 - the option's name
    value: ValueOption = None,
    name: NameOption = None,
    rcu: RcuOption = None,
    segments: SegmentsOption = DEFAULT_SEGMENTS,
    consistent: ConsistentOption = False,
    wcu: WcuOption = None,
    index_wcu: IndexWcuOption = None,
    max_wcu: MaxWcuOption = None,
    reserve: ReserveOption = None,
    yes: YesOption = False,
    max_connections: ConnectionsOption = 64,
    transport: TransportOption = None,
    no_interleave: NoInterleaveOption = False,
    mode: ModeOption = "put",
    version_attribute: VersionOption = None,
    failures: FailuresOption = None,
    max_failures: MaxFailuresOption = None,
    checkpoint: CheckpointOption = None,
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
    """Copy a table's items into another table, at the capacities you give it.

    TABLE may be in use: each item is copied as it is when it is read, and what
    is written behind the reading is not. TO-TABLE has to be there.
    """
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        source, target = table_ends(
            CopyEnd(table, endpoint_url, region, profile),
            CopyEnd(to_table, to_endpoint_url, to_region, to_profile),
        )
        require_rcu(rcu, source.endpoint_url, os.environ)
        require_wcu(wcu, target.endpoint_url, os.environ)
        checked_mode = check_mode(mode, version_attribute)
        if max_failures is not None:
            FailureLimit.parse(max_failures)
        if report is not None:
            check_report_file(report)
        written = {"--failures": failures, "--checkpoint": checkpoint}
        check_distinct_files([], {**written, "--report": report})
        settings = LoadSettings(
            table=target.table,
            wcu=wcu.units if wcu else None,
            max_wcu=max_wcu,
            reserve=reserve or 0.0,
            is_agreed=yes,
            index_wcu=index_rates(index_wcu or ()),
            schema=None,
            endpoint_url=target.endpoint_url,
            region=target.region,
            profile=target.profile,
            max_connections=max_connections,
            transport=transport,
            allow_insecure_endpoint=allow_insecure_endpoint,
            report_file=report,
            is_json=json,
            is_debug=debug,
            estimated_items=None,
            failures=failures,
            max_failures=max_failures,
            checkpoint=checkpoint,
            deadline=earliest(after=stop_after, at=stop_at),
            mode=checked_mode,
            version_attribute=version_attribute,
            interleave=not no_interleave,
            redact_keys=redact_keys,
            command=shlex.join(["ddbbulk", *sys.argv[1:]]),
        )
        options = ReadOptions(
            rcu=rcu.units if rcu else None,
            segments=segments,
            filter=chosen_filter(filter, value or (), name or ()),
            consistent=consistent,
            allow_insecure_endpoint=allow_insecure_endpoint,
            transport=cast("TransportName | None", transport),
        )
        work = copy_table(
            source, options, settings, errors=errors, output=PatientConsole()
        )
        code = asyncio.run(work)
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
