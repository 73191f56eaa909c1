"""A source that has begun: what is slow at its start is done when its load starts."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Self

from ddbbulk import Chunk, ItemSource


class BegunSource:
    """A source whose first chunk is there, and whose read-ahead is at work.

    It can be read once. Close it, since whatever works ahead must end even where
    nobody reads.

    Args:
        source: where the items come from.
        first: its first chunk; None where it has none.
        rest: what yields the others.
    """

    def __init__(
        self, source: ItemSource, first: Chunk | None, rest: AsyncGenerator[Chunk, None]
    ) -> None:
        self._source = source
        self._first = first
        self._rest = rest

    @classmethod
    async def begin(cls, source: ItemSource) -> Self:
        """Return the source, begun."""
        chunks = source.read()
        return cls(source, await anext(chunks, None), chunks)

    @property
    def name(self) -> str:
        """What a person calls the source."""
        return self._source.name

    @property
    def length(self) -> int | None:
        """How many items there are."""
        return self._source.length

    async def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on."""
        async with aclosing(self._rest):
            if self._first is not None:
                yield self._first.since(start)
            async for chunk in self._rest:
                yield chunk.since(start)

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone: it has one reader."""
        del parts
        return [self]

    async def aclose(self) -> None:
        """End what works ahead."""
        await self._rest.aclose()
