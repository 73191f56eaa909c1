"""The options that commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

_EXTENT: Final = "What"
_PACE: Final = "How fast"
_PLACE: Final = "Where"
_NAMES: Final = "Names"

CountOption = Annotated[
    int, typer.Option(help="How many users, and follows.", rich_help_panel=_EXTENT)
]
FolloweeOption = Annotated[
    str,
    typer.Option(
        metavar="ALIAS", help="The one whom all follow.", rich_help_panel=_EXTENT
    ),
]
WcuOption = Annotated[
    float,
    typer.Option(
        metavar="N",
        help="Write units a second on each table.",
        rich_help_panel=_PACE,
    ),
]
IndexWcuOption = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Write units a second on the index; by default what --wcu says.",
        rich_help_panel=_PACE,
        show_default=False,
    ),
]
RaiseToOption = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Raise tables and index to so many WCU while they are loaded, and load at "
        "that rate; they are put back however it ends. A simulator's tables begin "
        "with what --wcu says.",
        rich_help_panel=_PACE,
        show_default=False,
    ),
]
EndpointOption = Annotated[
    str | None,
    typer.Option(
        "--endpoint-url",
        metavar="URL",
        help="A server that has the tables. Without it and without --aws a simulator "
        "is started for this run.",
        rich_help_panel=_PLACE,
        show_default=False,
    ),
]
AwsOption = Annotated[
    bool,
    typer.Option(
        "--aws",
        help="The tables at AWS. This costs money, so it asks first.",
        rich_help_panel=_PLACE,
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask.", rich_help_panel=_PLACE)
]
RegionOption = Annotated[
    str | None,
    typer.Option(help="AWS region.", rich_help_panel=_PLACE, show_default=False),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(help="AWS profile.", rich_help_panel=_PLACE, show_default=False),
]
KeepOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Keep the simulator's tables in this file, for later runs and for "
        "'ddbbulk simulate --data FILE'.",
        rich_help_panel=_PLACE,
        show_default=False,
    ),
]
LatencyOption = Annotated[
    float,
    typer.Option(
        metavar="N",
        min=0,
        help="How long the simulator takes to answer, more or less by a half.",
        rich_help_panel=_PLACE,
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the reports of the loads to this file as JSON.",
        show_default=False,
    ),
]
UsersTableOption = Annotated[
    str, typer.Option(metavar="NAME", rich_help_panel=_NAMES, help="Table of users.")
]
FollowsTableOption = Annotated[
    str, typer.Option(metavar="NAME", rich_help_panel=_NAMES, help="Table of follows.")
]
FeedTableOption = Annotated[
    str, typer.Option(metavar="NAME", rich_help_panel=_NAMES, help="Table of feeds.")
]
IndexOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        rich_help_panel=_NAMES,
        help="Index of the follows, by whom they follow.",
    ),
]
AttributeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        metavar="NAME=OTHER",
        rich_help_panel=_NAMES,
        help="Call an attribute something else, such as alias=handle or "
        "follower_alias=follower; may be repeated.",
        show_default=False,
    ),
]
