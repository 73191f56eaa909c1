"""Where restore notes are: a file for each table, which one process has at a time."""

import asyncio
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from platformdirs import user_state_path

from ddbbulk.aws.endpoint import is_aws_endpoint
from ddbbulk.capacity.holders import is_alive
from ddbbulk.capacity.note import (
    DamagedNoteError,
    RestoreNote,
    read_back,
    written_out,
)
from ddbbulk.capacity.uninterrupted import uninterrupted
from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import LockedFile, explained
from ddbbulk.printable import printable

_LOG = logging.getLogger(__name__)

STATE_VARIABLE: Final = "DDBBULK_STATE_DIR"
_WHAT: Final = "restore note"
_OWNER_ONLY: Final = 0o700
_MAX_NAME: Final = 100
_DIGEST_LENGTH: Final = 12


class OwedRestore(NamedTuple):
    """A restore note that nobody alive will see to.

    Attributes:
        path: of the note.
        note: what it says; None where it cannot be read.
        problem: why it cannot be read.
    """

    path: Path
    note: RestoreNote | None
    problem: str = ""


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
            f"{folder} cannot be made for the {_WHAT}; name a file elsewhere by "
            "--restore-note (restore_note=)"
        ):
            path.parent.mkdir(_OWNER_ONLY, parents=True, exist_ok=True)
        opened = cls(LockedFile.open(path, what=_WHAT, is_new_allowed=True), pointer)
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
        if self.note is None and not self._is_removed:
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
            raise ConfigurationError(
                f"the {_WHAT} {self._file.name} cannot be read: {error}. Look at the "
                "capacity of its table ('ddbbulk capacity show'), set it as it should "
                "be, and remove the file"
            ) from None

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
            pointer.parent.mkdir(_OWNER_ONLY, parents=True, exist_ok=True)
            pointer.unlink(missing_ok=True)
            pointer.symlink_to(self.path)
        except OSError as error:
            _LOG.info("no other command will find %s: %s", self.path, error)


class NotePlace(NamedTuple):
    """Where the note of a table is.

    Attributes:
        path: of the file.
        pointer: where others look for it; None: just there.
    """

    path: Path
    pointer: Path | None = None

    @classmethod
    def of(
        cls,
        *,
        table: str,
        arn: str,
        endpoint_url: str,
        asked: str | os.PathLike[str] | None = None,
    ) -> Self:
        """Return the place for a table: the one asked for, or in the state folder.

        A note that is somewhere already stays there, wherever another is asked for:
        two of them would tell two stories.
        """
        usual = notes_folder() / note_name(table, arn=arn, endpoint_url=endpoint_url)
        if usual.is_symlink() and not usual.exists():
            # Its note was removed by hand.
            usual.unlink(missing_ok=True)
        if asked is None:
            return cls(usual)
        wanted = Path(asked).absolute()
        if _holds_something(usual) and not _is_same(usual, wanted):
            _LOG.warning(
                "a restore note for table %s is at %s already: that one counts",
                printable(table),
                printable(str(usual.resolve())),
            )
            return cls(usual)
        return cls(wanted, usual)

    def open(self) -> NoteFile:
        """Open the note; see ``NoteFile.open``."""
        return NoteFile.open(self.path, pointer=self.pointer)


def notes_folder() -> Path:
    """Return the folder of the notes of this user."""
    named = os.environ.get(STATE_VARIABLE)
    return (Path(named) if named else user_state_path("ddbbulk")) / "restore"


def note_name(table: str, *, arn: str, endpoint_url: str) -> str:
    """Return the file name for a table's note: one for each account and region."""
    # Of AWS the ARN tells all; servers of other kinds have the same ones.
    where = "" if is_aws_endpoint(endpoint_url) else endpoint_url.rstrip("/")
    identity = f"{where} {arn} {table}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{table[:_MAX_NAME]}-{digest}.json"


def known_notes() -> Iterator[Path]:
    """Yield the notes of the state folder that hold something."""
    yield from filter(_holds_something, sorted(notes_folder().glob("*.json")))


def owed_restores() -> list[OwedRestore]:
    """Return what nobody alive will put back; no network is asked.

    ``await restore_capacity()`` and ``ddbbulk capacity restore`` put it back.
    """
    owed: list[OwedRestore] = []
    for path in known_notes():
        try:
            note = read_back(path.read_bytes())
        except DamagedNoteError as error:
            owed.append(OwedRestore(path, None, str(error)))
        except OSError:
            # Put back in this moment, or somebody else's.
            continue
        else:
            if note is not None and not any(map(is_alive, note.holders)):
                owed.append(OwedRestore(path, note))
    return owed


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _holds_something(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
