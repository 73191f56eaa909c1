"""``ddbbulk simulate``: a DynamoDB on this machine, until Ctrl-C."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ddbbulk.aws import connect
from ddbbulk.aws.endpoint import is_loopback
from ddbbulk.cli.heap import freeze_heap
from ddbbulk.cli.interrupts import on_interrupt
from ddbbulk.cli.messages import explained_errors, say
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.table_specs import TableSpec, create_tables
from ddbbulk.printable import printable
from ddbbulk.progress import PatientConsole, error_console

EPILOG = """
[bold]Examples[/]

A table of 200 WCU (and as many RCU), kept in memory:

[cyan]ddbbulk simulate --table users:alias@200[/]

Tables that survive, with the latency of a region:

[cyan]ddbbulk simulate --data tables.db --latency-ms 10 --latency-jitter-ms 5[/]

To see how a program takes trouble; the same seed brings the same trouble:

[cyan]ddbbulk simulate --fault partial=0.3,throttle=0.05,reset-after=0.01 --seed 7[/]

Ten partitions, and 500 write units for the whole account:

[cyan]ddbbulk simulate --table users:alias@1000 --partitions 10 --account-wcu 500[/]

In a script, on any free port; its output is the URL:

[cyan]ddbbulk simulate --port 0 --quiet[/]
"""


def simulate(  # noqa: PLR0913 - typer reads the options from the signature
    *,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, metavar="N", help="Port to listen on; 0: any free one."
        ),
    ] = 8000,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Address to listen on; by default this machine's own.",
        ),
    ] = "127.0.0.1",
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the tables in this file; by default they are gone at the end.",
            show_default=False,
        ),
    ] = None,
    table: Annotated[
        list[TableSpec] | None,
        typer.Option(
            parser=TableSpec.parse,
            metavar="NAME:KEY…",
            help="Create this table if it is not there: NAME:KEY or NAME:KEY,SORTKEY, "
            "followed by @WCU or @WCU/RCU; may be repeated. Keys are strings unless "
            "they end in :N or :B; without @WCU it is on demand, without RCU it has as "
            "many read as write units.",
            show_default=False,
        ),
    ] = None,
    latency_ms: Annotated[
        float,
        typer.Option(
            min=0, metavar="MS", help="How long each answer takes, on average."
        ),
    ] = 0.0,
    latency_jitter_ms: Annotated[
        float,
        typer.Option(
            min=0, metavar="MS", help="By how much it takes longer or shorter."
        ),
    ] = 0.0,
    burst_seconds: Annotated[
        float,
        typer.Option(
            min=0,
            metavar="N",
            help="Unused capacity that may be used later, in seconds of what is "
            "provisioned (AWS: up to 300, without a promise).",
        ),
    ] = 1.0,
    partitions: Annotated[
        str | None,
        typer.Option(
            metavar="N|auto",
            help="Split the provisioned units of a table or index evenly among so many "
            "partitions, which lend each other nothing; auto: one for each 1,000 "
            "write or 3,000 read units.",
            show_default=False,
        ),
    ] = None,
    account_wcu: Annotated[
        float | None,
        typer.Option(
            metavar="UNITS",
            help="Write units a second that all tables and indexes get together.",
            show_default=False,
        ),
    ] = None,
    account_rcu: Annotated[
        float | None,
        typer.Option(
            metavar="UNITS",
            help="Read units a second that all tables and indexes get together.",
            show_default=False,
        ),
    ] = None,
    quotas: Annotated[
        bool,
        typer.Option(
            "--quotas",
            help="Refuse to provision more than an AWS account may by default: 40,000 "
            "units for a table or index, 80,000 in all (or --account-wcu, "
            "--account-rcu).",
        ),
    ] = False,
    upstream: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Pass requests on to this DynamoDB-compatible server, and throttle.",
            show_default=False,
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD=P[:SECONDS],…",
            help="What goes wrong, and how probably for each request to write: "
            "throttle, http500, http500-after, http503, expired, skew, reset, "
            "reset-after, hang, slow (2 s), crc, truncate, late (3 s); partial: for "
            "each item of a batch. 'after': the write was done all the same.",
            show_default=False,
        ),
    ] = None,
    outage: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BEGIN-END",
            help="A time when nothing works, in seconds from the start, such as "
            "10s-15s; may be repeated.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Seed of all that is random.")
    ] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the URL and nothing else.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Run a local DynamoDB that really throttles, until Ctrl-C.

    It holds tables and indexes to their provisioned capacity, hot keys to
    1,000 write and 3,000 read units a second, and on-demand tables to double
    their previous peak, as AWS does. Items live in SQLite.
    """
    # Only this command serves HTTP: the others start a tenth of a second sooner.
    from ddbbulk.simulator import Simulator  # noqa: PLC0415 - start-up time

    errors, output = error_console(), PatientConsole()
    with explained_errors(errors, is_debug=debug):
        if not _is_local(host):
            text = f"listening on {host}: whoever reaches this machine can read and "
            say(errors, text + "change these tables", kind="warning")
        simulator = Simulator(
            host=host,
            port=port,
            data=data,
            latency_ms=latency_ms,
            latency_jitter_ms=latency_jitter_ms,
            burst_seconds=burst_seconds,
            partitions=partitions,
            account_wcu=account_wcu,
            account_rcu=account_rcu,
            quotas=quotas,
            upstream=upstream,
            seed=seed,
            faults=_faults(fault or (), outage or ()),
        )
        with simulator:
            url = simulator.endpoint_url
            place = "upstream" if upstream else f"in {data or 'memory only'}"
            guide = "" if quiet else _guide(url, place)
            asyncio.run(_serve(url, table or (), output, guide))
            stats = simulator.stats()
        if not quiet:
            output.print(*_sheet(stats, has_items=upstream is None), sep="\n")


