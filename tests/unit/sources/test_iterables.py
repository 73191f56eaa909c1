import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources import ItemSource, as_source
from ddbbulk.sources.iterables import CHUNK_ITEMS
from tests.support.source_reading import read_chunks, read_items, read_until_error


class Model(BaseModel):
    alias: str = "@daisy"


@dataclass
class Plain:
    alias: str = "@daisy"


async def feed(count: int) -> AsyncIterator[int]:
    for index in range(count):
        yield index


async def test_a_list_is_read_in_chunks_of_bounded_size() -> None:
    source = as_source(list(range(1000)))

    chunks = await read_chunks(source)

    assert [item for chunk in chunks for item in chunk.items] == list(range(1000))
    assert max(len(chunk.items) for chunk in chunks) <= 250
    assert len(chunks) < 100
    assert source.length == 1000
    assert source.name == "list"


async def test_a_generator_has_its_functions_name_and_no_length() -> None:
    def users() -> Iterator[int]:
        yield 1

    source = as_source(users())

    assert source.name.endswith("users")
    assert source.length is None
    assert await read_items(source) == [1]


@pytest.mark.parametrize("start", [0, 1, 99, 100, 101, 250, 300])
async def test_reading_starts_at_any_position(start: int) -> None:
    expected = list(range(250))[start:]

    assert await read_items(as_source(list(range(250))), start) == expected
    assert await read_items(as_source(feed(250)), start) == expected


async def test_a_list_can_be_read_again() -> None:
    source = as_source([1, 2])

    assert await read_items(source) == await read_items(source) == [1, 2]


async def test_an_iterator_that_was_read_is_refused_rather_than_found_empty() -> None:
    for source in (as_source(iter([1])), as_source(feed(1))):
        await read_items(source)

        with pytest.raises(ConfigurationError, match="only once"):
            await read_items(source)


async def test_a_slow_iterable_hands_over_each_item_at_once() -> None:
    def slow() -> Iterator[int]:
        for index in range(3):
            time.sleep(0.006)
            yield index

    assert [len(chunk.items) for chunk in await read_chunks(as_source(slow()))] == [
        1,
        1,
        1,
    ]


async def test_a_slow_iterable_lets_other_tasks_run() -> None:
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def slow() -> Iterator[int]:
        for index in range(5):
            time.sleep(0.006)
            yield index

    counting = asyncio.create_task(count_turns())
    await read_items(as_source(slow()))
    counting.cancel()

    assert turns >= 4


async def test_an_async_feed_hands_over_an_item_before_the_next_is_there() -> None:
    gate = asyncio.Event()

    async def halting() -> AsyncIterator[str]:
        yield "first"
        await gate.wait()
        yield "second"

    async with aclosing(as_source(halting()).read()) as chunks:
        first = await anext(chunks)
        gate.set()
        second = await anext(chunks)

    assert (list(first.items), list(second.items)) == (["first"], ["second"])


async def test_timeouts_in_the_users_generator_do_not_reach_the_reader() -> None:
    async def guarded() -> AsyncIterator[int]:
        for index in range(3):
            async with asyncio.timeout(0.01):
                await asyncio.sleep(0)
            yield index

    async with aclosing(as_source(guarded()).read()) as chunks:
        read: list[object] = []
        async for chunk in chunks:
            await asyncio.sleep(0.02)
            read += chunk.items

    assert read == [0, 1, 2]


@pytest.mark.parametrize("good", [0, 1, 150])
async def test_items_before_an_error_are_handed_over(good: int) -> None:
    def failing() -> Iterator[int]:
        yield from range(good)
        raise KeyError("secret")

    async def failing_feed() -> AsyncIterator[int]:
        for index in range(good):
            yield index
        raise KeyError("secret")

    for source in (as_source(failing()), as_source(failing_feed())):
        items, error = await read_until_error(source, SourceError)

        assert items == list(range(good))
        assert isinstance(error, SourceError)
        assert error.position == good
        assert isinstance(error.__cause__, KeyError)
        assert "KeyError" in str(error)
        assert "secret" not in str(error)


async def test_an_iterable_that_cannot_begin_is_a_source_error() -> None:
    class Closed(Iterable[int]):
        def __iter__(self) -> Iterator[int]:
            raise OSError("closed")

    _, error = await read_until_error(as_source(Closed()), SourceError)

    assert isinstance(error.__cause__, OSError)


async def test_an_abandoned_generator_is_closed_at_once() -> None:
    closed: list[str] = []

    def plain() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.append("plain")

    async def async_() -> AsyncIterator[int]:
        try:
            for index in range(1000):
                yield index
        finally:
            await asyncio.sleep(0)
            closed.append("async")

    for make in (plain, async_):
        for start in (0, 5):
            async with aclosing(as_source(make()).read(start)) as chunks:
                await anext(chunks)

    assert closed == ["plain", "plain", "async", "async"]


async def test_an_open_file_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("a\nb\n")
    with path.open() as lines:
        async with aclosing(as_source(lines).read()) as chunks:
            await anext(chunks)

        assert not lines.closed


async def test_an_error_while_closing_does_not_hide_why_reading_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def stubborn() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            raise ValueError("secret")

    async def stubborn_feed() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            raise ValueError("secret")

    async def stop_midway(source: ItemSource) -> None:
        async with aclosing(source.read()) as chunks:
            await anext(chunks)
            raise LookupError

    for source in (as_source(stubborn()), as_source(stubborn_feed())):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "ddbbulk"), pytest.raises(LookupError):
            await stop_midway(source)

        assert "raised ValueError while being closed" in caplog.text
        assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ({"alias": "@daisy"}, r"put it in a list"),
        (Model(), r"put it in a list"),
        (Plain(), r"put it in a list"),
        ("users.csv", r"open_source"),
        (Path("users.csv"), r"open_source"),
        (b"users", r"open_source"),
        (42, r"give an iterable"),
        (feed, r"call the function first"),
    ],
)
def test_what_is_no_source_is_refused_with_the_fix(given: object, fix: str) -> None:
    with pytest.raises(ConfigurationError, match=fix):
        as_source(given)


def test_a_source_passes_through() -> None:
    source = as_source([])

    assert as_source(source) is source


async def test_what_is_both_is_read_as_an_async_iterable() -> None:
    class Both:
        def __iter__(self) -> Iterator[str]:
            raise AssertionError

        async def __aiter__(self) -> AsyncIterator[str]:
            yield "async"

    assert await read_items(as_source(Both())) == ["async"]


class CountingDown:
    """An iterator that knows how many are left, so that in the end it is false."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __len__(self) -> int:
        return self.left

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        if not self.left:
            raise StopIteration
        self.left -= 1
        return self.left

    def __aiter__(self) -> AsyncIterator[int]:
        return self

    async def __anext__(self) -> int:
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


class Countdown:
    """Begins anew each time."""

    def __iter__(self) -> Iterator[int]:
        return CountingDown(CHUNK_ITEMS)


class AsyncCountdown:
    def __aiter__(self) -> AsyncIterator[int]:
        return CountingDown(CHUNK_ITEMS)


@pytest.mark.parametrize("items", [Countdown(), AsyncCountdown()])
async def test_an_iterator_that_becomes_false_is_not_begun_anew(items: object) -> None:
    read: list[object] = []
    async with aclosing(as_source(items).read()) as chunks:
        async for chunk in chunks:
            read += chunk.items
            if len(read) > CHUNK_ITEMS:
                break

    assert read == [*reversed(range(CHUNK_ITEMS))]


def test_an_iterable_is_not_split() -> None:
    source = as_source([1, 2])

    assert list(source.split(4)) == [source]
