"""``ddbbulk retry``: its options, and what they mean together."""

import asyncio
import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.failures_source import FailuresSource
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.messages import explained_errors, say
from ddbbulk.cli.options import DebugOption, index_rates, key_schema, require_wcu
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.retrying import Retrying
from ddbbulk.cli.write_options import (
    ConnectionsOption,
    EndpointOption,
    IndexWcuOption,
    InsecureOption,
    JsonOption,
    KeyOption,
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
from ddbbulk.failures import OpenedFile
from ddbbulk.progress import PatientConsole, error_console

EPILOG = """
[bold]Examples[/]

Load again what a load has rejected, now that the table was mended:

[cyan]ddbbulk retry failed.jsonl --wcu 200[/]

The same, also over items that are there by now, and with the deletes:

[cyan]ddbbulk retry failed.jsonl --wcu 200 --overwrite[/]

[bold]Exit codes[/]

0 all written, nothing is left · 1 finished, some are left in the file ·
2 wrong usage or settings · 3 stopped early · 130 interrupted
"""


def retry(  # noqa: PLR0913 - typer reads the options from the signature
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="What [bold]ddbbulk load --failures[/] has written.",
            show_default=False,
        ),
    ],
    *,
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            "-t",
            "--table-name",
            metavar="NAME",
            help="Another table than the one that the file names.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Write also where the table has the key by now, and delete. Without "
            "it such items stay in the file and in the table.",
        ),
    ] = False,
    wcu: WcuOption = None,
    index_wcu: IndexWcuOption = None,
    max_wcu: MaxWcuOption = None,
    reserve: ReserveOption = None,
    yes: YesOption = False,
    max_connections: ConnectionsOption = 64,
    transport: TransportOption = None,
    no_interleave: NoInterleaveOption = False,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    key: KeyOption = None,
    report: ReportOption = None,
    json: JsonOption = False,
    redact_keys: RedactKeysOption = False,
    debug: DebugOption = False,
) -> None:
    """Load the items of a failures file again; those that fail again stay in it.

    An item whose key the table has by now is not written: a later one may
    have won. Of several items with one key the last is tried; the others go or
    stay with it.
    """
    console = error_console()
    with explained_errors(console, is_debug=debug):
        require_wcu(wcu, endpoint_url, os.environ)
        if report is not None:
            check_report_file(report)
        check_distinct_files([file], {"--report": report})
        with closing(OpenedFile.open(file, table=None)) as opened:
            if opened.table is None:
                say(console, f"{file} has no items: there is nothing to retry")
                return
            settings = LoadSettings(
                table=table or opened.table,
                wcu=wcu.units if wcu else None,
                max_wcu=max_wcu,
                reserve=reserve or 0.0,
                is_agreed=yes,
                index_wcu=index_rates(index_wcu or ()),
                schema=key_schema(key or ()),
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
                mode="put" if overwrite else "insert",
                interleave=not no_interleave,
                redact_keys=redact_keys,
            )
            retrying = Retrying(
                settings,
                file=opened,
                errors=console,
                output=PatientConsole(),
            )
            source = FailuresSource(opened)
            code = asyncio.run(retrying.run(source))
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
