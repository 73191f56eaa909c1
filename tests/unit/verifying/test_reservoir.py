"""A sample is fair, repeatable, and as large as it was asked for."""

from collections import Counter
from typing import Any

import pytest

from ddbbulk.marshal import Marshaller, Write
from ddbbulk.schema import TableSchema
from ddbbulk.scratch import ScratchFile
from ddbbulk.verifying.reservoir import Place, Reservoir


def writes(count: int) -> list[Write]:
    marshaller = Marshaller(TableSchema.of("pk"))
    made: list[Any] = marshaller.put_all(
        [{"pk": f"k{n}", "é": n} for n in range(count)], 0, Place("somewhere")
    )
    return made


def chosen(items: list[Write], size: int, *, seed: int, portion: int = 50) -> list[int]:
    with ScratchFile() as file:
        reservoir = Reservoir(size, seed=seed, file=file)
        for start in range(0, len(items), portion):
            reservoir.offer(items[start : start + portion])
        assert len(reservoir) == min(size, len(items))
        return [one.position for some in reservoir.chosen(7) for one in some]


def test_a_sample_has_its_size_and_the_order_of_its_source() -> None:
    positions = chosen(writes(1000), 100, seed=1)
    assert len(set(positions)) == 100
    assert positions == sorted(positions)


@pytest.mark.parametrize("size", [10, 1000])
def test_of_few_items_all_are_taken(size: int) -> None:
    assert chosen(writes(10), size, seed=1) == [*range(10)]


def test_a_seed_chooses_the_same_items_however_they_come() -> None:
    items = writes(500)
    assert chosen(items, 20, seed=7) == chosen(items, 20, seed=7, portion=3)
    assert chosen(items, 20, seed=7) != chosen(items, 20, seed=8)
    assert chosen(items, 20, seed=-1)
    assert chosen(items, 20, seed=10**50) != chosen(items, 20, seed=-(10**50))


def test_every_item_is_as_likely_as_the_others() -> None:
    items = writes(40)
    times = Counter(
        position for seed in range(500) for position in chosen(items, 10, seed=seed)
    )
    # 125 are expected of each; five deviations are 48.
    assert set(times) == set(range(40))
    assert all(77 <= count <= 173 for count in times.values())


def test_what_is_chosen_comes_back_as_it_was() -> None:
    items = writes(30)
    with ScratchFile() as file:
        reservoir = Reservoir(30, seed=1, file=file)
        reservoir.offer(items)
        back = [one for some in reservoir.chosen(100) for one in some]
    assert [(one.body, one.key, one.operation) for one in back] == [
        (one.body, one.key, one.operation) for one in items
    ]
    origin: Any = back[0].origin
    assert origin.where(0) == "somewhere"
