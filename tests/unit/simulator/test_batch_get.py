"""BatchGetItem: what it finds, hands back and costs, and what it refuses."""

from collections.abc import Sequence
from typing import Any

import pytest

from ddbbulk.simulator.rationing import Rationing
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    key_schema,
)


def key(number: int, partition: str = "p") -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"N": str(number)}}


def item(number: int, size: int = 10, partition: str = "p") -> dict[str, Any]:
    return key(number, partition) | {"a": {"S": "x" * size}, "b": {"M": {}}}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create("ducks")
    made.create(
        "mice",
        KeySchema=key_schema("name"),
        AttributeDefinitions=attribute_definitions(name="S"),
    )
    made.put("ducks", [item(1), item(2, 8000)])
    made.put("mice", [{"name": {"S": "minnie"}, "bow": {"S": "red"}}])
    return made


def get(simulator: SimulatorInProcess, *, detail: str = "NONE", **parts: Any) -> Any:  # noqa: ANN401 -- JSON
    return simulator.call(
        "BatchGetItem", RequestItems=parts, ReturnConsumedCapacity=detail
    )


def refusal(simulator: SimulatorInProcess, request_items: object) -> tuple[str, str]:
    error = simulator.refusal("BatchGetItem", RequestItems=request_items)
    return error.code, error.message


def test_items_of_several_tables_come_by_table(simulator: SimulatorInProcess) -> None:
    answer = get(
        simulator,
        ducks={"Keys": [key(2), key(7), key(1)]},
        mice={"Keys": [{"name": {"S": "minnie"}}], "ProjectionExpression": "bow"},
    )
    assert answer == {
        "Responses": {
            "ducks": [item(2, 8000), item(1)],
            "mice": [{"bow": {"S": "red"}}],
        },
        "UnprocessedKeys": {},
    }


def test_a_projection_has_names_of_its_own_in_each_table(
    simulator: SimulatorInProcess,
) -> None:
    part = {
        "Keys": [key(1)],
        "ProjectionExpression": "#n",
        "ExpressionAttributeNames": {"#n": "a"},
    }
    answer = get(simulator, ducks=part)
    assert answer["Responses"] == {"ducks": [{"a": {"S": "x" * 10}}]}


@pytest.mark.parametrize(("is_consistent", "units"), [(False, 2.0), (True, 4.0)])
def test_each_key_costs_as_if_it_were_read_alone(
    simulator: SimulatorInProcess, *, is_consistent: bool, units: float
) -> None:
    # One of 4 KB or less, one of 8 KB, one that is not there.
    keys = [key(1), key(2), key(7)]
    answer = get(
        simulator,
        detail="INDEXES",
        ducks={"Keys": keys, "ConsistentRead": is_consistent},
    )
    assert answer["ConsumedCapacity"] == [
        {
            "TableName": "ducks",
            "CapacityUnits": units,
            "Table": {"CapacityUnits": units},
        }
    ]


def test_tables_are_charged_apart(simulator: SimulatorInProcess) -> None:
    answer = get(
        simulator,
        detail="TOTAL",
        ducks={"Keys": [key(1), key(3)]},
        mice={"Keys": [{"name": {"S": "minnie"}}], "ConsistentRead": True},
    )
    assert answer["ConsumedCapacity"] == [
        {"TableName": "ducks", "CapacityUnits": 1.0},
        {"TableName": "mice", "CapacityUnits": 1.0},
    ]


def test_what_there_is_no_capacity_for_goes_back_and_costs_nothing() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks", units=3)
    keys = [key(number, f"p{number}") for number in range(10)]
    part = {
        "Keys": keys,
        "ConsistentRead": True,
        "ProjectionExpression": "#a",
        "ExpressionAttributeNames": {"#a": "a"},
    }
    answer = get(simulator, detail="TOTAL", ducks=part)
    left = answer["UnprocessedKeys"]["ducks"]
    assert left == part | {"Keys": [one for one in keys if one in left["Keys"]]}
    assert len(left["Keys"]) == 7
    assert answer["ConsumedCapacity"][0]["CapacityUnits"] == 3.0
    simulator.now += 3.0
    again = get(simulator, ducks=left)
    assert len(again["UnprocessedKeys"]["ducks"]["Keys"]) == 4


def test_nothing_admitted_is_a_throttle_with_its_reason() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks", units=1)
    get(simulator, ducks={"Keys": [key(1)], "ConsistentRead": True})
    error = simulator.refusal(
        "BatchGetItem", RequestItems={"ducks": {"Keys": [key(1), key(2)]}}
    )
    assert error.code == "ProvisionedThroughputExceededException"
    (reason,) = error.reasons
    assert reason.reason == "TableReadProvisionedThroughputExceeded"
    assert reason.resource.endswith(":table/ducks")


def test_one_table_that_is_short_does_not_hold_up_another() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks", units=1)
    simulator.create("geese", units=100)
    full = {"Keys": [key(1)], "ConsistentRead": True}
    get(simulator, ducks=full)
    answer = get(simulator, ducks=full, geese=full)
    assert answer["UnprocessedKeys"] == {"ducks": full}
    assert answer["Responses"] == {"ducks": [], "geese": []}


