"""The simulator answers generated requests as dynoxide does.

Contents, counts, the order of queries, error codes and consumed capacity; not message
texts, and not the order of scans, which DynamoDB leaves open. What dynoxide is known to
do otherwise than DynamoDB is not generated; it is listed where it would be.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.simulator import Simulator
from tests.support.dynamodb_strategies import (
    ALL_ATTRIBUTES,
    ATTRIBUTES,
    NUMBERS,
    SETS,
    VALUES,
    Draw,
    Placeholders,
    Value,
    bounds,
    condition,
)
from tests.support.raw_dynamodb import Answer, RawClient, connected
from tests.support.servers import Server

pytestmark = pytest.mark.integration

KEYS = {"pk": "S", "sk": "N", "g": "S", "h": "N"}
DEFINITION: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind} for name, kind in KEYS.items()
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
GLOBAL_INDEXES = {
    "whole": (("g", "h"), {"ProjectionType": "ALL"}),
    "only_keys": (("g",), {"ProjectionType": "KEYS_ONLY"}),
    "some": (
        ("h", "pk"),
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "c"]},
    ),
}
LOCAL_INDEXES = {
    "local": (("pk", "h"), {"ProjectionType": "ALL"}),
    "local_keys": (("pk", "g"), {"ProjectionType": "KEYS_ONLY"}),
}
INDEXES = GLOBAL_INDEXES | LOCAL_INDEXES


def indexes(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "IndexName": name,
            "Projection": projection,
            "KeySchema": [
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        }
        for name, (keys, projection) in described.items()
    ]


class Pair:
    """A table on each of the two servers, asked the same."""

    def __init__(self, simulator: RawClient, dynoxide: RawClient, table: str) -> None:
        self._clients = (simulator, dynoxide)
        self._table = table

    def both(self, operation: str, request: dict[str, Any]) -> tuple[Answer, Answer]:
        """Return what the simulator answers, and what dynoxide does."""
        request = request | {"TableName": self._table}
        simulator, dynoxide = (
            client.send(operation, **request) for client in self._clients
        )
        return simulator, dynoxide

    def agree(self, operation: str, **request: object) -> Answer:
        """Send a request to both, compare what comes back, return one."""
        simulator, dynoxide = self.both(operation, request)
        for answer in (simulator, dynoxide):
            # Of an item that was not there dynoxide answers the key, AWS nothing.
            if answer.body.get("Attributes") == request.get("Key"):
                answer.body.pop("Attributes", None)
        assert normal(simulator) == normal(dynoxide), (operation, request)
        return simulator

    def put(self, items: Sequence[dict[str, Value]]) -> None:
        """Put items into both tables."""
        requests = [{"PutRequest": {"Item": item}} for item in items]
        for client in self._clients if requests else ():
            answer = client.must("BatchWriteItem", RequestItems={self._table: requests})
            assert not answer["UnprocessedItems"]

    def agree_on_batch(self, requests: Sequence[dict[str, Any]]) -> None:
        """Send a batch to both and compare."""
        request = {"RequestItems": {self._table: requests}}
        detail = {"ReturnConsumedCapacity": "INDEXES"}
        simulator, dynoxide = (
            client.send("BatchWriteItem", **request, **detail)
            for client in self._clients
        )
        assert normal(simulator) == normal(dynoxide), requests

    def agree_on_everything(self) -> None:
        """Compare the contents of the table and of every index."""
        for index in (None, *INDEXES):
            more = {} if index is None else {"IndexName": index}
            simulator, dynoxide = self.both("Scan", {**more})
            assert as_set(simulator.body["Items"]) == as_set(dynoxide.body["Items"])


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
            name = f"agreement-{next(numbers)}"
            for client in (simulator, other):
                client.must(
                    "CreateTable",
                    TableName=name,
                    **DEFINITION,
                    GlobalSecondaryIndexes=indexes(GLOBAL_INDEXES),
                    LocalSecondaryIndexes=indexes(LOCAL_INDEXES),
                )
            try:
                yield Pair(simulator, other, name)
            finally:
                for client in (simulator, other):
                    client.must("DeleteTable", TableName=name)

        yield make


def normal(answer: Answer) -> Any:  # noqa: ANN401 -- JSON, or an error's code
    """What two answers are compared by."""
    if answer.code:
        item = answer.body.get("Item")
        return answer.code, None if item is None else normal_item(item)
    body = dict(answer.body)
    for member in ("Item", "Attributes", "LastEvaluatedKey"):
        if member in body:
            body[member] = normal_item(body[member])
    if "Items" in body:
        body["Items"] = [normal_item(item) for item in body["Items"]]
    if not body.get("UnprocessedItems", True):
        del body["UnprocessedItems"]
    return body


def normal_item(item: dict[str, Value]) -> dict[str, Any]:
    return {name: normal_value(value) for name, value in item.items()}


def normal_value(value: Value) -> Any:  # noqa: ANN401 -- any type
    ((kind, content),) = value.items()
    match kind:
        case "SS" | "BS" | "NS":
            return kind, frozenset(content)
        case "L":
            return kind, [normal_value(element) for element in content]
        case "M":
            return kind, normal_item(content)
        case _:
            return kind, content


def as_set(items: list[dict[str, Value]]) -> list[str]:
    return sorted(
        repr(sorted((name, repr(_sorted(value))) for name, value in item.items()))
        for item in items
    )


def _sorted(value: Value) -> Any:  # noqa: ANN401 -- any type
    ((kind, content),) = value.items()
    if kind in ("SS", "BS", "NS"):
        return kind, sorted(content)
    if kind == "L":
        return kind, [_sorted(element) for element in content]
    if kind == "M":
        return kind, sorted((name, _sorted(each)) for name, each in content.items())
    return kind, content


# ------------------------------------------------------------------------ items

PARTITIONS = st.sampled_from(["p", "q", "pé", "p\U0001f600"])
SORTS = st.sampled_from(["-1.5", "0", "1", "2", "10", "1e2", "0.001", "-20"])
ITEM_KEYS = st.builds(
    lambda partition, sort: {"pk": {"S": partition}, "sk": {"N": sort}},
    PARTITIONS,
    SORTS,
)
INDEX_ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "g": st.sampled_from(["g", "gg", "h"]).map(lambda text: {"S": text}),
        "h": st.sampled_from(["-1", "0", "2", "2.5", "10"]).map(lambda n: {"N": n}),
    },
)
ITEMS = st.builds(
    lambda key, index, attributes: key | index | attributes,
    ITEM_KEYS,
    INDEX_ATTRIBUTES,
    ATTRIBUTES,
)


def distinct(
    items: st.SearchStrategy[dict[str, Value]], *, at_most: int
) -> st.SearchStrategy[list[dict[str, Value]]]:
    """Items that can stand in one table together."""
    return st.lists(
        items,
        max_size=at_most,
        unique_by=lambda item: (item["pk"]["S"], Decimal(item["sk"]["N"])),
    )


DISTINCT_ITEMS = distinct(ITEMS, at_most=14)
# One in some is refused: a key of the table or of an index that cannot be one.
WRONG_KEYS = st.sampled_from(
    [
        {"pk": {"S": ""}},
        {"pk": {"N": "1"}},
        {"sk": {"S": "1"}},
        {"sk": {"N": "one"}},
        {"sk": {"N": "1" * 39}},
        {"g": {"N": "1"}},
        {"g": {"S": ""}},
        {"h": {"S": "1"}},
        {"h": {"L": []}},
        {"a": {"NS": ["1", "1.0"]}},
        {"a": {"SS": []}},
        {"a": {"NULL": False}},
        {"a": {"N": "1e126"}},
        {"a": {"N": "1e-131"}},
        {"a": {}},
    ]
)


# ------------------------------------------------------------------------- writes

# So few that most writes meet an item.
FEW_KEYS = st.sampled_from(
    [
        {"pk": {"S": partition}, "sk": {"N": sort}}
        for partition in ("p", "q")
        for sort in ("1", "2")
    ]
)
PUT_ITEMS = st.builds(lambda item, key: item | key, ITEMS, FEW_KEYS)
MOSTLY_RIGHT = st.one_of(
    *[PUT_ITEMS] * 4, st.builds(lambda item, wrong: item | wrong, PUT_ITEMS, WRONG_KEYS)
)


@st.composite
def writes(draw: Draw) -> tuple[str, Any]:
    """A single write, or a batch of them."""
    kind = draw(st.sampled_from(["put", "delete", "update", "batch"]))
    if kind == "batch":
        return "BatchWriteItem", draw(st.lists(batch_entries(), max_size=5))
    values = Placeholders()
    request: dict[str, Any] = {
        "ReturnConsumedCapacity": draw(st.sampled_from(["NONE", "TOTAL", "INDEXES"])),
        "ReturnValuesOnConditionCheckFailure": draw(
            st.sampled_from(["ALL_OLD", "NONE"])
        ),
    }
    operation = {"put": "PutItem", "delete": "DeleteItem", "update": "UpdateItem"}[kind]
    if kind == "put":
        request["Item"] = draw(MOSTLY_RIGHT)
    else:
        request["Key"] = draw(FEW_KEYS)
    if kind == "update":
        request |= draw_update(draw, values)
    else:
        request["ReturnValues"] = draw(st.sampled_from(["ALL_OLD", "NONE"]))
    if draw(st.integers(0, 2)) == 0:
        request["ConditionExpression"] = draw(
            st.sampled_from(["attribute_exists(pk)", "attribute_not_exists(pk)"])
            | st.builds(lambda: condition(draw, values))
        )
    return operation, request | values.request


@st.composite
def batch_entries(draw: Draw) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"PutRequest": {"Item": draw(MOSTLY_RIGHT)}}
    return {"DeleteRequest": {"Key": draw(FEW_KEYS)}}


def draw_update(draw: Draw, values: Placeholders) -> dict[str, Any]:
    """Draw an update.

    Not drawn, because dynoxide differs from AWS's documentation: a position beyond the
    end of a list (it fills up with NULL, AWS appends); two positions of a list in one
    REMOVE (it counts the second after the first is gone); REMOVE below what is not
    there (it is silent); UPDATED_OLD and UPDATED_NEW of paths below an attribute (it
    answers the whole attribute).
    """
    sets = draw(st.lists(st.sampled_from("abcgh"), max_size=3, unique=True))
    clauses: dict[str, list[str]] = {}
    for name in sets:
        clauses.setdefault("SET", []).append(
            f"{name} = {set_value(draw, values, name)}"
        )
    rest = [name for name in "abcdegh" if name not in sets]
    removes = draw(st.lists(st.sampled_from(rest), max_size=2, unique=True))
    if removes:
        clauses["REMOVE"] = removes
    rest = [name for name in ("a", "e", "new_set") if name not in {*sets, *removes}]
    for clause in ("ADD", "DELETE"):
        if rest and draw(st.integers(0, 3)) == 0:
            name = draw(st.sampled_from(rest))
            rest.remove(name)
            change = draw(SETS)
            if clause == "ADD" and draw(st.booleans()):
                change = {"N": draw(NUMBERS)}
            clauses[clause] = [f"{name} {values(change)}"]
    choices = ["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"]
    request = {"ReturnValues": draw(st.sampled_from(choices))}
    if clauses:
        request["UpdateExpression"] = " ".join(
            f"{clause} {', '.join(actions)}" for clause, actions in clauses.items()
        )
    return request


def set_value(draw: Draw, values: Placeholders, name: str) -> str:
    if name in KEYS:
        return values(draw(st.sampled_from([{"S": "g"}, {"S": "h"}, {"N": "2.0"}])))
    path = draw(st.sampled_from(["a", "b", "c", "d.x", "absent"]))
    form = draw(st.sampled_from(["value", "path", "sum", "default", "list"]))
    if form == "value":
        return values(draw(VALUES))
    if form == "sum":
        sign = draw(st.sampled_from("+-"))
        return f"{path} {sign} {values({'N': str(draw(st.integers(-5, 5)))})}"
    if form == "default":
        return f"if_not_exists({path}, {values(draw(VALUES))})"
    if form == "list":
        return f"list_append({path}, {values({'L': [draw(VALUES)]})})"
    return str(path)


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


# -------------------------------------------------------------------- expressions


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


PARTITION_P: dict[str, Any] = {"KeyConditionExpression": "pk = :p"}


def filtered(text: str, values: Placeholders) -> dict[str, Any]:
    return {
        "FilterExpression": text,
        "ExpressionAttributeValues": {":p": {"S": "p"}, **values.values},
    }


# -------------------------------------------------------------------------- reads


@st.composite
def queries(draw: Draw) -> dict[str, Any]:
    """Draw a query of the table or of an index.

    Not drawn, because dynoxide differs from AWS's documentation: attributes that a
    local index has not copied (AWS fetches them, and charges the table for it) or a
    global one (AWS refuses); the sort key's condition before the partition key's (it
    is refused); empty key values (it finds nothing); start keys out of range. Nor are
    a megabyte of items: AWS ends a page with the item that brings it to 1 MB, dynoxide
    before it.
    """
    index = draw(st.sampled_from([None, None, *INDEXES]))
    partition, *sort = ("pk", "sk") if index is None else INDEXES[index][0]
    values = Placeholders()
    text = f"{partition} = {values(draw(key_value(partition)))}"
    if sort and draw(st.booleans()):
        text += f" AND {sort_condition(draw, values, sort[0])}"
    request: dict[str, Any] = {"KeyConditionExpression": text}
    if index is not None:
        request["IndexName"] = index
    request |= draw_view(draw, values, index)
    request["ScanIndexForward"] = draw(st.booleans())
    return request | values.request


def key_value(name: str) -> st.SearchStrategy[Value]:
    if KEYS[name] == "N":
        return st.sampled_from(["-1", "0", "2", "2.0", "10", "1.5"]).map(
            lambda number: {"N": number}
        )
    if name == "pk":
        return PARTITIONS.map(lambda text: {"S": text})
    return st.sampled_from(["g", "gg", "h"]).map(lambda text: {"S": text})


def sort_condition(draw: Draw, values: Placeholders, name: str) -> str:
    operators = ["=", "<", "<=", ">", ">=", "BETWEEN"]
    if KEYS[name] == "S":
        operators.append("begins_with")
    operator = draw(st.sampled_from(operators))
    if operator == "BETWEEN":
        kind = KEYS[name]
        pair = draw(bounds().filter(lambda pair: kind in pair[0]))
        return f"{name} BETWEEN {values(pair[0])} AND {values(pair[1])}"
    value = values(draw(key_value(name)))
    if operator == "begins_with":
        return f"begins_with({name}, {value})"
    return f"{name} {operator} {value}"


def draw_view(draw: Draw, values: Placeholders, index: str | None) -> dict[str, Any]:
    """Draw what Query and Scan have in common."""
    request: dict[str, Any] = {
        "ReturnConsumedCapacity": draw(st.sampled_from(["TOTAL", "INDEXES"]))
    }
    if index not in GLOBAL_INDEXES:
        request["ConsistentRead"] = draw(st.booleans())
    if draw(st.booleans()):
        request["FilterExpression"] = condition(draw, values, depth=1)
    form = draw(st.sampled_from(["all", "count", "projection"]))
    if form == "count":
        request["Select"] = "COUNT"
    elif form == "projection":
        paths = ["pk", "sk"]
        if index in (None, "whole", "local"):
            paths = ["pk", "a", "b", "c[0]", "d.x", "d.y[0]", "absent"]
        drawn = draw(st.lists(st.sampled_from(paths), min_size=1, unique=True))
        request["ProjectionExpression"] = ", ".join(drawn)
    return request


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


@settings(max_examples=25)
@given(
    items=DISTINCT_ITEMS,
    request=queries(),
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


@st.composite
def scans(draw: Draw) -> dict[str, Any]:
    index = draw(st.sampled_from([None, None, *INDEXES]))
    values = Placeholders()
    request = draw_view(draw, values, index)
    if index is not None:
        request["IndexName"] = index
    if index in LOCAL_INDEXES:
        # dynoxide charges the table for what it reads of a local index.
        request["ReturnConsumedCapacity"] = "TOTAL"
    return request | values.request


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


WRONG_TABLE_KEYS = st.sampled_from(
    [
        {"pk": {"S": ""}},
        {"pk": {"N": "1"}},
        {"sk": {"S": "1"}},
        {"sk": {"N": "1e200"}},
        {"other": {"S": "x"}},
    ]
)


@st.composite
def gets(draw: Draw) -> dict[str, Any]:
    """Draw a get; of one with a projection dynoxide charges only the projection."""
    key = draw(ITEM_KEYS)
    if draw(st.integers(0, 4)) == 0:
        key |= draw(WRONG_TABLE_KEYS)
    request: dict[str, Any] = {
        "Key": key,
        "ConsistentRead": draw(st.booleans()),
    }
    if draw(st.booleans()):
        request["ProjectionExpression"] = "pk, d.y[0], c, absent"
    else:
        request["ReturnConsumedCapacity"] = "INDEXES"
    return request


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
