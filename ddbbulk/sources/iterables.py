"""Sources made of what people have: lists, generators, async feeds.

The user's iterable is always advanced in the reader's own thread and task, since it may
hold things that belong to one of them: a database cursor, a timeout.
"""

import asyncio
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
    Sized,
)
from contextlib import aclosing
from dataclasses import is_dataclass
from itertools import islice
from os import PathLike
from time import perf_counter
from typing import Final, cast

from pydantic import BaseModel

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources.source import Chunk, ItemSource

_log = logging.getLogger(__name__)

# Small enough that the items of a quick iterable do not hold up the event loop, large
# enough that the making of a chunk costs an item almost nothing.
CHUNK_ITEMS: Final = 250
# A slow iterable hands over what it has after this long, and the loop gets its turn.
TURN_SECONDS: Final = 0.005


def as_source(items: object) -> ItemSource:
    """Return a source of these items; a source is returned as it is.

    Args:
        items: an ``ItemSource``, an iterable or an async iterable of items. One that is
            both is read as an async iterable.

    Raises:
        ConfigurationError: ``items`` is one item, a path or something else that does
            not yield items.
    """
    if isinstance(items, ItemSource):
        return items
    _refuse_single_items(items)
    if isinstance(items, AsyncIterable | Iterable):
        return IterableSource(cast("Iterable[object] | AsyncIterable[object]", items))
    hint = "; call the function first" if callable(items) else ""
    raise ConfigurationError(
        f"{_kind(items)} is no source of items: give an iterable, an async iterable or "
        f"an ItemSource{hint}"
    )


class IterableSource:
    """The items of an iterable or an async iterable, in its order."""

    def __init__(self, items: Iterable[object] | AsyncIterable[object]) -> None:
        self._items = items
        self._is_used_up = False

    @property
    def name(self) -> str:
        """The name of the generator's function, or that of the type."""
        return getattr(self._items, "__qualname__", type(self._items).__name__)

    @property
    def length(self) -> int | None:
        """What ``len()`` says, where it says anything."""
        return len(self._items) if isinstance(self._items, Sized) else None

    def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on; those before it are skipped.

        Raises:
            SourceError: the iterable raised; what it yielded before that is handed over
                first.
            ConfigurationError: an iterator that was read before: its items are gone.
        """
        if self._is_used_up:
            raise ConfigurationError(
                f"{self.name} can be read only once, and has been: give a list, or an "
                "object whose __iter__ begins anew"
            )
        self._is_used_up = isinstance(self._items, Iterator | AsyncIterator)
        if isinstance(self._items, AsyncIterable):
            chunks = read_async(self._items, name=self.name)
        else:
            chunks = read_sync(self._items, name=self.name)
        return skip(chunks, start) if start else chunks

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone: an iterable has one order and one reader."""
        del parts
        return [self]


async def skip(
    chunks: AsyncGenerator[Chunk, None], start: int
) -> AsyncGenerator[Chunk, None]:
    """Yield what comes from position ``start`` on, and close ``chunks`` at the end."""
    async with aclosing(chunks):
        async for chunk in chunks:
            wanted = chunk.since(start)
            if wanted.items:
                yield wanted


async def read_sync(
    items: Iterable[object], *, name: str, start: int = 0
) -> AsyncGenerator[Chunk, None]:
    """Yield the items in chunks that follow one another from position ``start``."""
    position = start
    iterator: Iterator[object] | None = None
    turn = _Turn()
    is_open = True
    try:
        while is_open:
            taken: list[object] = []
            failure = None
            try:
                # Not by its truth: one that knows how many are left may be false.
                iterator = iter(items) if iterator is None else iterator
                is_open = _take(iterator, taken)
            except Exception as error:  # noqa: BLE001 - the user's code may raise anything
                failure = error
            if taken:
                yield Chunk(taken, position)
            position += len(taken)
            if failure:
                raise _failed(name, position, failure) from failure
            await turn.end()
    finally:
        if isinstance(iterator, Generator):
            _close(cast("Generator[object, object, object]", iterator), name)


async def read_async(
    items: AsyncIterable[object], *, name: str, start: int = 0
) -> AsyncGenerator[Chunk, None]:
    """Yield each item as soon as it is there, from position ``start``.

    A chunk holds one item: to wait for a second would hold back the first, and to wait
    in a task of our own would break timeouts and cancel scopes in the user's generator.
    """
    position = start
    turn = _Turn()
    iterator: AsyncIterator[object] | None = None
    try:
        while True:
            try:
                iterator = aiter(items) if iterator is None else iterator
                item = await anext(iterator)
            except StopAsyncIteration:
                return
            except Exception as error:
                raise _failed(name, position, error) from error
            yield Chunk((item,), position)
            position += 1
            await turn.end()
    finally:
        if isinstance(iterator, AsyncGenerator):
            await _aclose(cast("AsyncGenerator[object, object]", iterator), name)


class _Turn:
    """Lets other tasks run where a source never has to wait and its reader neither."""

    def __init__(self) -> None:
        self._began = perf_counter()

    async def end(self) -> None:
        if perf_counter() - self._began >= TURN_SECONDS:
            await asyncio.sleep(0)
            self._began = perf_counter()


def _take(iterator: Iterator[object], taken: list[object]) -> bool:
    """Append the next items; return whether there may be more."""
    deadline = perf_counter() + TURN_SECONDS
    # The clock is asked seldom where it shows little: what took no time this far will
    # take as little once more.
    wanted = 1
    while wanted <= CHUNK_ITEMS:
        taken.extend(islice(iterator, wanted - len(taken)))
        if len(taken) < wanted:
            return False
        if perf_counter() >= deadline or wanted == CHUNK_ITEMS:
            return True
        wanted = min(2 * wanted, CHUNK_ITEMS)
    return True


def _failed(name: str, position: int, error: Exception) -> SourceError:
    # The error's own text may hold an item's values: it is left to the cause.
    return SourceError(
        f"{name} raised {type(error).__name__} when asked for item {position:,} "
        "(counted from 0); its exception is the cause of this one",
        position=position,
    )


def _close(iterator: Generator[object, object, object], name: str) -> None:
    try:
        iterator.close()
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        _log_closing(name, error)


async def _aclose(iterator: AsyncGenerator[object, object], name: str) -> None:
    try:
        await iterator.aclose()
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        _log_closing(name, error)


def _log_closing(name: str, error: Exception) -> None:
    # Raised, it would hide the reason why the reading was given up.
    _log.warning("%s raised %s while being closed", name, type(error).__name__)


def _refuse_single_items(items: object) -> None:
    kind = _kind(items)
    if isinstance(items, str | bytes | bytearray | PathLike):
        raise ConfigurationError(
            f"{kind} is no source of items: to load a file use "
            "ddbbulk.open_source(path)"
        )
    if isinstance(items, Mapping | BaseModel) or is_dataclass(items):
        raise ConfigurationError(
            f"{kind} is one item and no source: put it in a list, [item]"
        )


def _kind(items: object) -> str:
    name = type(items).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
