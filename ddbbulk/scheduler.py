"""Which batch leaves when, and what its answer means: decisions without I/O.

Everything here is synchronous and takes ``now``, so budget and retries are tested in
virtual time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ddbbulk.answer import Answer
from ddbbulk.batch import Batch, total_units
from ddbbulk.batching import Batcher
from ddbbulk.budget import Account
from ddbbulk.diagnosis import request_error
from ddbbulk.errors import RequestError
from ddbbulk.ledger import Ledger
from ddbbulk.limits import MAX_BATCH_ITEMS
from ddbbulk.marshal import Bundle, Write
from ddbbulk.one_by_one import OneByOne
from ddbbulk.retry import UNANSWERED, UNREACHED, Failure, FailureKind, RetryPolicy
from ddbbulk.spreading import Spreading
from ddbbulk.steering import Steering


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may leave now.

    Args:
        until: when to ask again; None: when something changes.
        cause: what is waited for: ``items``, ``connections``, ``retries``, ``linger``,
            ``hot keys``, or the index of the resource whose budget it is.
    """

    until: float | None
    cause: str | int


# Told of writes, and whether it is known at first hand that they were done.
Acknowledged = Callable[[Sequence[Write], bool], None]

_NO_ITEMS: Final = Wait(None, "items")
_NO_CONNECTION: Final = Wait(None, "connections")

# Beside those in flight, of which each connection may have one.
_BATCHES_AHEAD: Final = 16
# Encoded items waiting or in flight; one item alone may always be.
_QUEUED_BYTES: Final = 32 * 1024 * 1024


class Endings(Protocol):
    """Who is told of the writes that are settled without being written."""

    def refuse(self, write: Write, code: str, message: str) -> None:
        """Take a write that the service has refused."""
        ...

    def stay(self, write: Write) -> None:
        """Take a write in whose place the table's item stayed."""
        ...


