"""``ddbbulk plan``: its options, and what they mean together."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.estimate import estimated_items
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption, key_schema
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.source_options import (
    DelimiterOption,
    EmptyOption,
    EncodingOption,
    FormatOption,
    SourcesArgument,
    TypesOption,
)
from ddbbulk.cli.times import parse_duration
from ddbbulk.cli.write_options import (
    OUTPUT,
    EndpointOption,
    InsecureOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    ReportOption,
)
from ddbbulk.errors import ConfigurationError
from ddbbulk.prices import Prices
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.schema import TableSchema
from ddbbulk.schema_file import TableDefinition
from ddbbulk.sources import open_source

EPILOG = """
[bold]Examples[/]

What a load would cost, and how long it would take; nothing is written:

[cyan]ddbbulk plan users.csv -t users --types age=N[/]

A table that does not exist yet, and no AWS account at all:

[cyan]ddbbulk plan users.jsonl --schema users.toml[/]

About 100,000 items of a large file, and what it takes to be done in time:

[cyan]ddbbulk plan big.jsonl -t users --sample 100000 --finish-in 10m[/]

[bold]Exit codes[/]

0 every item could be written · 1 some would be rejected ·
2 wrong usage or settings, or a source that breaks off · 130 interrupted
"""
_ASKED: Final = "What is asked"


def plan(  # noqa: PLR0913 - typer reads the options from the signature
    sources: SourcesArgument,
    *,
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            "-t",
            "--table-name",
            metavar="NAME",
            help="Name or ARN of the table. With [bold]--schema[/] or [bold]--key[/] "
            "only what to call it.",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A table that need not exist: keys, indexes and capacity, in TOML or "
            "JSON. Nothing is asked of AWS then.",
            show_default=False,
        ),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:TYPE]",
            help="A table without indexes, in short: its partition key and, given a "
            "second time, its sort key.",
            show_default=False,
        ),
    ] = None,
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
            help="Read about N items, spread over the files where they can be read "
            "from anywhere, and say how far off each figure may be. By default all.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
    finish_in: Annotated[
        timedelta | None,
        typer.Option(
            parser=parse_duration,
            metavar="TIME",
            help="Say what to raise for the load to be done in this time: 10m, 2h.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
    wcu: Annotated[
        list[float] | None,
        typer.Option(
            metavar="N",
            help="Write units a second to compare the present ones with; may be "
            "repeated. By default 1,000, 4,000, 10,000 and 40,000.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
    ttl_attribute: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The attribute that says when an item expires: those that have "
            "already are counted.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Prices in TOML that replace those that come with ddbbulk.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
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
    """Say what loading files into a table would come to, and write nothing.

    Units on the table and each index, time, cost, hot keys, and what would be
    rejected.
    """
    # numpy and the sketches take longer to import than most commands to run.
    from ddbbulk.cli.planning import (  # noqa: PLC0415 - start-up time
        Planning,
        PlanSettings,
    )

    console = error_console()
    with explained_errors(console, is_debug=debug):
        if report is not None:
            check_report_file(report)
        check_distinct_files(sources, {"--report": report})
        settings = PlanSettings(
            table=_table(table, schema, key_schema(key or ())),
            name=table,
            sample=sample,
            finish_in=finish_in,
            wcu=wcu,
            ttl_attribute=ttl_attribute,
            prices=None if prices is None else Prices.read(prices),
            redact_keys=redact_keys,
            endpoint_url=endpoint_url,
            region=region,
            profile=profile,
            allow_insecure_endpoint=allow_insecure_endpoint,
            estimated_items=estimated_items(sources),
            report_file=report,
            is_json=json,
        )
        source = open_source(
            sources,
            format=format,
            types=types,
            empty=empty,
            delimiter=delimiter,
            encoding=encoding,
        )
        planning = Planning(settings, errors=console, output=PatientConsole())
        code = asyncio.run(planning.run(source))
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)


def _table(
    name: str | None, schema: Path | None, keys: TableSchema | None
) -> str | TableSchema | TableDefinition:
    """Return what the plan is for, by what was said of it."""
    if schema is not None and keys is not None:
        raise ConfigurationError(
            "--schema and --key both say what the keys are: give one of them"
        )
    if schema is not None:
        return TableDefinition.read(schema)
    if keys is not None:
        return keys
    if name is None:
        raise ConfigurationError(
            "which table? Give --table NAME for one that is there, --schema FILE or "
            "--key NAME for one that need not be"
        )
    return name
