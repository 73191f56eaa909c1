"""Pages end just below a step of 4 KB, and cost no more than the budget bears."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.reading.page_sizes import PageSizes

STEP = 4096


def read_pages(
    sizes: list[int], *, page_units: float, is_measured: bool = True
) -> list[tuple[int, float]]:
    """Read items of these sizes; return how many each page had, and what it cost."""
    known = PageSizes(is_consistent=False, shows_whole_items=is_measured)
    pages: list[tuple[int, float]] = []
    first = 0
    while first < len(sizes):
        plan = known.plan(page_units)
        assert plan.limit is not None
        page = sizes[first : first + plan.limit]
        units = 0.5 * max(1, math.ceil(sum(page) / STEP))
        items = [{"a": {"S": "x" * (size - 1)}} for size in page]
        known.learn(plan, items if is_measured else (), scanned=len(page), units=units)
        pages.append((len(page), units))
        first += len(page)
    return pages


@pytest.mark.parametrize("page_units", [0.5, 2.0, 8.0, 40.0])
@pytest.mark.parametrize("size", [60, 100, 333, 1000])
def test_items_of_one_size_lose_little_to_rounding(
    size: int, page_units: float
) -> None:
    pages = read_pages([size] * 20_000, page_units=page_units)

    ideal = 0.5 * 20_000 * size / STEP
    # What does not fit any more into a step is lost, and the first pages are small.
    lost_bytes = STEP % size if page_units == 0.5 else size
    slack = lost_bytes / (STEP * page_units / 0.5)
    assert sum(units for _, units in pages) <= ideal * (1 + slack + 0.03) + 4


@pytest.mark.parametrize("page_units", [2.0, 8.0])
def test_items_of_many_sizes_lose_less_than_half_a_step_for_each_page(
    page_units: float,
) -> None:
    chance = random.Random(3)
    sizes = [chance.randint(50, 350) for _ in range(20_000)]

    pages = read_pages(sizes, page_units=page_units)

    wasted = sum(units for _, units in pages) - 0.5 * sum(sizes) / STEP
    assert wasted < 0.5 * 0.5 * len(pages)


@pytest.mark.parametrize("size", [100, 333])
def test_sizes_that_are_not_seen_are_learned_from_what_pages_cost(size: int) -> None:
    pages = read_pages([size] * 20_000, page_units=8.0, is_measured=False)

    assert sum(units for _, units in pages) <= 1.07 * 0.5 * 20_000 * size / STEP + 4


@given(
    sizes=st.lists(st.integers(1, 400 * 1024), min_size=1, max_size=60),
    page_units=st.sampled_from([0.2, 2.0, 40.0]),
)
def test_every_page_has_an_item_and_grows_no_faster_than_fourfold(
    sizes: list[int], page_units: float
) -> None:
    pages = read_pages(sizes, page_units=page_units)

    assert sum(count for count, _ in pages) == len(sizes)
    most = 1
    for count, _ in pages:
        assert 1 <= count <= most
        most = max(most, 4 * count)


def test_a_budget_that_bears_full_pages_asks_for_full_pages() -> None:
    plan = PageSizes(is_consistent=True, shows_whole_items=True).plan(257.0)

    assert plan.limit is None
    assert plan.units == 257.0


def test_a_count_looks_at_items_now_and_again() -> None:
    known = PageSizes(is_consistent=False, shows_whole_items=True)
    looks = 0
    for _ in range(320):
        plan = known.plan(8.0)
        looks += plan.is_measuring
        items = [{"a": {"S": "x" * 99}}] * (plan.limit or 0)
        seen = items if plan.is_measuring else ()
        known.learn(plan, seen, scanned=len(items), units=8.0)

    assert 10 <= looks <= 20
