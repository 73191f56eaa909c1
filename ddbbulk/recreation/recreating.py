"""A table dropped and made anew: faster than to delete its items, and for nothing."""

import logging
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from ddbbulk.aws import Connection
from ddbbulk.capacity import NotePlace, read_note
from ddbbulk.errors import (
    AccessDeniedError,
    ConfigurationError,
    DdbBulkError,
    RequestRejectedError,
)
from ddbbulk.recreation.inspection import Inspection, inspect_table
from ddbbulk.recreation.kept_definition import KeptDefinition
from ddbbulk.recreation.surroundings import LOSSES, Loss
from ddbbulk.tables import (
    TableDescription,
    create_table,
    describe_table,
    differences,
    drop_table,
    refuse_protected,
)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recreation:
    """A table that shall be made anew, and what is known of it.

    Args:
        connection: an open connection.
        inspection: of the table as it is.
        kept: where its definition is while there is no table.
    """

    connection: Connection
    inspection: Inspection
    kept: KeptDefinition

    @classmethod
    async def of(cls, connection: Connection, name: str) -> Self:
        """Look at a table, and change nothing.

        Raises:
            TableNotFoundError: there is none of this name.
            RequestError: it may not be described, or nobody answers.
        """
        inspection = await inspect_table(connection, name)
        description = inspection.description
        if name != description.name:
            await _check_own(connection, description)
        kept = KeptDefinition.of(
            table=description.name,
            arn=description.arn,
            endpoint_url=connection.endpoint_url,
        )
        return cls(connection, inspection, kept)

    def check(self, lose: Collection[str]) -> None:
        """Refuse what the new table would not have, unless it may be lost.

        Args:
            lose: names of ``LOSSES`` that may.

        Raises:
            ConfigurationError: the table has what would be lost, is protected from
                deletion, is raised, or was left by an earlier run without all of its
                definition; or a name is none.
        """
        lose = (lose,) if isinstance(lose, str) else lose
        unknown = sorted(set(lose) - set(LOSSES))
        if unknown:
            raise ConfigurationError(
                f"lose names {', '.join(unknown)}: there are {', '.join(LOSSES)}"
            )
        described = self.inspection.description
        if described.status != "ACTIVE":
            raise ConfigurationError(
                f"table {described.name} is {described.status}: wait until it is ACTIVE"
            )
        refuse_protected(described)
        self._refuse_raised()
        self._refuse_unfinished()
        refused = [loss for loss in self.inspection.losses if loss.name not in lose]
        if refused:
            raise ConfigurationError(_refusal(described.name, refused))

    def _refuse_raised(self) -> None:
        """Refuse a table that is raised for a while: the new one would stay so."""
        described = self.inspection.description
        place = NotePlace.of(
            table=described.name,
            arn=described.arn,
            endpoint_url=self.connection.endpoint_url,
        )
        note = read_note(place.path)
        if note and note.is_of(arn=described.arn, table_id=described.table_id):
            raise ConfigurationError(
                f"table {described.name} is raised, and a new one would have that "
                "capacity for good: wait until the load has ended that needs it, or "
                f"'ddbbulk capacity restore {described.name}' first"
            )

    def _refuse_unfinished(self) -> None:
        """Refuse what would replace the only record of what the table was."""
        inspection = self.inspection
        kept = self.kept.read()
        found = () if kept is None else differences(kept, inspection.definition)
        if found:
            raise ConfigurationError(
                f"table {inspection.description.name} is not as it was before an "
                f"earlier 'table recreate' of it, which was cut off: "
                f"{'; '.join(map(str, found))}. To finish that one: 'ddbbulk table "
                f"create {shlex.quote(str(self.kept.path))} --if-not-exists'; if the "
                "table is as it should be, remove that file"
            )

    async def run(self) -> TableDescription:
        """Drop the table and make it anew; return what it is then.

        Its definition is on disk before the first and until the second is done, so
        that it is not lost however this ends.

        Raises:
            ConfigurationError: its definition cannot be kept.
            RequestError: it cannot be dropped, or not created.
        """
        definition, connection = self.inspection.definition, self.connection
        name = self.inspection.description.name
        self.kept.write(definition, endpoint_url=connection.endpoint_url)
        _LOG.info("table %s: its definition is kept in %s", name, self.kept.path)
        try:
            await drop_table(connection, name)
        except (AccessDeniedError, RequestRejectedError, ConfigurationError):
            if await self._is_there():  # the drop was refused
                self.kept.remove()
            raise
        described = await create_table(connection, definition)
        self.kept.remove()
        return described

    async def _is_there(self) -> bool:
        """Say whether the table is to be seen as it was."""
        known = self.inspection.description
        try:
            described = await describe_table(self.connection, known.name)
        except DdbBulkError:
            return False
        is_same = described.table_id == known.table_id
        return is_same and described.status == known.status


async def recreate_table(
    connection: Connection, name: str, *, lose: Collection[str] = ()
) -> TableDescription:
    """Drop a table with all its items and make it anew; nobody is asked.

    Keys, indexes, capacity, time to live and tags are carried over. While there is no
    table, its definition is in a file of the user's state folder.

    Args:
        connection: an open connection.
        name: the table's name or ARN.
        lose: what it may lose of all else that it has: ``"stream"``, ``"pitr"`` …;
            without that such a table is refused, and the error says what it has. What
            the caller may not look at is logged as a warning.

    Returns:
        What it is now.

    Raises:
        ConfigurationError: it has what would be lost, or is protected from deletion.
        TableNotFoundError: there is none of this name.
        RequestError: it cannot be described, dropped or created.
    """
    recreation = await Recreation.of(connection, name)
    recreation.check(lose)
    for what, reason in recreation.inspection.surroundings.unseen:
        _LOG.warning(
            "table %s is made anew, and loses %s if it has such a thing: %s",
            recreation.inspection.description.name,
            LOSSES[what],
            reason,
        )
    return await recreation.run()


async def _check_own(connection: Connection, described: TableDescription) -> None:
    """Refuse a table of another account or region: it would be created in ours."""
    own = await describe_table(connection, described.name)
    if own.arn != described.arn:
        raise ConfigurationError(
            f"table {described.arn} is of another account or region than these "
            "credentials: give the --profile and --region where it is, and its name"
        )


def _refusal(table: str, losses: Collection[Loss]) -> str:
    told = "; ".join(map(str, losses))
    names = dict.fromkeys(loss.name for loss in losses)
    options = " ".join(f"--lose {name}" for name in names)
    return (
        f"table {table} has what a new table would not have: {told}. To give that up: "
        f"{options} (lose=…); to keep it, delete the items instead: "
        f"'ddbbulk table clear {table}'"
    )
