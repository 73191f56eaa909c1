"""Whatever JSON comes in place of a parameter of a table operation is a client's error.

Were it not refused, it would be stored, and no simulator could read its data file.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from ddbbulk.simulator.service_error import ServiceError
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
WARM = {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 5}
INDEX = index("by_city", key_schema("city"), "INCLUDE", "name") | {
    "ProvisionedThroughput": UNITS,
    "WarmThroughput": WARM,
}
CREATE: dict[str, Any] = {
    "TableName": "ducks",
    "KeySchema": key_schema("pk", "sk"),
    "AttributeDefinitions": attribute_definitions(pk="S", sk="N", city="S"),
    "ProvisionedThroughput": UNITS,
    "WarmThroughput": WARM,
    "GlobalSecondaryIndexes": [INDEX],
    "LocalSecondaryIndexes": [index("local", key_schema("pk", "city"))],
    "Tags": [{"Key": "pond", "Value": "north"}],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "key"},
    "DeletionProtectionEnabled": False,
}
CHANGES: list[dict[str, Any]] = [
    {
        "AttributeDefinitions": attribute_definitions(age="N"),
        "GlobalSecondaryIndexUpdates": [
            {"Create": INDEX | index("by_age", key_schema("age"))}
        ],
    },
    {
        "GlobalSecondaryIndexUpdates": [
            {"Update": {"IndexName": "by_city", "ProvisionedThroughput": UNITS}}
        ]
    },
    {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_city"}}]},
    {"WarmThroughput": {"ReadUnitsPerSecond": 9, "WriteUnitsPerSecond": 9}},
]
ODD: list[Any] = [None, True, 7, 1.5, "", "odd", [], [None], {}, {"S": {}}, [{}], [[7]]]
Path = tuple[str | int, ...]


def paths(value: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 -- JSON
    """Yield where everything inside of a request stands."""
    inner = value.items() if isinstance(value, dict) else ()
    for key, each in enumerate(value) if isinstance(value, list) else inner:
        yield (*path, key)
        yield from paths(each, (*path, key))


def with_odd(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the request with each odd value in each place."""
    for *outer, last in paths(request):
        for odd in ODD:
            changed: Any = copy.deepcopy(request)
            place = changed
            for key in outer:
                place = place[key]
            place[last] = odd
            yield changed


def is_answered(
    simulator: SimulatorInProcess, operation: str, request: dict[str, Any]
) -> bool:
    """Whether an operation is carried out; an error but the service's gets through."""
    try:
        simulator.call(operation, **request)
    except ServiceError:
        return False
    return True


def test_odd_json_in_a_new_table_is_refused_or_can_be_read_again() -> None:
    for request in with_odd(CREATE):
        simulator = SimulatorInProcess()
        if is_answered(simulator, "CreateTable", request):
            again = SimulatorInProcess(store=simulator.engine.store)
            assert again.call("DescribeTable", TableName=request["TableName"])


@pytest.mark.parametrize("change", CHANGES)
def test_odd_json_in_a_change_is_refused_or_can_be_read_again(
    change: dict[str, Any],
) -> None:
    for request in with_odd(change):
        simulator = SimulatorInProcess()
        simulator.call("CreateTable", **CREATE)
        if is_answered(simulator, "UpdateTable", {"TableName": "ducks", **request}):
            again = SimulatorInProcess(store=simulator.engine.store)
            assert again.call("DescribeTable", TableName="ducks")


def test_odd_tags_are_refused() -> None:
    simulator = SimulatorInProcess()
    arn = simulator.call("CreateTable", **CREATE)["TableDescription"]["TableArn"]
    for request in with_odd({"Tags": [{"Key": "pond", "Value": "north"}]}):
        is_answered(simulator, "TagResource", {"ResourceArn": arn, **request})
    for request in with_odd({"TagKeys": ["pond"]}):
        is_answered(simulator, "UntagResource", {"ResourceArn": arn, **request})
    assert SimulatorInProcess(store=simulator.engine.store).call(
        "ListTagsOfResource", ResourceArn=arn
    )
