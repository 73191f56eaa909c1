"""A table on two servers, asked the same, and what their answers are compared by."""

from collections.abc import Sequence
from typing import Any

from tests.support.dynamodb_strategies import Value
from tests.support.dynamodb_writes import (
    DEFINITION,
    GLOBAL_INDEXES,
    INDEXES,
    LOCAL_INDEXES,
)
from tests.support.raw_dynamodb import Answer, RawClient


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

    def create(self) -> None:
        """Make the table on both, with all indexes."""
        for client in self._clients:
            client.must(
                "CreateTable",
                TableName=self._table,
                **DEFINITION,
                GlobalSecondaryIndexes=indexes(GLOBAL_INDEXES),
                LocalSecondaryIndexes=indexes(LOCAL_INDEXES),
            )

    def delete(self) -> None:
        """Remove the table from both."""
        for client in self._clients:
            client.must("DeleteTable", TableName=self._table)

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

    def both_together(
        self, operation: str, actions: Sequence[dict[str, Any]], **more: object
    ) -> tuple[Answer, Answer]:
        """Return what both answer to a transaction on the table."""
        named = [
            {kind: {"TableName": self._table, **action} for kind, action in one.items()}
            for one in actions
        ]
        simulator, other = (
            client.send(operation, TransactItems=named, **more)
            for client in self._clients
        )
        return simulator, other

    def both_batch_gets(
        self, part: dict[str, Any], **more: object
    ) -> tuple[Answer, Answer]:
        """Return what both answer to a batch get."""
        simulator, other = (
            client.send("BatchGetItem", RequestItems={self._table: part}, **more)
            for client in self._clients
        )
        return simulator, other

    def agree_on_everything(self) -> None:
        """Compare the contents of the table and of every index."""
        for index in (None, *INDEXES):
            more = {} if index is None else {"IndexName": index}
            simulator, dynoxide = self.both("Scan", {**more})
            assert as_set(simulator.body["Items"]) == as_set(dynoxide.body["Items"])


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
    for member in ("UnprocessedItems", "UnprocessedKeys"):
        if not body.get(member, True):
            del body[member]
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
