"""The arguments and options that the commands about tables share."""

from typing import Annotated

import typer

from ddbbulk.cli.write_options import OUTPUT

TableArgument = Annotated[
    str, typer.Argument(metavar="TABLE", help="Name or ARN.", show_default=False)
]
TableJsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Write it as JSON to standard output instead.",
        rich_help_panel=OUTPUT,
    ),
]
