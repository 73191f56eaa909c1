"""The options that commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk.examples.conversations.where import DATA_FILE, LOCAL_URL

_PLACE: Final = "Where"

TableOption = Annotated[
    str,
    typer.Option(
        "--table", "-t", metavar="NAME", help="The table.", rich_help_panel=_PLACE
    ),
]
EndpointOption = Annotated[
    str | None,
    typer.Option(
        "--endpoint-url",
        metavar="URL",
        help=f"A server that speaks DynamoDB. By default AWS_ENDPOINT_URL_DYNAMODB or "
        f"AWS_ENDPOINT_URL, or else {LOCAL_URL} where a DynamoDB answers there, or "
        f"else a simulator with its file in this folder.",
        rich_help_panel=_PLACE,
        show_default=False,
    ),
]
AwsOption = Annotated[
    bool,
    typer.Option(
        "--aws",
        help="What the AWS settings name; [bold]prod[/] as the last word means the "
        "same. It costs money.",
        rich_help_panel=_PLACE,
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help=f"A simulator that keeps the table in this file, whatever else answers; "
        f"by itself it is called {DATA_FILE}.",
        rich_help_panel=_PLACE,
        show_default=False,
    ),
]
RegionOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="AWS region.",
        rich_help_panel=_PLACE,
        show_default=False,
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="AWS profile.",
        rich_help_panel=_PLACE,
        show_default=False,
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask.", rich_help_panel=_PLACE)
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="DynamoDB JSON to standard output, an item on each line, as "
        "'ddbbulk load' reads it.",
    ),
]
WcuOption = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        metavar="N",
        help="Write units a second. By default all that the table has at AWS, and "
        "elsewhere all that it gives.",
        show_default=False,
    ),
]
StartOption = Annotated[
    str,
    typer.Option(
        metavar="TIME",
        help="When the first message was sent; the others follow a minute apart.",
    ),
]
LimitOption = Annotated[
    int, typer.Option(min=1, metavar="N", help="So many at the most.")
]