async def _serve(
    url: str, tables: Sequence[TableSpec], output: Console, guide: str
) -> None:
    stopped = asyncio.Event()
    with on_interrupt(stopped.set):
        if tables:
            async with connect(endpoint_url=url, region="us-east-1") as connection:
                await create_tables(connection, tables)
        freeze_heap()
        say(output, f"Listening on {url}\n{guide}" if guide else url)
        await stopped.wait()


def _guide(url: str, place: str) -> str:
    return (
        f"  use it    export AWS_ENDPOINT_URL_DYNAMODB={url}\n"
        "            aws dynamodb list-tables\n"
        "            ddbbulk load users.csv --table users\n"
        "  no keys?  export AWS_DEFAULT_REGION=us-east-1\n"
        "            export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x\n"
        f"  watch it  curl {url}/_simulator/stats\n"
        f"  stop it   Ctrl-C; the tables are kept {place}"
    )


def _faults(words: Sequence[str], outages: Sequence[str]) -> str | None:
    """Return the faults in the words of the simulator; None: there are none."""
    parts = [*words, *(f"outage={time}" for time in outages)]
    return ",".join(parts) if parts else None


def _sheet(stats: Mapping[str, Any], *, has_items: bool) -> Iterator[Table | Text]:
    """Yield what was written to each table and read, how hard, and what went wrong.

    Args:
        stats: of the simulator.
        has_items: whether they say how many items there are now.
    """
    tables: Mapping[str, Mapping[str, Any]] = stats["tables"]
    if not tables:
        yield Text("no table was created" if has_items else "no table was used")
        return
    names = ["units", "most in 1 s"]
    kinds = ["write_units", "max_window_units"]
    if any(_has_reads(table) for table in tables.values()):
        # In two lines, so that beside so many columns there is room for the names.
        names = ["written", "most\nin 1 s", "read", "most\nin 1 s"]
        kinds += ["read_units", "max_read_window_units"]
    items = ["items"] if has_items else []
    sheet = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    sheet.add_column("table", vertical="bottom", overflow="fold")
    for name in (*items, *names, "throttled", "unprocessed"):
        sheet.add_column(name, justify="right", vertical="bottom", no_wrap=True)
    for name, table in tables.items():
        throttled = table["throttled_requests"] + table["throttled_reads"]
        counts = [table[kind] for kind in (*items, *kinds)]
        counts += [throttled, table["unprocessed_items"]]
        sheet.add_row(printable(name), *(f"{count:,.0f}" for count in counts))
        for index_name, index in table["indexes"].items():
            units = (f"{index[kind]:,.0f}" for kind in kinds)
            blank = ("" for _ in items)  # how many there are, nobody has counted
            sheet.add_row("  " + printable(index_name), *blank, *units)
    yield sheet
    faults: Mapping[str, int] = stats["faults"]
    if faults:
        told = ", ".join(f"{name} {count:,}" for name, count in faults.items())
        yield Text(f"faults: {told}")


def _has_reads(table: Mapping[str, Any]) -> bool:
    parts = (table, *table["indexes"].values())
    return any(part["read_units"] or part["throttled_reads"] for part in parts)


def _is_local(host: str) -> bool:
    return is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}")
