"""``ddbbulk delete``: its options, and what they mean together."""

import asyncio
import os
import shlex
import sys

import typer

from ddbbulk.cli.confirmation import ConfirmedOption
from ddbbulk.cli.deleting import Deleting
from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.estimate import estimated_items
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.load_options import (
    CheckpointOption,
    FailuresOption,
    MaxFailuresOption,
    StopAfterOption,
    StopAtOption,
    TableOption,
)
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption, index_rates, key_schema, require_wcu
from ddbbulk.cli.report_file import check_report_file
from ddbbulk.cli.source_options import (
    DelimiterOption,
    EmptyOption,
    EncodingOption,
    FormatOption,
    SourcesArgument,
    TypesOption,
)
from ddbbulk.cli.times import earliest
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
)
from ddbbulk.failures import FailureLimit
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.sources import open_source

EPILOG = """
[bold]Examples[/]

Delete what was loaded from a file, whose items have the keys of the table:

[cyan]ddbbulk delete users.csv -t users --endpoint-url http://127.0.0.1:8000[/]

At AWS, at 200 write units a second, in a script; the same command goes on
where it was cut off:

[cyan]ddbbulk delete gone.jsonl -t users --wcu 200 --yes --checkpoint gone.state[/]

A list of keys from another program (there is nobody to ask, so --yes):

[cyan]cut -f1 gone.tsv | ddbbulk delete - --format csv -t users --wcu 200 --yes[/]

[bold]Exit codes[/]

0 all deleted · 1 finished, some rejected · 2 wrong usage or settings, or not
confirmed · 3 stopped early · 130 interrupted
"""


def delete(  # noqa: PLR0913 - typer reads the options from the signature
    sources: SourcesArgument,
    *,
    table: TableOption,
    yes: ConfirmedOption = False,
    format: FormatOption = None,  # noqa: A002 - the option's name
    types: TypesOption = None,
    empty: EmptyOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    wcu: WcuOption = None,
    index_wcu: IndexWcuOption = None,
    max_wcu: MaxWcuOption = None,
    reserve: ReserveOption = None,
    max_connections: ConnectionsOption = 64,
    transport: TransportOption = None,
    no_interleave: NoInterleaveOption = False,
    failures: FailuresOption = None,
    max_failures: MaxFailuresOption = None,
    checkpoint: CheckpointOption = None,
    stop_after: StopAfterOption = None,
    stop_at: StopAtOption = None,
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
    """Delete the items whose keys are in files, at the capacity you give it.

    The files are such as 'ddbbulk load' takes; of their items the key alone
    counts. It shows what will go, and asks for the table's name.
    """
    console = error_console()
    with explained_errors(console, is_debug=debug):
        require_wcu(wcu, endpoint_url, os.environ)
        if max_failures is not None:
            FailureLimit.parse(max_failures)
        if report is not None:
            check_report_file(report)
        check_distinct_files(
            sources,
            {"--failures": failures, "--checkpoint": checkpoint, "--report": report},
        )
        settings = LoadSettings(
            table=table,
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
            estimated_items=estimated_items(sources),
            failures=failures,
            max_failures=max_failures,
            checkpoint=checkpoint,
            deadline=earliest(after=stop_after, at=stop_at),
            interleave=not no_interleave,
            redact_keys=redact_keys,
            command=shlex.join(["ddbbulk", *sys.argv[1:]]),
        )
        source = open_source(
            sources,
            format=format,
            types=types,
            empty=empty,
            delimiter=delimiter,
            encoding=encoding,
        )
        deleting = Deleting(settings, errors=console, output=PatientConsole())
        code = asyncio.run(deleting.run(source))
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
