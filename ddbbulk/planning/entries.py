"""What an item becomes in each index: whether it is there, where, and how large."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

import msgspec

from ddbbulk.marshal import Key, Write
from ddbbulk.schema import IndexSchema, TableSchema
from ddbbulk.sizing import projected_names, string_size, value_size

WireAttributes = Mapping[str, Mapping[str, Any]]

# A dictionary's type that is made while the program runs is none that checkers know.
_typed_dict: Any = TypedDict


class WantedAttributes:
    """Reads some attributes out of writes; to pass the others over costs little.

    Args:
        names: those that are wanted.
    """

    def __init__(self, names: Iterable[str]) -> None:
        attributes = dict.fromkeys(names, dict[str, Any])
        item = _typed_dict("Item", attributes, total=False)
        put = _typed_dict("Put", {"Item": item})
        body = _typed_dict("Body", {"PutRequest": put})
        self._decode = msgspec.json.Decoder[Any](body).decode

    def of(self, put: Write) -> WireAttributes:
        """Return those that the item of a put has."""
        item: WireAttributes = self._decode(put.body)["PutRequest"]["Item"]
        return item


class IndexEntries:
    """Finds the entries in one index.

    Args:
        schema: the table's.
        index: one of its indexes.

    Attributes:
        names: of the attributes that it has to see.
    """

    def __init__(self, schema: TableSchema, index: IndexSchema) -> None:
        self._names = tuple(key.name for key in index.keys)
        self._partition = tuple((key.name, key.type) for key in index.partition_keys)
        self._projected: tuple[tuple[str, int], ...] | None = None
        if index.projection != "ALL":
            names = projected_names(schema, index)
            self._projected = tuple((name, string_size(name)) for name in names)
        self.names = {*self._names, *(name for name, _ in self._projected or ())}

    def of(self, item: WireAttributes, write: Write) -> tuple[Key, int] | None:
        """Return an entry's partition key and its bytes; None where there is none.

        The key has the form of ``Write.key``; the bytes are without what is billed for
        each entry beside them.

        Args:
            item: its ``names`` out of ``write.body``, where numbers are canonical.
            write: the put of the item.
        """
        for name in self._names:
            if name not in item:
                return None
        partition = self._partition
        if len(partition) == 1:
            ((name, kind),) = partition
            key: Key = item[name][kind]
        else:
            key = tuple(item[name][kind] for name, kind in partition)
        projected = self._projected
        if projected is None:
            return key, write.size
        size = 0
        for name, name_size in projected:
            value = item.get(name)
            if value is not None:
                # Most of what is projected are keys, and most keys strings of ASCII.
                text: str | None = value.get("S")
                if text is not None and text.isascii():
                    size += name_size + len(text)
                else:
                    size += name_size + value_size(value)
        return key, size
