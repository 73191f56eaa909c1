"""The simulator without its server: operations called directly, on a clock of ours."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from ddbbulk.simulator.catalog import Catalog
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.operations import OPERATIONS
from ddbbulk.simulator.quotas import Quotas
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.store import ItemStore


class SimulatorInProcess:
    """Answers requests at the time that ``now`` says."""

    def __init__(
        self,
        *,
        rationing: Rationing | None = None,
        quotas: Quotas | None = None,
        store: ItemStore | None = None,
    ) -> None:
        self.now = 1000.0
        store = store or ItemStore()
        catalog = Catalog(store, clock=lambda: self.now, rationing=rationing)
        self.engine = Engine(
            store, catalog, clock=lambda: self.now, quotas=quotas or Quotas()
        )

    def call(self, operation: str, **request: object) -> dict[str, Any]:
        """Return the answer to a request."""
        return OPERATIONS[operation](self.engine, copy.deepcopy(request))

    def refusal(self, operation: str, **request: object) -> ServiceError:
        """Return the error that a request is answered with."""
        with pytest.raises(ServiceError) as caught:
            self.call(operation, **request)
        return caught.value

    def create(self, name: str, *, units: int = 0, **definition: Any) -> None:  # noqa: ANN401 -- parameters of CreateTable
        """Make a table ``pk, sk`` (or as defined), on demand or with capacity."""
        throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": 40_000}
        capacity: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
        if units:
            capacity = {"ProvisionedThroughput": throughput}
            for index in definition.get("GlobalSecondaryIndexes", ()):
                index.setdefault("ProvisionedThroughput", throughput)
        request = {
            "TableName": name,
            "KeySchema": key_schema("pk", "sk"),
            "AttributeDefinitions": attribute_definitions(pk="S", sk="N"),
            **capacity,
            **definition,
        }
        self.call("CreateTable", **request)

    def put(self, name: str, items: Iterable[Mapping[str, Any]]) -> None:
        """Write items, however many."""
        requests = [{"PutRequest": {"Item": dict(item)}} for item in items]
        for start in range(0, len(requests), 25):
            batch = requests[start : start + 25]
            answer = self.call("BatchWriteItem", RequestItems={name: batch})
            assert not answer["UnprocessedItems"]
            self.now += 1.0


def key_schema(partition_key: str, sort_key: str | None = None) -> list[dict[str, str]]:
    """Return the KeySchema of one or two attributes."""
    schema = [{"AttributeName": partition_key, "KeyType": "HASH"}]
    if sort_key is not None:
        schema.append({"AttributeName": sort_key, "KeyType": "RANGE"})
    return schema


def attribute_definitions(**types: str) -> list[dict[str, str]]:
    """Return AttributeDefinitions: ``pk="S"``."""
    return [
        {"AttributeName": name, "AttributeType": kind} for name, kind in types.items()
    ]


def index(
    name: str, keys: list[dict[str, str]], projection: str = "ALL", *copied: str
) -> dict[str, Any]:
    """Return the definition of a secondary index."""
    described: dict[str, Any] = {"ProjectionType": projection}
    if copied:
        described["NonKeyAttributes"] = list(copied)
    return {"IndexName": name, "KeySchema": keys, "Projection": described}
