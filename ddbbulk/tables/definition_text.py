"""A definition as the text of a schema file, which ``TableDefinition.read`` reads."""

import json
from collections.abc import Iterator, Sequence

from ddbbulk.schema import KeyAttribute
from ddbbulk.schema_file import (
    GlobalIndexDefinition,
    LocalIndexDefinition,
    TableDefinition,
)


def definition_text(definition: TableDefinition) -> str:
    """Return the TOML of a definition; what has its default is left out."""
    return "\n".join(_lines(definition)) + "\n"


def _lines(table: TableDefinition) -> Iterator[str]:
    if table.table is not None:
        yield f"table = {_quoted(table.table)}"
    yield f"partition_key = {_key(table.partition_key)}"
    if table.sort_key is not None:
        yield f"sort_key = {_key(table.sort_key)}"
    yield f"billing = {_quoted(table.billing)}"
    if table.billing == "provisioned":
        yield f"write_capacity = {table.write_capacity}"
        yield f"read_capacity = {table.read_capacity}"
    yield from _ceilings(table)
    yield from _extras(table)
    for index in table.global_indexes:
        yield from _global_index(index)
    for local in table.local_indexes:
        yield from _local_index(local)


def _extras(table: TableDefinition) -> Iterator[str]:
    if table.ttl_attribute is not None:
        yield f"ttl_attribute = {_quoted(table.ttl_attribute)}"
    if table.deletion_protection:
        yield "deletion_protection = true"
    if table.tags:
        tags = [f"{_quoted(k)} = {_quoted(v)}" for k, v in table.tags.items()]
        yield f"tags = {{ {', '.join(tags)} }}"


def _global_index(index: GlobalIndexDefinition) -> Iterator[str]:
    yield ""
    yield "[[global_indexes]]"
    yield f"name = {_quoted(index.name)}"
    yield f"partition_key = {_keys(index.partition_key)}"
    if index.sort_key:
        yield f"sort_key = {_keys(index.sort_key)}"
    yield from _projection(index)
    if index.write_capacity is not None:
        yield f"write_capacity = {index.write_capacity}"
    if index.read_capacity is not None:
        yield f"read_capacity = {index.read_capacity}"
    yield from _ceilings(index)


def _local_index(index: LocalIndexDefinition) -> Iterator[str]:
    yield ""
    yield "[[local_indexes]]"
    yield f"name = {_quoted(index.name)}"
    yield f"sort_key = {_key(index.sort_key)}"
    yield from _projection(index)


def _projection(index: GlobalIndexDefinition | LocalIndexDefinition) -> Iterator[str]:
    yield f"projection = {_quoted(index.projection)}"
    if index.non_key_attributes:
        names = ", ".join(map(_quoted, index.non_key_attributes))
        yield f"non_key_attributes = [{names}]"


def _ceilings(part: TableDefinition | GlobalIndexDefinition) -> Iterator[str]:
    if part.max_write_units is not None:
        yield f"max_write_units = {part.max_write_units}"
    if part.max_read_units is not None:
        yield f"max_read_units = {part.max_read_units}"


def _keys(keys: Sequence[KeyAttribute]) -> str:
    if len(keys) == 1:
        return _key(keys[0])
    return f"[{', '.join(map(_key, keys))}]"


def _key(key: KeyAttribute) -> str:
    # A colon would be taken for the beginning of a type.
    is_plain = key.type == "S" and ":" not in key.name
    return _quoted(key.name if is_plain else f"{key.name}:{key.type}")


def _quoted(text: str) -> str:
    """Return a basic string of TOML: JSON's, but for escapes beyond 16 bits.

    What could steer a terminal is escaped.
    """
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(
        char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted
    )
