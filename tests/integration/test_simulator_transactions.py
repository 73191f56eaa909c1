"""The simulator answers batch gets and transactions as other people's servers do.

Contents, error codes, the codes of cancellation reasons, and effects; consumed capacity
where the other server counts as AWS does.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.simulator import Simulator
from tests.support.dynamodb_strategies import Value
from tests.support.dynamodb_transactions import (
    batch_gets,
    transaction_gets,
    transactions,
)
from tests.support.dynamodb_writes import DISTINCT_ITEMS, PUT_ITEMS, distinct
from tests.support.raw_dynamodb import Answer, connected
from tests.support.servers import Server
from tests.support.table_pair import Pair, as_set, normal, normal_item

# Hypothesis asks two servers in turn, which takes long on a busy machine.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

NewPair = Callable[[], Any]


@pytest.fixture(scope="module", params=["dynoxide", "ministack"])
def new_pair(
    request: pytest.FixtureRequest, start_server: Callable[[str], Server]
) -> Iterator[NewPair]:
    """Make tables, the same on both servers, that are gone after the block."""
    with (
        Simulator(burst_seconds=300.0) as started,
        connected(started.endpoint_url) as simulator,
        connected(start_server(request.param).endpoint_url) as other,
    ):
        numbers = itertools.count()

        @contextmanager
        def make() -> Iterator[Pair]:
            pair = Pair(simulator, other, f"together-{next(numbers)}")
            pair.create()
            try:
                yield pair
            finally:
                pair.delete()

        yield make


def reasons(answer: Answer) -> Any:  # noqa: ANN401 -- JSON
    """What two answers to a transaction are compared by."""
    if answer.code != "TransactionCanceledException":
        return normal(answer)
    return [
        (reason["Code"], normal_item(reason.get("Item") or {}))
        for reason in answer.body["CancellationReasons"]
    ]


@settings(max_examples=25)
@given(
    items=distinct(PUT_ITEMS, at_most=4),
    requests=st.lists(transactions(), min_size=1, max_size=4),
)
def test_transactions_are_done_or_cancelled_alike(
    new_pair: NewPair,
    items: list[dict[str, Value]],
    requests: list[list[dict[str, Any]]],
) -> None:
    with new_pair() as pair:
        pair.put(items)
        for actions in requests:
            both = pair.both_together("TransactWriteItems", actions)
            assert reasons(both[0]) == reasons(both[1]), actions
        pair.agree_on_everything()


@settings(max_examples=20)
@given(items=DISTINCT_ITEMS, requests=st.lists(transaction_gets(), max_size=3))
def test_transactions_that_read_find_the_same(
    new_pair: NewPair,
    items: list[dict[str, Value]],
    requests: list[list[dict[str, Any]]],
) -> None:
    with new_pair() as pair:
        pair.put(items)
        for gets in requests:
            actions = [{"Get": get} for get in gets]
            found = []
            for answer in pair.both_together("TransactGetItems", actions):
                responses = answer.body.pop("Responses", [])
                items_found = [normal_item(one.get("Item", {})) for one in responses]
                found.append((reasons(answer), items_found))
            assert found[0] == found[1], gets


@settings(max_examples=25)
@given(items=DISTINCT_ITEMS, parts=st.lists(batch_gets(), min_size=1, max_size=3))
def test_batch_gets_find_the_same(
    new_pair: NewPair, items: list[dict[str, Value]], parts: list[dict[str, Any]]
) -> None:
    with new_pair() as pair:
        pair.put(items)
        for part in parts:
            found = []
            for answer in pair.both_batch_gets(part):
                responses = answer.body.pop("Responses", {})
                items_found = [as_set(items) for items in responses.values()]
                found.append((normal(answer), items_found))
            assert found[0] == found[1], part
