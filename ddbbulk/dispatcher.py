"""The loop that sends: asks the scheduler what may leave, and wakes whoever waits.

All decisions are the scheduler's; all waiting for answers, room and time is here.
"""

import asyncio
from contextlib import suppress

from ddbbulk.batching import Batch
from ddbbulk.bottleneck import Bottleneck
from ddbbulk.errors import WriterClosedError
from ddbbulk.events import Listener
from ddbbulk.exchange import Exchange, settled_event
from ddbbulk.ledger import Ledger
from ddbbulk.marshal import Write
from ddbbulk.retry import Failure
from ddbbulk.scheduler import Scheduler, Wait

# Longer than a request may take, short enough for a process that is told to end.
_GRACE_SECONDS = 15.0


class Dispatcher:
    """Sends the writes that are queued, and settles them.

    Args:
        scheduler: decides.
        exchange: carries.
        ledger: where latencies are counted.
        bottleneck: told what was waited for.
        table: name or ARN, for events and errors.
        on_event: told of every answer.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        exchange: Exchange,
        *,
        ledger: Ledger,
        bottleneck: Bottleneck,
        table: str,
        on_event: Listener | None,
    ) -> None:
        self._scheduler = scheduler
        self._exchange = exchange
        self._ledger = ledger
        self._bottleneck = bottleneck
        self._table = table
        self._on_event = on_event
        self._sending: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._settled = asyncio.Event()
        self._wakes_on_item = False
        self._is_closed = False

    @property
    def unsettled_items(self) -> int:
        """How many writes are queued or in flight."""
        return self._scheduler.batcher.unsettled_items

    @property
    def has_room(self) -> bool:
        """Whether one more write may be queued."""
        return self._scheduler.has_room

    @property
    def is_quiet(self) -> bool:
        """Whether no request is on its way: each was answered, or is long given up."""
        scheduler, now = self._scheduler, asyncio.get_running_loop().time()
        return not (scheduler.in_flight or scheduler.batcher.may_land_late(now))

    def queue(self, write: Write) -> None:
        """Take a write to be sent in its turn."""
        self._scheduler.batcher.add(write)
        if self._wakes_on_item:
            self._wakes_on_item = False
            self._wake.set()

    def check_open(self) -> None:
        """Raise WriterClosedError where nothing will be sent any more."""
        if self._is_closed:
            raise closed_error(self._table)

    async def wait_for_room(self) -> None:
        """Return when a write may be queued.

        Raises:
            WriterClosedError: the loop has ended before that.
        """
        while not self._scheduler.has_room:
            self._room.clear()
            await self._room.wait()
            self.check_open()

    async def wait_until_settled(self) -> None:
        """Return when everything queued before this call is settled.

        Raises:
            WriterClosedError: the loop has ended before that.
        """
        batcher = self._scheduler.batcher
        barrier = batcher.raise_barrier()
        self._wake.set()
        try:
            while barrier.remaining > 0:
                self._settled.clear()
                await self._settled.wait()
                self.check_open()
        finally:
            batcher.lower_barrier(barrier)

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Start a request whenever the scheduler has one that may leave.

        Args:
            tasks: the requests become tasks of this group.
        """
        clock = asyncio.get_running_loop().time
        while True:
            now = clock()
            step = self._scheduler.next(now)
            if isinstance(step, Batch):
                sending = tasks.create_task(self._send(step))
                self._sending.add(sending)
                sending.add_done_callback(self._sending.discard)
                # It leaves before the next is charged: each is paid when it is sent.
                await asyncio.sleep(0)
                continue
            await self._pause(step)
            self._bottleneck.waited(step.cause, clock() - now)

    async def finish(self) -> None:
        """Wait, within bounds, for the answers to what is in flight.

        What was sent is paid for: its answers leave fewer items pending.
        """
        if self._sending:
            with suppress(asyncio.CancelledError):
                await asyncio.wait(self._sending, timeout=_GRACE_SECONDS)

    def close(self) -> None:
        """Let whoever still waits, in a task of their own, learn that nothing comes."""
        self._is_closed = True
        self._room.set()
        self._settled.set()

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
            self._on_event(settled_event(self._table, batch, outcome, now - started))
        if isinstance(outcome, Failure):
            self._scheduler.failed(batch, outcome, now)
        else:
            self._scheduler.answered(batch, outcome, now)
        self._wake.set()
        self._settled.set()
        if self._scheduler.has_room:
            self._room.set()


def closed_error(table: str) -> WriterClosedError:
    """Return the error of a writer that is used before or after its block."""
    return WriterClosedError(
        f"the writer of {table} is not open: use it inside its 'async with' block, and "
        "open a new one after an error"
    )
