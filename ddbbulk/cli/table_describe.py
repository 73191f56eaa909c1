"""``ddbbulk table describe``: its options."""

from typing import Annotated

import typer

from ddbbulk.aws import connect
from ddbbulk.cli.command_run import run_command
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.table_options import TableArgument, TableJsonOption
from ddbbulk.cli.table_sheet import describe_to
from ddbbulk.cli.write_options import (
    OUTPUT,
    EndpointOption,
    InsecureOption,
    ProfileOption,
    RegionOption,
)
from ddbbulk.progress import PatientConsole, error_console

EPILOG = """
[bold]Examples[/]

Keys, indexes, capacity, items and all else that there is to know of a table:

[cyan]ddbbulk table describe users --region eu-west-1[/]

A schema file of it, from which another is made elsewhere:

[cyan]ddbbulk table describe users --schema --region eu-west-1 > users.toml[/]
[cyan]ddbbulk table create users.toml --endpoint-url http://127.0.0.1:8000[/]
"""


def describe(
    table: TableArgument,
    *,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            help="Write a schema file instead, for 'ddbbulk table create' and "
            "'ddbbulk plan'.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    json: TableJsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show what a table is: keys, indexes, capacity, items, and what belongs to it."""
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        if schema and json:
            raise typer.BadParameter("give --schema or --json, not both")
        connection = connect(
            region=region,
            profile=profile,
            endpoint_url=endpoint_url,
            allow_insecure_endpoint=allow_insecure_endpoint,
        )
        work = describe_to(
            PatientConsole(),
            connection,
            table,
            is_schema=schema,
            is_json=json,
            errors=errors,
        )
        run_command(work, errors)
