"""The options that every command that writes to a table has."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk.cli.options import (
    IndexRate,
    Rate,
    parse_index_wcu,
    parse_share,
    parse_transport,
    parse_units,
    parse_wcu,
)

PACE: Final = "How fast"
AWS: Final = "Where to"
OUTPUT: Final = "What is shown"

WcuOption = Annotated[
    Rate | None,
    typer.Option(
        parser=parse_wcu,
        metavar="N|table|adaptive",
        help="Write units a second to use on the table; [bold]table[/]: all that "
        "it has provisioned, read again every minute; [bold]adaptive[/]: all that it "
        "gives, found out on the way. AWS needs this; elsewhere the default is table.",
        show_default=False,
        rich_help_panel=PACE,
    ),
]
MaxWcuOption = Annotated[
    float | None,
    typer.Option(
        parser=parse_units,
        metavar="N",
        help="Never use more than so many write units a second, whatever the table "
        "has or gives: for [bold]--wcu table[/] and [bold]adaptive[/].",
        show_default=False,
        rich_help_panel=PACE,
    ),
]
ReserveOption = Annotated[
    float | None,
    typer.Option(
        parser=parse_share,
        metavar="N%",
        help="Leave so much of what the table and each index have to others: for "
        "[bold]--wcu table[/] and [bold]adaptive[/].",
        show_default=False,
        rich_help_panel=PACE,
    ),
]
YesOption = Annotated[
    bool,
    typer.Option(
        "--yes",
        "-y",
        help="Do not ask before a load at AWS that is paid by the item, and that "
        "nothing caps.",
        rich_help_panel=PACE,
    ),
]
IndexWcuOption = Annotated[
    list[IndexRate] | None,
    typer.Option(
        parser=parse_index_wcu,
        metavar="INDEX=N",
        help="Write units a second to use on a global index; may be repeated. One "
        "that is not named gets the smaller of --wcu and what it has provisioned.",
        show_default=False,
        rich_help_panel=PACE,
    ),
]
ConnectionsOption = Annotated[
    int,
    typer.Option(
        min=1,
        metavar="N",
        help="Requests in flight at the most. As many are used as are needed.",
        rich_help_panel=PACE,
    ),
]
TransportOption = Annotated[
    str | None,
    typer.Option(
        parser=parse_transport,
        metavar="direct|aioboto3",
        help="What carries the requests. By default direct, where no proxy or client "
        "certificate needs aioboto3's client.",
        show_default=False,
        rich_help_panel=PACE,
    ),
]
NoInterleaveOption = Annotated[
    bool,
    typer.Option(
        "--no-interleave",
        help="Send items in their order also where more of them go to one partition "
        "key than it takes. By default they are spread, with up to 50,000 waiting.",
        rich_help_panel=PACE,
    ),
]
EndpointOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="A server other than AWS, such as http://127.0.0.1:8000. By default "
        "AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL, or else AWS.",
        show_default=False,
        rich_help_panel=AWS,
    ),
]
RegionOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="AWS region.",
        show_default=False,
        rich_help_panel=AWS,
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Profile of the shared AWS configuration.",
        show_default=False,
        rich_help_panel=AWS,
    ),
]
InsecureOption = Annotated[
    bool,
    typer.Option(
        "--allow-insecure-endpoint",
        help="Sign with the real credentials over plain HTTP to another host.",
        rich_help_panel=AWS,
    ),
]
KeyOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[:TYPE]",
        help="The table's partition key and, given a second time, its sort key. "
        "Spares DescribeTable where it is not allowed; needs --wcu N.",
        show_default=False,
        rich_help_panel=AWS,
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the report as JSON to this file too.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Write the report as JSON to standard output instead of the sheet.",
        rich_help_panel=OUTPUT,
    ),
]
RedactKeysOption = Annotated[
    bool,
    typer.Option(
        "--redact-keys",
        help="Keep the values of hot keys out of messages and reports.",
        rich_help_panel=OUTPUT,
    ),
]
