"""A table with all that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ddbbulk.aws import Connection
from ddbbulk.errors import AccessDeniedError
from ddbbulk.recreation.surroundings import Loss, Surroundings, surroundings
from ddbbulk.tables import (
    TableDefinition,
    TableDescription,
    definition_of,
    table_element,
    table_tags,
    time_to_live,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What there is to know of a table.

    Args:
        table: the ``Table`` element of the DescribeTable answer.
        description: the same, read.
        definition: what makes another table like it.
        tags: all of them, also those that AWS has set.
        surroundings: what belongs to it, and no definition holds.
    """

    table: Mapping[str, Any]
    description: TableDescription
    definition: TableDefinition
    tags: Mapping[str, str]
    surroundings: Surroundings

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What a table made anew by the definition would not have."""
        return self.surroundings.losses


async def inspect_table(connection: Connection, name: str) -> Inspection:
    """Look at a table, and at all that belongs to it.

    What may not be looked at is told so: what a definition should hold is a loss.

    Args:
        connection: an open connection.
        name: the table's name or ARN.

    Raises:
        TableNotFoundError: there is none of this name.
        RequestError: it may not be described, or nobody answers.
    """
    table = await table_element(connection, name)
    description = TableDescription.parse(table)
    missing: list[Loss] = []
    attribute: str | None = None
    tags: dict[str, str] = {}
    try:
        # By its ARN where that was given: another account may have its name, too.
        attribute = await time_to_live(connection, name)
    except AccessDeniedError as error:
        missing.append(Loss("ttl", f"if it has one: {error}"))
    try:
        tags = await table_tags(connection, description.arn)
    except AccessDeniedError as error:
        missing.append(Loss("tags", f"if it has any: {error}"))
    found = await surroundings(connection, table, name=name, tags=tags)
    return Inspection(
        table=table,
        description=description,
        definition=definition_of(table, ttl_attribute=attribute, tags=tags),
        tags=tags,
        surroundings=Surroundings(
            (*missing, *found.losses), found.unseen, found.unknown
        ),
    )
