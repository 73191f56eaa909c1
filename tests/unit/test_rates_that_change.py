"""A budget whose rate changes keeps its promise: nothing paid twice, none wasted."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.budget import Account, Budget
from ddbbulk.errors import ConfigurationError
from ddbbulk.pace import REQUEST_SECONDS, WINDOW_SECONDS

RATES = st.sampled_from([50.0, 200.0, 1000.0, 4000.0])


def send_until(
    account: Account, sent: list[tuple[float, float]], now: float, until: float
) -> None:
    """Send requests of the size that there is room for, as early as allowed."""
    while True:
        ready = account.offer([1.0], now)[0]
        if ready > until:
            return
        now = max(now, ready)
        (room,) = account.offer([0.0], now)[2]
        cost = max(1.0, float(int(room)))
        account.charge([cost], now)
        sent.append((now, cost))


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


def changed(
    before: float, after: float, *, seconds: float, is_dated: bool
) -> tuple[Budget, list[tuple[float, float]]]:
    budget = Budget(before)
    account = budget.account([""])
    sent: list[tuple[float, float]] = []
    send_until(account, sent, 0.0, seconds)
    budget.set_rate("", after, now=seconds if is_dated else None)
    send_until(account, sent, seconds, seconds + 5)
    return budget, sent


@given(before=RATES, after=RATES, seconds=st.floats(0.1, 3), is_dated=st.booleans())
def test_no_second_costs_more_than_the_larger_rate_allows(
    before: float, after: float, seconds: float, *, is_dated: bool
) -> None:
    _, sent = changed(before, after, seconds=seconds, is_dated=is_dated)
    assert highest_window(sent) <= 1.05 * max(before, after)
    settled = [(at, cost) for at, cost in sent if at > seconds + 1.02]
    assert highest_window(settled) <= 1.05 * after


@given(before=RATES, after=RATES, seconds=st.floats(0.1, 3), is_dated=st.booleans())
def test_a_new_rate_is_used_in_full_from_the_second_after(
    before: float, after: float, seconds: float, *, is_dated: bool
) -> None:
    _, sent = changed(before, after, seconds=seconds, is_dated=is_dated)
    # The second before it may hold all that the next may cost; its last request is to
    # be earned first, too.
    waits = max(WINDOW_SECONDS, before * REQUEST_SECONDS / after)
    later = sum(cost for at, cost in sent if at > seconds)
    assert later >= 0.98 * (5 - waits) * after - 1


def test_a_debt_stays_a_debt_and_is_paid_at_the_new_rate() -> None:
    budget = Budget(100)
    account = budget.account([""])
    account.charge([400.0], 0.0)
    budget.set_rate("", 200, now=1.0)
    # 100 were earned in the first second, 300 are left.
    assert account.offer([1.0], 1.0)[0] == pytest.approx(2.5)


def test_a_higher_rate_makes_no_credit_of_time_that_passed() -> None:
    budget = Budget(100)
    account = budget.account([""])
    account.charge([1.0], 0.0)
    budget.set_rate("", 10_000, now=10.0)
    sent: list[tuple[float, float]] = []
    send_until(account, sent, 10.0, 11.0)
    assert highest_window(sent) <= 1.05 * 10_000


def test_the_mean_rate_is_that_of_the_time() -> None:
    budget = Budget(100, index_wcu={"by_name": 50})
    account = budget.account(["", "by_name"])
    account.begin(1000.0)
    budget.set_rate("", 400, now=1001.0)
    assert account.mean_rates(1003.0) == [pytest.approx(300), 50]
    assert account.rates == [400, 50]


@pytest.mark.parametrize("rate", [200.0, 0.3, 1e6 / 7])
def test_a_rate_that_was_given_is_reported_as_it_was_given(rate: float) -> None:
    account = Budget(rate).account([""])
    account.begin(123_456.789)
    assert account.mean_rates(123_456.789 + 1 / 3) == [rate]
    assert account.mean_rates(123_456.0) == [rate]


def test_a_budget_of_a_later_load_has_the_mean_of_its_own_time() -> None:
    budget = Budget(100)
    budget.set_rate("", 500, now=10.0)
    account = budget.account([""])
    account.begin(20.0)
    assert account.mean_rates(30.0) == [500]


def test_a_rate_is_set_for_what_there_is_and_above_zero() -> None:
    budget = Budget(100)
    with pytest.raises(ConfigurationError, match="no index by_name"):
        budget.set_rate("by_name", 5)
    with pytest.raises(ConfigurationError, match="above 0"):
        budget.set_rate("", 0)


def test_an_adaptive_budget_says_what_it_is() -> None:
    assert repr(Budget.adaptive(max_wcu=100)) == "Budget.adaptive(100)"
    with pytest.raises(ConfigurationError, match="max_wcu is 0"):
        Budget.adaptive(max_wcu=0)
