"""Ctrl-C and SIGTERM: the first ends a load in good order, the second at once."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from ddbbulk.cli.exit_codes import ExitCode

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SHOW_CURSOR: Final = b"\x1b[?25h"


@contextmanager
def on_interrupt(stop: Callable[[], None]) -> Generator[None]:
    """Call ``stop`` in the running event loop at the first signal; end at the second.

    A signal that is ignored already (nohup, a shell's background job) stays ignored.
    """
    loop = asyncio.get_running_loop()
    before = {
        number: handler
        for number in _SIGNALS
        if (handler := signal.getsignal(number)) not in (None, signal.SIG_IGN)
    }

    def first() -> None:
        for number in before:
            loop.remove_signal_handler(number)
            # Not through the loop: it may be what hangs.
            signal.signal(number, _end_at_once)
        stop()

    for number in before:
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _end_at_once(number: int, frame: FrameType | None) -> None:
    del number, frame
    if sys.stderr is not None and sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)
    os._exit(ExitCode.INTERRUPTED)
