"""What the first items of a source say about it and its table, before any write."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, Literal, cast

from ddbbulk.errors import ConfigurationError, InvalidItemError
from ddbbulk.marshal import Marshaller, WireItem
from ddbbulk.printable import printable
from ddbbulk.schema import KeyAttribute, TableSchema
from ddbbulk.sources import Chunk
from ddbbulk.tables import TableDescription

_LOOKED_AT: Final = 100
_SHOWN_NAMES: Final = 20
_MAX_NAME: Final = 64
_DELIMITERS: Final = {";": "';'", "\t": "tab", "|": "'|'"}
_TYPE_CODES: Final = frozenset({"KeyType", "IndexKeyType"})


def check_first_items(chunk: Chunk, schema: TableSchema, table: str) -> None:
    """Refuse a source none of whose first items has the keys of the table.

    One good item among them is enough: a bad one is rejected and the load goes on.

    Raises:
        ConfigurationError: what the items lack, what they have, and what to do.
    """
    marshaller = Marshaller(schema)
    codes: set[str] = set()
    message = ""
    for item in _items(chunk):
        try:
            marshaller.put(item)
        except InvalidItemError as error:
            codes.add(error.code)
            message = message or str(error)
        else:
            return
    where = chunk.where(chunk.start)
    if codes == {"MissingKey"}:
        raise ConfigurationError(_missing_key(chunk, schema, table, where))
    if codes and codes <= _TYPE_CODES:
        raise ConfigurationError(
            f"{where}: {message}; so it is in all of the first items, and table "
            f"{table} would refuse them.{_types_hint(chunk, schema)}"
        )


def sparse_indexes(chunk: Chunk, schema: TableSchema) -> Iterator[str]:
    """Say which indexes the first items will not appear in, for want of a key."""
    names = _names(chunk)
    if not names:
        return
    for index in schema.indexes:
        absent = [key.name for key in index.keys if key.name not in names]
        if absent:
            yield (
                f"none of the first items has {', '.join(absent)}: such items do not "
                f"appear in index {index.name}"
            )


def capacity_notes(
    table: TableDescription,
    *,
    wcu: float | Literal["adaptive"] | None,
    index_wcu: Mapping[str, float],
) -> Iterator[str]:
    """Say where the asked rates and what is provisioned do not go together."""
    if table.write_capacity is None or wcu == "adaptive":
        return
    budget = table.write_capacity if wcu is None else wcu
    if budget > table.write_capacity:
        yield (
            f"--wcu {budget:g} is more than the {table.write_capacity:g} WCU that "
            f"table {table.name} has: it will throttle"
        )
    for name, provisioned in table.index_write_capacity.items():
        asked = index_wcu.get(name)
        if provisioned is None:
            continue
        if asked is not None and asked > provisioned:
            yield (
                f"--index-wcu {name}={asked:g} is more than the {provisioned:g} WCU "
                "that the index has: it will throttle"
            )
        elif asked is None and provisioned < budget:
            yield (
                f"index {name} has {provisioned:g} WCU, less than the {budget:g} of "
                "the table, and may set the pace"
            )


def _missing_key(chunk: Chunk, schema: TableSchema, table: str, where: str) -> str:
    names = list(_names(chunk))
    missing = [key for key in schema.keys if key.name not in names] or schema.keys
    shown = ", ".join(printable(name, limit=_MAX_NAME) for name in names[:_SHOWN_NAMES])
    more = f" and {len(names) - _SHOWN_NAMES:,} more" if names[_SHOWN_NAMES:] else ""
    return (
        f"{where}: no {' and no '.join(_described(key) for key in missing)} in the "
        f"first items, but it is the key of table {table}. What they have is: "
        f"{shown}{more}. {_way_out(names)}"
    )


def _way_out(names: Sequence[str]) -> str:
    """Say what to do about items that have these names, and not the key's."""
    if len(names) == 1:
        for delimiter, option in _DELIMITERS.items():
            if delimiter in names[0]:
                return f"If these are several columns, give --delimiter {option}"
    return "Rename what should be the key, or choose another --table"


def _types_hint(chunk: Chunk, schema: TableSchema) -> str:
    """Say how columns become what keys have to be, where that is no string."""
    if all(isinstance(item, WireItem) for item in _items(chunk)):
        return ""  # DynamoDB JSON, or another table: it says its types itself
    keys = (*schema.keys, *(key for index in schema.indexes for key in index.keys))
    types = [f"{key.name}={key.type}" for key in dict.fromkeys(keys) if key.type != "S"]
    if not types:
        return ""
    return f" CSV columns are strings unless you say: --types {','.join(types)}"


def _described(key: KeyAttribute) -> str:
    return f"{key.name} ({key.type})"


def _items(chunk: Chunk) -> Iterator[WireItem | Mapping[object, object]]:
    """Return the first items that could be read, as they are put."""
    readable = (
        cast("WireItem | Mapping[object, object]", item)
        for item in chunk.items
        if isinstance(item, Mapping | WireItem)
    )
    return islice(readable, _LOOKED_AT)


def _names(chunk: Chunk) -> dict[str, None]:
    """Return the attribute names of the first items, each once, in their order."""
    names: dict[str, None] = {}
    for item in _items(chunk):
        attributes = item.attributes if isinstance(item, WireItem) else item
        names |= dict.fromkeys(str(name) for name in attributes)
    return names
