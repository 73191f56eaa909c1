"""Keys as bytes that sort as DynamoDB sorts.

A key is its parts one after the other (partition key, then sort key; on an index the
index's key attributes, then the table's), each closed by two zero bytes that occur
nowhere inside a part. So byte order is DynamoDB's order, every condition on a sort key
is a half-open range ``lower <= key < upper``, and no key is the beginning of another.
"""

import zlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.simulator.numbers import canonical_number, sortable_number

StoredKey = bytes
Item = Mapping[str, Any]  # attribute name -> AttributeValue as on the wire

_END: Final = b"\0\0"


def key_part(value: Mapping[str, Any], *, is_prefix: bool = False) -> bytes:
    """One key attribute's value (``{"S": …}``, ``{"N": …}``, ``{"B": …}``) as bytes.

    Args:
        value: a valid key value, of the type that the schema asks for.
        is_prefix: leave out the end, so that the bytes begin every longer value's
            (for ``begins_with``; strings and binaries only).
    """
    for kind, content in value.items():
        if kind == "S":
            raw: bytes = content.encode()
        elif kind == "N":
            raw = sortable_number(canonical_number(content))
            return raw + _END
        else:
            raw = b64decode(content)
        if b"\0" in raw:
            raw = raw.replace(b"\0", b"\0\xff")
        return raw if is_prefix else raw + _END
    raise ValueError("an empty attribute value is no key")


def key_of(attributes: Sequence[KeyAttribute], item: Item) -> bytes:
    """The bytes of some key attributes of an item that has them all."""
    return b"".join([key_part(item[attribute.name]) for attribute in attributes])


def table_key(schema: TableSchema, item: Item) -> StoredKey:
    """The primary key of an item (or of a request's ``Key``)."""
    key = key_part(item[schema.partition_key.name])
    if schema.sort_key is not None:
        key += key_part(item[schema.sort_key.name])
    return key


def index_key(
    index: IndexSchema, schema: TableSchema, item: Item
) -> tuple[bytes, StoredKey] | None:
    """An item's partition and full key in an index; None where it is not in it.

    The full key ends with the table's key, so it is unique, and it is also what an
    index's ``ExclusiveStartKey`` (index and table key attributes) makes.
    """
    for attribute in index.keys:
        value = item.get(attribute.name)
        if value is None or attribute.type not in value:
            return None
    partition = key_of(index.partition_keys, item)
    return partition, b"".join(
        (partition, key_of(index.sort_keys, item), table_key(schema, item))
    )


def after_prefix(prefix: bytes) -> bytes | None:
    """The smallest bytes above everything that begins so; None: there are none."""
    stripped = prefix.rstrip(b"\xff")
    if not stripped:
        return None
    return stripped[:-1] + bytes((stripped[-1] + 1,))


def partition_of(key: StoredKey) -> bytes:
    """The bytes of a key's first part: the partition key of a table's item."""
    return key[: key.index(_END) + len(_END)]


def leading_parts(key: StoredKey, count: int) -> bytes:
    """The bytes of a key's first parts: an index may have several partition keys."""
    end = key.index(_END) + len(_END)
    for _ in range(count - 1):
        end = key.index(_END, end) + len(_END)
    return key[:end]


def partition_hash(key: StoredKey) -> int:
    """Where a table key's partition lies among the segments of a parallel scan."""
    return zlib.crc32(key[: key.index(_END)])
