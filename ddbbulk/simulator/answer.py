"""Answers to requests, and what turns a request into one."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, Final, NamedTuple, Protocol

import orjson

from ddbbulk.simulator.service_error import ServiceError

OK: Final = 200


class Delivery(Enum):
    """How an answer fails to arrive, where a fault says so."""

    RESET = auto()
    """The connection is reset instead."""
    SILENCE = auto()
    """Nothing comes until the client hangs up."""
    WRONG_CHECKSUM = auto()
    TRUNCATED = auto()
    """Half of it comes, then the connection ends."""
    AHEAD = auto()
    """It is dated by a clock that is ahead of the client's."""


class Answer(NamedTuple):
    """What goes back to a client.

    Attributes:
        status: of HTTP.
        body: the JSON.
        delivery: how it fails to arrive; None: it arrives.
    """

    status: int
    body: bytes
    delivery: Delivery | None = None


class Backend(Protocol):
    """What performs the operations: the simulator itself, or a server behind it."""

    async def answer(
        self, name: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """The answer to a request; errors of the service are answers too.

        Args:
            name: of the operation.
            body: the request's JSON.
            headers: those of the HTTP request.
        """
        ...

    def statistics(self) -> dict[str, Any]:
        """What ``GET /_simulator/stats`` shows; may be called from any thread."""
        ...


def error_answer(error: ServiceError) -> Answer:
    """The answer that says what went wrong."""
    return Answer(error.status, orjson.dumps(error.to_json()))


def read_json(body: bytes) -> dict[str, Any]:
    """The parameters of a request.

    Raises:
        ServiceError: the body is not a JSON object.
    """
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ServiceError.serialization(f"The JSON is not valid: {error}") from None
    if request.__class__ is not dict:
        raise ServiceError.serialization("Unexpected value type in payload")
    return request
