"""Reads and single writes that wait out throttling, as the loader's batches do."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any, Final

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from ddbbulk import (
    Connection,
    ConnectionFailedError,
    ServiceUnavailableError,
    ThrottledError,
)

# A table with one read unit takes minutes for a few thousand items; a server that does
# not answer for ten seconds is gone.
_THROTTLED_SECONDS: Final = 300.0
_FAULT_SECONDS: Final = 10.0
_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 5.0


class Requests:
    """The requests that the example makes itself, on an open connection.

    Args:
        connection: whose client sends them; its own retries are off.
        on_throttle: called with the table's name each time that one is throttled.
        on_answer: called with each answer, and the operation that it is of.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        on_throttle: Callable[[str], None],
        on_answer: Callable[[str, dict[str, Any]], None] | None = None,
    ) -> None:
        self._connection = connection
        self._on_throttle = on_throttle
        self._on_answer = on_answer

    async def send(self, operation: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - a request is what DynamoDB's API says
        """Send a request until it is answered, and return the answer.

        Args:
            operation: a method of the client, such as ``update_item``.
            request: its parameters.

        Raises:
            ddbbulk.RequestError: it is refused, or failed for too long.
        """
        # A list of tables is of none, a transaction of as many as it likes.
        table = request.get("TableName", "the table")
        clock = asyncio.get_running_loop().time
        began = clock()
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(
                (ThrottledError, ServiceUnavailableError, ConnectionFailedError)
            ),
            wait=wait_exponential(
                multiplier=_FIRST_WAIT_SECONDS, max=_LONGEST_WAIT_SECONDS
            )
            + wait_random(0, _FIRST_WAIT_SECONDS),
            stop=lambda state: clock() - began >= _patience(state),
            before_sleep=lambda state: self._tell(state, table),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                answer = await self._connection.request(operation, **request)
                if self._on_answer is not None:
                    self._on_answer(operation, answer)
                return answer
        raise AssertionError  # pragma: no cover - tenacity returns or raises

    async def pages(
        self,
        operation: str,
        **request: Any,  # noqa: ANN401 - see send
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the answers of a scan or a query, page by page."""
        while True:
            page = await self.send(operation, **request)
            yield page
            if not page.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _tell(self, state: RetryCallState, table: str) -> None:
        if isinstance(_error(state), ThrottledError):
            self._on_throttle(table)


def _patience(state: RetryCallState) -> float:
    is_throttled = isinstance(_error(state), ThrottledError)
    return _THROTTLED_SECONDS if is_throttled else _FAULT_SECONDS


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
