"""``ddbbulk load``: its options, and what they mean together."""

import asyncio
import os
import shlex
import sys

import typer

from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.cli.estimate import estimated_items
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.load_options import (
    CheckpointOption,
    FailuresOption,
    ManifestOption,
    MaxFailuresOption,
    ModeOption,
    StopAfterOption,
    StopAtOption,
    TableOption,
    VersionOption,
)
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.loading import Loading
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import (
    DebugOption,
    index_rates,
    key_schema,
    require_wcu,
)
from ddbbulk.cli.raise_options import (
    NoAutoScalingOption,
    PricesOption,
    RaiseIndexOption,
    RaiseToOption,
    RestoreNoteOption,
    SwitchOption,
    WaitRestoreOption,
)
from ddbbulk.cli.raising import Raising
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
    YesOption,
)
from ddbbulk.conditions import check_mode
from ddbbulk.failures import FailureLimit
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.sources import open_source

EPILOG = """
[bold]Examples[/]

Load a CSV into a local table, its column age as numbers:

[cyan]ddbbulk load users.csv -t users --types age=N \\
  --endpoint-url http://127.0.0.1:8000[/]

Two files, one after the other, at 200 write units a second, 50 on an index:

[cyan]ddbbulk load a.jsonl.gz b.jsonl.gz -t users --wcu 200 --index-wcu by_email=50[/]

What another program writes, at four fifths of what the table has provisioned:

[cyan]dump-users | ddbbulk load - --format jsonl -t users --wcu table --reserve 20%[/]

Rejected items kept with their reasons, and loaded again once that is mended:

[cyan]ddbbulk load users.csv -t users --failures failed.jsonl --max-failures 1%[/]
[cyan]ddbbulk retry failed.jsonl[/]

A backfill beside live writes, which it never overwrites:

[cyan]ddbbulk load users.csv -t users --mode newer --version-attribute updated_at[/]

At 1,000 WCU, which table and indexes have only as long as the load takes:

[cyan]ddbbulk load users.csv -t users --raise-to 1000[/]

A night's work at a time; the same command goes on, also after a crash:

[cyan]ddbbulk load big.csv -t users --wcu 5000 --stop-at 06:00 \\
  --checkpoint big.state[/]

A load that can be taken back, as far as nobody has changed its items since:

[cyan]ddbbulk load users.csv -t users --wcu 200 --mode insert --manifest made.jsonl[/]
[cyan]ddbbulk undo made.jsonl --wcu 200 --rcu 100[/]

[bold]Exit codes[/]

0 all written · 1 finished, some rejected · 2 wrong usage or settings ·
3 stopped early · 4 raised capacity is not put back · 130 interrupted
"""


def load(  # noqa: PLR0913 - typer reads the options from the signature
    sources: SourcesArgument,
    *,
    table: TableOption,
    format: FormatOption = None,  # noqa: A002 - the option's name
    types: TypesOption = None,
    empty: EmptyOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    wcu: WcuOption = None,
    index_wcu: IndexWcuOption = None,
    max_wcu: MaxWcuOption = None,
    reserve: ReserveOption = None,
    yes: YesOption = False,
    max_connections: ConnectionsOption = 64,
    transport: TransportOption = None,
    raise_to: RaiseToOption = None,
    raise_index: RaiseIndexOption = None,
    restore_note: RestoreNoteOption = None,
    wait_restore: WaitRestoreOption = False,
    switch_on_demand: SwitchOption = None,
    no_auto_scaling: NoAutoScalingOption = False,
    prices: PricesOption = None,
    no_interleave: NoInterleaveOption = False,
    mode: ModeOption = "put",
    version_attribute: VersionOption = None,
    failures: FailuresOption = None,
    max_failures: MaxFailuresOption = None,
    checkpoint: CheckpointOption = None,
    manifest: ManifestOption = None,
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
    """Load files or standard input into a table, at the capacity you give it.

    Each item ends as written, or as rejected with a reason.
    The counts balance in the end, or the command fails.
    """
    console = error_console()
    with explained_errors(console, is_debug=debug):
        raising = Raising.asked(
            raise_to,
            raise_index,
            restore_note=restore_note,
            wait_restore=wait_restore,
            on_demand_rcu=switch_on_demand,
            has_auto_scaling=not no_auto_scaling,
            prices=prices,
            has_budget=wcu is not None,
        )
        if raise_to is None:
            require_wcu(wcu, endpoint_url, os.environ)
        checked_mode = check_mode(mode, version_attribute)
        if max_failures is not None:
            FailureLimit.parse(max_failures)
        if report is not None:
            check_report_file(report)
        kept = {"--failures": failures, "--checkpoint": checkpoint}
        check_distinct_files(
            sources, {**kept, "--manifest": manifest, "--report": report}
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
            manifest=manifest,
            deadline=earliest(after=stop_after, at=stop_at),
            mode=checked_mode,
            version_attribute=version_attribute,
            interleave=not no_interleave,
            redact_keys=redact_keys,
            command=shlex.join(["ddbbulk", *sys.argv[1:]]),
            raising=raising,
        )
        source = open_source(
            sources,
            format=format,
            types=types,
            empty=empty,
            delimiter=delimiter,
            encoding=encoding,
        )
        loading = Loading(settings, errors=console, output=PatientConsole())
        code = asyncio.run(loading.run(source))
        code = code if raising is None else raising.exit_code(code)
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)
