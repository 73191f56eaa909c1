"""Requests that read: each waits for its budget, and is sent until it is answered."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn, TypeVar

from ddbbulk.diagnosis import request_error
from ddbbulk.errors import RequestError
from ddbbulk.printable import printable
from ddbbulk.reading.answers import MALFORMED, consumed_units
from ddbbulk.reading.budget import Charge, ReadBudget
from ddbbulk.retry import UNREACHED, Failure, FailureKind, RetryPolicy
from ddbbulk.transport import ReadingTransport, ReadOperation, Reply

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")

_TOLD_SECONDS: Final = 5.0
_NOTHING_DONE: Final = Failure(
    FailureKind.THROTTLED, "UnprocessedKeys", "every key came back unprocessed"
)


class PaidRequests:
    """Sends what reads one table, under one budget, and counts what it costs.

    Args:
        transport: carries the requests.
        table: name or ARN, for messages.
        budget: pays for them.
        retry: when to send again, and when to give up: once nothing was read for so
            long, while requests keep failing.

    Attributes:
        units: read units consumed so far.
        requests: how many were sent.
        throttled_requests: how many of them were throttled, or came back with keys
            unprocessed.
    """

    def __init__(
        self,
        transport: ReadingTransport,
        *,
        table: str,
        budget: ReadBudget,
        retry: RetryPolicy,
    ) -> None:
        self._transport = transport
        self._table = table
        self._retry = retry
        self._failing_since: float | None = None
        self._is_wait_told = False
        self._was_reached = False
        self.budget = budget
        self.units = 0.0
        self.requests = 0
        self.throttled_requests = 0

    async def send(
        self,
        operation: ReadOperation,
        body: bytes,
        *,
        units: float,
        read: Callable[[Mapping[str, Any]], Result],
    ) -> tuple[Result, float]:
        """Return what an answer says, and the read units that it consumed.

        Args:
            operation: that the body is of.
            body: of the request.
            units: what it is thought to consume.
            read: takes the answer apart; it raises MALFORMED where it is none.

        Raises:
            RequestError: it failed for good.
        """
        attempts = 0
        while True:
            charge = self.budget.charge(units, await self._turn(units))
            self.requests += 1
            outcome = await self._transport.read(operation, body)
            if isinstance(outcome, Reply):
                self._was_reached = True
                try:
                    result, told = read(outcome.body), consumed_units(outcome.body)
                except MALFORMED:
                    outcome = _no_answer_to(operation)
                else:
                    return result, self._settled(charge, told)
            attempts += 1
            await self._wait(outcome, operation, attempts)

    def progressed(self) -> None:
        """Note that something was read."""
        self._failing_since = None
        self._is_wait_told = False

    async def wait_unprocessed(self, attempts: int, *, is_progress: bool) -> None:
        """Wait before keys that came back unprocessed are asked for again.

        Args:
            attempts: how many answers in a row brought some back.
            is_progress: whether other keys were processed.

        Raises:
            RequestError: nothing was read for so long that there is no hope.
        """
        if is_progress:
            self.throttled_requests += 1
            wait = self._retry.wait_seconds(FailureKind.THROTTLED, attempts=attempts)
            await asyncio.sleep(wait)
        else:
            await self._wait(_NOTHING_DONE, "BatchGetItem", attempts)

    def _settled(self, charge: Charge, told: float | None) -> float:
        """Return what a request has consumed; where nobody says, its estimate."""
        if told is None:
            told = charge.estimated
        else:
            self.budget.settle(charge, told)
        self.units += told
        return told

    async def _turn(self, units: float) -> float:
        """Return the time, once the budget has room for these units."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while (ready_at := self.budget.ready_at(units, now)) > now:
            await asyncio.sleep(ready_at - now)
            now = loop.time()
        return now

    async def _wait(
        self, failure: Failure, operation: ReadOperation, attempts: int
    ) -> None:
        """Wait before a request is sent again, or raise where that is no use."""
        if failure.kind is FailureKind.THROTTLED:
            self.throttled_requests += 1
        elif failure.kind is not FailureKind.FAULT:
            self._fail(failure, operation)
        self._was_reached |= failure.code not in UNREACHED
        now = asyncio.get_running_loop().time()
        if self._failing_since is None:
            self._failing_since = now
        if self._retry.gives_up(
            attempts=attempts,
            seconds=now - self._failing_since,
            was_reached=self._was_reached,
        ):
            self._fail(failure, operation)
        self._tell_of_wait(failure, now - self._failing_since)
        await asyncio.sleep(self._retry.wait_seconds(failure.kind, attempts=attempts))

    def _tell_of_wait(self, failure: Failure, seconds: float) -> None:
        """Say once why nothing comes, where somebody may wonder by now."""
        if seconds < _TOLD_SECONDS or self._is_wait_told:
            return
        self._is_wait_told = True
        _LOG.warning(
            "table %s: nothing was read for %.0f s (%s: %s); trying again",
            *(self._table, seconds, failure.code, printable(failure.message)),
        )

    def _fail(self, failure: Failure, operation: ReadOperation) -> NoReturn:
        error: RequestError = request_error(
            failure, table=self._table, action=f"dynamodb:{operation}"
        )
        raise error


def _no_answer_to(operation: ReadOperation) -> Failure:
    problem = f"what came is no answer to {operation}"
    return Failure(FailureKind.FAULT, "MalformedAnswer", problem)
