"""A table in memory that is read, too, and deletes on the condition of values."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ddbbulk.marshal import item_to_wire
from ddbbulk.retry import Failure
from ddbbulk.sizing import is_equal
from ddbbulk.transport import Outcome, ReadOperation, Reply, Unmet
from tests.support.table_in_memory import TableInMemory


class ReadableTable(TableInMemory):
    """Answers Scan, BatchGetItem and DeleteItem, beside what the other does.

    Attributes:
        stale: what reads that are not consistent see; None: what there is.
        reads: the operations that were asked for, and whether consistently.
    """

    def hold(self, *items: Mapping[str, Any]) -> None:
        """Have these items, whatever it had under their keys."""
        for item in items:
            wire = item_to_wire(item)
            self.items[self._key({"PutRequest": {"Item": wire}})] = wire

    stale: Mapping[tuple[str, ...], dict[str, Any]] | None = None

    def __init__(self, *key_names: str, **options: Any) -> None:  # noqa: ANN401 -- of the table
        super().__init__(*key_names, **options)
        self.reads: list[tuple[str, bool]] = []

    async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
        await asyncio.sleep(self._latency)
        request = orjson.loads(body)
        if operation == "Scan":
            return self._scanned(request)
        ((table, wanted),) = request["RequestItems"].items()
        is_consistent = wanted.get("ConsistentRead", False)
        self.reads.append((operation, is_consistent))
        held = self.items if is_consistent or self.stale is None else self.stale
        keys = [self._key({"DeleteRequest": {"Key": key}}) for key in wanted["Keys"]]
        assert len(set(keys)) == len(keys) <= 100
        return Reply(
            {
                "Responses": {table: [held[key] for key in keys if key in held]},
                "UnprocessedKeys": {},
                "ConsumedCapacity": [
                    {"TableName": table, "CapacityUnits": 0.5 * len(keys)}
                ],
            }
        )

    async def delete_item(self, body: bytes) -> Outcome | Unmet:
        request = orjson.loads(body)
        write = {"DeleteRequest": {"Key": request["Key"]}}
        return await self._serve([write], lambda: self._delete(request, write))

    def _delete(
        self, request: dict[str, Any], write: dict[str, Any]
    ) -> Outcome | Unmet:
        old = self.items.get(self._key(write))
        if old is None or not _is_met(request, old):
            self.consumed.append((asyncio.get_running_loop().time(), 1.0))
            return Unmet(old)
        reply = self._apply(request["TableName"], [write])
        if isinstance(reply, Failure):
            return reply
        (told,) = reply.body["ConsumedCapacity"]
        return Reply({"ConsumedCapacity": told})

    def _scanned(self, request: dict[str, Any]) -> Outcome:
        self.reads.append(("Scan", request.get("ConsistentRead", False)))
        if request.get("Segment", 0):
            items: Sequence[dict[str, Any]] = []
        else:
            items = [*self.items.values()][: request.get("Limit", 10**9)]
        return Reply(
            {
                "Items": items,
                "Count": len(items),
                "ScannedCount": len(items),
                "ConsumedCapacity": {"CapacityUnits": 0.5},
            }
        )


def _is_met(request: dict[str, Any], old: Mapping[str, Any]) -> bool:
    names = request["ExpressionAttributeNames"]
    if request["ConditionExpression"].startswith("attribute_exists"):
        return names["#0"] in old
    values = request["ExpressionAttributeValues"]
    clauses = request["ConditionExpression"].split(" AND ")
    assert len(clauses) == len(names) == len(values)
    for clause in clauses:
        name, value = clause.split(" = ")
        stored = old.get(names[name])
        if stored is None or not is_equal(stored, values[value]):
            return False
    return True
