"""Chunks made in a worker thread, one ahead of the reader."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from threading import Event

from ddbbulk.sources.source import Chunk


async def read_ahead(
    chunks: Generator[Chunk, None, None], stop: Event
) -> AsyncGenerator[Chunk, None]:
    """Yield the chunks, while a thread already makes the next one.

    At most one chunk waits. When the reader gives up, the thread is waited for, so that
    nothing is open or running afterwards.

    Args:
        chunks: advanced in threads, by one at a time, and closed at the end.
        stop: set when nobody wants more, for a thread that waits for a slow file.
    """
    loop = asyncio.get_running_loop()

    def advance() -> Chunk | None:
        return next(chunks, None)

    pending = loop.run_in_executor(None, advance)
    try:
        # The shield: a cancelled reader must not lose sight of the thread.
        while (chunk := await asyncio.shield(pending)) is not None:
            pending = loop.run_in_executor(None, advance)
            yield chunk
    finally:
        stop.set()
        try:
            await asyncio.wait([pending])
        finally:
            if pending.done():
                _close(chunks, pending)
            else:
                pending.add_done_callback(lambda done: _close(chunks, done))


def _close(
    chunks: Generator[Chunk, None, None], last: asyncio.Future[Chunk | None]
) -> None:
    # An error of the chunk that nobody wanted any more is looked at and let go.
    if not last.cancelled():
        last.exception()
    chunks.close()
