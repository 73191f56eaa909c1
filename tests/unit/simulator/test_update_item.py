from typing import Any

import pytest

from ddbbulk.simulator.service_error import ServiceError
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}
ITEM = KEY | {
    "age": {"N": "86"},
    "car": {"M": {"plate": {"S": "313"}, "seats": {"L": [{"N": "1"}, {"N": "2"}]}}},
    "grp": {"S": "g"},
}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create(
        "ducks",
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", grp="S"),
        GlobalSecondaryIndexes=[index("by_group", key_schema("grp"), "KEYS_ONLY")],
    )
    made.put("ducks", [ITEM])
    return made


def update(simulator: SimulatorInProcess, text: str, **more: object) -> dict[str, Any]:
    request = {"TableName": "ducks", "Key": KEY, "UpdateExpression": text, **more}
    return simulator.call("UpdateItem", **request)


def refusal(simulator: SimulatorInProcess, text: str, **more: object) -> ServiceError:
    request = {"TableName": "ducks", "Key": KEY, "UpdateExpression": text, **more}
    return simulator.refusal("UpdateItem", **request)


def stored(simulator: SimulatorInProcess, key: dict[str, Any]) -> object:
    answer = simulator.call("GetItem", TableName="ducks", Key=key, ConsistentRead=True)
    return answer.get("Item")


def one(value: object) -> dict[str, Any]:
    return {":v": value}


def test_an_update_changes_what_it_names_and_nothing_else(
    simulator: SimulatorInProcess,
) -> None:
    values = one({"N": "1"})
    assert update(simulator, "ADD age :v", ExpressionAttributeValues=values) == {}
    assert stored(simulator, KEY) == ITEM | {"age": {"N": "87"}}


def test_an_item_that_is_missing_is_made_with_its_key(
    simulator: SimulatorInProcess,
) -> None:
    key = KEY | {"sk": {"N": "2.0"}}
    values = one({"N": "1"})
    update(
        simulator,
        "SET follower_count = if_not_exists(follower_count, :v) + :v",
        Key=key,
        ExpressionAttributeValues=values,
    )
    canonical = KEY | {"sk": {"N": "2"}}
    assert stored(simulator, canonical) == canonical | {"follower_count": {"N": "2"}}
    simulator.call("UpdateItem", TableName="ducks", Key=KEY | {"sk": {"N": "3"}})
    assert simulator.call("Scan", TableName="ducks", Select="COUNT")["Count"] == 3


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("NONE", None),
        ("ALL_OLD", ITEM),
        ("ALL_NEW", {**KEY, "age": {"N": "5"}, "car": ITEM["car"], "new": {"N": "5"}}),
        ("UPDATED_OLD", {"age": {"N": "86"}, "grp": {"S": "g"}}),
        ("UPDATED_NEW", {"age": {"N": "5"}, "new": {"N": "5"}}),
    ],
)
def test_what_was_or_is_comes_back_as_asked(
    simulator: SimulatorInProcess, choice: str, expected: dict[str, Any] | None
) -> None:
    answer = update(
        simulator,
        "SET age = :v, #new = :v REMOVE grp",
        ExpressionAttributeValues=one({"N": "5"}),
        ExpressionAttributeNames={"#new": "new"},
        ReturnValues=choice,
    )
    assert answer.get("Attributes") == expected


def test_of_a_document_only_the_updated_parts_come_back(
    simulator: SimulatorInProcess,
) -> None:
    answer = update(
        simulator,
        "SET car.seats[1] = :v",
        ExpressionAttributeValues=one({"N": "5"}),
        ReturnValues="UPDATED_NEW",
    )
    assert answer["Attributes"] == {"car": {"M": {"seats": {"L": [{"N": "5"}]}}}}


def test_nothing_comes_back_of_an_item_that_was_not_there(
    simulator: SimulatorInProcess,
) -> None:
    for choice in ("ALL_OLD", "UPDATED_OLD"):
        key = KEY | {"sk": {"N": str(len(choice))}}
        values = one({"N": "5"})
        answer = update(
            simulator,
            "SET age = :v",
            Key=key,
            ExpressionAttributeValues=values,
            ReturnValues=choice,
        )
        assert answer == {}


