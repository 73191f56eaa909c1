"""What shows loads while they run.

A display only watches: it polls snapshots from a thread of its own, a few times a
second, and nothing that goes wrong in it can end a load.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ddbbulk.errors import ConfigurationError
from ddbbulk.events import Snapshot
from ddbbulk.printable import printable
from ddbbulk.progress.tracked_load import TrackedLoad

_logger = logging.getLogger(__name__)

_POLL_SECONDS: Final = 0.2


class ProgressDisplay:
    """Shows loads while they run: a live bar each, or plain lines without a terminal.

    It may be entered more than once (a load enters the display that it is given), and
    shows until it was left as often.

    Args:
        console: where to show; the standard error stream by default.
        every: without a terminal, one line each so many items.
        line: without a terminal, the text of such a line, from the title and the count.
        estimated_items: about how many items there are, for sources that do not know
            their length.
        verb: what is done with the items, such as ``deleted``.

    Example::

        with ProgressDisplay() as display:
            await ddbbulk.load("users", items, wcu=200, progress=display)
    """

    def __init__(
        self,
        *,
        console: Console | None = None,
        every: int = 1000,
        line: Callable[[str, int], str] | None = None,
        estimated_items: int | None = None,
        verb: str | None = None,
    ) -> None:
        if every < 1:
            raise ValueError(f"every={every}: a line can come each 1 item or more")
        self._console = console or error_console()
        self._every = every
        self._line = line
        self._estimated_items = estimated_items
        self._verb = verb
        self._loads: list[TrackedLoad] = []
        self._entered = 0
        self._showing = ExitStack()

    def track(self, snapshot: Callable[[], Snapshot], *, title: str) -> None:
        """Start showing one load.

        Args:
            snapshot: says where the load stands; called from the display's thread.
            title: what a person calls the load.
        """
        self._loads.append(
            TrackedLoad(
                snapshot,
                printable(title),
                estimated_items=self._estimated_items,
                verb=self._verb,
            )
        )

    def __enter__(self) -> Self:
        self._entered += 1
        if self._entered == 1:
            is_live = self._console.is_interactive
            repaint = self._start_live() if is_live else self._start_log()
            self._showing.enter_context(_Ticker(repaint))
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered -= 1
        if self._entered == 0:
            self._showing.close()
            self._loads.clear()

    def _start_live(self) -> Callable[[], None]:
        live = Live(
            console=self._console,
            auto_refresh=False,
            # What goes to a file or a pipe must not land on the terminal instead.
            redirect_stdout=_is_terminal(sys.stdout),
        )
        self._showing.callback(_quietly, live.stop)
        _quietly(live.start)
        return partial(self._repaint, live)

    def _start_log(self) -> Callable[[], None]:
        self._showing.callback(_quietly, partial(self._log, is_last=True))
        return self._log

    def _repaint(self, live: Live) -> None:
        ascii_only = self._console.options.ascii_only
        bars = [
            load.render(ascii_only=ascii_only) for load in self._loads if load.poll()
        ]
        live.update(Group(*bars), refresh=True)

    def _log(self, *, is_last: bool = False) -> None:
        for load in self._loads:
            if not load.poll():
                continue
            for line in load.new_lines(self._every, self._line, is_last=is_last):
                self._console.print(Text(line), soft_wrap=True)


class PatientConsole(Console):
    """A console that falls silent where rich's would end the program.

    A load must go on, and be reported, when the pipe that showed it is closed, or the
    disk is full where its messages go.
    """

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 -- as rich's
        """Print as rich's does.

        Raises:
            ConfigurationError: standard output takes no more; messages are dropped.
        """
        try:
            super().print(*objects, **options)
        except OSError as error:
            self.on_broken_pipe()
            if not self.stderr:
                raise ConfigurationError(
                    f"standard output cannot be written: {error.strerror or error}"
                ) from error

    def on_broken_pipe(self) -> None:
        """Print nothing more, and let what is still buffered go nowhere."""
        self.quiet = True
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self.file.fileno())


def error_console() -> PatientConsole:
    """Return a console on standard error that survives a reader who hangs up."""
    # FORCE_COLOR makes rich believe in a terminal; colours are harmless in a log, a
    # cursor that jumps about is not.
    return PatientConsole(
        stderr=True, force_interactive=None if _is_terminal(sys.stderr) else False
    )


def _is_terminal(stream: TextIO | None) -> bool:
    """Say whether a stream, which may have been closed before we began, is one."""
    return stream is not None and stream.isatty()


class _Ticker:
    """Calls a function five times a second from a thread, and once at the end."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="ddbbulk-progress", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        self._thread.join()
        _quietly(self._function)

    def _run(self) -> None:
        while not self._stop.wait(_POLL_SECONDS):
            _quietly(self._function)


def _quietly(function: Callable[[], None]) -> None:
    """Call the function; whatever fails in it (a terminal that is gone), log it."""
    try:
        function()
    except Exception:
        _logger.debug("progress could not be shown", exc_info=True)
