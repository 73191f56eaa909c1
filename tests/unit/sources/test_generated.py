import asyncio
from contextlib import aclosing
from typing import cast

import pytest

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources import ItemSource, as_source, generator
from tests.support.source_reading import read_chunks, read_items, read_until_error


@generator(count=250, version="7")
def users(index: int) -> dict[str, int]:
    """Make a user."""
    return {"index": index}


@generator(count=250)
async def async_users(index: int) -> dict[str, int]:
    await asyncio.sleep(0)
    return {"index": index}


@pytest.mark.parametrize("source", [users, async_users])
@pytest.mark.parametrize("start", [0, 1, 100, 249, 250, 400])
async def test_items_come_by_index_from_any_start(
    source: ItemSource, start: int
) -> None:
    items = await read_items(source, start) if start <= 250 else []

    assert items == [{"index": index} for index in range(start, 250)]


async def test_a_start_beyond_the_end_yields_nothing() -> None:
    async with aclosing(users.read(400)) as chunks:
        assert [chunk async for chunk in chunks] == []


def test_it_is_a_source_and_still_a_function() -> None:
    assert as_source(users) is users
    assert users(3) == {"index": 3}
    assert users.name == "users"
    assert (users.count, users.length, users.version) == (250, 250, "7")
    assert users.__doc__ == "Make a user."


def test_an_inner_functions_name_is_its_own() -> None:
    @generator(count=1)
    def inner(index: int) -> int:
        return index

    assert inner.name == "inner"


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 250, 1000])
async def test_parts_together_are_the_whole(parts: int) -> None:
    split = users.split(parts)

    items: list[object] = []
    for part in split:
        chunks = await read_chunks(part, len(items))
        items += [item for chunk in chunks for item in chunk.items]
        assert part.length
    assert items == await read_items(users)
    assert len(split) == min(parts, 250)


async def test_a_part_keeps_the_positions_of_the_whole() -> None:
    second = users.split(2)[1]

    async with aclosing(second.read()) as chunks:
        first = await anext(chunks)

    assert (first.start, first.items[0]) == (125, {"index": 125})
    assert (await read_chunks(second, 200))[0].items[0] == {"index": 200}


def test_a_part_of_a_part_stays_in_its_range() -> None:
    inner = users.split(2)[1].split(5)

    assert sum(part.length or 0 for part in inner) == 125


async def test_no_items_are_a_source_too() -> None:
    @generator(count=0)
    def nothing(index: int) -> int:
        return index

    assert await read_items(nothing) == []
    assert len(nothing.split(4)) == 1


@pytest.mark.parametrize("count", [-1, 1.5, True, "10"])
def test_a_count_that_is_none_is_refused(count: object) -> None:
    with pytest.raises(ConfigurationError, match="count must be"):
        generator(count=cast("int", count))


def test_a_split_into_no_parts_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="1 part or more"):
        users.split(0)


@pytest.mark.parametrize("error", [ValueError, StopIteration, StopAsyncIteration])
async def test_a_failing_function_ends_the_source_at_its_index(
    error: type[Exception],
) -> None:
    @generator(count=300)
    def failing(index: int) -> int:
        if index == 150:
            raise error
        return index

    @generator(count=300)
    async def failing_async(index: int) -> int:
        if index == 150:
            raise error
        return index

    for source in (failing, failing_async):
        items, raised = await read_until_error(source, SourceError)

        assert items == list(range(150))
        assert isinstance(raised, SourceError)
        assert raised.position == 150
        assert source.name in str(raised)


async def test_an_object_with_an_async_call_is_awaited() -> None:
    class Maker:
        async def __call__(self, index: int) -> int:
            return index

    source = generator(count=3)(Maker())

    assert await read_items(source) == [0, 1, 2]
    assert source.name == "Maker"
