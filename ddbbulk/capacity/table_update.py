"""One UpdateTable: asked for, and what its refusal means."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    RetryError,
    retry_if_result,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from ddbbulk.aws import Connection
from ddbbulk.capacity.decrease_limit import is_decrease_limit
from ddbbulk.capacity.described import TRANSIENT
from ddbbulk.errors import RequestRejectedError, ServiceUnavailableError

_LIMIT: Final = "LimitExceededException"
_BUSY: Final = "ResourceInUseException"
_UNCHANGED: Final = "will not change"
_LONG_SECONDS: Final = 15.0

_LOG = logging.getLogger(__name__)

Step = Callable[[], Awaitable[str]]


class DecreaseLimitError(Exception):
    """The service allows no decrease now; its message says when. It stays in here."""


async def ask(connection: Connection, update: Mapping[str, Any]) -> str:
    """Ask for a change; return "" once it was accepted, else why it was not.

    What was not accepted has to be judged anew, by what the table is then: somebody
    else may be changing it, or have changed it already; an answer may have got lost.

    Raises:
        DecreaseLimitError: capacity may not be lowered now.
        RequestError: it is refused for good.
    """
    try:
        await connection.request("update_table", **update)
    except RequestRejectedError as error:
        told = str(error)
        if error.code == _LIMIT and is_decrease_limit(told):
            raise DecreaseLimitError(told) from error
        if error.code in {_LIMIT, _BUSY} or _UNCHANGED in told:
            return told
        raise
    except TRANSIENT as error:
        return str(error)
    return ""


async def repeated(step: Step, *, table: str, seconds: float) -> None:
    """Repeat a step until it returns nothing, with waits that grow.

    Args:
        step: looks at the table, does one thing, and says what it waits for.
        table: what the steps are about.
        seconds: how long it may take.

    Raises:
        ServiceUnavailableError: it took longer; the message says what it waited for.
    """
    said: list[str] = []

    def tell(state: RetryCallState) -> None:
        # Who waits for long wants to know what for.
        if (state.seconds_since_start or 0.0) >= _LONG_SECONDS and not said:
            said.append(state.outcome.result() if state.outcome else "")
            _LOG.warning("table %s: waiting for: %s", table, said[0])

    retrying = AsyncRetrying(
        retry=retry_if_result(bool),
        before_sleep=tell,
        wait=wait_exponential(multiplier=0.1, max=2) + wait_random(0, 0.1),
        stop=stop_after_delay(seconds),
    )
    try:
        await retrying(step)
    except RetryError as error:
        raise ServiceUnavailableError(
            f"table {table}: after {seconds:.0f} s still: "
            f"{error.last_attempt.result()}",
            table=table,
            code=_BUSY,
        ) from error
