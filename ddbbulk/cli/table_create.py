"""``ddbbulk table create``: its options, and what they mean together."""

from pathlib import Path
from typing import Annotated

import typer

from ddbbulk.aws import connect
from ddbbulk.cli.command_run import run_command
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.table_creating import create_from
from ddbbulk.cli.table_options import TableJsonOption
from ddbbulk.cli.write_options import (
    EndpointOption,
    InsecureOption,
    ProfileOption,
    RegionOption,
)
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.schema_file import TableDefinition

EPILOG = """
[bold]A schema file[/]

table = "users"                # here, or by --table
partition_key = "alias"        # a string; "born:N": a number, "id:B": binary
billing = "provisioned"        # or "on-demand", the default
write_capacity = 200
read_capacity = 50
ttl_attribute = "expires_at"
tags = { team = "birds" }

[\\[global_indexes]]
name = "by_city"
partition_key = "city"
sort_key = "born:N"
projection = "KEYS_ONLY"

'ddbbulk table describe TABLE --schema' writes one of a table that is there.

[bold]Examples[/]

In the simulator, or in any other local server:

[cyan]ddbbulk table create users.toml --endpoint-url http://127.0.0.1:8000[/]

At AWS, under another name; a script may run this again:

[cyan]ddbbulk table create users.toml -t users-dev --if-not-exists[/]

[bold]Exit codes[/]

0 it is there and ACTIVE · 2 wrong usage or settings, or another table has
this name · 130 interrupted
"""


def create(  # noqa: PLR0913 - typer reads the options from the signature
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Schema file, TOML or JSON: keys, capacity, indexes, time to live, "
            "tags.",
            show_default=False,
        ),
    ],
    *,
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            "-t",
            "--table-name",
            metavar="NAME",
            help="Its name, where that is not the one in the file.",
            show_default=False,
        ),
    ] = None,
    if_not_exists: Annotated[
        bool,
        typer.Option(
            "--if-not-exists",
            help="Be content where there is a table of this name with the same keys "
            "and indexes; other differences are told. Without it that is an error.",
        ),
    ] = False,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    json: TableJsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Create a table from a schema file, and wait until it is ACTIVE."""
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        definition = TableDefinition.read(file)
        connection = connect(
            region=region,
            profile=profile,
            endpoint_url=endpoint_url,
            allow_insecure_endpoint=allow_insecure_endpoint,
        )
        work = create_from(
            definition,
            connection,
            file=file,
            name=table,
            is_existing_allowed=if_not_exists,
            errors=errors,
            output=PatientConsole(),
            is_json=json,
        )
        run_command(work, errors)
