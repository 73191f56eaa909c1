"""TransactGetItems: all items or none, each at twice the units."""

from typing import Any

import pytest

from ddbbulk.simulator.cancellation import TransactionCancelledError
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    key_schema,
)


def key(number: int) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"N": str(number)}}


LARGE = key(2) | {"a": {"S": "x" * 5000}, "b": {"N": "1"}}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create("ducks")
    made.create(
        "mice",
        KeySchema=key_schema("name"),
        AttributeDefinitions=attribute_definitions(name="S"),
    )
    made.put("ducks", [key(1), LARGE])
    return made


def get(of: object, table: str = "ducks", **more: object) -> dict[str, Any]:
    return {"Get": {"TableName": table, "Key": of, **more}}


def transact(
    simulator: SimulatorInProcess, *gets: object, **more: object
) -> dict[str, Any]:
    return simulator.call("TransactGetItems", TransactItems=list(gets), **more)


def test_items_come_in_order_each_in_its_parts(simulator: SimulatorInProcess) -> None:
    answer = transact(
        simulator,
        get(key(2), ProjectionExpression="b"),
        get({"name": {"S": "minnie"}}, "mice"),
        get(key(1)),
    )
    assert answer == {"Responses": [{"Item": {"b": {"N": "1"}}}, {}, {"Item": key(1)}]}


def test_each_costs_twice_what_a_consistent_read_does(
    simulator: SimulatorInProcess,
) -> None:
    answer = transact(
        simulator,
        get(key(1)),
        get(key(2)),
        get(key(3)),
        get({"name": {"S": "minnie"}}, "mice"),
        ReturnConsumedCapacity="INDEXES",
    )
    eight = {"CapacityUnits": 8.0, "ReadCapacityUnits": 8.0}
    two = {"CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}
    assert answer["ConsumedCapacity"] == [
        {"TableName": "ducks", **eight, "Table": eight},
        {"TableName": "mice", **two, "Table": two},
    ]


def test_without_capacity_all_of_it_is_cancelled(simulator: SimulatorInProcess) -> None:
    simulator.create("geese", units=1)
    transact(simulator, get(key(1), "geese"))
    error = simulator.refusal(
        "TransactGetItems", TransactItems=[get(key(1)), get(key(1), "geese")]
    )
    assert isinstance(error, TransactionCancelledError)
    assert [reason.code for reason in error.cancellation_reasons] == [
        "None",
        "ProvisionedThroughputExceeded",
    ]
    resources = simulator.engine.catalog.table("geese").resources
    assert resources[""].throttled_reads == 1
    simulator.now += 1.5
    transact(simulator, get(key(1), "geese"))


def test_a_wrong_key_cancels_with_its_reason(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal(
        "TransactGetItems", TransactItems=[get(key(1)), get({}), get(LARGE)]
    )
    mismatch = {
        "Code": "ValidationError",
        "Message": "The provided key element does not match the schema",
    }
    assert error.to_json()["CancellationReasons"] == [
        {"Code": "None"},
        mismatch,
        mismatch,
    ]


@pytest.mark.parametrize(
    ("gets", "code", "message"),
    [
        ([], "ValidationException", "Value '[]' at 'transactItems' failed to satisfy"),
        ([get(key(n)) for n in range(101)], "ValidationException", "equal to 100"),
        ([get(key(1)), get(key(1))], "ValidationException", "multiple operations on"),
        ([get(key(1), "geese")], "ResourceNotFoundException", "Requested resource not"),
        (
            [get({"pk": {"S": ""}, "sk": {"N": "1"}})],
            "ValidationException",
            "cannot contain an empty string value. Key: pk",
        ),
        (
            [get(key(1), ProjectionExpression="!!!")],
            "ValidationException",
            "Invalid ProjectionExpression: Syntax error",
        ),
        ([get(key(1), ConsistentRead=True)], "ValidationException", "ConsistentRead"),
        ([{"Get": {"TableName": "ducks"}}], "ValidationException", "'transactItems.1."),
        ([{"Put": {}}], "SerializationException", "Unexpected value type in payload"),
        (["get"], "SerializationException", "Unexpected value type in payload"),
    ],
)
def test_a_wrong_request_is_refused(
    simulator: SimulatorInProcess, gets: list[Any], code: str, message: str
) -> None:
    error = simulator.refusal("TransactGetItems", TransactItems=gets)
    assert error.code == code
    assert message in error.message


def test_items_are_4_mb_at_the_most(simulator: SimulatorInProcess) -> None:
    for number in range(11):
        item = key(number) | {"a": {"S": "x" * 399_000}}
        simulator.put("ducks", [item])
    gets = [get(key(number)) for number in range(11)]
    error = simulator.refusal("TransactGetItems", TransactItems=gets)
    assert error.message.endswith("exceeds 4 MB")
    assert len(transact(simulator, *gets[:10])["Responses"]) == 10
