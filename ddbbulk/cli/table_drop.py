"""``ddbbulk table drop``: its options."""

from typing import Annotated

import typer

from ddbbulk.aws import connect
from ddbbulk.cli.command_run import run_command
from ddbbulk.cli.confirmation import ConfirmedOption
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.table_dropping import drop_tables
from ddbbulk.cli.write_options import (
    EndpointOption,
    InsecureOption,
    ProfileOption,
    RegionOption,
)
from ddbbulk.progress import error_console

EPILOG = """
[bold]Examples[/]

After its name was typed:

[cyan]ddbbulk table drop users --region eu-west-1[/]

In a script, two of them:

[cyan]ddbbulk table drop users follows --yes --endpoint-url http://127.0.0.1:8000[/]

[bold]Exit codes[/]

0 gone · 2 wrong usage or settings, no such table, or not confirmed ·
3 stopped after some of them · 130 interrupted
"""


def drop(
    tables: Annotated[
        list[str],
        typer.Argument(metavar="TABLE", help="Names or ARNs.", show_default=False),
    ],
    *,
    yes: ConfirmedOption = False,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    debug: DebugOption = False,
) -> None:
    """Drop tables with all their items, for good, and wait until they are gone.

    It shows what will go, and asks for each table's name.
    A table with deletion protection is refused.
    """
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        connection = connect(
            region=region,
            profile=profile,
            endpoint_url=endpoint_url,
            allow_insecure_endpoint=allow_insecure_endpoint,
        )
        work = drop_tables(connection, tables, is_agreed=yes, errors=errors)
        run_command(work, errors)
