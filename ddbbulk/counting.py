"""How many items a table has: counted now, under a read budget."""

from contextlib import AsyncExitStack, aclosing
from typing import Unpack

from ddbbulk.errors import DdbBulkError
from ddbbulk.events import Display
from ddbbulk.own_thread import in_own_thread
from ddbbulk.reading import (
    DEFAULT_SEGMENTS,
    CountOptions,
    OpenedTable,
    ReadReport,
    ReadTally,
    check_options,
    open_table,
)


class CountReport(ReadReport):
    """How many items there are, and what it cost to find out.

    ``described_items`` is what DescribeTable says beside it: about six hours old.
    """

    items: int
    described_items: int | None


class Count:
    """One counting of a table.

    Args:
        table: name or ARN.
        options: see ``CountOptions``.
    """

    def __init__(self, table: str, options: CountOptions) -> None:
        check_options(options, CountOptions)
        self._table = table
        self._options = options
        self._tally: ReadTally | None = None
        self._opened: OpenedTable | None = None

    @property
    def report(self) -> CountReport | None:
        """The account so far; None: nothing was read."""
        if self._tally is None or self._opened is None:
            return None
        described = self._opened.described
        return CountReport(
            **self._tally.figures(),
            items=self._tally.items,
            described_items=described.item_count if described else None,
        )

    async def run(self) -> CountReport:
        """Count, and return the account of it.

        Raises:
            ConfigurationError: an option cannot work.
            RequestError: the table cannot be reached or read.
        """
        options = self._options
        async with AsyncExitStack() as stack:
            opened = await open_table(
                self._table, options, stack, connection=options.get("connection")
            )
            segments = options.get("segments", DEFAULT_SEGMENTS)
            tally = ReadTally(opened.reader, segments=segments, ending="counted")
            self._opened, self._tally = opened, tally
            progress = options.get("progress", False)
            if progress:
                display = _new_display() if progress is True else progress
                stack.enter_context(display)
                display.track(tally.snapshot, title=self._table)
            pages = opened.reader.scan(
                segments=segments, filter=options.get("filter"), is_count=True
            )
            try:
                async with aclosing(pages):
                    async for page in pages:
                        tally.add(page)
                tally.is_complete = True
            except DdbBulkError as error:
                error.report = self.report
                raise
            finally:
                tally.end()
        report = self.report
        assert report is not None  # noqa: S101 -- by now it has begun
        return report


def _new_display() -> Display:
    from ddbbulk.progress import ProgressDisplay  # noqa: PLC0415 -- rich is not light

    return ProgressDisplay()


async def count_items(table: str, **options: Unpack[CountOptions]) -> CountReport:
    """Count the items of a table by reading all of it, and return the account.

    Args:
        table: name or ARN.
        options: see ``CountOptions``.

    Raises:
        ConfigurationError: an option cannot work.
        RequestError: the table cannot be reached or read.

    Example:
        >>> async def show() -> None:
        ...     report = await count_items("tweeter_user", rcu=100)
        ...     print(report.items)
    """
    return await Count(table, options).run()


def count_items_sync(table: str, **options: Unpack[CountOptions]) -> CountReport:
    """Do what ``count_items`` does, and return when it is done."""
    return in_own_thread(count_items(table, **options))
