"""The options that raise a table's capacity, and what they have to do with it."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk.cli.options import IndexRate, parse_index_wcu, parse_units

CAPACITY: Final = "Capacity that is raised, and put back"

RaiseToOption = Annotated[
    float | None,
    typer.Option(
        parser=parse_units,
        metavar="N",
        help="Raise the table, and its global indexes, to so many WCU while this runs; "
        "they are put back however it ends. Without --wcu the load uses all of it.",
        show_default=False,
        rich_help_panel=CAPACITY,
    ),
]
RaiseIndexOption = Annotated[
    list[IndexRate] | None,
    typer.Option(
        parser=parse_index_wcu,
        metavar="INDEX=N",
        help="Raise this global index to so many, and of the others none; may be "
        "repeated.",
        show_default=False,
        rich_help_panel=CAPACITY,
    ),
]
RestoreNoteOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Keep here what is to be put back, instead of in your state folder: for "
        "containers, whose own files go with them.",
        show_default=False,
        rich_help_panel=CAPACITY,
    ),
]
WaitRestoreOption = Annotated[
    bool,
    typer.Option(
        "--wait-restore",
        help="Where the service allows no decrease yet (a few a day), wait until it "
        "does. Without this: exit code 4.",
        rich_help_panel=CAPACITY,
    ),
]
SwitchOption = Annotated[
    float | None,
    typer.Option(
        "--switch-on-demand",
        parser=parse_units,
        metavar="RCU",
        help="Switch a table that is on demand to provisioned capacity, with so many "
        "read units, and back. Without this such a table is left alone.",
        show_default=False,
        rich_help_panel=CAPACITY,
    ),
]
NoAutoScalingOption = Annotated[
    bool,
    typer.Option(
        "--no-auto-scaling",
        help="Do not look for Application Auto Scaling, whose minimum is moved and put "
        "back otherwise.",
        rich_help_panel=CAPACITY,
    ),
]
PricesOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="TOML file of prices, in the place of those of us-east-1.",
        show_default=False,
        rich_help_panel=CAPACITY,
    ),
]
