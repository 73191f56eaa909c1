"""What sends: asks the scheduler what may leave, and wakes whoever waits.

All decisions are the scheduler's; what waits for answers, room and time is here. It is
no loop but a pump: whatever changes something (an item, an answer, the time) has it
send all that may leave now. So a request needs no task where the transport needs none.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from ddbbulk.batch import Batch
from ddbbulk.bottleneck import Bottleneck
from ddbbulk.errors import ConfigurationError, WriterClosedError
from ddbbulk.events import Listener
from ddbbulk.exchange import Exchange, settled_event
from ddbbulk.ledger import Ledger
from ddbbulk.marshal import Bundle, Write
from ddbbulk.retry import Failure
from ddbbulk.scheduler import Scheduler, Wait
from ddbbulk.transport import (
    DeletingTransport,
    Outcome,
    Settle,
    SubmittingTransport,
    Transport,
    Unmet,
)

# Longer than a request may take, short enough for a process that is told to end.
_GRACE_SECONDS = 15.0
_CHANGED_BY_ITEMS = frozenset({"items", "linger", "retries", "hot keys"})


class Dispatcher:
    """Sends the writes that are queued, and settles them.

    Args:
        scheduler: decides.
        exchange: makes requests of batches, and sense of answers.
        transport: carries.
        ledger: where latencies are counted.
        bottleneck: told what was waited for.
        table: name or ARN, for events and errors.
        on_event: told of every answer.
    """

    _tasks: asyncio.TaskGroup
    _ending: asyncio.Future[None]

    def __init__(
        self,
        scheduler: Scheduler,
        exchange: Exchange,
        transport: Transport,
        *,
        ledger: Ledger,
        bottleneck: Bottleneck,
        table: str,
        on_event: Listener | None,
    ) -> None:
        self._scheduler = scheduler
        self._exchange = exchange
        self._transport = transport
        self._submitting = (
            transport if isinstance(transport, SubmittingTransport) else None
        )
        self._ledger = ledger
        self._bottleneck = bottleneck
        self._table = table
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self._pumping: asyncio.Handle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._wait: Wait | None = None
        self._waits_since = 0.0
        self._room = asyncio.Event()
        self._settled = asyncio.Event()
        self._is_shut = False
        self._is_stopping = False
        self._gave_up = False
        self._is_closed = False

    @property
    def unsettled_items(self) -> int:
        """How many writes are queued or in flight."""
        return self._scheduler.batcher.unsettled_items

    @property
    def loose_items(self) -> int:
        """How many writes wait until others fill a batch with them."""
        return self._scheduler.batcher.loose_items

    @property
    def has_room(self) -> bool:
        """Whether one more write may be queued."""
        return self._scheduler.has_room

    @property
    def is_quiet(self) -> bool:
        """Whether no request is on its way: each was answered, or is long given up."""
        scheduler, now = self._scheduler, self._loop.time()
        return not (scheduler.in_flight or scheduler.batcher.may_land_late(now))

    @property
    def is_answered(self) -> bool:
        """Whether every write that was sent is known to be done, or not to be.

        A request that failed on its way, or on the server, may have been done.
        """
        heads = self._scheduler.batcher.heads
        return not (self._gave_up or any(one.faults for one in heads.values()))

    def queue(self, lot: Sequence[Write] | Bundle) -> None:
        """Take what is to be sent in its turn."""
        self._scheduler.queue(lot)
        # Where a budget or a connection is waited for, an item changes nothing.
        if self._wait is not None and self._wait.cause in _CHANGED_BY_ITEMS:
            self._pump_soon()

    def check_open(self) -> None:
        """Raise WriterClosedError where no more writes are taken."""
        if self._is_shut:
            raise closed_error(self._table)

    def shut(self) -> None:
        """Take no more writes; whoever waits to queue one learns of it."""
        self._is_shut = True
        self._room.set()

    async def wait_for_room(self) -> None:
        """Return when a write may be queued.

        Raises:
            WriterClosedError: sending has ended before that.
        """
        while not self._scheduler.has_room:
            self._room.clear()
            await self._room.wait()
            self.check_open()

    async def wait_until_settled(self) -> None:
        """Return when everything queued before this call is settled.

        Raises:
            WriterClosedError: sending has ended before that.
        """
        batcher = self._scheduler.batcher
        barrier = batcher.raise_barrier()
        self._pump_soon()
        try:
            while barrier.remaining > 0:
                if self._is_closed:
                    raise closed_error(self._table)
                self._settled.clear()
                await self._settled.wait()
        finally:
            batcher.barriers.lower(barrier)

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Send until this is cancelled.

        Args:
            tasks: where a transport needs a task for a request, it is in this group.

        Raises:
            DdbBulkError: no request will fare better, or too many items are rejected.
        """
        self._tasks = tasks
        self._ending = self._loop.create_future()
        self._pump_soon()
        try:
            await self._ending
        except Exception:
            # Told before, it would cancel the tasks whose answers are still to come.
            await self.finish()
            raise

    async def finish(self) -> None:
        """Send no more, and wait within bounds for the answers to what is in flight.

        What was sent is paid for: its answers leave fewer items pending.
        """
        self._is_stopping = True
        if self._alarm is not None:
            self._alarm.cancel()
        with suppress(asyncio.CancelledError, TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                while self._scheduler.in_flight and not self._is_closed:
                    self._settled.clear()
                    await self._settled.wait()
        self._gave_up = self._gave_up or bool(self._scheduler.in_flight)

    def close(self) -> None:
        """Let whoever still waits, in a task of their own, learn that nothing comes."""
        self._is_stopping = self._is_closed = True
        self.shut()
        self._settled.set()

    def ended(self, sending: asyncio.Task[None]) -> None:
        """Close where sending has failed: the block need not be what waits for it."""
        if not sending.cancelled():
            self.close()

    def _pump_soon(self) -> None:
        if self._pumping is None:
            self._pumping = self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Send all that may leave now; then wait for the time, or for a change."""
        if self._pumping is not None:
            self._pumping.cancel()
            self._pumping = None
        if self._is_stopping:
            return
        now = self._loop.time()
        if self._wait is not None:
            self._bottleneck.waited(self._wait.cause, now - self._waits_since)
            self._wait = None
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        try:
            self._send_all(now)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it ends the load
            self._fail(error)

    def _send_all(self, now: float) -> None:
        while isinstance(step := self._scheduler.next(now), Batch):
            settle = partial(self._settle, step, now)
            body = self._exchange.request(step)
            if self._submitting is None:
                self._tasks.create_task(self._carry(body, settle))
                # It leaves before the next is charged: each is paid when it is sent.
                self._pump_soon()
                return
            self._submitting.submit(self._exchange.operation, body, settle)
            now = self._loop.time()
        self._wait, self._waits_since = step, now
        if step.until is not None:
            self._alarm = self._loop.call_at(step.until, self._pump)

    async def _carry(self, body: bytes, settle: Settle) -> None:
        try:
            outcome = await self._carried(body)
        except BaseException:
            # Given up, or a defect of the transport: nobody waits for its answer.
            self._scheduler.in_flight -= 1
            self._settled.set()
            raise
        settle(outcome)

    async def _carried(self, body: bytes) -> Outcome | Unmet:
        transport = self._transport
        match self._exchange.operation:
            case "PutItem":
                return await transport.put_item(body)
            case "DeleteItem" if isinstance(transport, DeletingTransport):
                return await transport.delete_item(body)
            case "DeleteItem":
                raise ConfigurationError(
                    f"the transport {transport.name} cannot delete on a condition: it "
                    "needs a method delete_item(), or leave the choice open"
                )
            case _:
                return await transport.batch_write(body)

    def _settle(self, batch: Batch, started: float, outcome: Outcome | Unmet) -> None:
        """Let the scheduler settle what became of a batch."""
        if self._is_closed:
            return
        now = self._loop.time()
        try:
            answer = self._exchange.answer(outcome, batch)
            self._ledger.latency.add(now - started)
            try:
                if isinstance(answer, Failure):
                    self._scheduler.failed(batch, answer, now)
                else:
                    self._scheduler.answered(batch, answer, now)
            finally:
                # Whatever a listener raises, the account is right by then.
                if self._on_event is not None:
                    event = settled_event(self._table, batch, answer, now - started)
                    self._on_event(event)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it ends the load
            self._fail(error)
        self._settled.set()
        if not self._room.is_set() and self._scheduler.has_room:
            self._room.set()
        self._pump()

    def _fail(self, error: Exception) -> None:
        """End the load; once it is ending, what else fails changes nothing."""
        self._is_stopping = True
        if not self._ending.done():
            self._ending.set_exception(error)


def closed_error(table: str) -> WriterClosedError:
    """Return the error of a writer that is used before or after its block."""
    return WriterClosedError(
        f"the writer of {table} is not open: use it inside its 'async with' block, and "
        "open a new one after an error"
    )
