"""The writer: items in, requests out, in one visible loop.

``put`` marshals and queues; ``_dispatch`` asks the scheduler what may leave and starts
a request for it; ``_send`` carries it and hands the outcome back to the scheduler. All
decisions are the scheduler's, all waiting is here.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Self, Unpack

from ddbbulk.accounting import Stopwatch, draw_up_report, take_snapshot
from ddbbulk.assembly import Assembly
from ddbbulk.batching import Batch
from ddbbulk.bottleneck import Bottleneck
from ddbbulk.errors import DdbBulkError, WriterClosedError
from ddbbulk.events import LoadFinished, Snapshot
from ddbbulk.exchange import Exchange, settled_event
from ddbbulk.failures import FailureOutlet
from ddbbulk.intake import Feed, Intake
from ddbbulk.ledger import Ledger
from ddbbulk.marshal import Delete, Write
from ddbbulk.report import LoadReport
from ddbbulk.retry import Failure
from ddbbulk.scheduler import Scheduler, Wait
from ddbbulk.sources import Chunk
from ddbbulk.target import Target, WriterOptions, open_target

# Longer than a request may take, short enough for a process that is told to end.
_GRACE_SECONDS = 15.0


class BulkWriter:
    """Writes items to a table at the rate of its budget, and loses none.

    ``put`` may be called from many tasks; the order of one key is the order in which
    the calls return. Leaving the block normally waits until every item is settled;
    leaving it by an exception sends nothing more, and waits at most 15 seconds for the
    requests in flight. Afterwards ``report`` tells what became of every item.

    Args:
        table: name or ARN of the table.
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
    _scheduler: Scheduler
    _exchange: Exchange
    _dispatcher: asyncio.Task[None]
    _keeper: asyncio.Task[None]

    def __init__(self, table: str, **options: Unpack[WriterOptions]) -> None:
        self.table = table
        self.length: int | None = None
        self._options = options
        self._on_event = options.get("on_event")
        self._stack = AsyncExitStack()
        self._tasks = asyncio.TaskGroup()
        self._sending: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._settled = asyncio.Event()
        self._is_open = False
        self._wakes_on_item = False
        self._rates: list[float] = []
        self._target: Target | None = None
        self._feed = Feed()
        self._outlet = FailureOutlet()
        self._ledger = Ledger([""])
        self._bottleneck = Bottleneck([""])
        self._stopwatch = Stopwatch.start()
        self._report: LoadReport | None = None

    async def __aenter__(self) -> Self:
        self._stopwatch = Stopwatch.start(asyncio.get_running_loop().time)
        try:
            options = self._options
            self._target = await open_target(self.table, options, self._stack)
            self._outlet = await FailureOutlet.open(
                options.get("failures"), options.get("on_failure"), table=self.table
            )
        except BaseException:
            await self._stack.aclose()
            raise
        self._prepare(self._target)
        await self._tasks.__aenter__()
        self._dispatcher = self._tasks.create_task(self._dispatch())
        self._keeper = self._tasks.create_task(self._outlet.keep())
        self._is_open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ending = error
        if error is None:
            try:
                await self.flush()
            except asyncio.CancelledError as cancelled:
                ending = cancelled  # by a request that failed for good, or from outside
        try:
            ending = await self._end_tasks(ending)
            ending = await self._outlet.close(ending)
        finally:
            await self._stack.aclose()
        unsettled = self._scheduler.batcher.unsettled_items
        ending = ending or self._ledger.imbalance(unsettled)
        self._finish(ending)
        if ending is not None and ending is not error:
            raise ending

    @property
    def report(self) -> LoadReport:
        """The account so far; final once the ``async with`` block is left."""
        return self._report or self._draw_up()

    def snapshot(self) -> Snapshot:
        """Return where the load stands now, for a progress display."""
        return take_snapshot(
            table=self.table,
            length=self.length,
            stopwatch=self._stopwatch,
            ledger=self._ledger,
            rates=self._rates,
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
        self._check_open()
        write = self._intake.admit(item, self._ledger.items_read, self._feed)
        if write is None:
            await self._outlet.wait_for_room()
        else:
            await self._wait_for_room()
            self._queue(write)

    async def delete(self, key: Mapping[str, object]) -> None:
        """Queue the deletion of the item with this primary key."""
        await self.put(Delete(key))

    async def put_chunk(self, chunk: Chunk) -> None:
        """Queue a source's chunk, item by item, in its order."""
        self._check_open()
        admit = self._intake.admit
        for position, item in enumerate(chunk.items, chunk.start):
            write = admit(item, position, chunk)
            if write is not None:
                if not self._scheduler.has_room:
                    await self._wait_for_room()
                self._queue(write)
            else:
                await self._outlet.wait_for_room()
        # A source that never waits would keep the requests from being sent.
        await asyncio.sleep(0)

    async def flush(self) -> None:
        """Return when everything put before this call is settled.

        Raises:
            WriterClosedError: an error ended the writer before that.
        """
        self._check_open()
        batcher = self._scheduler.batcher
        barrier = batcher.raise_barrier()
        self._wake.set()
        try:
            while barrier.remaining > 0:
                self._settled.clear()
                await self._settled.wait()
                self._check_open()
        finally:
            batcher.lower_barrier(barrier)

    def _prepare(self, target: Target) -> None:
        parts = Assembly.of(target, self._outlet, self._options)
        self._rates = parts.rates
        self._ledger = parts.ledger
        self._bottleneck = parts.bottleneck
        self._intake = parts.intake
        self._exchange = parts.exchange
        self._scheduler = parts.scheduler

    def _check_open(self) -> None:
        if not self._is_open:
            raise WriterClosedError(
                f"the writer of {self.table} is not open: use it inside its "
                f"'async with' block, and open a new one after an error"
            )

    async def _wait_for_room(self) -> None:
        while not self._scheduler.has_room:
            self._room.clear()
            await self._room.wait()
            self._check_open()

    def _queue(self, write: Write) -> None:
        self._ledger.items_read += 1
        self._scheduler.batcher.add(write)
        if self._wakes_on_item:
            self._wakes_on_item = False
            self._wake.set()

    async def _dispatch(self) -> None:
        """Start a request whenever the scheduler has one that may leave."""
        clock = asyncio.get_running_loop().time
        while True:
            now = clock()
            step = self._scheduler.next(now)
            if isinstance(step, Batch):
                sending = self._tasks.create_task(self._send(step))
                self._sending.add(sending)
                sending.add_done_callback(self._sending.discard)
                # It leaves before the next is charged: each is paid when it is sent.
                await asyncio.sleep(0)
                continue
            await self._pause(step)
            self._bottleneck.waited(step.cause, clock() - now)

    async def _pause(self, wait: Wait) -> None:
        """Sleep until the time to ask again, or until something changes."""
        self._wake.clear()
        self._wakes_on_item = wait.cause in ("items", "linger", "retries")
        alarm = None
        if wait.until is not None:
            alarm = asyncio.get_running_loop().call_at(wait.until, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if alarm is not None:
                alarm.cancel()

    async def _send(self, batch: Batch) -> None:
        """Carry one batch, and let the scheduler settle what became of it."""
        clock = asyncio.get_running_loop().time
        started = clock()
        outcome = await self._exchange.carry(batch)
        now = clock()
        self._ledger.latency.add(now - started)
        if self._on_event is not None:
            self._on_event(settled_event(self.table, batch, outcome, now - started))
        if isinstance(outcome, Failure):
            self._scheduler.failed(batch, outcome, now)
        else:
            self._scheduler.answered(batch, outcome, now)
        self._wake.set()
        self._settled.set()
        if self._scheduler.has_room:
            self._room.set()

    async def _end_tasks(self, ending: BaseException | None) -> BaseException | None:
        """Stop every task; return what really ended the load."""
        self._dispatcher.cancel()
        self._keeper.cancel()
        if self._sending:
            # What was sent is paid for: its answers leave fewer items pending.
            with suppress(asyncio.CancelledError):
                await asyncio.wait(self._sending, timeout=_GRACE_SECONDS)
        kind = None if ending is None else type(ending)
        try:
            # Given an exception, the task group cancels what is still in flight.
            await self._tasks.__aexit__(kind, ending, None)
        except BaseExceptionGroup as group:
            if isinstance(ending, asyncio.CancelledError):
                return group.exceptions[0]
        except asyncio.CancelledError as cancelled:
            return cancelled
        return ending

    def _finish(self, ending: BaseException | None) -> None:
        # Whoever still waits in a task of the caller's own learns that nothing comes.
        self._is_open = False
        self._room.set()
        self._settled.set()
        self._report = self._draw_up(ending)
        if isinstance(ending, DdbBulkError):
            ending.report = self._report
        if self._on_event is not None:
            error = "" if ending is None else type(ending).__name__
            self._on_event(LoadFinished(self._report, error))

    def _draw_up(self, ending: BaseException | None = None) -> LoadReport:
        return draw_up_report(
            table=self.table,
            stopwatch=self._stopwatch,
            ledger=self._ledger,
            bottleneck=self._bottleneck,
            rates=self._rates,
            transport=self._target.transport.name if self._target else "",
            max_connections=self._target.max_connections if self._target else 0,
            ended_by=ending,
        )
