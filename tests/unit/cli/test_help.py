"""The help of every command fits a terminal of 80 columns, and teaches by examples."""

from collections.abc import Iterator
from typing import Any

import pytest
from rich.text import Text
from typer.main import get_command

from ddbbulk.cli import app
from ddbbulk.examples.conversations.app import app as conversations
from ddbbulk.examples.tweeter.app import app as tweeter

# A terminal of 80, with a column left free on each side.
COLUMNS = 78


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 -- click's classes come through typer
    """Yield a command and those below it, with their names."""
    yield name, command
    # A group imports a command when it is asked for.
    for inner in command.list_commands(None) if is_group(command) else ():
        yield from commands(command.get_command(None, inner), f"{name} {inner}")


def is_group(command: Any) -> bool:  # noqa: ANN401 -- as above
    return hasattr(command, "list_commands")


OURS = dict(commands(get_command(app), "ddbbulk"))
ALL = [
    *OURS.items(),
    *commands(get_command(conversations), "conversations"),
    *commands(get_command(tweeter), "tweeter"),
]


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_no_line_of_a_help_is_broken_a_second_time(name: str, command: Any) -> None:  # noqa: ANN401 -- as above
    # Typer joins the lines of the first paragraph, and keeps all others.
    _, _, rest = (command.help or "").partition("\n\n")
    lines = Text.from_markup(f"{rest}\n{command.epilog or ''}").plain.splitlines()

    assert [line for line in lines if len(line) > COLUMNS] == [], name


@pytest.mark.parametrize(
    "name", [name for name, command in OURS.items() if not is_group(command)]
)
def test_every_command_teaches_by_examples(name: str) -> None:
    epilog = Text.from_markup(OURS[name].epilog or "").plain

    assert "Examples" in epilog
    assert f"{name} " in epilog
