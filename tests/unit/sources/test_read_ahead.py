import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing

import pytest

from ddbbulk.errors import SourceError
from ddbbulk.sources import Chunk
from ddbbulk.sources.read_ahead import read_ahead


async def test_at_most_one_chunk_is_made_ahead() -> None:
    made: list[int] = []

    def chunks() -> Generator[Chunk, None, None]:
        for position in range(5):
            made.append(position)
            yield Chunk((position,), position)

    async with aclosing(read_ahead(chunks(), threading.Event())) as reading:
        async for chunk in reading:
            await asyncio.sleep(1)
            assert made[-1] <= chunk.start + 1

    assert made == [0, 1, 2, 3, 4]


async def test_an_error_comes_after_the_chunks_before_it() -> None:
    def chunks() -> Generator[Chunk, None, None]:
        yield Chunk("a", 0)
        raise SourceError("broken", position=1)

    reading = read_ahead(chunks(), threading.Event())

    assert await anext(reading) == Chunk("a", 0)
    with pytest.raises(SourceError, match="broken"):
        await anext(reading)


async def test_giving_up_sets_stop_and_waits_for_the_thread() -> None:
    stop = threading.Event()
    ends: list[str] = []

    def chunks() -> Generator[Chunk, None, None]:
        try:
            yield Chunk("a", 0)
            stop.wait()
            ends.append("thread")
            yield Chunk("b", 1)
        finally:
            ends.append("closed")

    async with aclosing(read_ahead(chunks(), stop)) as reading:
        await anext(reading)

    assert ends == ["thread", "closed"]


async def test_a_reader_cancelled_twice_still_closes_when_the_thread_is_done() -> None:
    free = threading.Event()
    is_waiting = asyncio.Event()
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def chunks() -> Generator[Chunk, None, None]:
        try:
            yield Chunk("a", 0)
            free.wait()
            yield Chunk("b", 1)
        finally:
            loop.call_soon_threadsafe(closed.set)

    async def read() -> None:
        async with aclosing(read_ahead(chunks(), threading.Event())) as reading:
            async for _ in reading:
                is_waiting.set()

    reader = asyncio.create_task(read())
    await is_waiting.wait()
    for _ in range(2):
        reader.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert not closed.is_set()

    free.set()
    await closed.wait()
