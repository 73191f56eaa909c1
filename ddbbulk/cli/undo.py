"""``ddbbulk undo``: its options, and what they mean together."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from ddbbulk.cli.confirmation import ConfirmedOption
from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption, index_rates, require_wcu
from ddbbulk.cli.read_options import RcuOption, require_rcu
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.undoing import UndoRun, UndoSettings
from ddbbulk.cli.write_options import (
    OUTPUT,
    ConnectionsOption,
    EndpointOption,
    IndexWcuOption,
    InsecureOption,
    JsonOption,
    MaxWcuOption,
    ProfileOption,
    RegionOption,
    ReportOption,
    ReserveOption,
    TransportOption,
    WcuOption,
)
from ddbbulk.progress import PatientConsole, error_console

EPILOG = """
[bold]Examples[/]

A load that can be taken back, and what takes it back:

[cyan]ddbbulk load users.csv -t users --wcu 200 --mode insert --manifest made.jsonl[/]
[cyan]ddbbulk undo made.jsonl --wcu 200 --rcu 100[/]

What would go, and what would be left, with the reasons:

[cyan]ddbbulk undo made.jsonl --rcu 100 --dry-run --list left.jsonl[/]

[bold]Exit codes[/]

0 nothing of it is left · 1 something is left, or may be: the sheet says why ·
2 wrong usage or settings · 3 stopped early · 130 interrupted
"""


def undo(  # noqa: PLR0913 - typer reads the options from the signature
    manifest: Annotated[
        Path,
        typer.Argument(
            metavar="MANIFEST",
            help="What [bold]ddbbulk load --manifest[/] has written.",
            show_default=False,
        ),
    ],
    *,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Look everything up, say what would go, and delete nothing.",
        ),
    ] = False,
    left: Annotated[
        Path | None,
        typer.Option(
            "--list",
            metavar="FILE",
            help="Write the keys of all items that are left to this file, with the "
            "reasons, as lines of JSON.",
            show_default=False,
        ),
    ] = None,
    yes: ConfirmedOption = False,
    wcu: WcuOption = None,
    rcu: RcuOption = None,
    index_wcu: IndexWcuOption = None,
    max_wcu: MaxWcuOption = None,
    reserve: ReserveOption = None,
    max_connections: ConnectionsOption = 64,
    transport: TransportOption = None,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    redact_keys: Annotated[
        bool,
        typer.Option(
            "--redact-keys",
            help="Show no values of keys.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    report: ReportOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Delete what a load has created, as far as nobody has changed it since.

    The service compares every attribute when it deletes. All else is left,
    and listed. The same command may be run again, also after a crash.
    """
    console = error_console()
    with explained_errors(console, is_debug=debug):
        require_rcu(rcu, endpoint_url, os.environ)
        if not dry_run:
            require_wcu(wcu, endpoint_url, os.environ)
        if report is not None:
            check_report_file(report)
        check_distinct_files([manifest], {"--list": left, "--report": report})
        settings = UndoSettings(
            manifest=manifest,
            is_dry_run=dry_run,
            left_file=left,
            is_agreed=yes,
            wcu=wcu.units if wcu else None,
            rcu=rcu.units if rcu else None,
            index_wcu=index_rates(index_wcu or ()),
            max_wcu=max_wcu,
            reserve=reserve or 0.0,
            max_connections=max_connections,
            transport=transport,
            endpoint_url=endpoint_url,
            region=region,
            profile=profile,
            allow_insecure_endpoint=allow_insecure_endpoint,
            redact_keys=redact_keys,
            report_file=report,
            is_json=json,
            is_debug=debug,
        )
        run = UndoRun(settings, errors=console, output=PatientConsole())
        code = asyncio.run(run.run())
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