class Scheduler:
    """Joins batcher, budget, retry policy and ledger.

    Args:
        table: name or ARN, for errors.
        account: the budget's view of this load.
        ledger: where everything is counted.
        retry: waits and stops.
        linger: seconds that a partial batch waits for company.
        max_connections: requests in flight at the most.
        endings: told of every write that is settled without being written.
        spreading: keeps partitions from getting more than they bear.
        steering: changes the account's rates by what is met; None: they are given.
        operation: what carries a write on a condition; None: they travel together,
            without any.
        on_acknowledged: told of writes that were done, and whether that is known at
            first hand.
    """

    def __init__(  # noqa: PLR0913 -- what it joins, each by its name
        self,
        *,
        table: str,
        account: Account,
        ledger: Ledger,
        retry: RetryPolicy,
        linger: float,
        max_connections: int,
        endings: Endings,
        spreading: Spreading,
        steering: Steering | None = None,
        operation: str | None = None,
        on_acknowledged: Acknowledged | None = None,
    ) -> None:
        batcher = Batcher if operation is None else OneByOne
        self.batcher = batcher(resources=len(ledger.resources))
        self._spreading = spreading
        spreading.attach(self.batcher)
        self._action = f"dynamodb:{operation or 'BatchWriteItem'}"
        self._on_acknowledged = on_acknowledged
        self._table = table
        self._account = account
        self._ledger = ledger
        self._retry = retry
        self._linger = linger
        self._max_connections = max_connections
        self._endings = endings
        self._steering = steering
        self._max_queued = queue_bound(account.ceiling, max_connections)
        self.in_flight = 0
        self._partial_since: float | None = None
        self._stalled_since: float | None = None
        self._was_reached = False

    @property
    def has_room(self) -> bool:
        """Whether one more write may be queued: items and their bytes are bounded."""
        max_queued = max(self._max_queued, self._spreading.window_items)
        return (
            self.batcher.unsettled_items < max_queued
            and self.batcher.unsettled_bytes < _QUEUED_BYTES
        )

    def queue(self, lot: Sequence[Write] | Bundle) -> None:
        """Take what is to be sent in its turn."""
        self._spreading.watch(lot)
        if isinstance(lot, Bundle):
            self.batcher.add_bundle(lot)
        else:
            self.batcher.add_all(lot)

    def next(self, now: float) -> Batch | Wait:
        """Return the batch to send now, paid for, or what to wait for."""
        if self.in_flight >= self._max_connections:
            return _NO_CONNECTION
        due = self.batcher.due_at(now)
        if due is None:
            return _NO_ITEMS
        if due > now:
            is_held = self._spreading.released_at() <= due
            return Wait(due, "hot keys" if is_held else "retries")
        with self._account.lock:
            units = self.batcher.next_units(now) or ()
            ready, resource, room = self._account.offer(units, now)
            if ready > now:
                return Wait(ready, resource)
            if not (self.batcher.barriers.open or self.batcher.is_full(now, room)):
                lingers_until = self._lingers_until(now)
                if lingers_until > now:
                    return self._linger_wait(lingers_until)
            return self._send(now, room)

    def answered(self, batch: Batch, answer: Answer, now: float) -> None:
        """Settle what was written, queue what came back, correct the budget."""
        self.in_flight -= 1
        self._was_reached = True
        if answer.unprocessed or self._on_acknowledged is not None:
            self.batcher.loosen(batch)
        written, returned = answer.divided(batch.writes)
        self._correct(batch, written, answer.consumed)
        if self._steering is not None:
            self._steering.answered(batch, returned, answer.consumed, now)
        if batch.bundle is not None:
            self.batcher.settle_bundle(batch.bundle)
            self._ledger.written_together(len(batch), batch.bundle.position)
            self._stalled_since = None
        elif written:
            self._settle(written, answer, now)
        if returned:
            self._ledger.throttled_requests += 1
            self._ledger.unprocessed_items += len(returned)
            failure = Failure(
                FailureKind.THROTTLED, "UnprocessedItems", "every write came back"
            )
            self._requeue(returned, failure, now)

    def failed(self, batch: Batch, failure: Failure, now: float) -> None:
        """Queue the writes again, or single out the one that was refused.

        Raises:
            RequestError: no request will fare better, or none has for too long.
        """
        self.in_flight -= 1
        self.batcher.loosen(batch)
        if failure.code in UNANSWERED:
            self.batcher.give_up(batch.writes, now)
        self._was_reached |= failure.code not in UNREACHED
        if failure.kind is FailureKind.FATAL:
            raise self._error(failure)
        if failure.kind is FailureKind.REFUSED:
            self._single_out(batch.writes, failure, now)
            return
        if failure.kind is FailureKind.THROTTLED:
            self._ledger.throttled_requests += 1
            if self._steering is not None:
                self._steering.failed(batch, failure, now)
            self._spreading.throttled(batch.writes, failure.reasons, now)
        self._requeue(batch.writes, failure, now)

    def _settle(self, written: Sequence[Write], answer: Answer, now: float) -> None:
        self.batcher.settle_all(written, now)
        self._stalled_since = None
        if answer.is_unmet:
            for write in written:
                self._endings.stay(write)
            return
        self._ledger.written(written, now)
        if self._on_acknowledged is not None:
            self._on_acknowledged(written, answer.is_first_hand)

    def _lingers_until(self, now: float) -> float:
        if self._partial_since is None:
            self._partial_since = now
        return self._partial_since + self._linger

    def _linger_wait(self, lingers_until: float) -> Wait:
        """Wait for company: the longest until what a hot partition holds may come."""
        released = self._spreading.released_at()
        if released == float("inf"):
            return Wait(lingers_until, "linger")
        return Wait(min(lingers_until, released), "hot keys")

    def _send(self, now: float, room: Sequence[float]) -> Batch:
        self._partial_since = None
        batch = self.batcher.take(now, room)
        batch.charged = self._account.charge(batch.units, now)
        batch.sent_at = now
        self._spreading.sent(batch, now)
        self.in_flight += 1
        self._ledger.requests += 1
        return batch

    def _correct(
        self, batch: Batch, written: Sequence[Write], consumed: Sequence[float] | None
    ) -> None:
        estimated = batch.units
        charged = batch.charged
        if len(written) < len(batch.writes):
            # What came back stays paid: its way to the service is what throttled it.
            estimated = total_units(written, resources=len(batch.units))
            charged = [
                paid * part / whole if whole else 0.0
                for paid, part, whole in zip(
                    batch.charged, estimated, batch.units, strict=True
                )
            ]
        if consumed is None:
            self._ledger.consume(charged)
            return
        self._ledger.consume(consumed)
        self._account.correct(charged=charged, estimated=estimated, actual=consumed)

    def _requeue(self, writes: Sequence[Write], failure: Failure, now: float) -> None:
        if self._stalled_since is None:
            self._stalled_since = now
        most_attempts = max(write.attempts for write in writes)
        if self._retry.gives_up(
            attempts=most_attempts,
            seconds=now - self._stalled_since,
            was_reached=self._was_reached,
        ):
            raise self._error(failure)
        self._ledger.retried_items += len(writes)
        is_fault = failure.kind is FailureKind.FAULT
        by_attempts: dict[int, list[Write]] = {}
        for write in writes:
            write.faults += is_fault
            # A write that often came back unprocessed has not met more trouble for it.
            times = write.faults if is_fault else write.attempts - write.faults
            by_attempts.setdefault(times, []).append(write)
        for attempts, group in by_attempts.items():
            wait = self._retry.wait_seconds(failure.kind, attempts=attempts)
            self.batcher.retry(group, due=now + wait)

    def _error(self, failure: Failure) -> RequestError:
        return request_error(failure, table=self._table, action=self._action)

    def _single_out(
        self, writes: Sequence[Write], failure: Failure, now: float
    ) -> None:
        if len(writes) > 1:
            self.batcher.retry_apart(writes)
            return
        (write,) = writes
        self.batcher.drop(write, now)
        self._endings.refuse(write, failure.code, failure.message)


def queue_bound(rate: float, connections: int) -> int:
    """Return how many items may be unsettled: about two seconds of the table's budget.

    Enough for every connection to be full, and some to follow; few enough that little
    is lost when a load is interrupted, and that little memory is held.
    """
    most = (connections + _BATCHES_AHEAD) * MAX_BATCH_ITEMS
    return int(min(most, max(10 * MAX_BATCH_ITEMS, 2 * rate)))
