"""The options that every command that reads a table has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from ddbbulk.cli.options import is_aws, parse_read_units
from ddbbulk.cli.write_options import PACE
from ddbbulk.errors import ConfigurationError
from ddbbulk.reading import MAX_SEGMENTS


@dataclass(frozen=True, slots=True)
class ReadRate:
    """What ``--rcu`` says: read units a second, or None for what the table has."""

    units: float | None


def parse_rcu(text: str) -> ReadRate:
    """Read ``200`` or ``table``."""
    return ReadRate(None if text == "table" else parse_read_units(text))


RcuOption = Annotated[
    ReadRate | None,
    typer.Option(
        parser=parse_rcu,
        metavar="N|table",
        help="Read units a second to use on the table; [bold]table[/]: all that it "
        "has provisioned (on demand: its limit or warm throughput, or 12,000). AWS "
        "needs this; elsewhere the default is table.",
        show_default=False,
        rich_help_panel=PACE,
    ),
]
SegmentsOption = Annotated[
    int,
    typer.Option(
        min=1,
        max=MAX_SEGMENTS,
        metavar="N",
        help="Into how many parts the table is divided, to be read side by side.",
        rich_help_panel=PACE,
    ),
]
ConsistentOption = Annotated[
    bool,
    typer.Option(
        "--consistent",
        help="Read strongly consistently: what was written before is seen, at double "
        "the read units.",
        rich_help_panel=PACE,
    ),
]


def require_rcu(
    rcu: ReadRate | None, endpoint_url: str | None, environment: Mapping[str, str]
) -> None:
    """Refuse to spend capacity at AWS that nobody has named."""
    if rcu is None and is_aws(endpoint_url, environment):
        raise ConfigurationError(
            "this reads a table at AWS, so say what it may use: --rcu N (read units a "
            "second) or --rcu table (all that the table has provisioned). To read from "
            "a local server instead, give --endpoint-url, such as "
            "http://127.0.0.1:8000 for 'ddbbulk simulate'"
        )
