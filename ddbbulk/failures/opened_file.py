"""A failures file that is open: ours alone, of one table, whole lines only."""

import fcntl
import logging
import os
import stat
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Self

import orjson

from ddbbulk.errors import ConfigurationError
from ddbbulk.failures.failed_item import FailedItem
from ddbbulk.printable import printable

_LOG = logging.getLogger(__name__)

_BLOCK_BYTES: Final = 64 * 1024
# Of a file that is something else, no more than this is held to find out.
_MAX_LINE_BYTES: Final = 128 * 1024 * 1024
_OWNER_ONLY: Final = 0o600
_BEGINNING: Final = b'{"table":'


class OpenedFile:
    """A failures file, locked for this process, with its torn last line cut.

    Attributes:
        path: where it is, free of symbolic links.
        name: how its user has named it, safe for a terminal.
        table: the table that it belongs to; None while it is empty.
    """

    def __init__(self, path: Path, name: str, descriptor: int) -> None:
        self.path = path
        self.name = name
        self.table: str | None = None
        self._descriptor = descriptor

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, table: str | None) -> Self:
        """Open the file and take it for this process.

        Args:
            path: where it is.
            table: name or ARN of the table that it is to be of; it is made, for its
                owner only, where there is none. None: any table, but it has to exist.

        Raises:
            ConfigurationError: it is missing, no failures file, of another table,
                cannot be written, or another process has it.
        """
        name = Path(path)
        with _explained(printable(str(name)), "cannot be opened"):
            resolved = name.resolve()
            descriptor = _locked(resolved, is_new_allowed=table is not None)
            opened = cls(resolved, printable(str(name)), descriptor)
            try:
                opened._mend(table)
            except BaseException:
                opened.close()
                raise
        return opened

    def append(self, data: bytes) -> None:
        """Write whole lines to the end.

        Raises:
            ConfigurationError: they could not be written.
        """
        with _explained(self.name, "cannot be written"):
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def sync(self) -> None:
        """Return once what was written would survive a loss of power."""
        with _explained(self.name, "cannot be written"):
            os.fsync(self._descriptor)

    def replace(self, lines: Iterable[bytes]) -> None:
        """Put a file of these lines in the place of this one, whole or not at all.

        Raises:
            ConfigurationError: it could not be written; the old file is as it was.
        """
        folder = self.path.parent
        with _explained(self.name, "cannot be replaced"):
            # Made for its owner only.
            number, draft = tempfile.mkstemp(".tmp", f".{self.path.name}.", folder)
            try:
                with os.fdopen(number, "wb") as stream:
                    stream.writelines(lines)
                    stream.flush()
                    os.fsync(number)
                Path(draft).replace(self.path)
                _sync_folder(folder)
            finally:
                Path(draft).unlink(missing_ok=True)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._descriptor)

    def _mend(self, wanted: str | None) -> None:
        """Learn whose file this is, and cut a last line that was not written out."""
        with open(self._descriptor, "rb", closefd=False) as stream:
            first = stream.readline(_MAX_LINE_BYTES)
            if not first:
                return
            head = first if first.endswith(b"\n") else b""
            try:
                self.table = FailedItem.parse(head or first).table
            except ValueError:
                # The very first line may be torn; anything else is not ours to cut.
                if head or not _is_torn(first) or not _is_ours(first):
                    raise ConfigurationError(
                        f"{self.name} is no failures file of ddbbulk: "
                        "name another one, or one that is not there yet"
                    ) from None
            if self.table and wanted and not _is_same(self.table, wanted):
                raise ConfigurationError(
                    f"the failures file {self.name} is of table "
                    f"{printable(self.table)}, and this load goes to "
                    f"{printable(wanted)}: name another file"
                )
            self._cut(stream)

    def _cut(self, stream: BinaryIO) -> None:
        end = stream.seek(0, os.SEEK_END)
        whole = _end_of_lines(stream, end)
        if whole == end:
            return
        stream.seek(whole)
        if not _is_torn(stream.read()):
            self.append(b"\n")  # only the line's end is missing
            return
        _LOG.warning(
            "%s: the last line was not written to its end, and is cut off",
            self.name,
        )
        os.ftruncate(self._descriptor, whole)


def failure_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a failures file that are not blank, with their numbers.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    with _explained(printable(str(path)), "cannot be read"), path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.isspace():
                yield number, line


@contextmanager
def _explained(name: str, problem: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"the failures file {name} {problem}: {error.strerror or error}"
        ) from error


def _locked(path: Path, *, is_new_allowed: bool) -> int:
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
    if is_new_allowed:
        flags |= os.O_CREAT
    while True:
        descriptor = os.open(path, flags, _OWNER_ONLY)
        try:
            _lock(descriptor, path)
            if _is_still_at(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Whoever had it before has put another file in its place.
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise ConfigurationError(
            f"{printable(str(path))} is no file: name one for the failures"
        )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConfigurationError(
            f"the failures file {printable(str(path))} is in use by another load: "
            "wait for its end, or name another file"
        ) from None


def _is_still_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _is_torn(line: bytes) -> bool:
    """Say whether an object is cut off: no beginning of one is JSON by itself."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return True
    return False


def _is_ours(line: bytes) -> bool:
    return _BEGINNING.startswith(line[: len(_BEGINNING)])


def _is_same(table: str, other: str) -> bool:
    """Say whether two names or ARNs may mean one table."""
    if table.startswith("arn:") and other.startswith("arn:"):
        return table == other
    return table.rpartition("/")[2] == other.rpartition("/")[2]


def _end_of_lines(stream: BinaryIO, end: int) -> int:
    """Return where the last whole line ends, in a file of this length."""
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        stream.seek(start)
        found = stream.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
