"""A server that writes what bytes a test says, for what no HTTP library would send."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
    b'Content-Length: 23\r\nx-amz-crc32: 4185382651\r\n\r\n{"UnprocessedItems":{}}'
)


@dataclass(slots=True)
class RawServer:
    """What connected, and what it asked.

    Attributes:
        heads: of each request, by connection.
        ended: how many connections the client has ended.
    """

    port: int = 0
    heads: list[list[bytes]] = field(default_factory=list[list[bytes]])
    bodies: list[bytes] = field(default_factory=list[bytes])
    ended: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def requests(self) -> int:
        """How many there were."""
        return len(self.bodies)

    async def until(self, *, requests: int = 0, ended: int = 0) -> None:
        """Wait for so many requests, and for so many connections to have ended."""
        async with self.changed:
            await self.changed.wait_for(
                lambda: self.requests >= requests and self.ended >= ended
            )

    async def note(self) -> None:
        """Wake whoever waits."""
        async with self.changed:
            self.changed.notify_all()


Answer = Callable[[int, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(
    answer: Answer, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[RawServer]:
    """Serve on a free port; ``answer(number, writer)`` is called for each request."""
    told = RawServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads: list[bytes] = []
        told.heads.append(heads)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(
                    head.lower().partition(b"content-length: ")[2].split(b"\r")[0]
                )
                heads.append(head)
                told.bodies.append(await reader.readexactly(length))
                await told.note()
                await answer(told.requests, writer)
        writer.close()
        told.ended += 1
        await told.note()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
        await told.until(ended=len(told.heads))


def writing(*pieces: bytes, closes: bool = False) -> Answer:
    """Answer every request with these pieces, each on its own."""

    async def answer(number: int, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001 if len(pieces) > 1 else 0)
        if closes:
            writer.close()

    return answer
