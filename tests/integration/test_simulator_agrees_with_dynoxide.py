"""The simulator answers generated requests as dynoxide does.

Contents, counts, the order of queries, error codes and consumed capacity; not message
texts, and not the order of scans, which DynamoDB leaves open. What dynoxide is known to
do otherwise than DynamoDB is not generated; the strategies say what that is.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.simulator import Simulator
from tests.support.dynamodb_reads import crowded_queries, gets, queries, scans
from tests.support.dynamodb_strategies import (
    ALL_ATTRIBUTES,
    ATTRIBUTES,
    Placeholders,
    Value,
    condition,
)
from tests.support.dynamodb_writes import (
    CROWDED_ITEMS,
    DISTINCT_ITEMS,
    PUT_ITEMS,
    distinct,
    draw_update,
    writes,
)
from tests.support.raw_dynamodb import connected
from tests.support.servers import Server
from tests.support.table_pair import Pair, as_set, normal

# Hypothesis asks two servers in turn, which takes long on a busy machine.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

PARTITION_P: dict[str, Any] = {"KeyConditionExpression": "pk = :p"}


@pytest.fixture(scope="module")
def new_pair(dynoxide: Server) -> Iterator[Callable[[], Any]]:
    """Make tables, the same on both servers, that are gone after the block."""
    with (
        # Whatever the test sends in a second is admitted: capacity is not compared.
        Simulator(burst_seconds=300.0) as started,
        connected(started.endpoint_url) as simulator,
        connected(dynoxide.endpoint_url) as other,
    ):
        numbers = itertools.count()

        @contextmanager
        def make() -> Iterator[Pair]:
            pair = Pair(simulator, other, f"agreement-{next(numbers)}")
            pair.create()
            try:
                yield pair
            finally:
                pair.delete()

        yield make


@settings(max_examples=60)
@given(
    items=distinct(PUT_ITEMS, at_most=4),
    operations=st.lists(writes(), min_size=1, max_size=10),
)
def test_writes_have_the_same_answers_and_effects(
    new_pair: Callable[[], Any],
    items: list[dict[str, Value]],
    operations: list[tuple[str, Any]],
) -> None:
    with new_pair() as pair:
        pair.put(items)
        for operation, request in operations:
            if operation == "BatchWriteItem":
                pair.agree_on_batch(request)
            else:
                pair.agree(operation, **request)
        pair.agree_on_everything()


@settings(max_examples=50)
@given(item=ALL_ATTRIBUTES, data=st.data())
def test_updates_of_one_item_have_the_same_effects(
    new_pair: Callable[[], Any], item: dict[str, Value], data: st.DataObject
) -> None:
    key = {"pk": {"S": "p"}, "sk": {"N": "1"}}
    with new_pair() as pair:
        pair.put([key | item])
        for _ in range(8):
            values = Placeholders()
            update = draw_update(data.draw, values)
            pair.agree("UpdateItem", Key=key, **update, **values.request)
            pair.agree("GetItem", Key=key, ReturnConsumedCapacity="TOTAL")


@settings(max_examples=60)
@given(data=st.data(), items=st.lists(ATTRIBUTES, min_size=1, max_size=4))
def test_conditions_hold_for_the_same_items(
    new_pair: Callable[[], Any], data: st.DataObject, items: list[dict[str, Value]]
) -> None:
    with new_pair() as pair:
        keys = [{"pk": {"S": "p"}, "sk": {"N": str(n)}} for n in range(len(items))]
        pair.put([key | item for key, item in zip(keys, items, strict=True)])
        for _ in range(8):
            values = Placeholders()
            text = condition(data.draw, values, depth=3)
            pair.agree("Query", **PARTITION_P, **filtered(text, values))


def filtered(text: str, values: Placeholders) -> dict[str, Any]:
    return {
        "FilterExpression": text,
        "ExpressionAttributeValues": {":p": {"S": "p"}, **values.values},
    }


@settings(max_examples=60)
@given(items=DISTINCT_ITEMS, requests=st.lists(queries(), min_size=1, max_size=8))
def test_queries_have_the_same_answers_in_the_same_order(
    new_pair: Callable[[], Any],
    items: list[dict[str, Value]],
    requests: list[dict[str, Any]],
) -> None:
    with new_pair() as pair:
        pair.put(items)
        for request in requests:
            pair.agree("Query", **request)


@settings(max_examples=40)
@given(
    items=CROWDED_ITEMS,
    request=crowded_queries(),
    limit=st.integers(1, 5),
)
def test_pages_of_queries_begin_and_end_in_the_same_places(
    new_pair: Callable[[], Any],
    items: list[dict[str, Value]],
    request: dict[str, Any],
    limit: int,
) -> None:
    with new_pair() as pair:
        pair.put(items)
        page = pair.agree("Query", **request, Limit=limit)
        while "LastEvaluatedKey" in page.body:
            start = page.body["LastEvaluatedKey"]
            page = pair.agree("Query", **request, Limit=limit, ExclusiveStartKey=start)


@settings(max_examples=60)
@given(items=DISTINCT_ITEMS, requests=st.lists(scans(), min_size=1, max_size=6))
def test_scans_find_the_same_at_the_same_cost(
    new_pair: Callable[[], Any],
    items: list[dict[str, Value]],
    requests: list[dict[str, Any]],
) -> None:
    with new_pair() as pair:
        pair.put(items)
        for request in requests:
            simulator, dynoxide = pair.both("Scan", request)
            found = [as_set(a.body.pop("Items", [])) for a in (simulator, dynoxide)]
            assert found[0] == found[1], request
            assert normal(simulator) == normal(dynoxide), request


@settings(max_examples=30)
@given(items=DISTINCT_ITEMS, total=st.integers(1, 5), request=scans())
def test_segments_of_scans_have_the_same_sum(
    new_pair: Callable[[], Any],
    items: list[dict[str, Value]],
    total: int,
    request: dict[str, Any],
) -> None:
    with new_pair() as pair:
        pair.put(items)
        sums: list[dict[str, Any]] = [{"Count": 0, "Items": []} for _ in range(2)]
        for segment in range(total):
            share = request | {"Segment": segment, "TotalSegments": total}
            for answer, whole in zip(pair.both("Scan", share), sums, strict=True):
                whole["Count"] += answer.body["Count"]
                whole["Items"] += answer.body.get("Items", [])
        for whole in sums:
            whole["Items"] = as_set(whole["Items"])
        assert sums[0] == sums[1], request


@settings(max_examples=40)
@given(items=DISTINCT_ITEMS, requests=st.lists(gets(), min_size=1, max_size=5))
def test_gets_have_the_same_answers(
    new_pair: Callable[[], Any],
    items: list[dict[str, Value]],
    requests: list[dict[str, Any]],
) -> None:
    with new_pair() as pair:
        pair.put(items)
        for request in requests:
            pair.agree("GetItem", **request)


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("Scan", {"Limit": 0}),
        ("Scan", {"Segment": 1}),
        ("Scan", {"TotalSegments": 1}),
        ("Scan", {"Segment": 2, "TotalSegments": 2}),
        ("Scan", {"IndexName": "absent"}),
        ("Scan", {"IndexName": "some", "ConsistentRead": True}),
        ("Scan", {"Select": "NOTHING"}),
        ("Scan", {"Select": "SPECIFIC_ATTRIBUTES"}),
        ("Scan", {"FilterExpression": "name = a"}),
        ("Scan", {"FilterExpression": "a ="}),
        ("Scan", {"ExpressionAttributeNames": {"#a": "a"}}),
        ("Scan", {"ExclusiveStartKey": {"pk": {"S": "p"}}}),
        ("Query", {}),
        ("Query", {"KeyConditionExpression": "sk = pk"}),
        ("Query", {**PARTITION_P, "ExpressionAttributeValues": {":q": {"S": "p"}}}),
        ("GetItem", {}),
        ("GetItem", {"Key": {}}),
        ("GetItem", {"Key": {"pk": "p"}}),
        ("GetItem", {"Key": {"pk": {"S": 1}, "sk": {"N": "1"}}}),
        ("GetItem", {"Key": {"pk": {"S": "p"}, "sk": {"N": 1}}}),
        ("UpdateItem", {"Key": {"pk": {"S": "p"}}}),
        ("PutItem", {"Item": {"pk": {"S": "p"}}}),
        ("PutItem", {"Item": {"pk": {"S": "p"}, "sk": {"N": "1"}, "a": {"X": "y"}}}),
        ("PutItem", {"Item": {"pk": {"S": "p"}, "sk": {"N": "1"}, "a": {"B": "?"}}}),
        ("DeleteItem", {"Key": {"pk": {"S": "p"}, "sk": {"N": "1"}, "a": {"S": ""}}}),
    ],
)
def test_wrong_requests_have_the_same_error_codes(
    new_pair: Callable[[], Any], operation: str, request_: dict[str, Any]
) -> None:
    with new_pair() as pair:
        assert pair.agree(operation, **request_).code
