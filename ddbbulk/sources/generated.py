"""Items that are a function of their index: known length, any start, any split."""

import functools
import inspect
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources.iterables import read_async, read_sync
from ddbbulk.sources.source import Bookmark, Chunk, ItemSource

Result = TypeVar("Result")
ItemFunction = Callable[[int], Result]


def generator(
    *, count: int, version: str = ""
) -> Callable[[ItemFunction[Result]], "GeneratorSource[Result]"]:
    """Return a decorator that makes a source of ``function(index) -> item``.

    ::

        @ddbbulk.generator(count=10_000, version="1")
        def users(index: int) -> dict[str, object]:
            return {"alias": f"@donald{index + 1}"}

    The function may be plain or ``async def``. It must return the same item for the
    same index, so that a load can be resumed. The result can still be called.

    Args:
        count: how many items there are; the indexes run from 0 to ``count - 1``.
        version: change it when the items change: a load of another version is not
            resumed.

    Raises:
        ConfigurationError: ``count`` is no whole number, or below 0.
    """
    # A bool is an int, and a caller without type checks may pass anything.
    if not isinstance(cast("object", count), int) or isinstance(count, bool):
        raise ConfigurationError(
            f"count must be a whole number, not a {type(count).__name__}"
        )
    if count < 0:
        raise ConfigurationError(f"count must be 0 or more, not {count:,}")

    def decorate(function: ItemFunction[Result]) -> GeneratorSource[Result]:
        return GeneratorSource(function, range(count), version)

    return decorate


class GeneratorSource(Generic[Result]):
    """The items ``function(index)`` for a range of indexes; made by ``@generator``.

    Attributes:
        indexes: the indexes of the items, which are also their positions.
        version: the version of the items, as the decorator was told.
    """

    def __init__(
        self, function: ItemFunction[Result], indexes: range, version: str
    ) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self.indexes = indexes
        self.version = version

    def __call__(self, index: int) -> Result:
        """Return the item of this index, as the function does."""
        return self._function(index)

    def __repr__(self) -> str:
        return (
            f"<GeneratorSource {self.name} {self.indexes.start:,}:{self.indexes.stop:,}"
            f" version={self.version!r}>"
        )

    @property
    def name(self) -> str:
        """The function's qualified name; for an inner one, its name alone."""
        named = getattr(self._function, "__qualname__", type(self._function).__name__)
        return named.rpartition("<locals>.")[2]

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.indexes)

    @property
    def length(self) -> int:
        """How many items there are."""
        return len(self.indexes)

    def identity(self) -> Mapping[str, Any]:
        """Return the function's name, the indexes and the version of the items."""
        return {
            "kind": "generator",
            "name": self.name,
            "start": self.indexes.start,
            "stop": self.indexes.stop,
            "version": self.version,
        }

    def read(
        self, start: int = 0, *, bookmark: Bookmark | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the items whose index is ``start`` or more.

        A bookmark is not needed: nothing has to be read to begin anywhere.
        """
        del bookmark
        first = min(max(start, self.indexes.start), self.indexes.stop)
        indexes = range(first, self.indexes.stop)
        if _is_async(self._function):
            made = _awaited(self._function, indexes)
            return read_async(made, name=self.name, start=first)
        return self._read_plain(indexes)

    async def _read_plain(self, indexes: range) -> AsyncGenerator[Chunk, None]:
        position = indexes.start
        chunks = read_sync(map(self._function, indexes), name=self.name, start=position)
        try:
            async for chunk in chunks:
                yield chunk
                position += len(chunk.items)
        finally:
            await chunks.aclose()
        if position < indexes.stop:
            # map() takes a StopIteration out of the function for its own end.
            raise SourceError(
                f"{self.name} raised StopIteration for index {position:,}: a source "
                "would end there without a word, so raise another error",
                position=position,
            )

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return up to ``parts`` sources of consecutive ranges, none of them empty."""
        if parts < 1:
            raise ConfigurationError(f"a source is split into 1 part or more: {parts}")
        used = max(min(parts, self.count), 1)
        bounds = [
            self.indexes.start + self.count * part // used for part in range(used + 1)
        ]
        return [
            GeneratorSource(self._function, range(first, stop), self.version)
            for first, stop in itertools.pairwise(bounds)
        ]


async def _awaited(
    function: ItemFunction[object], indexes: range
) -> AsyncGenerator[object, None]:
    for index in indexes:
        yield await cast("Awaitable[object]", function(index))


def _is_async(function: ItemFunction[object]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an object's own async call
    )
