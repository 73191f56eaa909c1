"""``ddbbulk table list``: its options."""

from typing import Annotated

import typer

from ddbbulk.aws import connect
from ddbbulk.cli.command_run import run_command
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.table_listing import show_tables
from ddbbulk.cli.table_options import TableJsonOption
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

The names of the tables of an account in a region:

[cyan]ddbbulk table list --region eu-west-1[/]

What is in each of them, in the simulator:

[cyan]ddbbulk table list --long --endpoint-url http://127.0.0.1:8000[/]
"""


def list_(
    *,
    long: Annotated[
        bool,
        typer.Option(
            "--long",
            "-l",
            help="With status, capacity, items and size, which takes a DescribeTable "
            "for each.",
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
    """List the tables, one name a line."""
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        connection = connect(
            region=region,
            profile=profile,
            endpoint_url=endpoint_url,
            allow_insecure_endpoint=allow_insecure_endpoint,
        )
        work = show_tables(
            connection,
            is_long=long,
            errors=errors,
            output=PatientConsole(),
            is_json=json,
        )
        run_command(work, errors)
