"""The writer: items in, each one settled, and the account of it in the end.

``put`` marshals and queues; the dispatcher sends. The files that a load keeps are
opened before the first item comes and closed after the last answer.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self, Unpack, cast

from ddbbulk.accounting import (
    Stopwatch,
    draw_up_report,
    ending_verdict,
    take_snapshot,
)
from ddbbulk.assembly import Assembly
from ddbbulk.bottleneck import Bottleneck
from ddbbulk.budget import Account
from ddbbulk.checkpoint import Checkpoint, TableMark
from ddbbulk.conditions import WriteCondition
from ddbbulk.dispatcher import Dispatcher, closed_error
from ddbbulk.endings import closed, is_consequence
from ddbbulk.errors import DdbBulkError, WriterClosedError
from ddbbulk.events import LoadFinished, LoadResumed, Snapshot
from ddbbulk.intake import Feed, Intake
from ddbbulk.kept_files import KeptFiles
from ddbbulk.ledger import Ledger
from ddbbulk.limits import MAX_BATCH_ITEMS
from ddbbulk.marshal import Delete
from ddbbulk.report import LoadReport
from ddbbulk.sources import Chunk
from ddbbulk.spreading import Spreading
from ddbbulk.target import Target, WriterOptions, open_target

# Items that are queued together, some requests of them: what is queued may exceed its
# bounds by so many.
_PORTION_ITEMS = 4 * MAX_BATCH_ITEMS


class BulkWriter:
    """Writes items to a table at the rate of its budget, and loses none.

    ``put`` may be called from many tasks; the order of one key is the order in which
    the calls return. Leaving the block normally waits until every item is settled;
    leaving it by an exception sends nothing more, and waits at most 15 seconds for the
    requests in flight. Afterwards ``report`` tells what became of every item.

    Args:
        table: name or ARN of the table.
        checkpoint: an open one, whose ``read()`` gives the chunks that are put.
        condition: on which items are written, in the place of that of a mode.
        options: see ``WriterOptions``.

    Raises:
        ConfigurationError: an option cannot work, or contradicts the table.
        RequestError: the table cannot be reached, described or written to.
        TooManyFailuresError: more items were rejected than ``max_failures``, or the
            first 1,000 were all.

    Example:
        >>> async def seed() -> None:
        ...     async with BulkWriter("tweeter_user", wcu=200) as writer:
        ...         await writer.put({"alias": "@daisy", "follower_count": 0})
        ...     print(writer.report)
    """

    _intake: Intake
    _loop: asyncio.Task[None]
    _keepers: list[asyncio.Task[None]]

    def __init__(
        self,
        table: str,
        *,
        checkpoint: Checkpoint | None = None,
        condition: WriteCondition | None = None,
        **options: Unpack[WriterOptions],
    ) -> None:
        self.table = table
        self._checkpoint = checkpoint
        self._condition = condition
        self.length: int | None = None
        self._options = options
        self._on_event = options.get("on_event")
        self._stack = AsyncExitStack()
        self._tasks = asyncio.TaskGroup()
        self._dispatcher: Dispatcher | None = None
        self._account: Account | None = None
        self._target: Target | None = None
        self._feed = Feed()
        self._files = KeptFiles()
        self._ledger = Ledger([""])
        self._bottleneck = Bottleneck([""])
        self._spreading: Spreading | None = None
        self._stopwatch = Stopwatch.start()
        self._report: LoadReport | None = None

    async def __aenter__(self) -> Self:
        if self._dispatcher is not None:
            raise WriterClosedError(
                f"the writer of {self.table} was used before: make a new one for each "
                "'async with' block"
            )
        self._stopwatch = Stopwatch.start(asyncio.get_running_loop().time)
        try:
            options = self._options
            target = await open_target(self.table, options, self._stack)
            if self._condition is not None:
                target = replace(target, condition=self._condition)
            self._target = target
            self._files = await KeptFiles.open(self._target, options, self._checkpoint)
            await self._begin_checkpoint(self._target)
            dispatcher = self._prepare(self._target)
            if self._ledger.items_resumed and self._on_event is not None:
                self._on_event(LoadResumed(self.table, self._ledger.items_resumed))
        except BaseException as error:
            await closed(self._files.close(is_known=True), error)
            await self._stack.aclose()
            raise
        await self._tasks.__aenter__()
        self._start(dispatcher, self._target)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ending = error
        dispatcher = cast("Dispatcher", self._dispatcher)
        dispatcher.shut()
        if error is None:
            try:
                await dispatcher.wait_until_settled()
            except (asyncio.CancelledError, WriterClosedError) as early:
                ending = early  # by a request that failed for good, or from outside
        try:
            ending = await self._end_tasks(dispatcher, ending)
            closing = self._files.close(is_known=dispatcher.is_answered)
            ending = await closed(closing, ending)
            ending = ending or self._ledger.imbalance(dispatcher.unsettled_items)
            if self._checkpoint is not None:
                closing = self._checkpoint.close(
                    is_complete=ending is None, is_clean=dispatcher.is_quiet
                )
                ending = await closed(closing, ending)
        finally:
            await self._stack.aclose()
        self._finish(ending)
        if ending is not None and ending is not error:
            raise ending

    @property
    def report(self) -> LoadReport:
        """The account so far; final once the ``async with`` block is left."""
        return self._report or self._draw_up()

    def snapshot(self) -> Snapshot:
        """Return where the load stands now, for a progress display."""
        rates = self._account.rates if self._account else []
        if self._report is not None and rates:
            rates = [self._report.budget, *self._report.index_budgets.values()]
        return take_snapshot(
            table=self.table,
            length=self.length,
            stopwatch=self._stopwatch,
            ledger=self._ledger,
            rates=rates,
            is_finished=self._report is not None,
        )

    async def put(self, item: object) -> None:
        """Queue an item to be written; wait while the queue is full.

        An item that DynamoDB would refuse is rejected: counted, and told in the report
        and by an ``ItemRejected`` event. It does not raise.

        Args:
            item: a mapping, a pydantic model, a dataclass or a ``WireItem``.

        Raises:
            WriterClosedError: the writer's block was not entered yet, was left, or was
                ended by an error.
        """
        dispatcher = self._open()
        await dispatcher.wait_for_room()
        ledger = self._ledger
        rejected = ledger.items_rejected
        self._intake.admit((item,), ledger.items_read, self._feed, dispatcher.queue)
        if ledger.items_rejected > rejected or self._files.is_recording:
            await self._files.wait_for_room()

    async def delete(self, key: Mapping[str, object]) -> None:
        """Queue the deletion of the item with this primary key."""
        await self.put(Delete(key))

    async def put_chunk(self, chunk: Chunk) -> None:
        """Queue a source's chunk, item by item, in its order."""
        dispatcher, ledger = self._open(), self._ledger
        first = 0
        while first < len(chunk.items):
            if not dispatcher.has_room:
                await dispatcher.wait_for_room()
            rejected = ledger.items_rejected
            # What waits for company gets it, so that the others can stay together.
            end = first + _PORTION_ITEMS - dispatcher.loose_items
            position = chunk.start + first
            self._intake.admit(
                chunk.items[first:end], position, chunk, dispatcher.queue
            )
            first = end
            if ledger.items_rejected > rejected or self._files.is_recording:
                await self._files.wait_for_room()
        # A source that never waits would keep the requests from being sent.
        await asyncio.sleep(0)

    async def flush(self) -> None:
        """Return when everything put before this call is settled.

        Raises:
            WriterClosedError: an error ended the writer before that.
        """
        await self._open().wait_until_settled()

    async def _begin_checkpoint(self, target: Target) -> None:
        if self._checkpoint is not None:
            mark = TableMark.of(self.table, target.described)
            mode = self._options.get("mode", "put")
            version = self._options.get("version_attribute")
            manner = {"mode": mode, "version_attribute": version}
            await self._checkpoint.begin(mark, manner)

    def _prepare(self, target: Target) -> Dispatcher:
        checkpoint = self._checkpoint
        parts = Assembly.of(target, self._files, self._options, checkpoint)
        if checkpoint is not None and checkpoint.was_cut:
            now = asyncio.get_running_loop().time()
            parts.scheduler.batcher.guard_all(now)
        self._account = parts.account
        self._account.begin(self._stopwatch.clock())
        self._ledger = parts.ledger
        self._bottleneck = parts.bottleneck
        self._spreading = parts.spreading
        self._intake = parts.intake
        return parts.dispatcher

    def _start(self, dispatcher: Dispatcher, target: Target) -> None:
        """Begin what runs beside the block; the block is its parent."""
        self._dispatcher = dispatcher
        self._loop = self._tasks.create_task(dispatcher.run(self._tasks))
        # After the group's own callback: the block is cancelled before others learn.
        self._loop.add_done_callback(dispatcher.ended)
        keeping = [*self._files.keep()]
        if target.watch is not None:
            keeping.append(target.watch.keep(self._on_event))
        if self._checkpoint is not None:
            keeping.append(self._checkpoint.keep(self._files.sync))
        self._keepers = [self._tasks.create_task(one) for one in keeping]

    def _open(self) -> Dispatcher:
        if self._dispatcher is None:
            raise closed_error(self.table)
        self._dispatcher.check_open()
        return self._dispatcher

    async def _end_tasks(
        self, dispatcher: Dispatcher, ending: BaseException | None
    ) -> BaseException | None:
        """Stop every task; return what really ended the load."""
        self._loop.cancel()
        for keeper in self._keepers:
            keeper.cancel()
        await dispatcher.finish()
        kind = None if ending is None else type(ending)
        try:
            # Given an exception, the task group cancels what is still in flight.
            await self._tasks.__aexit__(kind, ending, None)
        except BaseExceptionGroup as group:
            if is_consequence(ending):
                return group.exceptions[0]
        except asyncio.CancelledError as cancelled:
            return cancelled
        return ending

    def _finish(self, ending: BaseException | None) -> None:
        if self._dispatcher is not None:
            self._dispatcher.close()
        self._report = self._draw_up(ending)
        if isinstance(ending, DdbBulkError):
            ending.report = self._report
        if self._on_event is not None:
            error = "" if ending is None else type(ending).__name__
            self._on_event(LoadFinished(self._report, error))

    def _draw_up(self, ending: BaseException | None = None) -> LoadReport:
        account, now = self._account, self._stopwatch.clock()
        was_finished = bool(self._checkpoint and self._checkpoint.was_finished)
        return draw_up_report(
            table=self.table,
            stopwatch=self._stopwatch,
            ledger=self._ledger,
            bottleneck=self._bottleneck,
            rates=account.mean_rates(now) if account else [],
            hot_keys=self._spreading.hot_keys(self._ledger.units)
            if self._spreading
            else (),
            transport=self._target.transport.name if self._target else "",
            max_connections=self._target.max_connections if self._target else 0,
            ending=ending_verdict(ending, was_finished=was_finished),
        )
