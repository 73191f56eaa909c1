"""Signals that end a command in good order."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals_interrupt() -> Generator[None, None, None]:
    """Make SIGTERM and SIGHUP mean what Ctrl-C means; what is ignored stays ignored."""
    before = {
        number: handler
        for number in _SIGNALS
        if (handler := signal.getsignal(number)) not in (None, signal.SIG_IGN)
    }
    for number in before:
        # asyncio.run() takes over SIGINT, and only from Python's own handler.
        is_own = number == signal.SIGINT
        signal.signal(number, signal.default_int_handler if is_own else _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # While asyncio runs, its own handler cancels the main task in good order.
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(number, frame)
