"""A source whose beginning was looked at before it is read."""

from collections.abc import AsyncGenerator, Sequence
from typing import Self

from ddbbulk.sources import Chunk, ItemSource


class PeekedSource:
    """Yields what its source yields, once, although the first chunk is known already.

    Standard input cannot be read twice, so the reading that was begun is continued.

    Attributes:
        first: the first chunk; None where the source is empty.
    """

    def __init__(
        self,
        source: ItemSource,
        first: Chunk | None,
        rest: AsyncGenerator[Chunk, None],
    ) -> None:
        self.first = first
        self._source = source
        self._rest: AsyncGenerator[Chunk, None] | None = rest

    @classmethod
    async def peek(cls, source: ItemSource) -> Self:
        """Read the first chunk of a source."""
        chunks = source.read()
        return cls(source, await anext(chunks, None), chunks)

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    @property
    def length(self) -> int | None:
        """How many items the source has, where it knows."""
        return self._source.length

    def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the first chunk and the rest; another start reads the source anew."""
        if start or self._rest is None:
            return self._source.read(start)
        return self._continued()

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone: its reading has begun."""
        del parts
        return [self]

    async def aclose(self) -> None:
        """End the reading."""
        rest, self._rest = self._rest, None
        if rest is not None:
            await rest.aclose()

    async def _continued(self) -> AsyncGenerator[Chunk, None]:
        try:
            if self.first is not None and self._rest is not None:
                yield self.first
                async for chunk in self._rest:
                    yield chunk
        finally:
            await self.aclose()
