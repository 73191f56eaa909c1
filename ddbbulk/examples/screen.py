"""What is said to people: results on standard output, troubles on standard error."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, RenderableType
from rich.text import Text

_QUIET_SECONDS: Final = 10.0
_STYLES: Final = {"error": "bold red", "warning": "bold yellow", "note": "bold"}


class Screen:
    """Two consoles, and the few ways in which the examples speak.

    Attributes:
        output: where results and progress go.
    """

    def __init__(self) -> None:
        self.output = _console(is_error=False)
        self._errors = _console(is_error=True)

    def say(self, text: str = "", *, style: str = "") -> None:
        """Print a line of the account; a terminal breaks it between words."""
        sentence = Text(plain(text), style=style)
        self.output.print(sentence, soft_wrap=not self.output.is_interactive)

    def write(self, line: str, *, style: str = "") -> None:
        """Print a line that a person or a program copies, such as a command."""
        self.output.print(Text(plain(line), style=style), soft_wrap=True)

    def tell(self, kind: str, text: str) -> None:
        """Print an ``error``, a ``warning`` or a ``note``.

        What follows its first line is to be copied, such as a command.
        """
        # What was said before it must stand above it, where both go to one place.
        self.output.file.flush()
        sentence, *lines = plain(text).split("\n")
        said = Text(f"{kind}: ", style=_STYLES[kind])
        said.append(sentence, style="not bold default")
        self._errors.print(said, soft_wrap=not self._errors.is_interactive)
        for line in lines:
            self._errors.print(Text(line), soft_wrap=True)

    def show(self, sheet: RenderableType) -> None:
        """Print a sheet or a table, and an empty line."""
        self.output.print(sheet)
        self.output.print()

    @contextmanager
    def activity(self, text: str) -> Generator[Callable[[str], None], None, None]:
        """Show what takes a while; the block says how far it is.

        A terminal shows it while it lasts; elsewhere a line comes each ten seconds.
        """
        if self.output.is_interactive:
            with self.output.status(Text(text)) as status:
                yield lambda progress: status.update(Text(f"{text}: {progress}"))
            return
        said_at = time.monotonic()

        def say(progress: str) -> None:
            nonlocal said_at
            if time.monotonic() - said_at >= _QUIET_SECONDS:
                said_at = time.monotonic()
                self.say(f"{text}: {progress}")

        yield say


def _console(*, is_error: bool) -> Console:
    # FORCE_COLOR makes rich believe in a terminal: colours do no harm in a file,
    # a cursor that jumps about does.
    is_terminal = (sys.stderr if is_error else sys.stdout).isatty()
    return Console(stderr=is_error, force_interactive=None if is_terminal else False)


def duration(seconds: float) -> str:
    """Write a duration as a person says it: ``50 s``, ``33 min``, ``5.6 h``."""
    if seconds < 10:  # noqa: PLR2004 - from here on tenths do not count
        return f"{seconds:.1f} s"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"  # noqa: PLR2004 - two hours


def counted(count: int, things: str) -> str:
    """Write a number of things, given as more than one: ``1 user``, ``2,000 users``."""
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def plain(text: str) -> str:
    """Escape what could steer a terminal; lines stay lines."""
    return "".join(
        char
        if char.isprintable() or char == "\n"
        else char.encode("unicode_escape").decode()
        for char in text
    )
