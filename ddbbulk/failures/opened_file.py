"""A failures file that is open: ours alone, of one table, whole lines only."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Self

from ddbbulk.errors import ConfigurationError
from ddbbulk.failures.failed_item import FailedItem
from ddbbulk.locked_file import LockedFile, explained
from ddbbulk.printable import printable
from ddbbulk.whole_lines import cut_torn_line, is_torn

# Of a file that is something else, no more than this is held to find out.
_MAX_LINE_BYTES: Final = 128 * 1024 * 1024
_BEGINNING: Final = b'{"table":'


class OpenedFile:
    """A failures file, locked for this process, with its torn last line cut.

    Attributes:
        table: the table that it belongs to; None while it is empty.
    """

    def __init__(self, file: LockedFile) -> None:
        self.table: str | None = None
        self._file = file

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
        file = LockedFile.open(
            path, what="failures file", is_new_allowed=table is not None
        )
        opened = cls(file)
        try:
            with explained(f"the failures file {file.name} cannot be opened"):
                opened._mend(table)
        except BaseException:
            opened.close()
            raise
        return opened

    @property
    def path(self) -> Path:
        """Where it is, free of symbolic links."""
        return self._file.path

    @property
    def name(self) -> str:
        """How its user has named it, safe for a terminal."""
        return self._file.name

    def append(self, data: bytes) -> None:
        """Write whole lines to the end.

        Raises:
            ConfigurationError: they could not be written.
        """
        self._file.append(data)

    def sync(self) -> None:
        """Return once what was written would survive a loss of power."""
        self._file.sync()

    def replace(self, lines: Iterable[bytes]) -> None:
        """Put a file of these lines in the place of this one, whole or not at all.

        Raises:
            ConfigurationError: it could not be written; the old file is as it was.
        """
        self._file.replace(lines)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _mend(self, wanted: str | None) -> None:
        """Learn whose file this is, and cut a last line that was not written out."""
        with self._file.stream() as stream:
            first = stream.readline(_MAX_LINE_BYTES)
            if not first:
                return
            head = first if first.endswith(b"\n") else b""
            try:
                self.table = FailedItem.parse(head or first).table
            except ValueError:
                # The very first line may be torn; anything else is not ours to cut.
                if head or not is_torn(first) or not _is_ours(first):
                    raise ConfigurationError(
                        f"{self.name} is no failures file of ddbbulk: "
                        "name another one, or one that is not there yet"
                    ) from None
            if self.table and wanted and not is_same_table(self.table, wanted):
                raise ConfigurationError(
                    f"the failures file {self.name} is of table "
                    f"{printable(self.table)}, and this load goes to "
                    f"{printable(wanted)}: name another file"
                )
            cut_torn_line(self._file, stream)


def failure_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a failures file that are not blank, with their numbers.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    problem = f"the failures file {printable(str(path))} cannot be read"
    with explained(problem), path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.isspace():
                yield number, line


def _is_ours(line: bytes) -> bool:
    return _BEGINNING.startswith(line[: len(_BEGINNING)])


def is_same_table(table: str, other: str) -> bool:
    """Say whether two names or ARNs may mean one table."""
    if table.startswith("arn:") and other.startswith("arn:"):
        return table == other
    return table.rpartition("/")[2] == other.rpartition("/")[2]
