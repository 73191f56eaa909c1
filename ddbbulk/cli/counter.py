"""How many items a command has dealt with, shown while it does."""

import time
from typing import Final, Self

from rich.console import Console
from rich.status import Status

from ddbbulk.cli.messages import say
from ddbbulk.counted import counted

_LIVE_SECONDS: Final = 0.2
_LINE_SECONDS: Final = 10.0


class Counter:
    """Shows how many items were dealt with: live, or in a line now and then.

    Args:
        console: where to.
        estimated_items: about how many there are, where one can tell.
        done: what was done with them, as in ``5 items read``.
    """

    def __init__(
        self, console: Console, estimated_items: int | None, *, done: str = "read"
    ) -> None:
        self._console = console
        self._of = f" of about {estimated_items:,}" if estimated_items else ""
        self._done = done
        self._status: Status | None = None
        self._every = _LINE_SECONDS
        self._shown_at = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_interactive:
            self._every = _LIVE_SECONDS
            self._status = self._console.status("reading")
            self._status.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._status is not None:
            self._status.stop()

    def show(self, items: int, *, done: str = "") -> None:
        """Tell of so many items, unless that was done a moment ago.

        Args:
            items: how many.
            done: what was done with them, where it is something else now.
        """
        now = time.monotonic()
        if now - self._shown_at < self._every:
            return
        self._shown_at = now
        count = counted(items, "item") if done else f"{items:,}{self._of} items"
        text = f"{count} {done or self._done}"
        if self._status is not None:
            self._status.update(text)
        else:
            say(self._console, text)
