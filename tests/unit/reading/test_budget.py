"""Every page is paid for before it leaves, and no second holds more than it may."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.reading import ReadBudget


def highest_window(sent: list[tuple[float, float]]) -> float:
    window: deque[tuple[float, float]] = deque()
    total = highest = 0.0
    for at, cost in sent:
        window.append((at, cost))
        total += cost
        while window[0][0] <= at - 1 + 1e-9:
            total -= window.popleft()[1]
        highest = max(highest, total)
    return highest


@given(
    rate=st.sampled_from([5.0, 25.0, 100.0, 1000.0, 12_000.0]),
    steps=st.lists(st.integers(-3, 1), min_size=1, max_size=9),
    late=st.lists(st.floats(0, 0.2), min_size=1, max_size=5),
)
def test_no_second_holds_more_than_the_budget_and_a_page(
    rate: float, steps: list[int], late: list[float]
) -> None:
    """However late wake-ups come, and where pages cost a little else than thought."""
    budget = ReadBudget(rate)
    page = max(0.5, budget.page_units)
    now = 0.0
    sent: list[tuple[float, float]] = []
    while now < 8:
        number = len(sent)
        ready = budget.ready_at(page, now)
        now = max(now, ready) + late[number % len(late)]
        charge = budget.charge(page, now)
        actual = max(0.5, page + 0.5 * steps[number % len(steps)])
        budget.settle(charge, actual)
        sent.append((now, actual))

    most = max(actual for _, actual in sent)
    # What a page costs beyond its estimate is known only when it has been sent.
    assert highest_window(sent) <= max(1.05 * rate, rate + most) + 1.5


@given(rate=st.sampled_from([5.0, 100.0, 1000.0, 12_000.0]))
def test_a_budget_is_used_in_full(rate: float) -> None:
    budget = ReadBudget(rate)
    page = max(0.5, budget.page_units)
    now, units = 0.0, 0.0
    while now < 20:
        now = max(now, budget.ready_at(page, now)) + 0.002
        budget.settle(budget.charge(page, now), page)
        units += page

    assert units >= 0.99 * rate * 20


def test_what_costs_more_than_a_second_is_paid_off_before_anything_leaves() -> None:
    budget = ReadBudget(10)
    charge = budget.charge(0.5, 0.0)
    budget.settle(charge, 50.0)

    assert budget.ready_at(0.5, 0.1) >= 4.9
