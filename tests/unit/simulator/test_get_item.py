from typing import Any

import pytest

from tests.support.simulator_in_process import SimulatorInProcess

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}
ITEM = KEY | {"bio": {"S": "x" * 4090}, "car": {"M": {"plate": {"S": "313"}}}}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create("ducks")
    made.put("ducks", [ITEM])
    return made


def test_the_item_under_a_key_comes_whole_or_in_parts(
    simulator: SimulatorInProcess,
) -> None:
    request = {"TableName": "ducks", "Key": KEY}
    assert simulator.call("GetItem", **request) == {"Item": ITEM}
    part = simulator.call("GetItem", **request, ProjectionExpression="car.plate, pk")
    assert part == {"Item": {"pk": KEY["pk"], "car": ITEM["car"]}}


def test_a_key_finds_its_item_however_its_number_is_written(
    simulator: SimulatorInProcess,
) -> None:
    key = KEY | {"sk": {"N": "1.00"}}
    assert simulator.call("GetItem", TableName="ducks", Key=key)["Item"] == ITEM


def test_nothing_under_a_key_is_an_answer_without_an_item(
    simulator: SimulatorInProcess,
) -> None:
    key = KEY | {"sk": {"N": "2"}}
    answer = simulator.call(
        "GetItem", TableName="ducks", Key=key, ReturnConsumedCapacity="TOTAL"
    )
    assert answer == {"ConsumedCapacity": {"TableName": "ducks", "CapacityUnits": 0.5}}


@pytest.mark.parametrize(("is_consistent", "units"), [(False, 1.0), (True, 2.0)])
def test_units_are_by_4_kb_and_twice_as_many_where_consistent(
    simulator: SimulatorInProcess, *, is_consistent: bool, units: float
) -> None:
    answer = simulator.call(
        "GetItem",
        TableName="ducks",
        Key=KEY,
        ConsistentRead=is_consistent,
        ProjectionExpression="pk",
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == {
        "TableName": "ducks",
        "CapacityUnits": units,
        "Table": {"CapacityUnits": units},
    }


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"Key": None}, "Value null at 'key' failed to satisfy constraint"),
        ({"Key": {}}, "The provided key element does not match the schema"),
        ({"Key": {"pk": {"S": "p"}}}, "The provided key element does not match"),
        ({"Key": KEY | {"x": {"S": "p"}}}, "The provided key element does not match"),
        ({"Key": KEY | {"sk": {"S": "1"}}}, "The provided key element does not match"),
        ({"Key": KEY | {"pk": {"S": ""}}}, "cannot contain an empty string value"),
        ({"Key": KEY | {"sk": {"N": "x"}}}, "cannot be converted to a numeric value"),
        ({"ProjectionExpression": "pk,"}, "Invalid ProjectionExpression: Syntax"),
        ({"ProjectionExpression": "name"}, "reserved keyword: name"),
        ({"AttributesToGet": ["pk"]}, "AttributesToGet, a legacy parameter"),
        ({"ReturnConsumedCapacity": "ALL"}, "Member must satisfy enum value set"),
    ],
)
def test_a_wrong_request_is_refused(
    simulator: SimulatorInProcess, more: dict[str, Any], reason: str
) -> None:
    request = {"TableName": "ducks", "Key": KEY} | more
    error = simulator.refusal("GetItem", **request)
    assert error.code == "ValidationException"
    assert reason in error.message


def test_gets_are_throttled_until_their_debt_is_paid() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks", units=1)
    simulator.put("ducks", [ITEM])
    request = {"TableName": "ducks", "Key": KEY, "ConsistentRead": True}
    simulator.call("GetItem", **request)  # 2 units, of 1 that is left
    error = simulator.refusal("GetItem", **request)
    assert error.reasons[0].reason == "TableReadProvisionedThroughputExceeded"
    simulator.now += 1.5
    simulator.call("GetItem", **request)
