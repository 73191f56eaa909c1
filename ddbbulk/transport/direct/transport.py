"""The fast transport: HTTP/1.1 of our own, all else as botocore would have it."""

import asyncio
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import Self, cast

from ddbbulk.aws import (
    REFUSALS,
    UNMET_CODE,
    Connection,
    Credentials,
    Route,
    failure_of,
    service_failure,
)
from ddbbulk.retry import Failure
from ddbbulk.transport.answers import reply_of, unmet_of
from ddbbulk.transport.direct.channel import Channel
from ddbbulk.transport.direct.errand import Errand
from ddbbulk.transport.direct.pool import CLOSED, Pool
from ddbbulk.transport.direct.signing import Signer
from ddbbulk.transport.transport import (
    Operation,
    Outcome,
    ReadOperation,
    Settle,
    Unmet,
)

_SUCCESS = range(200, 300)
_CHECKSUM = b"x-amz-crc32"


class DirectTransport:
    """Sends over connections of its own, open for as long as the ``async with`` lasts.

    Args:
        connection: an open connection: its credentials, limits and timeouts.
        route: how its client would send to the table.
    """

    name = "direct"

    def __init__(self, connection: Connection, route: Route) -> None:
        self._credentials: Credentials = connection.credentials
        self._connection = connection
        self._route = route
        self._tasks = asyncio.TaskGroup()
        self._asking: set[asyncio.Task[None]] = set()
        self._awaited: set[asyncio.Future[Outcome | Unmet]] = set()
        self._pool: Pool
        self._signer: Signer | None = None
        self._signed_in = -1
        self._second = -1
        self._must_ask = True

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._pool = Pool(
            self._route,
            limit=self._connection.max_connections,
            connect_seconds=self._connection.connect_seconds,
            request_seconds=self._connection.request_seconds,
            tasks=self._tasks,
            answered=self._answered,
            failed=self._failed,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()
        for task in self._asking:
            task.cancel()
        for settled in self._awaited:
            if not settled.done():
                settled.set_result(CLOSED)
        await self._tasks.__aexit__(None, None, None)

    async def batch_write(self, body: bytes) -> Outcome:
        """Send one BatchWriteItem body, once."""
        return cast("Outcome", await self._outcome("BatchWriteItem", body))

    async def put_item(self, body: bytes) -> Outcome | Unmet:
        """Send one PutItem body, once."""
        return await self._outcome("PutItem", body)

    async def delete_item(self, body: bytes) -> Outcome | Unmet:
        """Send one DeleteItem body, once."""
        return await self._outcome("DeleteItem", body)

    async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
        """Send one body of a request that reads, once."""
        return cast("Outcome", await self._outcome(operation, body))

    def submit(
        self, operation: Operation | ReadOperation, body: bytes, settle: Settle
    ) -> Errand:
        """Send one body, once, without a task or a future.

        Where a connection is free, its bytes are written before this returns.

        Args:
            operation: that the body is of.
            body: of the request.
            settle: called once with the outcome, from the event loop: not from within
                this call, and not once the transport is closed. It must not raise; it
                may submit.

        Returns:
            What ``give_up`` takes.
        """
        errand = Errand(operation, body, settle)
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._must_ask = self._credentials.are_near_end
        signer = self._signer
        if (
            signer is None
            or self._must_ask
            or self._signed_in != self._credentials.round
        ):
            self._ask(self._sign_in(errand))
        else:
            self._dispatch(errand, signer, now)
        return errand

    def give_up(self, errand: Errand) -> None:
        """Forget an errand: it is not settled, and its connection is closed."""
        self._pool.give_up(errand)

    async def _outcome(
        self, operation: Operation | ReadOperation, body: bytes
    ) -> Outcome | Unmet:
        settled: asyncio.Future[Outcome | Unmet]
        settled = asyncio.get_running_loop().create_future()

        def settle(outcome: Outcome | Unmet) -> None:
            if not settled.done():  # who waits may have been cancelled this moment
                settled.set_result(outcome)

        errand = self.submit(operation, body, settle)
        self._awaited.add(settled)
        try:
            return await settled
        except asyncio.CancelledError:
            self.give_up(errand)
            raise
        finally:
            self._awaited.discard(settled)

    def _dispatch(self, errand: Errand, signer: Signer, now: float) -> None:
        head = signer.head(errand.operation, errand.body, now)
        errand.data = head + errand.body
        errand.signed_in = self._signed_in
        self._pool.send(errand)

    async def _sign_in(self, errand: Errand) -> None:
        """Ask for credentials, then send: they are new, or their end is near."""
        asked_in = errand.signed_in = self._credentials.round
        try:
            key = await self._credentials.key()
            if self._signer is None or self._signer.key != key:
                self._signer = Signer(self._route, key)
        except Exception as error:  # noqa: BLE001 # whatever a provider may raise is an outcome
            await self._judge(errand, failure_of(error))
            return
        self._signed_in = asked_in
        self._must_ask = False  # for this second
        if not errand.is_given_up:
            self._dispatch(errand, self._signer, time.time())

    def _answered(self, errand: Errand, channel: Channel) -> None:
        status, body = channel.status, channel.body
        if status in _SUCCESS:
            self._credentials.accepted(errand.signed_in)
            errand.settle(reply_of(body, _checksum(channel)))
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in channel.headers.items()
        }
        failure = service_failure(status, headers, body)
        if failure.code == UNMET_CODE:
            self._credentials.accepted(errand.signed_in)
            errand.settle(unmet_of(reply_of(body, _checksum(channel))))
        else:
            self._failed(errand, failure)

    def _failed(self, errand: Errand, failure: Failure) -> None:
        if failure.code in REFUSALS:
            self._ask(self._judge(errand, failure))
        else:
            errand.settle(failure)

    def _ask(self, asking: Coroutine[None, None, None]) -> None:
        """Run what has to wait for a provider of credentials before it can go on."""
        task = self._tasks.create_task(asking)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _judge(self, errand: Errand, failure: Failure) -> None:
        """Settle a failure once refused credentials have been renewed."""
        judged = await self._credentials.judged(failure, errand.signed_in)
        if not errand.is_given_up:
            errand.settle(judged)


def _checksum(channel: Channel) -> str | None:
    headers = channel.headers
    value = headers.get(_CHECKSUM)
    if value is None:  # the service writes it so, others may not
        for name in headers:
            if name.lower() == _CHECKSUM:
                value = headers[name]
    return None if value is None else value.decode("latin-1")
