"""Every send pays; no second costs more than 1.05 of the budget; none is wasted."""

import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk import LoadReport, load_sync
from ddbbulk.budget import Account, Budget
from ddbbulk.errors import ConfigurationError
from ddbbulk.transport import Outcome, Reply, Unmet


def send_for(
    account: Account,
    *,
    seconds: float,
    costs: list[float],
    late: list[float],
) -> list[tuple[float, float]]:
    """Send requests as early as allowed, each some time too late; return them."""
    now, sent, number = 0.0, [], 0
    while now < seconds:
        cost = costs[number % len(costs)]
        ready = account.offer([cost], now)[0]
        now = max(now, ready) + late[number % len(late)]
        account.charge([cost], now)
        sent.append((now, cost))
        number += 1
    return sent


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
    rate=st.sampled_from([50.0, 200.0, 4000.0, 40_000.0]),
    shares=st.lists(st.floats(0.1, 1.0), min_size=1, max_size=9),
    late=st.lists(st.floats(0, 0.3), min_size=1, max_size=5),
)
def test_no_second_costs_more_than_1_05_of_the_budget(
    rate: float, shares: list[float], late: list[float]
) -> None:
    """However late the wake-ups come, and however sizes are mixed."""
    account = Budget(rate).account([""])
    (room,) = account.offer([0.0], 0.0)[2]
    costs = [room * share for share in shares]
    # A thousand requests reach far beyond the window, at every rate.
    sent = send_for(account, seconds=3, costs=costs, late=late)
    assert highest_window(sent) <= 1.05 * rate


@given(
    rate=st.sampled_from([50.0, 200.0, 4000.0]),
    late=st.lists(st.floats(0, 0.009), min_size=1, max_size=9),
)
def test_a_budget_is_used_in_full_when_wake_ups_are_late(
    rate: float, late: list[float]
) -> None:
    account = Budget(rate).account([""])
    (room,) = account.offer([0.0], 0.0)[2]
    sent = send_for(account, seconds=10, costs=[room], late=late)
    assert sum(cost for _, cost in sent) >= 0.99 * rate * 10


def test_a_stall_is_made_up_for_and_no_second_pays_for_it() -> None:
    account = Budget(200).account([""])
    late = [0.001] * 99 + [0.2] + [0.001] * 900
    sent = send_for(account, seconds=20, costs=[4.0], late=late)
    assert sum(cost for _, cost in sent) >= 0.998 * 200 * 20
    assert highest_window(sent) <= 1.03 * 200


@given(
    rate=st.sampled_from([50.0, 200.0]),
    costs=st.lists(st.integers(1, 400), min_size=1, max_size=9),
    late=st.lists(st.floats(0, 0.3), min_size=1, max_size=5),
)
def test_a_large_item_is_all_that_a_second_may_cost_beyond_the_budget(
    rate: float, costs: list[int], late: list[float]
) -> None:
    account = Budget(rate).account([""])
    units = [float(cost) for cost in costs]
    sent = send_for(account, seconds=60, costs=units, late=late)
    assert highest_window(sent) <= max(1.05 * rate, rate + max(units))


def test_an_hour_without_items_is_not_made_up_for() -> None:
    account = Budget(200).account([""])
    account.charge([4.0], 0.0)
    now, units = 3600.0, 0.0
    while now < 3800.0:
        account.charge([4.0], now)
        units += 4.0
        now = max(now, account.offer([4.0], now)[0])
    assert 200 * 200 <= units <= 200 * 200.4


def test_the_slowest_resource_decides() -> None:
    account = Budget(100, index_wcu={"by_name": 50}).account(["", "by_name"])
    account.charge([1.0, 1.0], 0.0)
    ready, decider, _ = account.offer([1.0, 1.0], 0.0)
    assert ready == pytest.approx(0.02)
    assert decider == 1
    ready, decider, _ = account.offer([1.0, 0.0], 0.0)
    assert ready == pytest.approx(0.01)
    assert decider == 0


def test_a_resource_in_debt_has_no_room() -> None:
    account = Budget(100, index_wcu={"by_name": 50}).account(["", "by_name"])
    account.charge([0.0, 5.0], 0.0)
    assert account.offer([0.0, 0.0], 0.05)[2] == [pytest.approx(2.0), 0.0]


def test_overwrites_of_larger_items_are_charged_by_what_they_consumed() -> None:
    account = Budget(100).account([""])
    for number in range(300):
        charged = account.charge([1.0], number * 0.1)
        account.correct(charged=charged, estimated=[1.0], actual=[4.0])
    assert account.charge([1.0], 30.0) == [pytest.approx(4.0, rel=0.01)]
    assert account.offer([0.0], 60.0)[2] == [pytest.approx(0.5, rel=0.01)]


def test_an_index_that_overwrites_leave_alone_costs_little() -> None:
    account = Budget(100, index_wcu={"i": 10}).account(["", "i"])
    for number in range(300):
        charged = account.charge([1.0, 1.0], number * 0.1)
        account.correct(charged=charged, estimated=[1.0, 1.0], actual=[1.0, 0.0])
    assert account.charge([1.0, 1.0], 30.0) == [1.0, pytest.approx(0.1)]


def test_what_cost_more_than_it_paid_delays_the_next() -> None:
    account = Budget(100).account([""])
    charged = account.charge([1.0], 0.0)
    account.correct(charged=charged, estimated=[1.0], actual=[11.0])
    assert account.offer([1.0], 0.0)[0] == pytest.approx(0.11)


def test_writers_that_share_a_budget_pay_from_one_purse() -> None:
    budget = Budget(100)
    first, second = budget.account([""]), budget.account([""])
    first.charge([50.0], 0.0)
    assert second.offer([1.0], 0.0)[0] == pytest.approx(0.5)


@pytest.mark.parametrize("rate", [0, -5, float("nan"), float("inf")])
def test_a_rate_must_be_a_number_above_zero(rate: float) -> None:
    with pytest.raises(ConfigurationError, match="above 0"):
        Budget(rate)
    with pytest.raises(ConfigurationError, match="index_wcu of i"):
        Budget(1, index_wcu={"i": rate})


def test_a_budget_shows_its_rates() -> None:
    assert repr(Budget(200)) == "Budget(200)"
    assert repr(Budget(200, index_wcu={"i": 50})) == "Budget(200, index_wcu={'i': 50})"


class Sink:
    """Takes everything at once, and remembers how many writes each request had."""

    name = "sink"

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def batch_write(self, body: bytes) -> Outcome:
        self.sizes.append(body.count(b"PutRequest"))
        return Reply({})

    async def put_item(self, body: bytes) -> Outcome | Unmet:
        raise NotImplementedError


def test_loads_in_several_threads_share_a_budget() -> None:
    """None sends what another has paid for meanwhile: a request would be empty."""
    budget, sink = Budget(50_000), Sink()

    def run(thread: int) -> LoadReport:
        source = ({"pk": f"{thread}-{n}"} for n in range(4000))
        return load_sync("t", source, wcu=budget, schema="pk", transport=sink)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            reports = list(threads.map(run, range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert sum(report.items_written for report in reports) == sum(sink.sizes) == 32_000
    assert min(sink.sizes) > 0
