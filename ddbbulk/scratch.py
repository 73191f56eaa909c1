"""What is too much for the memory: kept in a temporary folder as long as it is used."""

import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from types import TracebackType
from typing import IO, Any, Final, Self

from ddbbulk.errors import ConfigurationError

# What it holds is gone with the process, so nothing is done for its durability.
_SETTINGS: Final = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA temp_store = FILE",
    "PRAGMA cache_size = -32768",  # kilobytes
)
_HELD_BYTES: Final = 1024 * 1024
_OWNER_ONLY: Final = 0o600


class Scratch:
    """A database in a folder of its owner alone, gone when the ``with`` block is left.

    Everything that it does blocks, and only one thread may be in it at a time.

    Args:
        tables: the statements that make its tables.
    """

    def __init__(self, *tables: str) -> None:
        self._tables = tables
        self._database: sqlite3.Connection

    def __enter__(self) -> Self:
        with explained_disk():
            self._folder = TemporaryDirectory(prefix="ddbbulk-")
            path = Path(self._folder.name) / "scratch.sqlite"
            try:
                path.touch(mode=_OWNER_ONLY)
                # In autocommit: nothing is ever rolled back here.
                self._database = sqlite3.connect(
                    path, isolation_level=None, check_same_thread=False
                )
                for statement in (*_SETTINGS, *self._tables):
                    self._database.execute(statement)
            except BaseException:
                self._folder.cleanup()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def run_all(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of the rows.

        Raises:
            ConfigurationError: the disk is full, or cannot be written.
        """
        with explained_disk():
            self._database.execute("BEGIN")
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query; others may run meanwhile."""
        with explained_disk():
            yield from self._database.execute(query, values)

    def row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query; None where there is none."""
        return next(self.rows(query, *values), None)


class ScratchFile:
    """Bytes that are appended and read again, within a ``with`` block.

    What it does blocks now and then, and only one thread may be in it at a time.

    Attributes:
        size: how many bytes it holds.
    """

    def __init__(self) -> None:
        self.size = 0
        self._file: IO[bytes]

    def __enter__(self) -> Self:
        with explained_disk():
            # It has no name, so nobody else can open it.
            self._file = TemporaryFile(buffering=_HELD_BYTES)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What could not be written out is not wanted any more.
        with suppress(OSError):
            self._file.close()

    def append(self, data: bytes) -> int:
        """Write to the end; return where that was.

        Raises:
            ConfigurationError: the disk is full, or cannot be written.
        """
        at = self.size
        with explained_disk():
            self._file.write(data)
        self.size += len(data)
        return at

    def read(self, at: int, length: int) -> bytes:
        """Return so many bytes from there on, or those that there are."""
        with explained_disk():
            self._file.seek(at)
            data = self._file.read(length)
            self._file.seek(0, os.SEEK_END)
        return data


@contextmanager
def explained_disk() -> Generator[None]:
    """Turn what the temporary folder cannot take into a ConfigurationError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"the temporary folder {gettempdir()} cannot be used: {reason}; name "
            "another one by the environment variable TMPDIR"
        ) from error
