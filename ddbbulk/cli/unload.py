"""``ddbbulk unload``: its options, and what they mean together."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, cast

import typer

from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.filter_options import (
    WHAT,
    AttributesOption,
    FilterOption,
    NameOption,
    ValueOption,
    chosen_attributes,
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
from ddbbulk.cli.read_runs import ReadSettings
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.unloading import unload_table
from ddbbulk.cli.write_options import (
    OUTPUT,
    EndpointOption,
    InsecureOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    ReportOption,
    TransportOption,
)
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.reading import DEFAULT_SEGMENTS
from ddbbulk.unloading import UNLOAD_FORMATS, UnloadFormat, UnloadOptions

EPILOG = """
[bold]Examples[/]

A local table into a file; [bold]ddbbulk load[/] reads it back, every type kept:

[cyan]ddbbulk unload users users.jsonl --endpoint-url http://127.0.0.1:8000[/]

A table that serves live reads, at 100 read units a second, compressed:

[cyan]ddbbulk unload users users.jsonl.gz --rcu 100[/]

Some of its items, and two of their attributes, for another program:

[cyan]ddbbulk unload users - --rcu 100 --format plain-json --attributes alias,age \\
  --filter 'age > :min' --value :min=N:17 | jq .alias[/]

[bold]Exit codes[/]

0 all written · 1 some items have no place in plain JSON ·
2 wrong usage or settings · 3 stopped early · 130 interrupted
"""


def parse_format(text: str) -> UnloadFormat:
    """Read the name of a format."""
    if text not in UNLOAD_FORMATS:
        raise typer.BadParameter(f"{text!r}: give {' or '.join(UNLOAD_FORMATS)}")
    return cast("UnloadFormat", text)


def unload(  # noqa: PLR0913 - typer reads the options from the signature
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="Name or ARN of the table.", show_default=False
        ),
    ],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Where the items go: a file, compressed where its name ends in .gz, "
            "or [bold]-[/], standard output. It is FILE.part until it is whole.",
            show_default=False,
        ),
    ],
    *,
    format: Annotated[  # noqa: A002 - the option's name
        str,
        typer.Option(
            parser=parse_format,
            metavar="dynamodb-json|plain-json",
            help="An item on each line. DynamoDB JSON keeps every type; plain JSON "
            "has no sets and no binary values: items with them are not written.",
            rich_help_panel=OUTPUT,
        ),
    ] = "dynamodb-json",
    attributes: AttributesOption = None,
    filter: FilterOption = None,  # noqa: A002 - the option's name
    value: ValueOption = None,
    name: NameOption = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="No more than so many items, whichever come first.",
            show_default=False,
            rich_help_panel=WHAT,
        ),
    ] = None,
    rcu: RcuOption = None,
    segments: SegmentsOption = DEFAULT_SEGMENTS,
    consistent: ConsistentOption = False,
    transport: TransportOption = None,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace the file that is there.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    report: ReportOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a table's items to a file, at the read capacity you give it.

    The file has an item on each line, and is readable for its owner only.
    The table is read while it is in use: each item is as it was when it was read.
    """
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        require_rcu(rcu, endpoint_url, os.environ)
        if report is not None:
            check_report_file(report)
        items = None if file == "-" else Path(file)
        check_distinct_files([], {"FILE": items, "--report": report})
        if json and file == "-":
            raise typer.BadParameter(
                "--json writes to standard output, and so do the items: give "
                "--report FILE instead"
            )
        options = UnloadOptions(
            rcu=rcu.units if rcu else None,
            segments=segments,
            format=cast("UnloadFormat", format),
            attributes=chosen_attributes(attributes),
            filter=chosen_filter(filter, value or (), name or ()),
            limit=limit,
            consistent=consistent,
            force=force,
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
            is_partial=filter is not None or limit is not None,
        )
        # Where the items go to standard output, all else goes beside it.
        output = errors if file == "-" else PatientConsole()
        work = unload_table(settings, file, options, errors=errors, output=output)
        code = asyncio.run(work)
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
