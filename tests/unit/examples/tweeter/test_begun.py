import ddbbulk
from ddbbulk.examples.tweeter.begun import BegunSource


def _counted(made: list[int]) -> ddbbulk.ItemSource:
    @ddbbulk.generator(count=700)
    def items(index: int) -> dict[str, int]:
        made.append(index)
        return {"id": index}

    return items


async def _read(source: ddbbulk.ItemSource, start: int = 0) -> list[object]:
    return [item async for chunk in source.read(start) for item in chunk.items]


async def test_the_first_items_are_made_before_anybody_reads() -> None:
    made: list[int] = []

    await BegunSource.begin(_counted(made))

    assert 0 < len(made) < 700


async def test_every_item_comes_once_and_in_order() -> None:
    source = _counted([])

    begun = await BegunSource.begin(source)

    assert begun.length == 700
    assert begun.name == source.name
    assert await _read(begun) == [{"id": index} for index in range(700)]


async def test_reading_may_start_anywhere() -> None:
    for start in (0, 1, 99, 100, 101, 700):
        begun = await BegunSource.begin(_counted([]))

        assert await _read(begun, start) == [
            {"id": index} for index in range(start, 700)
        ]


async def test_a_source_without_items_begins_and_ends() -> None:
    @ddbbulk.generator(count=0)
    def nothing(index: int) -> dict[str, int]:
        return {"id": index}

    assert await _read(await BegunSource.begin(nothing)) == []


async def test_a_closed_source_makes_no_more() -> None:
    made: list[int] = []
    begun = await BegunSource.begin(_counted(made))
    before = len(made)

    await begun.aclose()

    assert await _read(begun) == [{"id": index} for index in range(before)]
    assert len(made) == before
