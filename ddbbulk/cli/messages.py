"""What commands say to people: on standard error, safe for a terminal."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.text import Text

from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.errors import ConservationError, DdbBulkError
from ddbbulk.events import BudgetChanged
from ddbbulk.printable import printable

_STYLES: Final = {"error": "bold red", "warning": "bold yellow", "note": "bold"}


def say(console: Console, text: str, *, kind: str = "") -> None:
    """Print one message, after ``error:``, ``warning:`` or ``note:`` if it is one.

    A terminal breaks its first line between words. Those that follow are to be copied,
    such as a command, and stay as they are.
    """
    sentence, *lines = [printable(line) for line in text.splitlines()] or [""]
    message = Text()
    if kind:
        message.append(f"{kind}: ", style=_STYLES[kind])
    console.print(message.append(sentence), soft_wrap=not console.is_interactive)
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def say_rate(console: Console, event: BudgetChanged) -> None:
    """Say that a rate has changed, where that is news: not for each throttle."""
    of = f"index {event.resource}" if event.resource else "the table"
    if event.cause == "account":
        text = f"the account gives no more: {of} goes on at {event.rate:,.0f} WCU"
        say(console, text, kind="note")
    elif event.cause == "table":
        text = f"the capacity of {of} was changed: {event.rate:,.0f} WCU are used now"
        say(console, text, kind="note")


def say_error(console: Console, error: Exception, *, is_debug: bool) -> None:
    """Explain an error: one message for a user's mistake, a traceback for ours."""
    is_ours = not isinstance(error, DdbBulkError) or isinstance(
        error, ConservationError
    )
    if is_ours or is_debug:
        console.print_exception()
    if isinstance(error, DdbBulkError):
        say(console, str(error), kind="error")
    else:
        say(console, f"{type(error).__name__} (see the traceback)", kind="error")
    if is_ours:
        say(console, "this is a bug of ddbbulk: please report it with the traceback")


@contextmanager
def explained_errors(console: Console, *, is_debug: bool) -> Generator[None]:
    """Turn an error in the block into a message and an exit code; show our log."""
    try:
        with _shown_log(console, is_debug=is_debug):
            yield
    except (typer.Exit, typer.BadParameter):
        raise
    except DdbBulkError as error:
        say_error(console, error, is_debug=is_debug)
        raise typer.Exit(exit_code_of(error)) from None
    except Exception as error:  # noqa: BLE001 - a bug too must end in a message
        say_error(console, error, is_debug=is_debug)
        raise typer.Exit(ExitCode.STOPPED_EARLY) from None


def exit_code_of(error: DdbBulkError) -> ExitCode:
    """Return whether an error stopped a load, or kept it from starting."""
    if error.report is not None or isinstance(error, ConservationError):
        return ExitCode.STOPPED_EARLY
    return ExitCode.WRONG_SETTINGS


@contextmanager
def _shown_log(console: Console, *, is_debug: bool) -> Generator[None]:
    """Show ddbbulk's own warnings in the block, or with ``--debug`` all of its log.

    Nobody else's log is shown: botocore's holds the values of items.
    """
    logger = logging.getLogger("ddbbulk")
    before = (logger.handlers, logger.propagate, logger.level)
    logger.handlers, logger.propagate = [_ConsoleHandler(console)], False
    logger.setLevel(logging.DEBUG if is_debug else logging.WARNING)
    try:
        yield
    finally:
        logger.handlers, logger.propagate, level = before
        logger.setLevel(level)


class _ConsoleHandler(logging.Handler):
    """Prints log records above a live bar rather than into it."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        kind = "warning" if record.levelno >= logging.WARNING else ""
        say(self._console, self.format(record), kind=kind)
