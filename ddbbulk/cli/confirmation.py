"""Asks before something is deleted for good."""

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from ddbbulk.cli.messages import say
from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable

ConfirmedOption = Annotated[
    bool,
    typer.Option(
        "--yes",
        "-y",
        help="Do not ask for the table's name, as scripts need it: what goes is gone.",
    ),
]


async def confirm_name(
    name: str, *, errors: Console, what: str, is_agreed: bool
) -> None:
    """Show what will go, and ask for the table's name; return if that was typed.

    Args:
        name: of the table.
        errors: where it is shown and asked.
        what: what will go, in words; it may be of several lines.
        is_agreed: ``--yes`` was given: it is shown, and nobody is asked.

    Raises:
        ConfigurationError: something else was typed, or nobody is there to type.
    """
    say(errors, what)
    if is_agreed:
        return
    if not is_asking_possible(errors):
        raise ConfigurationError(
            "nothing was deleted: there is no terminal to ask at, so say by --yes that "
            "this is meant"
        )
    shown = Text(f"Type {printable(name)} to go on: ", style="bold")
    errors.print(shown, end="", soft_wrap=True)
    try:
        line = await typed_line()
    except asyncio.CancelledError:
        errors.print()  # what is said of it begins a line of its own
        raise
    if not line.endswith("\n"):
        errors.print()  # so it does after Ctrl-D
    if line.strip() != name:
        said = "something else" if line.strip() else "nothing"
        raise ConfigurationError(
            f"nothing was deleted: {said} was typed, and the name is {name}"
        )


def is_asking_possible(errors: Console) -> bool:
    """Say whether somebody is there who reads a question, and can answer it."""
    return sys.stdin.isatty() and errors.is_terminal


async def typed_line() -> str:
    """Read a line from the terminal; an interrupt ends the wait for it."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline()
