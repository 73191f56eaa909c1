"""What answers do to an adaptive budget: the right resource, and no other."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.batch import Batch
from ddbbulk.budget import Budget
from ddbbulk.events import BudgetChanged, Event
from ddbbulk.marshal import Marshaller, Write
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.steering import Steering

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/ducks"
INDEX = f"{TABLE}/index/by_pond"
SCHEMA = TableSchema(
    KeyAttribute("pk"),
    indexes=(IndexSchema("by_pond", (KeyAttribute("pond"),)),),
)


@dataclass(slots=True)
class Bench:
    """A steering of a budget for a table with an index, and what it has told."""

    budget: Budget
    steering: Steering
    events: list[Event]

    @property
    def rates(self) -> tuple[float, float]:
        return self.budget.rates[""], self.budget.rates["by_pond"]


def bench(*, is_on_demand: bool | None = None, index_wcu: float | None = None) -> Bench:
    given = None if index_wcu is None else {"by_pond": index_wcu}
    budget = Budget.adaptive(start=1000, index_wcu=given)
    budget.search_index("by_pond", start=1000, ceiling=float("inf"))
    events: list[Event] = []
    steering = Steering(
        budget,
        schema=SCHEMA,
        table="ducks",
        is_on_demand=is_on_demand,
        on_event=events.append,
    )
    return Bench(budget, steering, events)


def batch(*keys: str, sent_at: float = 0.0) -> Batch:
    put = Marshaller(SCHEMA).put
    writes: list[Write] = [put({"pk": key, "pond": key[0]}) for key in keys]
    made = Batch.of(writes, resources=2)
    made.sent_at = sent_at
    return made


def throttle(*reasons: tuple[str, str]) -> Failure:
    code = "ProvisionedThroughputExceededException"
    return Failure(FailureKind.THROTTLED, code, "slow down", reasons)


OF_TABLE = throttle(("TableWriteProvisionedThroughputExceeded", TABLE))
OF_INDEX = throttle(("IndexWriteProvisionedThroughputExceeded", INDEX))
OF_KEY = throttle(("TableWriteKeyRangeThroughputExceeded", TABLE))
OF_ACCOUNT = throttle(("TableWriteAccountLimitExceeded", TABLE))
NAMELESS = throttle()


@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.integers(0, 3), st.floats(0.001, 1.0)), max_size=40
    )
)
def test_an_index_that_throttles_never_changes_the_rate_of_the_table(
    steps: list[tuple[bool, int, float]],
) -> None:
    """Other than upwards, where the table is used in full."""
    one, now = bench(), 0.0
    for is_throttled, used, seconds in steps:
        before = one.rates[0]
        sent, now = batch("a1", "b1", sent_at=now), now + seconds
        if is_throttled:
            one.steering.failed(sent, OF_INDEX, now)
            assert one.rates[0] == before
        else:
            one.steering.answered(sent, (), [float(used), float(used)], now)
            assert one.rates[0] >= before


def test_a_named_table_is_slowed_and_its_index_is_not() -> None:
    one = bench()
    one.steering.failed(batch("a1"), OF_TABLE, 1.0)
    assert one.rates[0] < 1000
    assert one.rates[1] == 1000


def test_a_hot_key_slows_nothing() -> None:
    one = bench()
    one.steering.failed(batch("a1"), OF_KEY, 1.0)
    assert one.rates == (1000, 1000)


def test_on_demand_many_keys_that_throttle_alike_are_a_table_short_of_capacity() -> (
    None
):
    for is_on_demand in (True, False):
        one = bench(is_on_demand=is_on_demand)
        one.steering.failed(batch("a1"), OF_KEY, 1.0)
        before = one.rates[0]
        one.steering.failed(batch("a1", "b1", "c1"), OF_KEY, 1.0)
        assert before == 1000
        assert (one.rates[0] < before) == is_on_demand


def test_an_index_that_nobody_named_slows_the_table_that_writes_to_it() -> None:
    one = bench()
    unknown = throttle(
        ("IndexWriteProvisionedThroughputExceeded", f"{TABLE}/index/by_age")
    )
    one.steering.failed(batch("a1"), unknown, 1.0)
    assert one.rates[0] < 1000


def test_an_index_whose_rate_is_given_keeps_it_and_slows_nothing_else() -> None:
    one = bench(index_wcu=70)
    one.steering.failed(batch("a1"), OF_INDEX, 1.0)
    assert one.rates == (1000, 70)


def test_a_suspect_gets_its_rate_back_when_another_is_named() -> None:
    one = bench()
    sent = batch("a1", "b1", "c1")
    one.steering.answered(sent, sent.writes[:2], [1.0, 1.0], 1.0)
    assert one.rates[0] == one.rates[1] < 1000
    one.steering.failed(batch("d1", sent_at=0.5), OF_INDEX, 1.1)
    assert one.rates[0] == 1000
    assert one.rates[1] < 1000


def test_a_suspect_gets_its_rate_back_when_it_was_a_hot_key() -> None:
    one = bench()
    one.steering.failed(batch("a1", "b1"), NAMELESS, 1.0)
    assert one.rates[0] < 1000
    one.steering.failed(batch("a1"), OF_KEY, 2.0)
    assert one.rates == (1000, 1000)


def test_a_failure_that_is_no_throttle_says_nothing_of_capacity() -> None:
    one = bench()
    fault = Failure(FailureKind.FAULT, "InternalServerError", "oops")
    one.steering.failed(batch("a1"), fault, 1.0)
    assert one.rates == (1000, 1000)


def test_an_account_limit_is_told_at_once_and_once() -> None:
    one = bench()
    one.steering.failed(batch("a1", sent_at=0.0), OF_ACCOUNT, 1.0)
    one.steering.failed(batch("a1", sent_at=0.5), OF_ACCOUNT, 1.01)
    (event,) = one.events
    assert event == BudgetChanged("ducks", "", one.rates[0], "account")
    verdict = one.steering.verdict(0)
    assert verdict.startswith("bound by the account's limit: the table throttled")


def test_where_the_service_says_nothing_the_estimate_stands_for_it() -> None:
    one = bench()
    for number in range(1, 100):
        sent = batch(*(f"{letter}{number}" for letter in "abcdefghij"))
        one.steering.answered(sent, (), None, number / 100)
    assert one.rates[0] > 1000


def test_nothing_is_said_of_what_a_budget_or_a_cap_has_bound() -> None:
    one = bench(index_wcu=70)
    assert one.steering.verdict(1) == ""
    assert "ended before the limit of the table was found" in one.steering.verdict(0)
    capped = Budget.adaptive(start=50, max_wcu=50)
    steering = Steering(
        capped,
        schema=TableSchema.of("pk"),
        table="ducks",
        is_on_demand=None,
        on_event=None,
    )
    assert steering.verdict(0) == ""
