"""DynamoDB's protocol over HTTP: one request in, one answer out.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

import asyncio
import itertools
import logging
import random
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol

import orjson
from aiohttp import web

from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.operations import OPERATIONS
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.statistics import statistics

STATS_PATH: Final = "/_simulator/stats"
API: Final = "DynamoDB_20120810."
CONTENT_TYPE: Final = "application/x-amz-json-1.0"

logger = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What goes back to a client."""

    status: int
    body: bytes


class Backend(Protocol):
    """What performs the operations: the simulator itself, or a server behind it."""

    async def answer(
        self, target: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """The answer to a request; errors of the service are answers too."""
        ...

    def statistics(self) -> dict[str, Any]:
        """What ``GET /_simulator/stats`` shows."""
        ...


class Local:
    """Performs the operations on the simulator's own tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def answer(
        self,
        target: str,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002 -- nothing is signed here
    ) -> Answer:
        """The answer of an operation."""
        return answer_of(lambda: self._perform(target, body))

    def statistics(self) -> dict[str, Any]:
        """Counts of each table."""
        return statistics(self._engine)

    def _perform(self, target: str, body: bytes) -> dict[str, Any]:
        name = target.removeprefix(API)
        operation = OPERATIONS.get(name)
        if operation is None:
            if name == target:
                raise ServiceError("UnknownOperationException", "")
            raise ServiceError.not_simulated(f"The operation {name}")
        return operation(self._engine, read_json(body))


def answer_of(perform: Callable[[], dict[str, Any]]) -> Answer:
    """The answer with what an operation returns or raises."""
    try:
        return Answer(200, orjson.dumps(perform()))
    except ServiceError as error:
        return error_answer(error)
    except Exception:
        logger.exception("a defect of the simulator, answered as a server error")
        return error_answer(
            ServiceError("InternalServerError", "Internal server error", 500)
        )


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


class Endpoint:
    """Answers HTTP requests; it is what the server calls for each.

    Args:
        backend: what performs the operations.
        latency_seconds: how long an answer takes, on average.
        latency_jitter_seconds: how far that differs, up and down.
        seed: of the differences.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        latency_seconds: float = 0.0,
        latency_jitter_seconds: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._backend = backend
        self._latency = latency_seconds
        self._jitter = latency_jitter_seconds
        self._chance = random.Random(seed)  # noqa: S311 -- a simulation must repeat
        self._request_ids = (f"{number:052X}" for number in itertools.count(1))

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to a request, after the latency."""
        if request.method != "POST":
            return self._answer_get(request)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            response = self._respond(Answer(413, b""))
            response.force_close()  # the rest of the body is still on its way
            return response
        delay = self._delay()
        if delay:
            # Half of the time is the way there, before capacity is asked for.
            await asyncio.sleep(delay / 2)
        target = request.headers.get("X-Amz-Target", "")
        answer = await self._backend.answer(target, body, request.headers)
        if delay:
            await asyncio.sleep(delay / 2)
        return self._respond(answer)

    def _answer_get(self, request: web.BaseRequest) -> web.Response:
        if request.path == STATS_PATH:
            body = orjson.dumps(self._backend.statistics())
            return web.Response(body=body, content_type="application/json")
        # What the service itself answers to a browser or a health check.
        return web.Response(text=f"healthy: {request.host} ")

    def _delay(self) -> float:
        if not self._latency and not self._jitter:
            return 0.0
        return max(0.0, self._latency + self._chance.uniform(-1, 1) * self._jitter)

    def _respond(self, answer: Answer) -> web.Response:
        status, body = answer
        return web.Response(
            status=status,
            body=body,
            headers={
                "Content-Type": CONTENT_TYPE,
                "x-amz-crc32": str(zlib.crc32(body)),
                "x-amzn-RequestId": next(self._request_ids),
            },
        )
