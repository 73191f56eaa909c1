"""Items that a table has and its source has not: found by a scan of the keys."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ddbbulk.canonical import key_digest
from ddbbulk.key_store import KeyStore
from ddbbulk.locked_file import LockedFile
from ddbbulk.marshal import Marshaller
from ddbbulk.reading import DEFAULT_SEGMENTS, Reader
from ddbbulk.schema import TableSchema
from ddbbulk.scratch import ScratchFile
from ddbbulk.verifying.verification import Stores

_BLOCK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExtraItems:
    """What a scan has found.

    Args:
        count: how many items of the table have a key that the source has not.
        source_keys: how many different keys the source has.
    """

    count: int
    source_keys: int


class ExtraSearch:
    """Looks for items of a table whose keys are not in a source.

    Args:
        schema: the table's keys.
        stores: the keys of the source, once all of it was read.
        file: takes the keys that are found, a line of DynamoDB JSON each; None: they
            are only counted.
        segments: into how many parts the table is divided.
        on_items: called with the number of items that were scanned so far.
    """

    def __init__(
        self,
        schema: TableSchema,
        *,
        stores: Stores,
        file: LockedFile | None,
        segments: int = DEFAULT_SEGMENTS,
        on_items: Callable[[int], None] | None = None,
    ) -> None:
        self._names = [key.name for key in schema.keys]
        self._key_of = Marshaller(schema).key_of
        self._stores = stores
        self._file = file
        self._segments = segments
        self._on_items = on_items

    async def run(self, reader: Reader) -> ExtraItems:
        """Scan the table's keys; return what was found.

        Raises:
            RequestError: the table cannot be read.
            ConfigurationError: the disk is full.
        """
        stores = self._stores
        with KeyStore() as known, ScratchFile() as found:
            blocks = stores.seen.blocks()
            while block := await stores.use(lambda: next(blocks, None)):
                keys = block
                await stores.use(lambda: known.put_all(keys))  # noqa: B023 -- awaited at once
            count = scanned = 0
            pages = reader.scan(segments=self._segments, attributes=self._names)
            async with aclosing(pages):
                async for page in pages:
                    items = page.items
                    extra = await stores.use(lambda: self._extra(items, known))  # noqa: B023 -- awaited at once
                    count += len(extra)
                    scanned += page.count
                    if self._file is not None and extra:
                        lines = b"".join(orjson.dumps(key) + b"\n" for key in extra)
                        await stores.use(lambda: found.append(lines))  # noqa: B023 -- as above
                    if self._on_items is not None:
                        self._on_items(scanned)
            source_keys = await stores.use(known.__len__)
            if self._file is not None:
                file = self._file
                await stores.use(lambda: file.replace(_blocks(found)))
        return ExtraItems(count, source_keys)

    def _extra(
        self, items: Sequence[dict[str, Any]], known: KeyStore
    ) -> list[dict[str, Any]]:
        return [
            {name: item[name] for name in self._names}
            for item in items
            if known.number_of(key_digest(self._key_of(item))) is None
        ]


def open_extra_file(path: str | os.PathLike[str]) -> LockedFile:
    """Return the file that takes the keys of extra items; what is in it will go.

    Raises:
        ConfigurationError: it cannot be written, or another process has it.
    """
    return LockedFile.open(path, what="file of extra items", is_new_allowed=True)


def _blocks(file: ScratchFile) -> Iterator[bytes]:
    for at in range(0, file.size, _BLOCK_BYTES):
        yield file.read(at, _BLOCK_BYTES)
