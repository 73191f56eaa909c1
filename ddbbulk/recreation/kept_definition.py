"""A table's definition on disk, for as long as there is no table that has it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from ddbbulk.capacity import is_name_of, note_name
from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import LockedFile, explained, make_folder
from ddbbulk.printable import printable
from ddbbulk.state_folder import STATE_VARIABLE, state_folder
from ddbbulk.tables import TableDefinition, definition_text

_WHAT: Final = "kept definition"
_HEAD: Final = """\
# The table {name} at {url} is being dropped and created anew. Where that was cut off
# between the two, this makes it: ddbbulk table create, with this file and the same
# --endpoint-url, --region and --profile.
"""


@dataclass(frozen=True, slots=True)
class KeptDefinition:
    """Where the definition of a table is kept while it is made anew."""

    path: Path

    @classmethod
    def of(cls, *, table: str, arn: str, endpoint_url: str) -> Self:
        """Return the place for a table: one for each account, region and server."""
        name = note_name(table, arn=arn, endpoint_url=endpoint_url)
        return cls((state_folder() / "tables" / name).with_suffix(".toml"))

    @classmethod
    def left_of(cls, table: str) -> list[Path]:
        """Return what is kept of tables of this name or ARN, wherever they were."""
        name = table.rpartition("/")[2]
        files = sorted((state_folder() / "tables").glob("*.toml"))
        return [path for path in files if is_name_of(path, name)]

    def read(self) -> TableDefinition | None:
        """Return what is kept; None: nothing.

        Raises:
            ConfigurationError: it cannot be read.
        """
        try:
            is_empty = not self.path.stat().st_size  # cut off before it was written
        except OSError:
            return None
        return None if is_empty else TableDefinition.read(self.path)

    def is_at(self, path: Path) -> bool:
        """Say whether a file is the one in which it is kept."""
        return path.resolve() == self.path.resolve()

    def write(self, definition: TableDefinition, *, endpoint_url: str) -> None:
        """Return once the definition would survive a loss of power.

        Raises:
            ConfigurationError: it cannot be written.
        """
        folder = self.path.parent
        shown = printable(str(folder))
        with explained(
            f"{shown} cannot be made for the {_WHAT}; name another by {STATE_VARIABLE}"
        ):
            make_folder(folder)
        head = _HEAD.format(name=definition.table, url=endpoint_url)
        file = LockedFile.open(self.path, what=_WHAT, is_new_allowed=True)
        try:
            file.replace([(head + definition_text(definition)).encode()])
        finally:
            file.close()
        # What cannot be read again would be worth nothing.
        if TableDefinition.read(self.path) != definition:
            raise ConfigurationError(
                f"the {_WHAT} {printable(str(self.path))} does not say what the table "
                "is: nothing was dropped. This is a bug of ddbbulk: please report it"
            )

    def remove(self) -> None:
        """Take the file away: there is a table again.

        Raises:
            ConfigurationError: it could not be removed.
        """
        with explained(f"the {_WHAT} {printable(str(self.path))} cannot be removed"):
            self.path.unlink(missing_ok=True)
