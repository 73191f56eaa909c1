"""The simulator answers batch gets and transactions as other people's servers do.

Contents, error codes, the codes of cancellation reasons and effects, beside dynoxide
also consumed capacity; not message texts.
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
Requests = list[list[dict[str, Any]]]
Items = list[dict[str, Value]]


@contextmanager
def beside(server: Server) -> Iterator[NewPair]:
    """Make tables, the same on both servers, that are gone after the block."""
    with (
        # Whatever the test sends in a second is admitted: throttling is not compared.
        Simulator(burst_seconds=300.0) as started,
        connected(started.endpoint_url) as simulator,
        connected(server.endpoint_url) as other,
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


@pytest.fixture(scope="module")
def beside_dynoxide(dynoxide: Server) -> Iterator[NewPair]:
    with beside(dynoxide) as make:
        yield make


@pytest.fixture(scope="module")
def beside_ministack(ministack: Server) -> Iterator[NewPair]:
    with beside(ministack) as make:
        yield make


def outcome(answer: Answer) -> Any:  # noqa: ANN401 -- JSON
    """What two answers to a transaction are compared by."""
    if answer.code == "TransactionCanceledException":
        return [
            (reason["Code"], normal_item(reason.get("Item") or {}))
            for reason in answer.body["CancellationReasons"]
        ]
    responses = answer.body.pop("Responses", [])
    return normal(answer), [normal_item(one.get("Item", {})) for one in responses]


def found(answer: Answer) -> Any:  # noqa: ANN401 -- JSON
    """What two answers to a batch get are compared by."""
    responses = answer.body.pop("Responses", {})
    return normal(answer), [as_set(items) for items in responses.values()]


def write_and_compare(
    pair: Pair, items: Items, requests: Requests, **more: object
) -> None:
    pair.put(items)
    for actions in requests:
        one, other = pair.both_together("TransactWriteItems", actions, **more)
        assert outcome(one) == outcome(other), actions
    pair.agree_on_everything()


@settings(max_examples=30)
@given(
    items=distinct(PUT_ITEMS, at_most=4),
    requests=st.lists(transactions(), min_size=1, max_size=4),
)
def test_transactions_end_and_cost_as_on_dynoxide(
    beside_dynoxide: NewPair, items: Items, requests: Requests
) -> None:
    with beside_dynoxide() as pair:
        write_and_compare(pair, items, requests, ReturnConsumedCapacity="INDEXES")


@settings(max_examples=20)
@given(
    items=distinct(PUT_ITEMS, at_most=4),
    requests=st.lists(transactions(is_plain=True), min_size=1, max_size=4),
)
def test_transactions_end_as_on_ministack(
    beside_ministack: NewPair, items: Items, requests: Requests
) -> None:
    with beside_ministack() as pair:
        write_and_compare(pair, items, requests)


@settings(max_examples=20)
@given(
    items=DISTINCT_ITEMS,
    gets=transaction_gets(),
    part=batch_gets(),
    detail=st.sampled_from(["TOTAL", "INDEXES", "NONE"]),
)
def test_reads_of_many_items_find_and_cost_the_same_on_dynoxide(
    beside_dynoxide: NewPair,
    items: Items,
    gets: list[dict[str, Any]],
    part: dict[str, Any],
    detail: str,
) -> None:
    more = {"ReturnConsumedCapacity": detail}
    if "ProjectionExpression" in str(gets) + str(part):
        more = {}  # dynoxide charges only the projection
    with beside_dynoxide() as pair:
        pair.put(items)
        one, other = pair.both_together("TransactGetItems", gets, **more)
        assert outcome(one) == outcome(other), gets
        one, other = pair.both_batch_gets(part, **more)
        assert found(one) == found(other), part


@settings(max_examples=10)
@given(items=DISTINCT_ITEMS, gets=transaction_gets(), part=batch_gets())
def test_reads_of_many_items_find_the_same_on_ministack(
    beside_ministack: NewPair,
    items: Items,
    gets: list[dict[str, Any]],
    part: dict[str, Any],
) -> None:
    with beside_ministack() as pair:
        pair.put(items)
        one, other = pair.both_together("TransactGetItems", gets)
        assert outcome(one) == outcome(other), gets
        one, other = pair.both_batch_gets(part)
        assert found(one) == found(other), part
