"""A server that looks at who signed, in front of a simulator that does not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import orjson
from aiohttp import web

from ddbbulk.simulator import Simulator

ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>AKIArole</AccessKeyId>
<SecretAccessKey>secretOfTheRole</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
</AssumeRoleResponse>"""
REFUSAL = {
    "__type": "com.amazon.coral.service#ExpiredTokenException",
    "message": "The security token included in the request is expired",
}


@dataclass(slots=True)
class Gate:
    """Lets requests through whose session token is the right one.

    Args:
        behind: performs them.
        token: the right one.
        code: what others are told.
        refuse_together: a refusal waits until so many requests are to be refused.
        source_token: who has this one is given the right one by AssumeRole.
        on_write: called before each BatchWriteItem; it may change the token.
        on_refusal: called before each refusal.
    """

    behind: Simulator
    token: str
    code: str = "ExpiredTokenException"
    refuse_together: int = 1
    source_token: str = ""
    on_write: Callable[["Gate"], None] = lambda _: None
    on_refusal: Callable[["Gate"], None] = lambda _: None
    endpoint_url: str = ""
    writes: int = 0
    refused: list[str] = field(default_factory=list[str])
    _together: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""
        body = await request.read()
        shown = request.headers.get("X-Amz-Security-Token")
        if b"Action=AssumeRole" in body:
            is_source = shown == self.source_token
            told = ASSUMED.format(token=self.token) if is_source else ""
            return web.Response(status=200 if is_source else 403, text=told)
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        # One that was signed before the change has passed by then.
        is_right = shown == self.token
        if operation == "BatchWriteItem" and is_right:
            self.writes += 1
            self.on_write(self)
        if not is_right:
            return await self._refuse(operation)
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                self.behind.endpoint_url, data=body, headers=request.headers
            ) as answer,
        ):
            return web.Response(status=answer.status, body=await answer.read())

    async def _refuse(self, operation: str) -> web.Response:
        self.refused.append(operation)
        if len(self.refused) >= self.refuse_together:
            self._together.set()
        await self._together.wait()
        self.on_refusal(self)
        told = REFUSAL | {"__type": f"com.amazon.coral.service#{self.code}"}
        return web.Response(status=400, body=orjson.dumps(told))


@asynccontextmanager
async def gated(gate: Gate) -> AsyncIterator[Gate]:
    """Serve while the block runs."""
    runner = web.ServerRunner(web.Server(gate.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    gate.endpoint_url = f"http://{host}:{port}"
    try:
        yield gate
    finally:
        await runner.cleanup()
