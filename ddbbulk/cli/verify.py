"""``ddbbulk verify``: its options, and what they mean together."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.estimate import estimated_items
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.load_options import TableOption
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.read_options import RcuOption, SegmentsOption, require_rcu
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.source_options import (
    DelimiterOption,
    EmptyOption,
    EncodingOption,
    FormatOption,
    SourcesArgument,
    TypesOption,
)
from ddbbulk.cli.verifying import Verifying, VerifySettings
from ddbbulk.cli.write_options import (
    OUTPUT,
    PACE,
    EndpointOption,
    InsecureOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    ReportOption,
    TransportOption,
)
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.sources import open_source

EPILOG = """
[bold]Examples[/]

Compare all of a file with the table that it was loaded into:

[cyan]ddbbulk verify users.csv -t users --types age=N --rcu 100[/]

Keep what is missing or different, and load it again:

[cyan]ddbbulk verify users.csv -t users --rcu 100 --failures differing.jsonl[/]
[cyan]ddbbulk retry differing.jsonl --wcu 50 --overwrite[/]

Of a large load a sample, and what it says of all of it:

[cyan]ddbbulk verify big.jsonl -t users --rcu 100 --sample 10000[/]

Find what else is in the table, too, and delete it:

[cyan]ddbbulk verify users.csv -t users --rcu 100 --extra-file extra.jsonl[/]
[cyan]ddbbulk delete extra.jsonl -t users --wcu 50[/]

[bold]Exit codes[/]

0 equal · 1 something is missing, different, extra or rejected ·
2 wrong usage or settings · 3 stopped early · 130 interrupted
"""
_COMPARED: Final = "What is compared"
_FOUND: Final = "What becomes of differences"


def verify(  # noqa: PLR0913 - typer reads the options from the signature
    sources: SourcesArgument,
    *,
    table: TableOption,
    format: FormatOption = None,  # noqa: A002 - the option's name
    types: TypesOption = None,
    empty: EmptyOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Compare N items, chosen by chance, and say with 95 % confidence how "
            "many of all may differ. By default all are compared.",
            show_default=False,
            rich_help_panel=_COMPARED,
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Of the sample: the same seed chooses the same items again.",
            rich_help_panel=_COMPARED,
        ),
    ] = 1,
    extra: Annotated[
        bool,
        typer.Option(
            "--extra",
            help="Scan the table's keys as well, and count those that are not in the "
            "source.",
            rich_help_panel=_COMPARED,
        ),
    ] = False,
    ttl_attribute: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What says when an item expires: such items are no differences. By "
            "default what the table says.",
            show_default=False,
            rich_help_panel=_COMPARED,
        ),
    ] = None,
    failures: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Append each missing or different item to this file, as the source "
            "has it; [bold]ddbbulk retry FILE --overwrite[/] loads them.",
            show_default=False,
            rich_help_panel=_FOUND,
        ),
    ] = None,
    extra_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the keys of extra items to this file, for [bold]ddbbulk "
            "delete[/]. Looks for them as --extra does.",
            show_default=False,
            rich_help_panel=_FOUND,
        ),
    ] = None,
    rcu: RcuOption = None,
    segments: SegmentsOption = 4,
    consistent: Annotated[
        bool | None,
        typer.Option(
            "--consistent/--eventually",
            help="Read all strongly consistently, at double the read units; or believe "
            "eventually consistent reads. By default what differs by those is read "
            "once more, strongly consistently.",
            show_default=False,
            rich_help_panel=PACE,
        ),
    ] = None,
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
    """Compare files with the table they were loaded into, and change nothing.

    Every item is looked up under a read budget. Of several items with one key the
    last counts; items that have expired are told apart.
    """
    console = error_console()
    with explained_errors(console, is_debug=debug):
        require_rcu(rcu, endpoint_url, os.environ)
        if report is not None:
            check_report_file(report)
        check_distinct_files(
            sources,
            {"--failures": failures, "--extra-file": extra_file, "--report": report},
        )
        settings = VerifySettings(
            table=table,
            rcu=rcu.units if rcu else None,
            sample=sample,
            seed=seed,
            extra=extra,
            extra_file=extra_file,
            segments=segments,
            ttl_attribute=ttl_attribute,
            failures=failures,
            is_consistent=consistent,
            transport=transport,
            endpoint_url=endpoint_url,
            region=region,
            profile=profile,
            allow_insecure_endpoint=allow_insecure_endpoint,
            redact_keys=redact_keys,
            estimated_items=estimated_items(sources),
            report_file=report,
            is_json=json,
            is_debug=debug,
        )
        source = open_source(
            sources,
            format=format,
            types=types,
            empty=empty,
            delimiter=delimiter,
            encoding=encoding,
        )
        verifying = Verifying(settings, errors=console, output=PatientConsole())
        code = asyncio.run(verifying.run(source))
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
