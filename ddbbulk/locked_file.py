"""A file that one process has at a time, and that is replaced whole or not at all."""

import fcntl
import glob
import os
import stat
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Self

from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable

_OWNER_ONLY: Final = 0o600
_OWNERS_FOLDER: Final = 0o700
_DRAFT_END: Final = ".tmp"


class FileInUseError(ConfigurationError):
    """Another process has the file, or another part of this one."""


class LockedFile:
    """A file that is open for this process alone.

    The lock is the operating system's: it goes with the process, however that ends.

    Attributes:
        path: where it is, free of symbolic links.
        name: how its user has named it, safe for a terminal.
        descriptor: of the open file; it changes when the file is replaced.
    """

    def __init__(self, path: Path, name: str, descriptor: int, *, what: str) -> None:
        self.path = path
        self.name = name
        self.descriptor = descriptor
        self._what = what

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], *, what: str, is_new_allowed: bool
    ) -> Self:
        """Open the file and take it for this process.

        Args:
            path: where it is.
            what: what a person calls such a file: ``failures file``.
            is_new_allowed: it is made, for its owner only, where there is none.

        Raises:
            FileInUseError: another process has it.
            ConfigurationError: it is missing, cannot be written, or is no file.
        """
        name = printable(str(path))
        with explained(f"the {what} {name} cannot be opened"):
            resolved = Path(path).resolve()
            descriptor = _locked(resolved, name, what, is_new_allowed=is_new_allowed)
            file = cls(resolved, name, descriptor, what=what)
            try:
                _sweep(resolved)
            except BaseException:
                file.close()
                raise
        return file

    def append(self, data: bytes) -> None:
        """Write to the end.

        Raises:
            ConfigurationError: it could not be written.
        """
        with explained(f"the {self._what} {self.name} cannot be written"):
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]

    def sync(self) -> None:
        """Return once what was written would survive a loss of power.

        Raises:
            ConfigurationError: it could not be written.
        """
        with explained(f"the {self._what} {self.name} cannot be written"):
            os.fsync(self.descriptor)

    def replace(self, parts: Iterable[bytes]) -> None:
        """Put a file of these bytes in the place of this one, whole or not at all.

        Raises:
            ConfigurationError: it could not be written; the old file is as it was.
        """
        folder = self.path.parent
        with explained(f"the {self._what} {self.name} cannot be replaced"):
            # Made for its owner only.
            number, draft = tempfile.mkstemp(_DRAFT_END, f".{self.path.name}.", folder)
            try:
                # Nobody else knows the draft: it is ours before it has its name.
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with open(number, "wb", closefd=False) as stream:
                    stream.writelines(parts)
                os.fsync(number)
                Path(draft).replace(self.path)
                sync_folder(folder)
            except BaseException:
                os.close(number)
                Path(draft).unlink(missing_ok=True)
                raise
            os.close(self.descriptor)
            self.descriptor = number

    def remove(self) -> None:
        """Take the file away, for good; it is still to be closed.

        Raises:
            ConfigurationError: it could not be removed.
        """
        with explained(f"the {self._what} {self.name} cannot be removed"):
            self.path.unlink(missing_ok=True)
            sync_folder(self.path.parent)

    def stream(self) -> BinaryIO:
        """Return the file to be read from its beginning; closing it lets it be."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return open(self.descriptor, "rb", closefd=False)

    def close(self) -> None:
        """Give the file back."""
        os.close(self.descriptor)


@contextmanager
def explained(problem: str) -> Generator[None]:
    """Turn an OSError in the block into a ConfigurationError that begins so."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"{problem}: {error.strerror or error}") from error


def _locked(path: Path, name: str, what: str, *, is_new_allowed: bool) -> int:
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
    if is_new_allowed:
        flags |= os.O_CREAT
    while True:
        descriptor = os.open(path, flags, _OWNER_ONLY)
        try:
            _lock(descriptor, name, what)
            if _is_still_at(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Whoever had it before has put another file in its place.
        os.close(descriptor)


def _lock(descriptor: int, name: str, what: str) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise ConfigurationError(f"{name} is no file: name one for the {what}")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FileInUseError(
            f"the {what} {name} is in use by another load: wait for its end, or name "
            "another file"
        ) from None


def _sweep(path: Path) -> None:
    """Remove what a process has left that was killed while it replaced the file.

    Whoever has the file is the only one who makes drafts of it.
    """
    for draft in path.parent.glob(f".{glob.escape(path.name)}.????????{_DRAFT_END}"):
        draft.unlink(missing_ok=True)


def _is_still_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def make_folder(folder: Path) -> None:
    """Make a folder that survives a loss of power, for its owner only, if need be."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(_OWNERS_FOLDER, parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder would survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