def test_a_partition_key_is_read_3000_units_a_second() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks", units=40_000)
    simulator.put("ducks", [item(0, 400_000), item(1, 400_000)])
    large = {"Keys": [key(0), key(1)], "ConsistentRead": True}
    read = 0
    while read < 3000:
        answer = get(simulator, detail="TOTAL", ducks=large)
        read += answer["ConsumedCapacity"][0]["CapacityUnits"]
    error = simulator.refusal("BatchGetItem", RequestItems={"ducks": large})
    assert error.code == "ThrottlingException"
    assert error.reasons[0].reason == "TableReadKeyRangeThroughputExceeded"
    other = get(simulator, ducks={"Keys": [key(0, "q"), key(0)]})
    assert other["UnprocessedKeys"] == {"ducks": {"Keys": [key(0)]}}


def test_an_account_that_has_nothing_left_reads_nothing() -> None:
    simulator = SimulatorInProcess(rationing=Rationing(account_rcu=1))
    simulator.create("ducks")
    get(simulator, ducks={"Keys": [key(1)], "ConsistentRead": True})
    error = simulator.refusal(
        "BatchGetItem", RequestItems={"ducks": {"Keys": [key(1)]}}
    )
    assert error.code == "RequestLimitExceeded"
    assert error.reasons[0].reason == "TableReadAccountLimitExceeded"


def test_an_answer_ends_before_16_mb(simulator: SimulatorInProcess) -> None:
    size = 409_000
    for number in range(45):  # a second for each: its partition takes no more
        simulator.put("ducks", [item(number, size, "large")])
    keys = [key(number, "large") for number in range(45)]
    answer = get(simulator, ducks={"Keys": keys})
    # 41 of these are less than 16 MB, 42 are more.
    assert len(answer["Responses"]["ducks"]) == 41
    assert answer["UnprocessedKeys"] == {"ducks": {"Keys": keys[41:]}}
    rest = get(simulator, ducks=answer["UnprocessedKeys"]["ducks"])
    assert len(rest["Responses"]["ducks"]) == 4


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (
            {},
            "1 validation error detected: Value null at 'requestItems.ducks.member.key",
        ),
        ({"Keys": []}, "Member must have length greater than or equal to 1"),
        (
            {"Keys": [key(n) for n in range(101)]},
            (
                "1 validation error detected: Value at 'RequestItems.ducks.member.Keys'"
                " failed to satisfy constraint: Member must have length less than or "
                "equal to 100"
            ),
        ),
        (
            {"Keys": [key(1), key(2), key(1)]},
            "Provided list of item keys contains duplicates",
        ),
        (
            {"Keys": [key(1), key(1) | {"sk": {"N": "1.0"}}]},
            "Provided list of item keys contains duplicates",
        ),
        ({"Keys": [{"pk": {"S": "p"}}]}, "The provided key element does not match"),
        ({"Keys": [item(1)]}, "The provided key element does not match the schema"),
        (
            {"Keys": [key(1, "")]},
            "One or more parameter values are not valid. The AttributeValue for a key",
        ),
        ({"Keys": [key(1)], "ProjectionExpression": "a,"}, "Invalid ProjectionExpre"),
        (
            {"Keys": [key(1)], "ProjectionExpression": "a, a"},
            "Invalid ProjectionExpression: Two document paths overlap",
        ),
        (
            {"Keys": [key(1)], "ExpressionAttributeNames": {"#a": "a"}},
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        ({"Keys": [key(1)], "AttributesToGet": ["a"]}, "AttributesToGet, a legacy"),
        ({"Keys": [key(1)], "Limit": 1}, "BatchGetItem's parameter Limit"),
    ],
)
def test_a_wrong_part_is_refused(
    simulator: SimulatorInProcess, part: dict[str, Any], message: str
) -> None:
    code, text = refusal(simulator, {"ducks": part})
    assert code == "ValidationException"
    assert message in text


@pytest.mark.parametrize(
    ("request_items", "code", "message"),
    [
        ({}, "ValidationException", "Value at 'RequestItems' failed to satisfy"),
        ({"ducks": []}, "SerializationException", "Unexpected value type in payload"),
        ({"ducks": {"Keys": {}}}, "SerializationException", "Keys cannot be converted"),
        ({"ducks": {"Keys": ["p"]}}, "SerializationException", "Unexpected value"),
        (
            {"geese": {"Keys": [key(1)]}},
            "ResourceNotFoundException",
            "Requested resource not found",
        ),
        (
            {
                "ducks": {"Keys": [key(n) for n in range(60)]},
                "mice": {"Keys": [{"name": {"S": f"{n}"}} for n in range(60)]},
            },
            "ValidationException",
            "Too many items requested for the BatchGetItem call",
        ),
        (
            {
                "ducks": {"Keys": [key(1)]},
                "arn:aws:dynamodb:us-east-1:000000000000:table/ducks": {
                    "Keys": [key(2)]
                },
            },
            "ValidationException",
            "A table is named twice",
        ),
    ],
)
def test_a_wrong_request_is_refused(
    simulator: SimulatorInProcess,
    request_items: dict[str, Any],
    code: str,
    message: str,
) -> None:
    found = refusal(simulator, request_items)
    assert found[0] == code
    assert message in found[1]


def test_which_keys_lose_is_chance_that_a_seed_repeats() -> None:
    def lost() -> Sequence[object]:
        simulator = SimulatorInProcess()
        simulator.create("ducks", units=5)
        keys = [key(number) for number in range(20)]
        answer = get(simulator, ducks={"Keys": keys, "ConsistentRead": True})
        left: Sequence[object] = answer["UnprocessedKeys"]["ducks"]["Keys"]
        return left

    assert lost() == lost()
    assert lost() != [key(number) for number in range(5, 20)]
