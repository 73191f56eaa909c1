"""The file of a restore note, which one block of one process has at a time."""

import asyncio
import logging
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ddbbulk.capacity.note import (
    DamagedNoteError,
    RestoreNote,
    read_back,
    written_out,
)
from ddbbulk.capacity.uninterrupted import uninterrupted
from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import LockedFile, explained, make_folder
from ddbbulk.printable import printable
from ddbbulk.state_folder import STATE_VARIABLE

_LOG = logging.getLogger(__name__)

WHAT: Final = "restore note"


class NoteFile:
    """The restore note of one table, open for this block alone.

    Attributes:
        path: where it is.
        note: what it says; None: nothing was raised.
    """

    def __init__(self, file: LockedFile, pointer: Path | None) -> None:
        self._file = file
        self._pointer = pointer
        self._is_removed = False
        self.path = file.path
        self.note: RestoreNote | None = None

    @classmethod
    def open(cls, path: Path, *, pointer: Path | None = None) -> Self:
        """Open the note, or make an empty one.

        Args:
            path: where it is.
            pointer: where others will look for it.

        Raises:
            FileInUseError: somebody else has it.
            ConfigurationError: it cannot be opened or read.
        """
        folder = printable(str(path.parent))
        with explained(
            f"{folder} cannot be made for the {WHAT}; name another folder by "
            f"{STATE_VARIABLE}, or where a load raises a file by --restore-note "
            "(restore_note=)"
        ):
            make_folder(path.parent)
        opened = cls(LockedFile.open(path, what=WHAT, is_new_allowed=True), pointer)
        try:
            opened.note = opened._read()
        except BaseException:
            opened.close()
            raise
        return opened

    async def write(self, note: RestoreNote) -> None:
        """Return once the note would survive a loss of power.

        Raises:
            ConfigurationError: it could not be written.
        """
        if note != self.note:
            await uninterrupted(asyncio.to_thread(self._replace, note))

    async def remove(self) -> None:
        """Take the note away: all is put back.

        Raises:
            ConfigurationError: it could not be removed.
        """
        await uninterrupted(asyncio.to_thread(self._remove))

    def close(self) -> None:
        """Give the file back; one in which nothing was written is not kept."""
        is_empty = not os.fstat(self._file.descriptor).st_size
        if is_empty and not self._is_removed:
            with suppress(ConfigurationError):
                self._file.remove()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self) -> RestoreNote | None:
        with self._file.stream() as stream:
            data = stream.read()
        try:
            return read_back(data)
        except DamagedNoteError as error:
            raise ConfigurationError(damage(self._file.name, error)) from None

    def _replace(self, note: RestoreNote) -> None:
        self._point()
        self._file.replace([written_out(note)])
        self.note = note

    def _remove(self) -> None:
        if self._pointer is not None:
            with suppress(OSError):
                self._pointer.unlink(missing_ok=True)
        self._file.remove()
        # From here on a file of this name is somebody else's.
        self._is_removed = True
        self.note = None

    def _point(self) -> None:
        """Let those who do not know of this place find the note all the same."""
        pointer = self._pointer
        if pointer is None or pointer.exists():
            return
        try:
            make_folder(pointer.parent)
            pointer.unlink(missing_ok=True)
            pointer.symlink_to(self.path)
        except OSError as error:
            _LOG.info("no other command will find %s: %s", self.path, error)


def damage(name: str, error: DamagedNoteError) -> str:
    """Return what to say of a note that cannot be read."""
    return (
        f"the {WHAT} {name} cannot be read: {error}. Look at the capacity of its "
        "table ('ddbbulk capacity show'), set it as it should be, and remove the file"
    )
