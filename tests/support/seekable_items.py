"""A list as a source that can be read from its middle, and that says what was read."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from ddbbulk.errors import SourceError
from ddbbulk.sources import Bookmark, Chunk, ItemSource


class SeekableItems:
    """Yields the items of a list in chunks, with a bookmark before each.

    Args:
        items: the list.
        identity: what tells it from others.
        chunk: how many items a chunk has.
        fails_at: raise a SourceError before this position.
    """

    name = "numbers"

    def __init__(
        self,
        items: Sequence[object],
        *,
        identity: str = "1",
        chunk: int = 7,
        fails_at: int | None = None,
    ) -> None:
        self.items = items
        self.first_read: list[int] = []
        self._identity = identity
        self._chunk = chunk
        self._fails_at = fails_at

    @property
    def length(self) -> int:
        return len(self.items)

    def identity(self) -> dict[str, Any]:
        return {"kind": "numbers", "version": self._identity, "parts": (1, 2)}

    async def read(
        self, start: int = 0, *, bookmark: Bookmark | None = None
    ) -> AsyncGenerator[Chunk, None]:
        at = bookmark.place["at"] if bookmark else 0
        assert at <= start
        self.first_read.append(at)
        while at < len(self.items):
            if self._fails_at is not None and at >= self._fails_at:
                raise SourceError("the numbers ran out", position=at)
            part = self.items[at : at + self._chunk]
            chunk = Chunk(part, at, bookmark=Bookmark(at, {"at": at})).since(start)
            if chunk.items:
                yield chunk
            at += len(part)

    def split(self, parts: int) -> Sequence[ItemSource]:
        del parts
        return [self]
