"""The items of a source as deletes of their keys."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from ddbbulk.marshal import BrokenRecord, Delete, WireItem
from ddbbulk.marshal.items import is_record, record_content
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Bookmark, Chunk, ItemSource, SeekableSource


class KeysOfItems:
    """Yields a ``Delete`` of the key for each item of a source; the rest is dropped.

    Positions, lines and what could not be read stay as they are.

    Args:
        source: of items, with more than their keys or without.
        schema: the table's keys.
    """

    def __init__(self, source: ItemSource, schema: TableSchema) -> None:
        self._source = source
        self._schema = schema
        self._names = tuple(key.name for key in schema.keys)

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    @property
    def length(self) -> int | None:
        """How many items the source has, where it knows."""
        return self._source.length

    def read(
        self, start: int = 0, *, bookmark: Bookmark | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the deletes from position ``start`` on."""
        if isinstance(self._source, SeekableSource):
            return self._keys(self._source.read(start, bookmark=bookmark))
        return self._keys(self._source.read(start))

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return up to ``parts`` sources that together yield the same deletes."""
        return [KeysOfItems(part, self._schema) for part in self._source.split(parts)]

    async def _keys(
        self, chunks: AsyncGenerator[Chunk, None]
    ) -> AsyncGenerator[Chunk, None]:
        async with aclosing(chunks):
            async for chunk in chunks:
                yield replace(chunk, items=[self._key(item) for item in chunk.items])

    def _key(self, item: object) -> BrokenRecord | Delete:
        if isinstance(item, BrokenRecord | Delete):
            return item
        if isinstance(item, WireItem):
            # A key may come in every form that an item may have.
            wire = WireItem(self._part(item.attributes))
            return Delete(cast("Mapping[str, object]", wire))
        content = record_content(item) if is_record(type(item)) else item
        if isinstance(content, Mapping):
            return Delete(self._part(cast("Mapping[str, object]", content)))
        return BrokenRecord(
            "NotAnItem",
            f"a value of type {type(item).__qualname__} is no item, and has no key",
        )

    def _part(self, item: Mapping[str, Any]) -> dict[str, Any]:
        # One that is missing is found where the key is checked, and said so.
        return {name: item[name] for name in self._names if name in item}


class SeekableKeysOfItems(KeysOfItems):
    """The same of a source that another run can find again."""

    def __init__(self, source: SeekableSource, schema: TableSchema) -> None:
        super().__init__(source, schema)
        self._seekable = source

    def identity(self) -> Mapping[str, Any]:
        """Return what the source is, and that it is deleted: to load it is no part."""
        return {**self._seekable.identity(), "purpose": "delete"}


def keys_of(source: ItemSource, schema: TableSchema) -> KeysOfItems:
    """Return the deletes of a source's items, seekable where the source is."""
    if isinstance(source, SeekableSource):
        return SeekableKeysOfItems(source, schema)
    return KeysOfItems(source, schema)
