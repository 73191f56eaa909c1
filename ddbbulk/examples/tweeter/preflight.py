"""What options and tables say to each other before the first write."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ddbbulk import (
    ConfigurationError,
    Connection,
    KeyAttribute,
    TableDescription,
)
from ddbbulk.examples.screen import duration
from ddbbulk.examples.tweeter.tables import Capacity, Table, command, create_request

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
PARTITION_WRITE_UNITS: Final = 1000.0
_WRITABLE: Final = ("ACTIVE", "UPDATING")
_COURSE_CAPACITY: Final = Capacity(write=200, index_write=200, read=5)


@dataclass(frozen=True, slots=True)
class Rates:
    """Write units a second that a load will use.

    Args:
        table: on the table.
        indexes: on each global index that its items appear in.
        warnings: where that is less than asked for, and what it means.
    """

    table: float
    indexes: Mapping[str, float]
    warnings: tuple[str, ...]

    def seconds(self, items: int) -> float:
        """Return how long so many items take, at a unit each on every resource."""
        return items / min(self.table, *self.indexes.values(), float("inf"))


def check_table(
    description: TableDescription, table: Table, connection: Connection
) -> None:
    """Compare the table that is there with the one that the items are for.

    Raises:
        ConfigurationError: it is not ready, or keys or an index differ.
    """
    if description.status not in _WRITABLE:
        raise ConfigurationError(
            f"table {table.name} is {description.status}: wait until it is ACTIVE"
        )
    if description.schema.keys != table.schema.keys:
        raise ConfigurationError(
            f"table {table.name} has the key {_described(description.schema.keys)}, "
            f"and the items have {_described(table.schema.keys)}: choose another table "
            f"({table.option}), or give attributes the names that the table has "
            f"(such as --attribute {table.schema.partition_key.name}="
            f"{description.schema.partition_key.name})"
        )
    for wanted in table.schema.indexes:
        found = {index.name: index for index in description.schema.indexes}
        if wanted.name not in found:
            raise ConfigurationError(
                f"table {table.name} has no index {wanted.name} (it has: "
                f"{', '.join(found) or 'none'}): name yours by --index, or create the "
                f"table anew with:\n{creation(table, connection)}"
            )
        if found[wanted.name].keys != wanted.keys:
            raise ConfigurationError(
                f"index {wanted.name} of table {table.name} has the key "
                f"{_described(found[wanted.name].keys)}, and it takes "
                f"{_described(wanted.keys)}: name another index by --index, or "
                "attributes by --attribute"
            )
    _check_other_indexes(description, table)


def rates(
    description: TableDescription,
    *,
    wcu: float,
    index_wcu: Mapping[str, float],
    items: int,
    attributes: Mapping[str, str],
) -> Rates:
    """Hold what is asked for against what the table has, and return what is used.

    Args:
        description: the table.
        wcu: units a second asked for on the table.
        index_wcu: the same for indexes by name; others are asked for the table's.
        items: how many there are, a unit each.
        attributes: what they have: an index of other attributes costs nothing.
    """
    asked = {"": wcu}
    for index in description.schema.global_indexes:
        if all(key.name in attributes for key in index.keys):
            asked[index.name] = index_wcu.get(index.name, wcu)
    provisioned = {"": description.write_capacity, **description.index_write_capacity}
    used = {name: min(rate, provisioned[name] or rate) for name, rate in asked.items()}
    warnings = [
        f"{name or description.name} has {used[name]:g} WCU: "
        f"{duration(items / used[name])} at this rate, "
        f"{duration(items / rate)} at {rate:g}"
        for name, rate in asked.items()
        if used[name] < rate
    ]
    table = used.pop("")
    return Rates(table, used, tuple(warnings))


def creation(table: Table, connection: Connection) -> str:
    """Return the command that creates a table as the course has it."""
    return command("create-table", create_request(table, _COURSE_CAPACITY), connection)


def _check_other_indexes(description: TableDescription, table: Table) -> None:
    for index in description.schema.indexes:
        for key in index.keys:
            given = table.attributes.get(key.name)
            if given not in (None, key.type):
                raise ConfigurationError(
                    f"index {index.name} of table {table.name} wants "
                    f"{_described((key,))}, but items have it as {given}: DynamoDB "
                    "would refuse every one. Rename it by --attribute"
                )


def _described(keys: tuple[KeyAttribute, ...]) -> str:
    return " + ".join(_each(keys))


def _each(keys: tuple[KeyAttribute, ...]) -> Iterator[str]:
    for key in keys:
        yield f"{key.name} ({key.type})"
