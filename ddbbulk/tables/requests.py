"""Requests about tables: sent again while that may help."""

from typing import Any, Final

from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from ddbbulk.aws import Connection
from ddbbulk.errors import (
    ConnectionFailedError,
    RequestError,
    RequestRejectedError,
    ServiceUnavailableError,
    ThrottledError,
)

TRANSIENT: Final = (ConnectionFailedError, ServiceUnavailableError, ThrottledError)
BUSY: Final = "ResourceInUseException"
# Long enough for a server that is just starting, short enough for a wrong port.
_PATIENCE_SECONDS: Final = 3.0
# An account may change so many tables at a time: the others' changes have to end.
_CHANGE_SECONDS: Final = 60.0
_LIMIT: Final = "LimitExceededException"
# What servers answer that do not have an operation.
_UNKNOWN_CODES: Final = frozenset(
    {"UnknownOperationException", "InvalidAction", "NotImplemented", "501", "404"}
)
_UNKNOWN_WORDS: Final = "not supported by the ddbbulk simulator"


async def look(connection: Connection, operation: str, **parameters: Any) -> Any:  # noqa: ANN401 -- a request and an answer are what the service's API says
    """Send a request that changes nothing, and return the answer.

    Raises:
        RequestError: it was refused, or nobody answered for seconds.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception(_may_pass),
        wait=wait_exponential(multiplier=0.1, max=1) + wait_random(0, 0.1),
        stop=stop_after_delay(_PATIENCE_SECONDS),
        reraise=True,
    )
    return await retrying(connection.request, operation, **parameters)


def changing() -> AsyncRetrying:
    """Return what repeats a change of a table, also while others' changes go on.

    Whoever changes something has looked before: there is a server that answers.
    """
    return AsyncRetrying(
        retry=retry_if_exception(_may_be_accepted),
        wait=wait_exponential(multiplier=0.2, max=5) + wait_random(0, 0.2),
        stop=stop_after_delay(_CHANGE_SECONDS),
        reraise=True,
    )


def is_unknown(error: RequestError) -> bool:
    """Say whether a server refused an operation because it does not have it."""
    return error.code in _UNKNOWN_CODES or _UNKNOWN_WORDS in str(error)


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, RequestError) and is_unknown(error):
        return False
    return isinstance(error, TRANSIENT)


def _may_be_accepted(error: BaseException) -> bool:
    is_limited = isinstance(error, RequestRejectedError) and error.code == _LIMIT
    return is_limited or _may_pass(error)
