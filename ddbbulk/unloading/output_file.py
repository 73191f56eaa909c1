"""The file that an unload writes: whole under its name, or not there.

All of it happens in a thread, never on the event loop.
"""

import os
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import LockedFile, explained, sync_folder
from ddbbulk.printable import printable

STANDARD_OUTPUT: Final = "-"
_PART: Final = ".part"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
# Most of what compresses, for a third of the time of the default.
_GZIP_LEVEL: Final = 3


class Output(Protocol):
    """Where lines go."""

    @property
    def bytes_written(self) -> int:
        """How many bytes there are, compressed where they are."""
        ...

    def write(self, data: bytes) -> None:
        """Write some lines."""
        ...

    def finish(self) -> None:
        """Make what was written whole, and give it its name."""
        ...

    def close(self) -> None:
        """Have done with it; what is not finished keeps another name."""
        ...


class OutputFile:
    """A file that is written beside its place, for its owner only, and moved there.

    A name that ends in ``.gz`` has it compressed.

    Args:
        path: where it is to be.
        is_replacing: whether a file that is there may be replaced.

    Raises:
        ConfigurationError: there is a file, or none can be made.
    """

    def __init__(self, path: Path, *, is_replacing: bool) -> None:
        self._path = path
        self._is_replacing = is_replacing
        self._name = printable(str(path))
        self._check()
        self._part = Path(part_of(path))
        self._file = LockedFile.open(
            self._part, what="unload file", is_new_allowed=True
        )
        # What an earlier unload has left there was not whole.
        os.ftruncate(self._file.descriptor, 0)
        self._gzip = (
            zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
            if path.name.endswith(".gz")
            else None
        )
        self._is_begun = False
        self._is_closed = False
        self._is_finished = False
        self.bytes_written = 0

    def write(self, data: bytes) -> None:
        """Write some lines.

        Raises:
            ConfigurationError: they could not be written.
        """
        self._is_begun = True
        self._append(data if self._gzip is None else self._gzip.compress(data))

    def finish(self) -> None:
        """Move the file to its place, once all of it would survive a loss of power.

        Raises:
            ConfigurationError: it could not be written or moved.
        """
        self._end_compression()
        self._file.sync()
        self._check()
        with explained(f"the file {self._name} cannot be put in its place"):
            self._part.replace(self._path)
            self._is_finished = True
            sync_folder(self._path.resolve().parent)

    def close(self) -> None:
        """Close the file; what is not finished stays under its other name."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if not (self._is_begun or self._is_finished):
                self._part.unlink(missing_ok=True)
            elif not self._is_finished:
                # What is not whole is not promised: why it is not is told already.
                with suppress(ConfigurationError):
                    self._end_compression()
        finally:
            self._file.close()

    def _end_compression(self) -> None:
        """Write what the compression still holds back, where there is one."""
        if self._gzip is not None:
            gzip, self._gzip = self._gzip, None
            self._append(gzip.flush())

    def _append(self, data: bytes) -> None:
        self._file.append(data)
        self.bytes_written += len(data)

    def _check(self) -> None:
        if self._path.is_dir():
            raise ConfigurationError(f"{self._name} is a directory: name a file in it")
        if self._path.exists() and not self._path.is_file():
            raise ConfigurationError(
                f"{self._name} is a pipe or a device, which no file may replace: give "
                "- and direct standard output there"
            )
        if self._path.exists() and not self._is_replacing:
            raise ConfigurationError(
                f"there is a file {self._name} already: name another, or replace it "
                "(--force, force=True)"
            )


class StandardOutput:
    """Lines to whoever reads standard output.

    Raises:
        ConfigurationError: it is closed.
    """

    def __init__(self) -> None:
        if cast("object", sys.stdout) is None:
            raise ConfigurationError("standard output is closed: name a file")
        self._stream: BinaryIO = sys.stdout.buffer
        self.bytes_written = 0

    def write(self, data: bytes) -> None:
        """Write some lines.

        Raises:
            ConfigurationError: nobody reads them any more.
        """
        with explained("standard output cannot be written"):
            self._stream.write(data)
            self._stream.flush()
        self.bytes_written += len(data)

    def finish(self) -> None:
        """Do nothing: what was written is gone already."""

    def close(self) -> None:
        """Do nothing: it is not ours to close."""


def part_of(path: str | os.PathLike[str]) -> str:
    """Return the name of a file while it is not whole."""
    return os.fspath(path) + _PART


def open_output(to: str | os.PathLike[str], *, is_replacing: bool) -> Output:
    """Return where an unload's lines go.

    Args:
        to: a path; ``-`` is standard output.
        is_replacing: whether a file that is there may be replaced.

    Raises:
        ConfigurationError: there is a file, or none can be made.
    """
    if os.fspath(to) == STANDARD_OUTPUT:
        return StandardOutput()
    return OutputFile(Path(to), is_replacing=is_replacing)
