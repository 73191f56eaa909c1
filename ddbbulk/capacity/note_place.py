"""Where restore notes are: a file for each table, in a folder of the user's."""

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

from ddbbulk.aws.endpoint import is_aws_endpoint
from ddbbulk.capacity.holders import is_alive
from ddbbulk.capacity.note import DamagedNoteError, RestoreNote, read_back
from ddbbulk.capacity.note_file import WHAT, NoteFile, damage
from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import explained
from ddbbulk.printable import printable
from ddbbulk.state_folder import notes_folder

_LOG = logging.getLogger(__name__)

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

    @classmethod
    def known(cls, path: Path) -> Self:
        """Return the place of a note in the state folder, or of one that it points to.

        Args:
            path: one of ``known_notes()``.
        """
        return cls(path.resolve(), path) if path.is_symlink() else cls(path)

    def open(self) -> NoteFile:
        """Open the note; see ``NoteFile.open``."""
        return NoteFile.open(self.path, pointer=self.pointer)


def note_name(table: str, *, arn: str, endpoint_url: str) -> str:
    """Return the file name for a table's note: one for each account and region."""
    # Of AWS the ARN tells all; servers of other kinds have the same ones.
    where = "" if is_aws_endpoint(endpoint_url) else endpoint_url.rstrip("/")
    identity = f"{where} {arn} {table}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{table[:_MAX_NAME]}-{digest}.json"


def is_name_of(path: Path, table: str) -> bool:
    """Say whether a file has a name that ``note_name`` gives to those of a table."""
    return path.stem.rpartition("-")[0] == table[:_MAX_NAME]


def read_note(path: Path) -> RestoreNote | None:
    """Return what a note says, whoever has it; None: there is none.

    Raises:
        ConfigurationError: it cannot be read.
    """
    name = printable(str(path))
    with explained(f"the {WHAT} {name} cannot be read"):
        try:
            return read_back(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except DamagedNoteError as error:
            raise ConfigurationError(damage(name, error)) from None


async def forget_note(place: NotePlace, *, is_forced: bool) -> None:
    """Remove a note without putting anything back.

    Raises:
        ConfigurationError: somebody needs the capacity, or it cannot be removed.
    """
    with place.open() as file:
        alive = [] if file.note is None else list(filter(is_alive, file.note.holders))
        if alive and not is_forced:
            raise ConfigurationError(
                f"process {alive[0].pid} on {alive[0].host} needs the capacity and "
                "will put it back itself: --force forgets the note all the same"
            )
        await file.remove()


def known_notes() -> list[Path]:
    """Return the notes of the state folder that hold something.

    Raises:
        ConfigurationError: the folder cannot be looked into: there may be some.
    """
    folder = notes_folder()
    with explained(f"the folder of {WHAT}s {printable(str(folder))} cannot be read"):
        try:
            files = sorted(folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
    return [one for one in files if one.suffix == ".json" and _holds_something(one)]


def sweep_notes() -> None:
    """Remove files that were made for notes by processes that wrote nothing more."""
    for path in notes_folder().glob("*.json"):
        if path.exists() and not _holds_something(path):
            # Whoever has it open is at work: it is not his remains.
            with suppress(ConfigurationError), NoteFile.open(path):
                pass


def owed_restores() -> list[OwedRestore]:
    """Return what nobody alive will put back; no network is asked.

    ``ddbbulk capacity restore`` puts it back.

    Raises:
        ConfigurationError: the folder of the notes cannot be looked into.
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
