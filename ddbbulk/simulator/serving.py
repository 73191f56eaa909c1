"""What runs on the simulator's thread, from opening the store to closing it."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncGenerator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage

from ddbbulk.errors import ConfigurationError
from ddbbulk.limits import MAX_BATCH_BYTES
from ddbbulk.simulator.answer import Backend
from ddbbulk.simulator.catalog import Catalog
from ddbbulk.simulator.endpoint import Endpoint
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.faulty import FaultyBackend
from ddbbulk.simulator.local import Local
from ddbbulk.simulator.settings import Settings
from ddbbulk.simulator.store import ItemStore
from ddbbulk.simulator.upstream import Upstream

_BACKLOG: Final = 512
_IDLE_SECONDS: Final = 60.0  # DynamoDB hangs up on an idle connection about then
_GRACE_SECONDS: Final = 0.5
_UPSTREAM_SECONDS: Final = 60.0
# How to reach what listens everywhere.
_NEAR: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- only where asked for


class Serving:
    """A simulator that accepts connections.

    Attributes:
        url: where clients find it.
        backend: what performs the operations.
    """

    def __init__(self, url: str, backend: Backend) -> None:
        self.url = url
        self.backend = backend
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Ask it to end; may be called from any thread."""
        with contextlib.suppress(RuntimeError):  # its loop has ended already
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def stopped(self) -> None:
        """Wait until somebody asks it to end."""
        await self._stopped.wait()


async def serve(settings: Settings, ready: Future[Serving]) -> None:
    """Serve until somebody asks to stop.

    Args:
        settings: how.
        ready: gets what is needed to use and stop it, as soon as it listens.

    Raises:
        ConfigurationError: the port is taken, or the data file cannot be used.
    """
    async with _backend(settings) as backend:
        if settings.faults is not None:
            backend = FaultyBackend(  # noqa: PLW2901 -- the same, but it fails
                backend, settings.faults, seed=settings.seed, clock=time.monotonic
            )
        endpoint = Endpoint(
            backend,
            latency_seconds=settings.latency_ms / 1000,
            latency_jitter_seconds=settings.latency_jitter_ms / 1000,
            seed=settings.seed,
        )
        handler = web.Server(
            endpoint,
            request_factory=_bounded_request,
            access_log=None,
            keepalive_timeout=_IDLE_SECONDS,
        )
        server = await _listen(settings, handler)
        try:
            serving = Serving(_url(settings.host, server), backend)
            ready.set_result(serving)
            await serving.stopped()
        finally:
            server.close()
            await handler.shutdown(_GRACE_SECONDS)


@asynccontextmanager
async def _backend(settings: Settings) -> AsyncGenerator[Backend]:
    clock = time.monotonic
    chance = random.Random(settings.seed)  # noqa: S311 -- a simulation must repeat
    rationing = settings.rationing
    if settings.upstream is not None:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),  # as many as clients have
            timeout=aiohttp.ClientTimeout(total=_UPSTREAM_SECONDS),
        )
        async with session:
            yield Upstream(
                settings.upstream,
                session,
                clock=clock,
                rationing=rationing,
                chance=chance,
            )
        return
    store = ItemStore(settings.data)
    try:
        yield Local(
            Engine(
                store,
                Catalog(store, clock=clock, rationing=rationing),
                clock=clock,
                chance=chance,
                create_seconds=settings.create_seconds,
                update_seconds=settings.update_seconds,
                quotas=settings.quotas,
            )
        )
    finally:
        store.close()


def _bounded_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: "asyncio.Task[None]",
) -> web.BaseRequest:
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        asyncio.get_running_loop(),
        client_max_size=MAX_BATCH_BYTES,
    )


async def _listen(settings: Settings, handler: web.Server) -> asyncio.Server:
    host, port = settings.host, settings.port
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(handler, host, port, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            f"the simulator cannot listen on {host}, port {port}: {error}. Stop what "
            "uses the port, choose another one, or 0 to take one that is free"
        ) from error


def _url(host: str, server: asyncio.Server) -> str:
    port = server.sockets[0].getsockname()[1]
    near = _NEAR.get(host, host)
    return f"http://[{near}]:{port}" if ":" in near else f"http://{near}:{port}"
