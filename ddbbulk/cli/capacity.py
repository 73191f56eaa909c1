"""``ddbbulk capacity``: show it, set it, put it back."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk.aws import connect
from ddbbulk.cli.capacity_restore import Restoring, selected_notes
from ddbbulk.cli.capacity_set import set_table
from ddbbulk.cli.capacity_show import show_capacity
from ddbbulk.cli.command_run import run_command
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption, IndexRate, index_rates, parse_units
from ddbbulk.cli.options import parse_index_wcu as parse_index
from ddbbulk.cli.owed import say_owed
from ddbbulk.cli.raise_options import (
    CAPACITY,
    NoAutoScalingOption,
    PricesOption,
    WaitRestoreOption,
)
from ddbbulk.cli.write_options import (
    EndpointOption,
    InsecureOption,
    ProfileOption,
    RegionOption,
)
from ddbbulk.prices import Prices
from ddbbulk.progress import PatientConsole, error_console

_EPILOG: Final = """
[bold]Examples[/]

What a table and its indexes have, and what that costs:

[cyan]ddbbulk capacity show users[/]

All that is raised yet, because a process was killed or a machine went down:

[cyan]ddbbulk capacity restore[/]

Another capacity, to stay:

[cyan]ddbbulk capacity set users --wcu 50 --index by_email=50[/]

[bold]Exit codes[/]

0 done · 2 wrong usage or settings · 3 stopped early ·
4 something is still raised · 130 interrupted
"""
_SHOW_EPILOG: Final = """
[bold]Examples[/]

At AWS:

[cyan]ddbbulk capacity show users --region eu-west-1[/]

What an hour costs, for a script:

[cyan]ddbbulk capacity show users --json | jq .dollars_per_hour[/]
"""
_SET_EPILOG: Final = """
[bold]Examples[/]

The table alone:

[cyan]ddbbulk capacity set users --wcu 50[/]

The table, and two of its indexes:

[cyan]ddbbulk capacity set users --wcu 50 --index by_email=50 --index by_city=10[/]
"""
_RESTORE_EPILOG: Final = """
[bold]Examples[/]

All that this machine knows of:

[cyan]ddbbulk capacity restore[/]

One table, waiting until the service allows it:

[cyan]ddbbulk capacity restore users --wait-restore[/]

What a container has left on its volume:

[cyan]ddbbulk capacity restore --restore-note /volume/users.note[/]

The note of a local server that is gone:

[cyan]ddbbulk capacity restore users --forget[/]
"""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=_EPILOG,
    help="Show, set or put back the write capacity of tables. "
    "'ddbbulk load --raise-to' raises it for one load.",
)
TableArgument = Annotated[
    str, typer.Argument(metavar="TABLE", help="Name or ARN.", show_default=False)
]


@app.command(epilog=_SHOW_EPILOG, no_args_is_help=True)
def show(
    table: TableArgument,
    *,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    prices: PricesOption = None,
    json: Annotated[
        bool, typer.Option("--json", help="Write it as JSON to standard output.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Show what a table and its indexes have, what scales them, and what it costs."""
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        say_owed()
        connection = connect(
            region=region,
            profile=profile,
            endpoint_url=endpoint_url,
            allow_insecure_endpoint=allow_insecure_endpoint,
        )
        work = show_capacity(
            connection,
            table,
            prices=_prices(prices),
            errors=errors,
            output=PatientConsole(),
            is_json=json,
        )
        run_command(work, errors)


@app.command("set", epilog=_SET_EPILOG, no_args_is_help=True)
def set_(  # noqa: PLR0913 - typer reads the options from the signature
    table: TableArgument,
    *,
    wcu: Annotated[
        float | None,
        typer.Option(
            parser=parse_units,
            metavar="N",
            help="Write units a second of the table.",
            show_default=False,
        ),
    ] = None,
    index: Annotated[
        list[IndexRate] | None,
        typer.Option(
            parser=parse_index,
            metavar="INDEX=N",
            help="Write units a second of a global index; may be repeated.",
            show_default=False,
        ),
    ] = None,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    no_auto_scaling: NoAutoScalingOption = False,
    prices: PricesOption = None,
    debug: DebugOption = False,
) -> None:
    """Set capacity that is to stay; read units stay as they are.

    Nothing puts it back. A table that is raised is refused: its note
    says what it will be put back to.
    """
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        say_owed()
        write = {} if wcu is None else {"": wcu}
        write |= index_rates(index or (), option="--index")
        if not write:
            raise typer.BadParameter("give --wcu N, or --index INDEX=N, or both")
        connection = connect(
            region=region,
            profile=profile,
            endpoint_url=endpoint_url,
            allow_insecure_endpoint=allow_insecure_endpoint,
        )
        work = set_table(
            connection,
            table,
            write,
            has_auto_scaling=not no_auto_scaling,
            prices=_prices(prices),
            errors=errors,
        )
        run_command(work, errors)


@app.command(epilog=_RESTORE_EPILOG)
def restore(  # noqa: PLR0913 - typer reads the options from the signature
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TABLE",
            help="Names of tables; without any, all that this machine knows of.",
            show_default=False,
        ),
    ] = None,
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="All of them, which is also the default.")
    ] = False,
    restore_note: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Put back what this note says: one that a load has kept there by its "
            "own --restore-note.",
            show_default=False,
            rich_help_panel=CAPACITY,
        ),
    ] = None,
    wait_restore: WaitRestoreOption = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Also where a load runs that needs the capacity yet."
        ),
    ] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget",
            help="Change nothing, and remove the note: for tables and servers that are "
            "gone. Needs TABLE or --restore-note.",
        ),
    ] = False,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    prices: PricesOption = None,
    debug: DebugOption = False,
) -> None:
    """Put back what loads have raised and could not put back themselves.

    What was found is in a restore note, which also knows endpoint and region.
    What somebody else has changed since is left alone, and reported.
    """
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        if all_ and tables:
            raise typer.BadParameter("give tables or --all, not both")
        if forget and not tables and restore_note is None:
            raise typer.BadParameter("--forget: name the table, or --restore-note FILE")
        work = Restoring(
            profile=profile,
            allow_insecure_endpoint=allow_insecure_endpoint,
            is_waiting=wait_restore,
            is_forced=force,
            is_forgetting=forget,
            prices=_prices(prices),
            errors=errors,
        )
        run_command(work.run(selected_notes(tables or (), restore_note)), errors)


def _prices(path: Path | None) -> Prices:
    return Prices.standard() if path is None else Prices.read(path)
