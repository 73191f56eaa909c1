"""The options of commands that put a source's items, or its keys, into effect."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk.cli.times import parse_duration, parse_moment

EXISTING: Final = "What becomes of items that are there"
REJECTED: Final = "What becomes of rejected items"
STOPPED: Final = "When it is stopped"
UNDONE: Final = "How it can be taken back"

TableOption = Annotated[
    str,
    typer.Option(
        "--table",
        "-t",
        "--table-name",
        metavar="NAME",
        help="Name or ARN of the table.",
        show_default=False,
    ),
]
ModeOption = Annotated[
    str,
    typer.Option(
        metavar="put|insert|newer",
        help="put replaces what is there; insert keeps it, and so the first item "
        "of each key; newer writes over smaller versions only. The last two send a "
        "request for each item.",
        rich_help_panel=EXISTING,
    ),
]
VersionOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What [bold]--mode newer[/] compares, such as updated_at: a string, "
        "a number or bytes.",
        show_default=False,
        rich_help_panel=EXISTING,
    ),
]
FailuresOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Append each rejected item to this file, with its reason, as a line "
        "of JSON; [bold]ddbbulk retry[/] loads them again.",
        show_default=False,
        rich_help_panel=REJECTED,
    ),
]
MaxFailuresOption = Annotated[
    str | None,
    typer.Option(
        metavar="N|N%",
        help="Stop once more items than this are rejected; a share is judged "
        "after 1,000 items. By default only if the first 1,000 all are.",
        show_default=False,
        rich_help_panel=REJECTED,
    ),
]
ManifestOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Keep in this file which items the load has created, by key and digest, "
        "so that [bold]ddbbulk undo[/] can take it back. Needs --mode insert, or an "
        "empty table.",
        show_default=False,
        rich_help_panel=UNDONE,
    ),
]
CheckpointOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Keep in this file what is done: the same command goes on where it "
        "ended, however that was. Not for standard input.",
        show_default=False,
        rich_help_panel=STOPPED,
    ),
]
StopAfterOption = Annotated[
    timedelta | None,
    typer.Option(
        parser=parse_duration,
        metavar="TIME",
        help="Stop after so long, such as 6h or 90m: exit code 3.",
        show_default=False,
        rich_help_panel=STOPPED,
    ),
]
StopAtOption = Annotated[
    datetime | None,
    typer.Option(
        parser=parse_moment,
        metavar="TIME",
        help="Stop at this time, such as 06:00 or 2026-12-31T06:00.",
        show_default=False,
        rich_help_panel=STOPPED,
    ),
]
