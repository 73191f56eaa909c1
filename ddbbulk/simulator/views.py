"""What a read looks at: a table, or one of its indexes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ddbbulk.schema import IndexSchema, KeyAttribute
from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.item_keys import exact_key
from ddbbulk.simulator.keys import StoredKey, index_key
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.sizing import projected_names

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """A table or an index, as a Query or Scan sees it.

    Attributes:
        table: the table.
        index: the index; None for the table itself.
        projected: the attributes that the index has copied; None: all of the item.
    """

    table: Table
    index: IndexSchema | None = None
    projected: tuple[str, ...] | None = None

    @classmethod
    def of(cls, table: Table, index_name: str | None, now: float) -> "View":
        """The view of a table, or of its index of that name.

        Raises:
            ServiceError: there is no such index, or it is not ready yet.
        """
        if index_name is None:
            return cls(table)
        for index in table.schema.indexes:
            if index.name == index_name:
                break
        else:
            raise ServiceError.validation(
                f"The table does not have the specified index: {index_name}"
            )
        change = table.transition(now)
        if change is not None and change.index_states.get(index_name) == "CREATING":
            raise ServiceError.validation(
                "Cannot read from backfilling global secondary index: " + index_name
            )
        is_whole = index.projection == "ALL"
        return cls(
            table, index, None if is_whole else projected_names(table.schema, index)
        )

    @property
    def index_name(self) -> str | None:
        """The index's name; None for the table itself."""
        return None if self.index is None else self.index.name

    @property
    def is_global(self) -> bool:
        """Whether it is a global index, with a capacity of its own."""
        return self.index is not None and not self.index.is_local

    @property
    def resource(self) -> str:
        """Whose capacity a read takes: a global index's name, else the table's."""
        return self.index.name if self.index and self.is_global else TABLE

    @property
    def partition_keys(self) -> tuple[KeyAttribute, ...]:
        """The attributes that say in which partition an item is."""
        if self.index is None:
            return (self.table.schema.partition_key,)
        return self.index.partition_keys

    @property
    def sort_keys(self) -> tuple[KeyAttribute, ...]:
        """The attributes that items of one partition are ordered by."""
        if self.index is None:
            return self.table.schema.keys[1:]
        return self.index.sort_keys

    @property
    def key_names(self) -> tuple[str, ...]:
        """What identifies an entry: the index's keys, then the table's."""
        keys = self.partition_keys + self.sort_keys + self.table.schema.keys
        return tuple(dict.fromkeys(key.name for key in keys))

    def entry(self, item: Item) -> Item:
        """What the view has of an item."""
        if self.projected is None:
            return item
        return {name: item[name] for name in self.projected if name in item}

    def key_of(self, item: Item) -> Item:
        """The ``LastEvaluatedKey`` for a page that ends with this item."""
        return {name: item[name] for name in self.key_names}

    def start_key(self, attributes: Mapping[str, Any]) -> StoredKey:
        """Where to go on after: an ``ExclusiveStartKey`` as ordered bytes.

        Raises:
            ServiceError: it is not a key of this view.
        """
        problem = "The provided starting key is invalid"
        if set(attributes) != set(self.key_names):
            raise ServiceError.validation(problem)
        table_keys = {key.name for key in self.table.schema.keys}
        key = {name: attributes[name] for name in table_keys}
        try:
            measure_attributes(attributes)
            stored = exact_key(self.table.schema, key)
        except ServiceError as error:
            if error.code != "ValidationException":
                raise
            raise ServiceError.validation(f"{problem}: {error.message}") from error
        if self.index is None:
            return stored
        entry = index_key(self.index, self.table.schema, dict(attributes))
        if entry is None:
            raise ServiceError.validation(
                f"{problem}: The provided key element does not match the schema"
            )
        return entry[1]
