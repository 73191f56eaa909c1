"""Which partition of the table, and of each global index, a write goes to."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ddbbulk.marshal.keys import wire_key_text
from ddbbulk.marshal.write import Key, Write
from ddbbulk.schema import KeyAttribute, TableSchema


class Partitions:
    """Reads the partition keys of writes.

    Args:
        schema: the table's keys and indexes.

    Example:
        >>> from ddbbulk.marshal import Marshaller
        >>> schema = TableSchema.of("follower", "followee")
        >>> write = Marshaller(schema).put({"follower": "@a", "followee": "@daisy"})
        >>> Partitions(schema).of(write)
        ('@a',)
    """

    def __init__(self, schema: TableSchema) -> None:
        indexes = schema.global_indexes
        self._index_keys = tuple(index.keys for index in indexes)
        self._partition_keys = tuple(index.partition_keys for index in indexes)
        self._nowhere = (None,) * len(indexes)

    def of(self, write: Write) -> tuple[Key | None, ...]:
        """Return the partition key for each of ``TableSchema.resources``.

        The form is that of ``Write.key``: numbers are normalised, and a key of several
        attributes is a tuple. None: the index has no entry for the item, or, for a
        delete, it cannot be told.
        """
        key = write.key
        table = key if isinstance(key, str) else key[0]
        if not self._index_keys:
            return (table,)
        if write.operation == "delete":
            return (table, *self._nowhere)
        item: Mapping[str, Any] = orjson.loads(write.body)["PutRequest"]["Item"]
        return (
            table,
            *(
                _key(item, partition) if all(one.name in item for one in keys) else None
                for keys, partition in zip(
                    self._index_keys, self._partition_keys, strict=True
                )
            ),
        )


def _key(item: Mapping[str, Any], partition: Sequence[KeyAttribute]) -> Key:
    texts = tuple(wire_key_text(item[one.name], one.type) for one in partition)
    return texts[0] if len(texts) == 1 else texts
