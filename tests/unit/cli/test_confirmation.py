"""Nothing is deleted for good before its name was typed, or --yes was given."""

import io
import os
import pty
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from ddbbulk.cli.confirmation import confirm_name
from ddbbulk.errors import ConfigurationError


@pytest.fixture(name="terminal")
def _terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Make standard input a terminal; what is written to the number is typed."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
    os.close(ours)


async def confirm(
    name: str = "users", *, is_agreed: bool = False, told: io.StringIO | None = None
) -> str:
    told = told or io.StringIO()
    console = Console(file=told, force_terminal=True, width=500, color_system=None)
    await confirm_name(
        name, errors=console, what="1,200 items will go", is_agreed=is_agreed
    )
    return told.getvalue()


async def test_the_name_of_the_table_goes_on(terminal: int) -> None:
    os.write(terminal, b"users\n")
    told = await confirm()
    assert "1,200 items will go\n" in told
    assert told.endswith("Type users to go on: ")


@pytest.mark.parametrize("typed", [b"\n", b"y\n", b"yes\n", b"user\n", b"Users\n"])
async def test_anything_else_ends_it(terminal: int, typed: bytes) -> None:
    os.write(terminal, typed)
    with pytest.raises(ConfigurationError, match=r"nothing was deleted: .* is users"):
        await confirm()


async def test_an_end_of_input_is_no_name_and_ends_the_line(terminal: int) -> None:
    told = io.StringIO()
    os.write(terminal, b"\x04")
    with pytest.raises(ConfigurationError, match="nothing was typed"):
        await confirm(told=told)
    assert told.getvalue().endswith("Type users to go on: \n")


async def test_with_yes_it_is_shown_and_nobody_is_asked() -> None:
    assert await confirm(is_agreed=True) == "1,200 items will go\n"


async def test_without_a_terminal_it_needs_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("users\n"))
    with pytest.raises(ConfigurationError, match="say by --yes that this is meant"):
        await confirm()
