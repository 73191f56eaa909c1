"""A file of a running load that grows: appended to in a thread, soon and in order."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Final, Generic, Protocol, TypeVar

from ddbbulk.errors import ConfigurationError

Entry = TypeVar("Entry")

# What may wait for the disk; one entry alone may always.
_MAX_WAITING_BYTES: Final = 4 * 1024 * 1024
_SYNC_SECONDS: Final = 0.5
# A trip to the thread costs as much as several items; this lets some travel together.
_REST_SECONDS: Final = 0.02


class GrowingFile(Protocol):
    """A file that takes bytes at its end; whatever it does may block."""

    def append(self, data: bytes) -> None:
        """Write to the end.

        Raises:
            ConfigurationError: it could not be written.
        """
        ...

    def sync(self) -> None:
        """Return once what was written would survive a loss of power.

        Raises:
            ConfigurationError: it could not be written.
        """
        ...

    def close(self) -> None:
        """Give the file back."""
        ...


class LineLog(Generic[Entry]):
    """Takes entries without waiting, and has them written by a thread of its own.

    What is written survives the end of the process; half a second later, or when the
    file is closed, also a loss of power.

    Args:
        open_file: opens the file, in the thread.
        lines_of: makes lines of entries, in the thread.
        thread: the name of the thread.
    """

    def __init__(
        self,
        open_file: Callable[[], GrowingFile],
        lines_of: Callable[[Sequence[Entry]], bytes],
        *,
        thread: str,
    ) -> None:
        self._open_file = open_file
        self._lines_of = lines_of
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=thread)
        self._file: GrowingFile | None = None
        self._error: ConfigurationError | None = None
        self._lock = Lock()
        self._waiting: list[Entry] = []
        self._waiting_bytes = 0
        self._appended = asyncio.Event()
        self._room = asyncio.Event()
        self._is_closed = False

    async def open(self) -> None:
        """Make the file ready.

        Raises:
            ConfigurationError: it cannot be opened.
        """
        try:
            await self._in_thread(self._open)
        except BaseException:
            await self.close()
            raise

    def append(self, entries: Sequence[Entry], size: int) -> None:
        """Take entries to be written.

        Args:
            entries: in their order.
            size: about how many bytes they hold.
        """
        with self._lock:
            self._waiting += entries
            self._waiting_bytes += size
        self._appended.set()

    async def wait_for_room(self) -> None:
        """Return when few enough entries wait for the disk, or none will be written."""
        while self._waiting_bytes > _MAX_WAITING_BYTES and not self._is_closed:
            self._room.clear()
            await self._room.wait()

    async def keep(self) -> None:
        """Write what is appended, until this is cancelled.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        clock = asyncio.get_running_loop().time
        sync_at = clock()
        is_dirty = False
        while True:
            try:
                async with asyncio.timeout_at(sync_at if is_dirty else None):
                    await self._appended.wait()
                is_due = clock() >= sync_at
            except TimeoutError:
                is_due = True
            self._appended.clear()
            await self._in_thread(partial(self._write, is_synced=is_due))
            is_dirty = not is_due
            if is_due:
                sync_at = clock() + _SYNC_SECONDS
            self._room.set()
            await asyncio.sleep(_REST_SECONDS)

    async def sync(self) -> None:
        """Return once what was appended so far would survive a loss of power.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        await self._in_thread(partial(self._write, is_synced=True))
        self._room.set()

    async def close(self) -> None:
        """Write what waits, and give the file back. A second call does nothing.

        Raises:
            ConfigurationError: it could not be written, now or before.
        """
        if self._is_closed:
            return
        self._is_closed = True
        self._room.set()
        try:
            # A load that is cancelled once more leaves the thread to end this.
            await asyncio.shield(self._in_thread(self._close))
        finally:
            self._thread.shutdown(wait=False)
        if self._error is not None:
            raise self._error

    def _in_thread(self, work: Callable[[], None]) -> asyncio.Future[None]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        self._file = self._open_file()

    def _write(self, *, is_synced: bool) -> None:
        if self._file is None or self._error is not None:
            return
        with self._lock:
            entries, self._waiting = self._waiting, []
            self._waiting_bytes = 0
        try:
            if entries:
                self._file.append(self._lines_of(entries))
            if is_synced:
                self._file.sync()
        except ConfigurationError as error:
            self._error = error
            raise

    def _close(self) -> None:
        if self._file is None:
            return
        with suppress(ConfigurationError):  # close() raises what _write keeps
            self._write(is_synced=True)
        self._file.close()
