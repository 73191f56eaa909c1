from collections.abc import AsyncGenerator, Sequence

import pytest

from ddbbulk.cli.peeked_source import PeekedSource
from ddbbulk.sources import Chunk, ItemSource


class OnceSource:
    """A source that counts its readings, as standard input would."""

    name = "once"
    length = None

    def __init__(self, *chunks: Chunk) -> None:
        self.chunks = chunks
        self.starts: list[int] = []
        self.is_closed = False

    async def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        self.starts.append(start)
        try:
            for chunk in self.chunks:
                yield chunk
        finally:
            self.is_closed = True

    def split(self, parts: int) -> Sequence[ItemSource]:
        del parts
        return [self]


@pytest.fixture
def source() -> OnceSource:
    return OnceSource(Chunk("ab", 0), Chunk("c", 2))


async def test_a_peeked_source_yields_everything_once_from_one_reading(
    source: OnceSource,
) -> None:
    peeked = await PeekedSource.peek(source)

    assert peeked.first == source.chunks[0]
    assert [chunk async for chunk in peeked.read()] == list(source.chunks)
    assert source.starts == [0]
    assert source.is_closed


async def test_an_empty_source_has_no_first_chunk() -> None:
    peeked = await PeekedSource.peek(OnceSource())

    assert peeked.first is None
    assert [chunk async for chunk in peeked.read()] == []


async def test_another_start_is_read_from_the_source(source: OnceSource) -> None:
    peeked = await PeekedSource.peek(source)

    assert [chunk async for chunk in peeked.read(2)] == list(source.chunks)
    assert source.starts == [0, 2]
    await peeked.aclose()


async def test_closing_ends_the_reading(source: OnceSource) -> None:
    peeked = await PeekedSource.peek(source)

    await peeked.aclose()

    assert source.is_closed


async def test_it_stands_in_for_its_source(source: OnceSource) -> None:
    peeked = await PeekedSource.peek(source)

    assert isinstance(peeked, ItemSource)
    assert (peeked.name, peeked.length) == ("once", None)
    assert peeked.split(4) == [peeked]
    await peeked.aclose()
