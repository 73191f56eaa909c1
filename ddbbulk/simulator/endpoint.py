"""DynamoDB's protocol over HTTP: one request in, one answer out.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

import asyncio
import itertools
import random
import zlib
from typing import Final

import orjson
from aiohttp import web

from ddbbulk.simulator.answer import Answer, Backend, error_answer
from ddbbulk.simulator.delivery import CHECKSUM, deliver
from ddbbulk.simulator.service_error import ServiceError

STATS_PATH: Final = "/_simulator/stats"
API: Final = "DynamoDB_20120810."
CONTENT_TYPE: Final = "application/x-amz-json-1.0"


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
            return await self._answer_post(request)
        except ConnectionError:
            # The client hung up in the midst of its request or its answer.
            return web.Response()  # which goes nowhere

    async def _answer_post(self, request: web.BaseRequest) -> web.StreamResponse:
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
        answer = await self._answer(request, body)
        if delay:
            await asyncio.sleep(delay / 2)
        if answer.delivery is not None:
            return await deliver(answer, request, self._respond(answer))
        return self._respond(answer)

    async def _answer(self, request: web.BaseRequest, body: bytes) -> Answer:
        target = request.headers.get("X-Amz-Target", "")
        name = target.removeprefix(API)
        if name == target:
            return error_answer(ServiceError("UnknownOperationException", ""))
        return await self._backend.answer(name, body, request.headers)

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
        status, body, _ = answer
        return web.Response(
            status=status,
            body=body,
            headers={
                "Content-Type": CONTENT_TYPE,
                CHECKSUM: str(zlib.crc32(body)),
                "x-amzn-RequestId": next(self._request_ids),
            },
        )
