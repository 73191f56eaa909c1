"""A table emptied by deletes: its keys are scanned, and go through the writer."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Any, Unpack, cast

from ddbbulk.aws import Connection, connect_by
from ddbbulk.errors import ConfigurationError
from ddbbulk.loader import LoadOptions, load
from ddbbulk.marshal import Delete, WireItem
from ddbbulk.reading import (
    DEFAULT_SEGMENTS,
    ReadBudget,
    Reader,
    check_options,
    open_reader,
)
from ddbbulk.report import LoadReport
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk, ItemSource
from ddbbulk.tables import describe_table, refuse_protected


class TableKeys:
    """The keys of all items of a table, each as a ``Delete``.

    Args:
        reader: of the table.
        schema: its keys.
        segments: how many parts of it are read side by side.
    """

    def __init__(
        self, reader: Reader, schema: TableSchema, *, segments: int = DEFAULT_SEGMENTS
    ) -> None:
        self._reader = reader
        self._names = [key.name for key in schema.keys]
        self._segments = segments

    @property
    def name(self) -> str:
        """The table's name."""
        return self._reader.table

    @property
    def length(self) -> None:
        """Not known: the table's own count is hours old."""
        return

    async def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the deletes, in no order that comes again."""
        if start:
            raise ConfigurationError(
                "the keys of a table come in no order, so they cannot be read from "
                "their middle: read them all"
            )
        position = 0
        # Keys alone would cost as many read units, and tell nothing of what it costs
        # to delete them.
        pages = self._reader.scan(segments=self._segments)
        async with aclosing(pages):
            async for page in pages:
                items = [self._delete(item) for item in page.items]
                yield Chunk(items, position)
                position += len(items)

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone: its segments are read side by side already."""
        del parts
        return [self]

    def _delete(self, item: dict[str, Any]) -> Delete:
        # A key may come in every form that an item may have.
        key = WireItem({name: item[name] for name in self._names})
        return Delete(cast("Mapping[str, object]", key), old=WireItem(item))


class ClearOptions(LoadOptions, total=False):
    """The options of ``clear_table``: those of ``load``, and some more.

    Attributes:
        rcu: read units a second, a ``ReadBudget`` that several share, or None
            (default): what the table has provisioned (on demand: its limit or warm
            throughput, or 12,000).
        segments: into how many parts the table is divided, to be read side by side;
            default 4.
        consistent: delete also what was written a moment before, for certain, at double
            the read units.
    """

    rcu: float | ReadBudget | None
    segments: int
    consistent: bool


async def clear_table(table: str, **options: Unpack[ClearOptions]) -> LoadReport:
    """Delete every item of a table, and return the account of it; nobody is asked.

    A scan costs read units for whole items, also for keys alone, and a delete costs
    write units by the size of what it deletes. ``recreate_table`` costs neither.

    Args:
        table: name or ARN of the table.
        options: see ``ClearOptions``; ``wcu`` is write units a second.

    Raises:
        ConfigurationError: an option cannot work, or the table is protected from
            deletion.
        RequestError: the table cannot be described, read or written to.
    """
    check_options(options, ClearOptions)
    async with AsyncExitStack() as stack:
        connection = options.get("connection")
        if connection is None:
            limit = options.get("max_connections", 64)
            own = connect_by(options, max_connections=limit)
            connection = await stack.enter_async_context(own)
        described = await describe_table(connection, table)
        refuse_protected(described)
        reader = await open_reader(
            table,
            connection=connection,
            rcu=options.get("rcu"),
            stack=stack,
            is_consistent=options.get("consistent", False),
            transport=options.get("transport"),
            described=described,
        )
        segments = options.get("segments", DEFAULT_SEGMENTS)
        keys = TableKeys(reader, described.schema, segments=segments)
        return await load(table, keys, **_load_options(options, connection))


def _load_options(options: ClearOptions, connection: Connection) -> LoadOptions:
    own = ("rcu", "segments", "consistent")
    others = {name: options[name] for name in options if name not in own}  # type: ignore[literal-required] # the names are the dictionary's own
    return cast("LoadOptions", {**others, "connection": connection})
