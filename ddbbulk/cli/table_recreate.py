"""``ddbbulk table recreate``: its options."""

from typing import Annotated

import typer

from ddbbulk.aws import connect
from ddbbulk.cli.command_run import run_command
from ddbbulk.cli.confirmation import ConfirmedOption
from ddbbulk.cli.messages import explained_errors
from ddbbulk.cli.options import DebugOption
from ddbbulk.cli.table_options import TableArgument, TableJsonOption
from ddbbulk.cli.table_recreating import recreate_empty
from ddbbulk.cli.write_options import (
    EndpointOption,
    InsecureOption,
    ProfileOption,
    RegionOption,
)
from ddbbulk.progress import PatientConsole, error_console
from ddbbulk.recreation import LOSSES

EPILOG = (
    """
[bold]Examples[/]

Empty a table within a minute, for nothing:

[cyan]ddbbulk table recreate users --region eu-west-1[/]

One with a stream and point-in-time recovery, to be set up anew afterwards:

[cyan]ddbbulk table recreate users --lose stream --lose pitr --region eu-west-1[/]

[bold]What a new table does not have, and --lose gives up[/]

"""
    + "\n".join(f"{name}: {what}" for name, what in LOSSES.items())
    + """

[bold]Exit codes[/]

0 it is ACTIVE again, and empty · 2 wrong usage or settings, refused, or not
confirmed · 3 stopped early, between the two · 130 interrupted
"""
)


def recreate(  # noqa: PLR0913 - typer reads the options from the signature
    table: TableArgument,
    *,
    lose: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="Go on although this will be gone, such as stream or pitr; may be "
            "repeated. Without it a table that has such a thing is refused.",
            show_default=False,
        ),
    ] = None,
    yes: ConfirmedOption = False,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    allow_insecure_endpoint: InsecureOption = False,
    json: TableJsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Empty a table by dropping it and creating the same anew.

    That is faster than to delete its items, and costs no capacity.
    Keys, indexes, capacity, time to live and tags are carried over. Its
    definition is kept in a file meanwhile, so that nothing is lost where this
    is cut off.
    """
    errors = error_console()
    with explained_errors(errors, is_debug=debug):
        connection = connect(
            region=region,
            profile=profile,
            endpoint_url=endpoint_url,
            allow_insecure_endpoint=allow_insecure_endpoint,
        )
        work = recreate_empty(
            connection,
            table,
            lose=lose or (),
            is_agreed=yes,
            errors=errors,
            output=PatientConsole(),
            is_json=json,
        )
        run_command(work, errors)
