"""The commands, and the door to them."""

import sys
from collections.abc import Sequence
from typing import Final

import typer

from ddbbulk.examples.conversations.pattern_commands import (
    forget,
    get_conversation,
    list_conversations,
    send,
)
from ddbbulk.examples.conversations.row_commands import generate, seed
from ddbbulk.examples.conversations.table_commands import (
    drop,
    list_tables,
    scan,
    schema_load,
)
from ddbbulk.examples.conversations.where import LOCAL_URL

_PROGRAM: Final = "python -m ddbbulk.examples.conversations"
_PROD: Final = "prod"
# Options that take no value: after any other, "prod" would be one.
FLAGS: Final = ("--aws", "--yes", "-y", "--json", "--whole")
_EPILOG: Final = f"""
[bold]Begin with[/]

[cyan]{_PROGRAM} schema-load[/]

[cyan]{_PROGRAM} seed[/]

[cyan]{_PROGRAM} get-conversation[/]

[bold]With users of your own[/], who are in another database, and a text of yours:

[cyan]{_PROGRAM} seed talk.txt \\
  --user UUID,HANDLE,NAME --user UUID,HANDLE,NAME[/]

[bold]At AWS[/], by prod as the last word, as in the scripts of the course:

[cyan]{_PROGRAM} list-tables prod[/]

[bold]Exit codes[/]

0 done · 1 not all is done · 2 wrong usage, settings or table ·
3 stopped early · 130 interrupted, or you said no
"""

app = typer.Typer(
    name="conversations",
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
    help="Direct messages in a single table: its schema, seeds, and the access "
    "patterns, each with the capacity that it consumed. Where neither --endpoint-url "
    f"nor --aws is given, the table is in the DynamoDB at {LOCAL_URL}, or in a "
    "simulator with its file in this folder.",
)
_TABLE: Final = "The table"
_ROWS: Final = "Rows"
_PATTERNS: Final = "Access patterns"
app.command(rich_help_panel=_TABLE)(schema_load)
app.command(rich_help_panel=_TABLE)(list_tables)
app.command(rich_help_panel=_TABLE)(scan)
app.command(rich_help_panel=_TABLE)(drop)
app.command(rich_help_panel=_ROWS)(seed)
app.command(rich_help_panel=_ROWS)(generate)
app.command(rich_help_panel=_PATTERNS)(get_conversation)
app.command(rich_help_panel=_PATTERNS)(list_conversations)
app.command(rich_help_panel=_PATTERNS, no_args_is_help=True)(send)
app.command(rich_help_panel=_PATTERNS, no_args_is_help=True)(forget)


def main() -> None:
    """Run the command line, and exit with its code."""
    app(with_prod(sys.argv[1:]), prog_name=_PROGRAM)


def with_prod(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with ``--aws`` for a ``prod`` at their end.

    After ``--``, and as the value of an option, it is a word like any other.
    """
    *rest, last = arguments or [""]
    if last != _PROD or "--" in rest or (rest and _awaits_value(rest[-1])):
        return list(arguments)
    return [*rest, "--aws"]


def _awaits_value(word: str) -> bool:
    """Say whether a word is an option whose value comes with the next word."""
    is_option = word.startswith("--") or (word.startswith("-") and len(word) == 2)  # noqa: PLR2004 - as -t; -tNAME has its value
    return is_option and word not in FLAGS and "=" not in word
