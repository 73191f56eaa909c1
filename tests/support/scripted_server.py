"""A server that answers as a test says, for what no real one does on cue."""

import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

DYNAMODB = "com.amazonaws.dynamodb.v20120810#"


@dataclass(frozen=True, slots=True)
class Script:
    """What to answer.

    Args:
        status: the HTTP status.
        body: a mapping to be sent as JSON, or the very bytes.
        checksum: the ``x-amz-crc32`` header; None for the right one, "" for none.
        hangs_up: close the connection instead of answering.
    """

    status: int = 200
    body: dict[str, Any] | bytes = field(default_factory=dict[str, Any])
    checksum: str | None = None
    hangs_up: bool = False

    @classmethod
    def error(
        cls,
        code: str,
        message: str = "said so",
        *,
        status: int = 400,
        more: dict[str, object] | None = None,
    ) -> "Script":
        """Return an error as DynamoDB words it, with ``more`` members."""
        body = {"__type": DYNAMODB + code, "message": message, **(more or {})}
        return cls(status=status, body=body)


@dataclass(slots=True)
class ScriptedServer:
    """Where it listens, and what it was asked."""

    endpoint_url: str = ""
    requests: list[tuple[str, dict[str, Any]]] = field(
        default_factory=list[tuple[str, dict[str, Any]]]
    )
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


@asynccontextmanager
async def scripted(
    answer: Callable[[str, dict[str, Any]], Script],
) -> AsyncIterator[ScriptedServer]:
    """Serve on a free loopback port; ``answer(operation, body)`` decides."""
    told = ScriptedServer()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        asked = orjson.loads(await request.read())
        told.requests.append((operation, asked))
        told.headers.append(dict(request.headers))
        return _response(request, answer(operation, asked))

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    told.endpoint_url = f"http://{host}:{port}"
    try:
        yield told
    finally:
        await runner.cleanup()


def _response(request: web.BaseRequest, script: Script) -> web.StreamResponse:
    if script.hangs_up:
        assert request.transport is not None
        request.transport.close()
    body = script.body if isinstance(script.body, bytes) else orjson.dumps(script.body)
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    checksum = str(zlib.crc32(body)) if script.checksum is None else script.checksum
    if checksum:
        headers["x-amz-crc32"] = checksum
    return web.Response(status=script.status, body=body, headers=headers)
