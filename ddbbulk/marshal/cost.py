"""Write units of a new item on the table and on each index, before it is sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ddbbulk.errors import ItemTooLargeError
from ddbbulk.limits import MAX_ITEM_BYTES, WRITE_UNIT_BYTES
from ddbbulk.schema import IndexSchema, TableSchema
from ddbbulk.sizing import projected_names, string_size, write_units

Attributes = Mapping[str, object]
Units = tuple[int, ...]
Measure = Callable[[object], int]

_TABLE: Final = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an index takes of an item.

    Args:
        resource: whose units are spent: the position in ``TableSchema.resources``.
        required: key attributes without which an item has no entry (those of the
            table's key are always there).
        names: what is projected; None for everything.
    """

    resource: int
    required: tuple[str, ...]
    names: tuple[str, ...] | None

    def is_in(self, item: Attributes) -> bool:
        """Say whether the index has an entry for an item."""
        return all(name in item for name in self.required)

    def size(self, item: Attributes, item_size: int, measure: Measure) -> int:
        """Return the bytes of an item's entry."""
        if self.names is None:
            return item_size
        return sum(
            string_size(name) + measure(item[name])
            for name in self.names
            if name in item
        )


class CostModel:
    """Knows what a new item costs under a schema, with as little work as it can.

    Attributes:
        one_each: the cost of a small item that is in every index; also the estimate for
            a delete, of which only the old item's size would tell more.
        is_flat: every item of up to 1 KB costs ``one_each``.
        is_proportional: an item's units are those of a small one with the same
            attributes, times the units of its own size.
        is_uniform: an item's units are ``one_each``, times the units of its own size.
    """

    def __init__(self, schema: TableSchema) -> None:
        self._resources = len(schema.resources)
        self._entries = _entries(schema)
        self.one_each = self._sum([1] * len(self._entries), table_units=1)
        self.is_flat = not any(entry.required for entry in self._entries)
        self.is_proportional = all(
            entry.names is None and entry.resource != _TABLE for entry in self._entries
        )
        self.is_uniform = self.is_flat and self.is_proportional
        self._uniform = multiples(self.one_each)

    def uniform_units(self, sizes: Iterable[int]) -> Iterator[Units]:
        """Yield the units of items of these sizes, where they go by the size alone."""
        uniform = self._uniform
        return (
            uniform[(size + WRITE_UNIT_BYTES - 1) // WRITE_UNIT_BYTES] for size in sizes
        )

    def units(self, item: Attributes, size: int, measure: Measure) -> tuple[int, ...]:
        """Return the units of a new item on each of ``TableSchema.resources``.

        Args:
            item: the item's attributes.
            size: the item's size in bytes.
            measure: tells the size of an attribute's value.

        Raises:
            ItemTooLargeError: the item alone, or with its entries in local indexes, is
                larger than DynamoDB stores.
        """
        if size <= WRITE_UNIT_BYTES:
            # An entry is never larger than its item: one unit, without measuring.
            return self._sum([entry.is_in(item) for entry in self._entries], 1)
        if size > MAX_ITEM_BYTES:
            raise _too_large(f"the item has {size:,} bytes")
        units = [0] * len(self._entries)
        collection_size = size
        for position, entry in enumerate(self._entries):
            if entry.is_in(item):
                entry_size = entry.size(item, size, measure)
                units[position] = write_units(entry_size)
                if entry.resource == _TABLE:
                    collection_size += entry_size
        if collection_size > MAX_ITEM_BYTES:
            raise _too_large(
                f"the item has {collection_size:,} bytes with its entries in local "
                "indexes"
            )
        return self._sum(units, write_units(size))

    def _sum(self, entry_units: list[int], table_units: int) -> tuple[int, ...]:
        units = [0] * self._resources
        units[_TABLE] = table_units
        for entry, spent in zip(self._entries, entry_units, strict=True):
            units[entry.resource] += spent
        return tuple(units)


def multiples(small: Units) -> tuple[Units, ...]:
    """Return the units of an item by how many its own size has, from 0 to the most.

    Args:
        small: the units of one of up to 1 KB.
    """
    return tuple(
        tuple(units * times for units in small)
        for times in range(MAX_ITEM_BYTES // WRITE_UNIT_BYTES + 1)
    )


def _too_large(what: str) -> ItemTooLargeError:
    return ItemTooLargeError(
        f"{what}; DynamoDB stores at most {MAX_ITEM_BYTES:,}: move large values "
        "elsewhere (S3), compress or split them",
        code="ItemTooLarge",
    )


def _entries(schema: TableSchema) -> tuple[_Entry, ...]:
    resources = {name: position for position, name in enumerate(schema.resources)}
    return tuple(_entry(schema, index, resources) for index in schema.indexes)


def _entry(
    schema: TableSchema, index: IndexSchema, resources: Mapping[str, int]
) -> _Entry:
    table_keys = {key.name for key in schema.keys}
    return _Entry(
        resource=_TABLE if index.is_local else resources[index.name],
        required=tuple(key.name for key in index.keys if key.name not in table_keys),
        names=None if index.projection == "ALL" else projected_names(schema, index),
    )
