"""3,000 read units a second for each partition key, of the table and of each index."""

from typing import Any

import pytest

from ddbbulk.simulator.service_error import ServiceError
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

HOT = {
    "KeyConditionExpression": "pk = :p",
    "ExpressionAttributeValues": {":p": {"S": "hot"}},
    "Select": "COUNT",
    "ConsistentRead": True,
}


def item(partition: str, sort: int) -> dict[str, Any]:
    return {
        "pk": {"S": partition},
        "sk": {"N": str(sort)},
        "bio": {"S": "x" * 400_000},
        "town": {"S": "Duckburg" if partition == "hot" else f"{partition}{sort}"},
        "street": {"S": "a\0\0b"},
    }


@pytest.fixture
def simulator() -> SimulatorInProcess:
    """Three items of 98 units under one partition key, and two beside them."""
    made = SimulatorInProcess()
    keys = [{"AttributeName": name, "KeyType": "HASH"} for name in ("town", "street")]
    made.create(
        "ducks",
        units=40_000,
        AttributeDefinitions=attribute_definitions(
            pk="S", sk="N", town="S", street="S"
        ),
        GlobalSecondaryIndexes=[index("by_place", keys)],
        LocalSecondaryIndexes=[index("local", key_schema("pk", "town"), "KEYS_ONLY")],
    )
    for one in [item("hot", 1), item("hot", 2), item("cold", 1), item("warm", 1)]:
        made.put("ducks", [one])
    return made


def exhaust(simulator: SimulatorInProcess, operation: str, **request: object) -> float:
    """Read until that is throttled; return what was read before."""
    units = 0.0
    detail = {"ReturnConsumedCapacity": "TOTAL"}
    refusal: ServiceError | None = None
    while refusal is None:
        try:
            answer = simulator.call(operation, TableName="ducks", **request, **detail)
            units += answer["ConsumedCapacity"]["CapacityUnits"]
        except ServiceError as error:
            refusal = error
    assert refusal.code == "ThrottlingException"
    (reason,) = refusal.reasons
    assert reason.reason.endswith("ReadKeyRangeThroughputExceeded")
    return units


def test_a_hot_key_is_throttled_and_others_are_not(
    simulator: SimulatorInProcess,
) -> None:
    assert 3000 <= exhaust(simulator, "Query", **HOT) < 3000 + 196
    request = {"TableName": "ducks", "Select": "COUNT"}
    hot = {"pk": {"S": "hot"}, "sk": {"N": "9"}}
    cold = {"pk": {"S": "cold"}, "sk": {"N": "1"}}
    error = simulator.refusal("GetItem", TableName="ducks", Key=hot)
    assert error.reasons[0].reason == "TableReadKeyRangeThroughputExceeded"
    assert simulator.call("GetItem", TableName="ducks", Key=cold)["Item"]
    # Scans begin with another partition; the index has a partition of its own.
    assert simulator.call("Scan", **request)["Count"] == 3
    assert simulator.call("Scan", **request, IndexName="by_place")["Count"]
    simulator.now += 1.2
    simulator.call("GetItem", TableName="ducks", Key=hot)


def test_what_is_looked_up_behind_a_local_index_counts(
    simulator: SimulatorInProcess,
) -> None:
    request = {**HOT, "IndexName": "local", "Select": "ALL_ATTRIBUTES"}
    assert exhaust(simulator, "Query", **request) >= 3000
    assert exhaust(simulator, "Query", **HOT) == 0


def test_a_page_that_is_scanned_is_charged_to_the_keys_that_are_on_it(
    simulator: SimulatorInProcess,
) -> None:
    # One item of each of two keys: each gives half of what is read.
    page = {"Select": "COUNT", "ConsistentRead": True, "Limit": 2}
    read = exhaust(simulator, "Scan", **page)
    assert read == pytest.approx(2 * 3000, abs=2 * 98)
    assert exhaust(simulator, "Query", **HOT) == 0
    simulator.now += 0.5
    assert exhaust(simulator, "Query", **HOT) == pytest.approx(1500, abs=2 * 196)


def test_a_partition_of_an_index_has_all_of_its_partition_keys(
    simulator: SimulatorInProcess,
) -> None:
    request = {
        "IndexName": "by_place",
        "KeyConditionExpression": "town = :t AND street = :s",
        "Select": "COUNT",
    }
    place = {":t": {"S": "Duckburg"}, ":s": {"S": "a\0\0b"}}
    read = exhaust(simulator, "Query", **request, ExpressionAttributeValues=place)
    assert 3000 <= read < 3000 + 98
    other = {":t": {"S": "cold1"}, ":s": {"S": "a\0\0b"}}
    answer = simulator.call(
        "Query", TableName="ducks", **request, ExpressionAttributeValues=other
    )
    assert answer["Count"] == 1


def test_the_statistics_tell_what_was_read(simulator: SimulatorInProcess) -> None:
    read = exhaust(simulator, "Query", **HOT)
    resource = simulator.engine.catalog.table("ducks").resources[""]
    assert resource.read_meter.total == resource.read_meter.maximum == read
    assert resource.throttled_reads == 1
