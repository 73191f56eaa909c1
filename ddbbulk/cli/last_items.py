"""Of the items of a failures file with one key only the last is tried."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Self, cast

from ddbbulk.cli.failures_source import item_of
from ddbbulk.errors import InvalidItemError
from ddbbulk.failures import OpenedFile, failure_lines
from ddbbulk.marshal import Delete, Key, Marshaller, WireItem
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk, ItemSource


@dataclass(frozen=True, slots=True)
class LastItems:
    """Which lines stand for those before them, by position.

    Args:
        last_of: the position of the last line of its key, for each earlier line.
        deletes: positions of the last lines that are deletes, which are not tried.
    """

    last_of: Mapping[int, int] = field(default_factory=dict[int, int])
    deletes: frozenset[int] = frozenset()

    @classmethod
    def of(cls, file: OpenedFile, schema: TableSchema) -> Self:
        """Read a failures file (which blocks) for a table of this schema.

        Raises:
            ConfigurationError: the file cannot be read.
        """
        marshaller = Marshaller(schema)
        names = [key.name for key in schema.keys]
        last: dict[Key, int] = {}
        next_of: dict[int, int] = {}
        deletes: set[int] = set()
        for position, (_, line) in enumerate(failure_lines(file.path)):
            item = item_of(line, table=file.table)
            if isinstance(item, Delete):
                deletes.add(position)
            key = _key(item, names, marshaller)
            if key is not None:
                if key in last:
                    next_of[last[key]] = position
                last[key] = position
        last_of: dict[int, int] = {}
        for position in sorted(next_of, reverse=True):
            following = next_of[position]
            last_of[position] = last_of.get(following, following)
        return cls(last_of, frozenset(deletes - last_of.keys()))

    def is_tried(self, position: int) -> bool:
        """Say whether a line is loaded itself."""
        return position not in self.last_of and position not in self.deletes


def _key(item: object, names: Sequence[str], marshaller: Marshaller) -> Key | None:
    """Return the key of an item or delete, whatever the rest of it is; or None."""
    wire = item.key if isinstance(item, Delete) else item
    if not isinstance(wire, WireItem):
        return None
    try:
        key = WireItem({name: wire.attributes[name] for name in names})
        return marshaller.delete(cast("Mapping[str, Any]", key)).key
    except (InvalidItemError, KeyError):
        return None  # the load will say why


class TriedItems:
    """Yields of a source the items that are tried; the others keep their positions.

    Args:
        source: a failures file.
        last: which of its lines are tried.
    """

    def __init__(self, source: ItemSource, last: LastItems) -> None:
        self._source = source
        self._last = last

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    @property
    def length(self) -> None:
        """Not known before the file is read."""
        return

    async def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on."""
        async with aclosing(self._source.read(start)) as chunks:
            async for chunk in chunks:
                positions = range(chunk.start, chunk.start + len(chunk.items))
                for is_tried, run in groupby(positions, self._last.is_tried):
                    first, *rest = run
                    if is_tried:
                        yield chunk.between(first, first + len(rest) + 1)

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone."""
        del parts
        return [self]
