"""Questions to the user before it costs money, or before something goes for good."""

import signal
import sys
from collections.abc import Callable

import typer

import ddbbulk


class DeclinedError(Exception):
    """The user was asked, and said no."""


def ask(question: Callable[[], bool], *, why: str) -> None:
    """Ask whether to go on.

    Args:
        question: asks, and returns whether the answer was yes.
        why: what is said where there is nobody to ask.

    Raises:
        DeclinedError: the user said no.
        ddbbulk.ConfigurationError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise ddbbulk.ConfigurationError(f"{why} and nobody can be asked: say --yes")
    # asyncio's own handler would let the question swallow Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if not question():
            raise DeclinedError
    finally:
        signal.signal(signal.SIGINT, before)


def ask_to_go_on() -> None:
    """Ask before it costs money.

    Raises:
        DeclinedError: the user said no.
        ddbbulk.ConfigurationError: there is nobody to ask.
    """
    ask(lambda: typer.confirm("Go on?", err=True), why="this costs money")
