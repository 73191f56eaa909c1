"""Shows that something is waited for."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from ddbbulk.cli.messages import say
from ddbbulk.printable import printable


@contextmanager
def waiting(console: Console, text: str) -> Generator[None]:
    """Show a text that moves while the block runs; without a terminal, a line.

    Args:
        console: where it is shown.
        text: what is waited for, such as ``creating table users``.
    """
    if not console.is_interactive:
        say(console, text)
        yield
        return
    # Of all spinners this one needs no more than ASCII.
    with console.status(Text(printable(text)), spinner="line"):
        yield