def test_a_condition_that_fails_leaves_the_item_and_may_show_it(
    simulator: SimulatorInProcess,
) -> None:
    request = {
        "ConditionExpression": "age < :v",
        "ExpressionAttributeValues": one({"N": "5"}),
    }
    error = refusal(simulator, "SET age = :v", **request)
    assert error.code == "ConditionalCheckFailedException"
    assert error.message == "The conditional request failed"
    assert error.item is None
    shown = refusal(
        simulator,
        "SET age = :v",
        **request,
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    assert shown.item == stored(simulator, KEY) == ITEM


def test_a_condition_on_a_missing_item_sees_nothing(
    simulator: SimulatorInProcess,
) -> None:
    key = KEY | {"sk": {"N": "2"}}
    request = {
        "Key": key,
        "ExpressionAttributeValues": one({"N": "5"}),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    condition = "attribute_exists(pk)"
    error = refusal(simulator, "SET x = :v", ConditionExpression=condition, **request)
    assert (error.code, error.item) == ("ConditionalCheckFailedException", None)
    condition = "attribute_not_exists(pk)"
    update(simulator, "SET x = :v", ConditionExpression=condition, **request)
    assert stored(simulator, key) == key | {"x": {"N": "5"}}


@pytest.mark.parametrize(
    ("text", "value", "table_units", "index_units"),
    [
        ("SET age = :v", {"N": "5"}, 1.0, None),
        ("SET age = :v", {"S": "x" * 3000}, 3.0, None),
        ("SET grp = :v", {"S": "h"}, 1.0, 2.0),
        ("SET grp = :v", {"S": "g"}, 1.0, None),
    ],
)
def test_units_are_those_of_the_larger_item_and_of_touched_indexes(
    simulator: SimulatorInProcess,
    text: str,
    value: dict[str, Any],
    table_units: float,
    index_units: float | None,
) -> None:
    answer = update(
        simulator,
        text,
        ExpressionAttributeValues=one(value),
        ReturnConsumedCapacity="INDEXES",
    )
    expected: dict[str, Any] = {
        "TableName": "ducks",
        "CapacityUnits": table_units + (index_units or 0),
        "Table": {"CapacityUnits": table_units},
    }
    if index_units:
        units = {"by_group": {"CapacityUnits": index_units}}
        expected["GlobalSecondaryIndexes"] = units
    assert answer["ConsumedCapacity"] == expected


def test_an_item_leaves_an_index_with_its_key_and_comes_back_with_it(
    simulator: SimulatorInProcess,
) -> None:
    in_index = {"TableName": "ducks", "IndexName": "by_group", "Select": "COUNT"}
    update(simulator, "REMOVE grp")
    assert simulator.call("Scan", **in_index)["Count"] == 0
    update(simulator, "SET grp = :v", ExpressionAttributeValues=one({"S": "g"}))
    assert simulator.call("Scan", **in_index)["Count"] == 1


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("SET pk = :v", {"S": "q"}, "Cannot update attribute pk. This attribute is"),
        ("SET sk = sk + :v", {"N": "1"}, "Cannot update attribute sk. This attribute"),
        ("REMOVE sk.x", None, "Cannot update attribute sk. This attribute is part"),
        ("SET grp = :v", {"N": "1"}, "Type mismatch for Index Key grp Expected: S"),
        ("SET grp = :v", {"S": ""}, "cannot contain an empty string value"),
        ("SET bio = :v", {"S": "x" * 409_600}, "Item size to update has exceeded"),
        ("SET age", None, "Invalid UpdateExpression: Syntax error"),
        ("SET x = absent", None, "refers to an attribute that does not exist"),
    ],
)
def test_a_wrong_update_is_refused_and_changes_nothing(
    simulator: SimulatorInProcess, text: str, value: object, reason: str
) -> None:
    more = {} if value is None else {"ExpressionAttributeValues": one(value)}
    error = refusal(simulator, text, **more)
    assert error.code == "ValidationException"
    assert reason in error.message
    assert stored(simulator, KEY) == ITEM


def test_the_largest_item_is_accepted(simulator: SimulatorInProcess) -> None:
    key = {"pk": {"S": "q"}, "sk": {"N": "1"}}
    values = one({"S": "x" * (409_600 - len("pkqskbio") - 2)})
    request = {"Key": key, "ExpressionAttributeValues": values}
    update(simulator, "SET bio = :v", **request)
    values[":v"]["S"] += "x"
    assert (
        "Item size to update" in refusal(simulator, "SET bio = :v", **request).message
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"ReturnValues": "SOME"}, "Member must satisfy enum value set"),
        ({"ReturnValuesOnConditionCheckFailure": "ALL_NEW"}, "enum value set"),
        ({"Key": {"pk": {"S": "p"}}}, "The provided key element does not match"),
        ({"Key": None}, "Value null at 'key' failed to satisfy constraint"),
        ({"AttributeUpdates": {}}, "AttributeUpdates, a legacy parameter"),
        ({"Expected": {}}, "Expected, a legacy parameter"),
    ],
)
def test_a_wrong_request_is_refused(
    simulator: SimulatorInProcess, more: dict[str, Any], reason: str
) -> None:
    error = refusal(simulator, "REMOVE age", **more)
    assert error.code == "ValidationException"
    assert reason in error.message


def test_updates_are_throttled_as_other_writes_are() -> None:
    simulator = SimulatorInProcess()
    throughput = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 2}
    simulator.create("ducks", ProvisionedThroughput=throughput, BillingMode=None)
    values = one({"S": "x" * 3000})
    request = {"ExpressionAttributeValues": values}
    update(simulator, "SET bio = :v", **request)  # 3 units, of 2 that are left
    error = refusal(simulator, "SET bio = :v", **request)
    assert error.code == "ProvisionedThroughputExceededException"
    assert error.reasons[0].reason == "TableWriteProvisionedThroughputExceeded"
    condition = {"ConditionExpression": "attribute_not_exists(pk)"}
    error = refusal(simulator, "SET bio = :v", **request, **condition)
    assert error.code == "ProvisionedThroughputExceededException"
    simulator.now += 0.6
    error = refusal(simulator, "SET bio = :v", **request, **condition)
    assert error.code == "ConditionalCheckFailedException"


def test_a_table_with_a_local_index_has_item_collections() -> None:
    simulator = SimulatorInProcess()
    local = index("local", key_schema("pk", "grp"))
    types = attribute_definitions(pk="S", sk="N", grp="S")
    simulator.create("ducks", AttributeDefinitions=types, LocalSecondaryIndexes=[local])
    simulator.create("geese")
    metrics = {"ReturnItemCollectionMetrics": "SIZE"}
    request = {"Key": KEY, "UpdateExpression": "REMOVE x"}
    answer = simulator.call("UpdateItem", TableName="ducks", **request, **metrics)
    assert answer["ItemCollectionMetrics"] == {
        "ItemCollectionKey": {"pk": {"S": "p"}},
        "SizeEstimateRangeGB": [0.0, 1.0],
    }
    assert simulator.call("UpdateItem", TableName="geese", **request, **metrics) == {}
    assert simulator.call("UpdateItem", TableName="ducks", **request) == {}
