"""A table as a source of items: read from again where an earlier reading ended.

Positions are given out in a fixed order: some items of the first segment, as many of
the second, and so on in turn, however large the pages are that brought them. So a table
that did not change gives the same items at the same positions. One that did does not;
so what is done of a table counts only up to a bookmark (see ``LiveSource``).
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Unpack

from ddbbulk.errors import ConfigurationError, RequestError, SourceError
from ddbbulk.own_thread import in_own_thread
from ddbbulk.reading.budget import ReadBudget
from ddbbulk.reading.options import (
    OpenedTable,
    ReadOptions,
    check_options,
    open_connection,
    open_table,
)
from ddbbulk.reading.reader import DEFAULT_SEGMENTS
from ddbbulk.reading.scan_request import ScanRequest
from ddbbulk.reading.segments import SideBySide
from ddbbulk.reading.standing import Standing
from ddbbulk.sources import Bookmark, Chunk, ItemSource
from ddbbulk.tables import TableDescription, describe_table


class TableSource:
    """The items of a table: what ``load`` writes to another one is a copy.

    Where a load has a checkpoint, it goes on where it ended. The table may be in use
    meanwhile: each item is copied as it is when it is read, and after an interruption
    everything that was read after the last point where all was done is read again. It
    needs DescribeTable.

    Args:
        table: name or ARN.
        options: see ``ReadOptions``.

    Attributes:
        read_units: consumed so far, by all readings.

    Example:
        >>> async def copy() -> None:
        ...     source = TableSource("users", rcu=100, region="eu-west-1")
        ...     await load("users-copy", source, wcu=100, checkpoint="copy.state")
    """

    def __init__(self, table: str, **options: Unpack[ReadOptions]) -> None:
        check_options(options, ReadOptions)
        self.table = table
        self._options = options
        self._segments = options.get("segments", DEFAULT_SEGMENTS)
        self._filter = options.get("filter")
        # Found when the table is opened first, and then the same for every reading.
        self._budget: ReadBudget | None = None
        self.read_units = 0.0

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"table {self.table}"

    @property
    def length(self) -> int | None:
        """None: DynamoDB knows how many items there are only from hours ago."""
        return None

    @property
    def is_live(self) -> bool:
        """True: others may write to the table between two readings."""
        return True

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone: it reads its segments side by side already."""
        del parts
        return [self]

    def identity(self) -> Mapping[str, Any]:
        """Return which table it is, and what is read of it.

        Raises:
            ConfigurationError: an option cannot work.
            RequestError: the table cannot be described.
        """
        described = in_own_thread(self._described())
        chosen = self._filter
        return {
            "kind": "table",
            "table": described.name,
            "arn": described.arn,
            "id": described.table_id,
            "segments": self._segments,
            "filter": None
            if chosen is None
            else [chosen.expression, dict(chosen.names), dict(chosen.values)],
        }

    async def read(
        self, start: int = 0, *, bookmark: Bookmark | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on.

        Args:
            start: position of the first item wanted.
            bookmark: one that a chunk had in an earlier reading.

        Raises:
            SourceError: the table could not be read to its end.
            ConfigurationError: an option cannot work, or the bookmark is none of this.
            RequestError: the table cannot be opened.
        """
        standing = Standing.at(bookmark, self._segments)
        async with AsyncExitStack() as stack:
            opened = await self._open(stack)
            request = ScanRequest(
                self.table,
                segments=self._segments,
                filter=self._filter,
                is_consistent=opened.reader.is_consistent,
            )
            readings = opened.reader.segment_readings(request, standing.starts)
            pages = await stack.enter_async_context(SideBySide(readings, is_apart=True))
            before = self.read_units
            try:
                while not standing.is_done:
                    if standing.needs_page:
                        standing.fill(await pages.next_page(standing.turn))
                    self.read_units = before + opened.reader.units
                    chunk = standing.next_chunk(opened.key_names)
                    if chunk is not None and (wanted := chunk.since(start)).items:
                        yield wanted
            except RequestError as error:
                raise SourceError(str(error), position=standing.position) from error

    async def _described(self) -> TableDescription:
        async with open_connection(self._options) as connection:
            return await describe_table(connection, self.table)

    async def _open(self, stack: AsyncExitStack) -> OpenedTable:
        options = self._options
        opened = await open_table(self.table, options, stack, budget=self._budget)
        if opened.described is None:
            raise ConfigurationError(
                f"{self.name} can be copied only by who may describe it: grant "
                "dynamodb:DescribeTable"
            )
        self._budget = opened.reader.budget
        return opened
