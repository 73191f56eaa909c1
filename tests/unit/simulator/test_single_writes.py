from typing import Any

import pytest

from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}
ITEM = KEY | {"name": {"S": "Donald"}, "age": {"N": "86"}}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create(
        "ducks",
        units=1000,
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", age="N"),
        LocalSecondaryIndexes=[index("by_age", key_schema("pk", "age"))],
    )
    return made


def put(
    simulator: SimulatorInProcess, item: dict[str, Any], **more: object
) -> dict[str, Any]:
    return simulator.call("PutItem", TableName="ducks", Item=item, **more)


def delete(simulator: SimulatorInProcess, **more: object) -> dict[str, Any]:
    return simulator.call("DeleteItem", TableName="ducks", Key=KEY, **more)


def stored(simulator: SimulatorInProcess) -> object:
    return simulator.call("GetItem", TableName="ducks", Key=KEY).get("Item")


def test_a_put_item_can_be_read_and_a_deleted_one_is_gone(
    simulator: SimulatorInProcess,
) -> None:
    assert put(simulator, ITEM) == {}
    assert stored(simulator) == ITEM
    assert delete(simulator) == {}
    assert stored(simulator) is None


def test_the_old_item_is_returned_where_asked_for(
    simulator: SimulatorInProcess,
) -> None:
    assert put(simulator, ITEM, ReturnValues="ALL_OLD") == {}
    other = KEY | {"name": {"S": "Daisy"}}
    assert put(simulator, other, ReturnValues="ALL_OLD") == {"Attributes": ITEM}
    assert delete(simulator, ReturnValues="ALL_OLD") == {"Attributes": other}
    assert delete(simulator, ReturnValues="ALL_OLD") == {}


@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem"])
def test_only_an_update_returns_new_values(
    simulator: SimulatorInProcess, operation: str
) -> None:
    subject = {"Item": ITEM} if operation == "PutItem" else {"Key": KEY}
    error = simulator.refusal(
        operation, TableName="ducks", **subject, ReturnValues="ALL_NEW"
    )
    assert error.message == "ReturnValues can only be ALL_OLD or NONE"


def test_a_condition_that_holds_lets_the_write_through(
    simulator: SimulatorInProcess,
) -> None:
    put(simulator, ITEM, ConditionExpression="attribute_not_exists(pk)")
    put(simulator, KEY, ConditionExpression="attribute_exists(pk)")
    assert stored(simulator) == KEY
    delete(simulator, ConditionExpression="attribute_exists(pk)")
    assert stored(simulator) is None


def test_a_condition_that_fails_changes_nothing_and_shows_the_item_if_asked(
    simulator: SimulatorInProcess,
) -> None:
    put(simulator, ITEM)
    request = {
        "TableName": "ducks",
        "Item": KEY,
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": "pk"},
    }
    error = simulator.refusal("PutItem", **request)
    assert error.code == "ConditionalCheckFailedException"
    assert error.message == "The conditional request failed"
    assert error.item is None
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    error = simulator.refusal("PutItem", **request, **shown)
    assert error.to_json()["Item"] == ITEM
    assert stored(simulator) == ITEM


def test_a_failed_condition_costs_the_larger_of_both_items(
    simulator: SimulatorInProcess,
) -> None:
    large = ITEM | {"notes": {"S": "x" * 4000}}
    put(simulator, large)
    meter = simulator.engine.catalog.table("ducks").resources[""].meter
    before = meter.total
    simulator.refusal(
        "PutItem",
        TableName="ducks",
        Item=KEY,
        ConditionExpression="attribute_not_exists(pk)",
    )
    assert meter.total - before == 4


def test_capacity_and_collections_are_told_where_asked_for(
    simulator: SimulatorInProcess,
) -> None:
    answer = put(
        simulator,
        ITEM,
        ReturnConsumedCapacity="INDEXES",
        ReturnItemCollectionMetrics="SIZE",
    )
    assert answer == {
        "ConsumedCapacity": {
            "TableName": "ducks",
            "CapacityUnits": 2.0,
            "Table": {"CapacityUnits": 1.0},
            "LocalSecondaryIndexes": {"by_age": {"CapacityUnits": 1.0}},
        },
        "ItemCollectionMetrics": {
            "ItemCollectionKey": {"pk": {"S": "p"}},
            "SizeEstimateRangeGB": [0.0, 1.0],
        },
    }


def test_an_item_with_its_local_entries_must_fit_the_limit(
    simulator: SimulatorInProcess,
) -> None:
    half = ITEM | {"notes": {"S": "x" * 204_750}}
    put(simulator, half)
    half["notes"]["S"] += "x" * 100
    error = simulator.refusal("PutItem", TableName="ducks", Item=half)
    assert error.message == "Item size has exceeded the maximum allowed size"


def test_a_write_without_capacity_is_throttled(simulator: SimulatorInProcess) -> None:
    simulator.call(
        "CreateTable",
        TableName="small",
        KeySchema=key_schema("pk"),
        AttributeDefinitions=attribute_definitions(pk="S"),
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    request = {"TableName": "small", "Item": {"pk": {"S": "p"}}}
    simulator.call("PutItem", **request)
    error = simulator.refusal("PutItem", **request)
    assert error.code == "ProvisionedThroughputExceededException"
    simulator.now += 1
    simulator.call("PutItem", **request)
    assert simulator.engine.catalog.table("small").throttled_requests == 1


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("Expected", {}), ("ConditionalOperator", "AND"), ("Unheard", 1)],
)
def test_a_parameter_that_is_not_understood_is_not_ignored(
    simulator: SimulatorInProcess, parameter: str, value: object
) -> None:
    error = simulator.refusal(
        "PutItem", TableName="ducks", Item=ITEM, **{parameter: value}
    )
    assert error.code == "ValidationException"
    assert parameter in error.message


def test_a_missing_parameter_is_named(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal("PutItem", Item=ITEM)
    assert error.message == (
        "1 validation error detected: Value null at 'tableName' failed to satisfy "
        "constraint: Member must not be null"
    )
