"""TransactWriteItems: all of it or nothing, what it costs, and why it is cancelled."""

from typing import Any

import pytest

from ddbbulk.simulator.cancellation import TransactionCancelledError
from ddbbulk.simulator.rationing import Rationing
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

NONE = {"Code": "None"}
UNMET = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
ABSENT = {"ConditionExpression": "attribute_not_exists(pk)"}


def key(number: int, partition: str = "p") -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"N": str(number)}}


def make(simulator: SimulatorInProcess, **capacity: int) -> SimulatorInProcess:
    simulator.create(
        "ducks",
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", grp="S", age="N"),
        GlobalSecondaryIndexes=[index("by_group", key_schema("grp"), "KEYS_ONLY")],
        LocalSecondaryIndexes=[index("by_age", key_schema("pk", "age"))],
        **capacity,
    )
    simulator.create(
        "mice",
        KeySchema=key_schema("name"),
        AttributeDefinitions=attribute_definitions(name="S"),
        **capacity,
    )
    return simulator


@pytest.fixture
def simulator() -> SimulatorInProcess:
    return make(SimulatorInProcess())


def put(item: object, table: str = "ducks", **more: object) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": item, **more}}


def delete(number: int, **more: object) -> dict[str, Any]:
    return {"Delete": {"TableName": "ducks", "Key": key(number), **more}}


def check(number: int, text: str, **more: object) -> dict[str, Any]:
    request = {"TableName": "ducks", "Key": key(number), "ConditionExpression": text}
    return {"ConditionCheck": request | more}


def update(number: int, text: str, values: object = None) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": "ducks", "Key": key(number)}
    request["UpdateExpression"] = text
    if values is not None:
        request["ExpressionAttributeValues"] = values
    return {"Update": request}


def transact(
    simulator: SimulatorInProcess, *actions: object, **more: object
) -> dict[str, Any]:
    return simulator.call("TransactWriteItems", TransactItems=list(actions), **more)


def cancelled(
    simulator: SimulatorInProcess, *actions: object, **more: object
) -> list[dict[str, Any]]:
    error = simulator.refusal("TransactWriteItems", TransactItems=list(actions), **more)
    assert isinstance(error, TransactionCancelledError), error
    reasons: list[dict[str, Any]] = error.to_json()["CancellationReasons"]
    return reasons


def everything(simulator: SimulatorInProcess) -> list[Any]:
    simulator.now += 100
    items: list[Any] = simulator.call("Scan", TableName="ducks")["Items"]
    return items


def written(simulator: SimulatorInProcess, table: str = "ducks") -> float:
    meter = simulator.engine.catalog.table(table).resources[""].meter
    return meter.total


# ---------------------------------------------------------------- what is done


def test_actions_of_all_kinds_are_done_together(simulator: SimulatorInProcess) -> None:
    simulator.put("ducks", [key(2) | {"age": {"N": "1"}}, key(3), key(4)])
    answer = transact(
        simulator,
        put(key(1) | {"grp": {"S": "g"}}),
        update(2, "ADD age :one", {":one": {"N": "1"}}),
        delete(3),
        check(4, "attribute_exists(pk)"),
        put({"name": {"S": "minnie"}}, "mice"),
    )
    assert answer == {}
    assert everything(simulator) == [
        key(1) | {"grp": {"S": "g"}},
        key(2) | {"age": {"N": "2"}},
        key(4),
    ]
    assert simulator.call("Scan", TableName="mice")["Count"] == 1
    found = simulator.call("Scan", TableName="ducks", IndexName="by_group")
    assert found["Items"] == [key(1) | {"grp": {"S": "g"}}]
    described = simulator.call("DescribeTable", TableName="ducks")["Table"]
    assert described["ItemCount"] == 3


def test_a_row_changes_its_sort_key_in_one_transaction(
    simulator: SimulatorInProcess,
) -> None:
    simulator.put("ducks", [key(1) | {"a": {"S": "x"}}])
    transact(simulator, delete(1), put(key(2) | {"a": {"S": "x"}}, **ABSENT))
    assert everything(simulator) == [key(2) | {"a": {"S": "x"}}]


def test_one_failed_condition_undoes_everything_and_is_told_in_its_place(
    simulator: SimulatorInProcess,
) -> None:
    old = key(2) | {"a": {"S": "old"}}
    simulator.put("ducks", [old])
    actions = (
        put(key(1)),
        put(key(2), **ABSENT, ReturnValuesOnConditionCheckFailure="ALL_OLD"),
        check(3, "attribute_exists(pk)"),
        put({"name": {"S": "minnie"}}, "mice"),
    )
    error = simulator.refusal("TransactWriteItems", TransactItems=list(actions))
    assert error.to_json() == {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": (
            "Transaction cancelled, please refer cancellation reasons for specific "
            "reasons [None, ConditionalCheckFailed, ConditionalCheckFailed, None]"
        ),
        "CancellationReasons": [NONE, UNMET | {"Item": old}, UNMET, NONE],
    }
    assert everything(simulator) == [old]
    assert simulator.call("Scan", TableName="mice")["Count"] == 0


def test_an_item_that_is_not_there_is_not_shown(simulator: SimulatorInProcess) -> None:
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    assert cancelled(simulator, check(1, "attribute_exists(pk)", **shown)) == [UNMET]


# ------------------------------------------------------------------ what it costs


def test_the_table_is_charged_twice_and_indexes_once(
    simulator: SimulatorInProcess,
) -> None:
    item = key(1) | {"grp": {"S": "g"}, "age": {"N": "7"}, "a": {"S": "x" * 1500}}
    answer = transact(
        simulator,
        put(item),
        check(2, "attribute_not_exists(pk)"),
        put({"name": {"S": "minnie"}}, "mice"),
        ReturnConsumedCapacity="INDEXES",
        ReturnItemCollectionMetrics="SIZE",
    )
    both = {"CapacityUnits": 6.0, "WriteCapacityUnits": 6.0}
    one = {"CapacityUnits": 1.0, "WriteCapacityUnits": 1.0}
    two = {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    assert answer == {
        "ConsumedCapacity": [
            {
                "TableName": "ducks",
                "CapacityUnits": 9.0,
                "WriteCapacityUnits": 9.0,
                "Table": both,
                "GlobalSecondaryIndexes": {"by_group": one},
                "LocalSecondaryIndexes": {"by_age": two},
            },
            {"TableName": "mice", **two, "Table": two},
        ],
        "ItemCollectionMetrics": {
            "ducks": [
                {
                    "ItemCollectionKey": {"pk": {"S": "p"}},
                    "SizeEstimateRangeGB": [0.0, 1.0],
                }
            ]
        },
    }
    assert written(simulator) == 8
    assert written(simulator, "mice") == 2


def test_a_cancelled_transaction_costs_the_table_as_much_and_indexes_nothing(
    simulator: SimulatorInProcess,
) -> None:
    simulator.put("ducks", [key(2) | {"a": {"S": "x" * 3000}}])
    before = written(simulator)
    cancelled(
        simulator,
        put(key(1) | {"grp": {"S": "g"}, "age": {"N": "7"}}),
        put(key(2), **ABSENT),
    )
    assert written(simulator) - before == 2 * (1 + 3)
    resources = simulator.engine.catalog.table("ducks").resources
    assert resources["by_group"].meter.total == 0


def test_units_in_total_say_what_kind_they_are(simulator: SimulatorInProcess) -> None:
    answer = transact(simulator, put(key(1)), ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [
        {"TableName": "ducks", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    ]


# -------------------------------------------------------------------- throttling


def limited(write: int, **indexes: int) -> SimulatorInProcess:
    simulator = SimulatorInProcess()
    throughput = {"ReadCapacityUnits": 10, "WriteCapacityUnits": write}
    defined = [index(name, key_schema(name)) for name in indexes]
    more: dict[str, Any] = {"GlobalSecondaryIndexes": defined} if defined else {}
    for one in defined:
        units = {
            "ReadCapacityUnits": 5,
            "WriteCapacityUnits": indexes[one["IndexName"]],
        }
        one["ProvisionedThroughput"] = units
    simulator.create(
        "ducks",
        AttributeDefinitions=attribute_definitions(
            pk="S", sk="N", **dict.fromkeys(indexes, "S")
        ),
        BillingMode="PROVISIONED",
        ProvisionedThroughput=throughput,
        **more,
    )
    return simulator


def test_what_costs_more_than_a_second_gives_is_done_and_leaves_a_debt() -> None:
    simulator = limited(4)
    transact(simulator, *[put(key(number)) for number in range(10)])
    reasons = cancelled(simulator, put(key(11)), put(key(12)))
    assert [reason["Code"] for reason in reasons] == [
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceeded",
    ]
    assert reasons[0]["Message"].startswith("The level of configured provisioned")
    assert simulator.engine.catalog.table("ducks").throttled_requests == 1
    simulator.now += 4.1  # 16 units of debt
    transact(simulator, put(key(11)))


def test_a_throttled_action_cancels_the_others_at_no_cost() -> None:
    simulator = limited(100, city=1)
    town = {"city": {"S": "Duckburg"}}
    transact(simulator, put(key(1) | town))
    before = simulator.engine.catalog.table("ducks").resources[""].write.level(1e3)
    reasons = cancelled(simulator, put(key(2)), put(key(3) | town))
    assert [reason["Code"] for reason in reasons] == [
        "None",
        "ProvisionedThroughputExceeded",
    ]
    assert "global secondary indexes" in reasons[1]["Message"]
    after = simulator.engine.catalog.table("ducks").resources[""].write.level(1e3)
    assert after == before
    assert everything(simulator) == [key(1) | town]


def test_a_hot_key_and_an_account_are_throttling_errors() -> None:
    simulator = limited(40_000)
    for number in range(5):  # 2 x 101 units each, of one partition key
        transact(simulator, put(key(number) | {"a": {"S": "x" * 103_000}}))
    (reason,) = cancelled(simulator, put(key(9)))
    assert reason["Code"] == "ThrottlingError"
    poor = make(SimulatorInProcess(rationing=Rationing(account_wcu=1)))
    transact(poor, put(key(1)))
    (reason,) = cancelled(poor, put(key(2, "q")))
    assert reason["Code"] == "ThrottlingError"
    assert "quota for your account" in reason["Message"]


# ------------------------------------------------------------------------ tokens


def test_what_is_sent_twice_is_done_once_and_then_costs_reads(
    simulator: SimulatorInProcess,
) -> None:
    action = update(1, "ADD age :one", {":one": {"N": "1.0"}})
    more = {"ClientRequestToken": "t" * 36, "ReturnConsumedCapacity": "TOTAL"}
    first = transact(simulator, action, **more)
    assert first["ConsumedCapacity"][0]["WriteCapacityUnits"] == 3  # and its local one
    simulator.now += 599
    again = transact(simulator, action, **more)
    assert again["ConsumedCapacity"] == [
        {"TableName": "ducks", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}
    ]
    assert transact(simulator, action, ClientRequestToken="t" * 36) == {}
    assert everything(simulator) == [key(1) | {"age": {"N": "1"}}]


def test_a_token_is_forgotten_after_ten_minutes(simulator: SimulatorInProcess) -> None:
    action = update(1, "ADD age :one", {":one": {"N": "1"}})
    transact(simulator, action, ClientRequestToken="t")
    simulator.now += 601
    transact(simulator, action, ClientRequestToken="t")
    assert everything(simulator) == [key(1) | {"age": {"N": "2"}}]
    assert len(simulator.engine.tokens) == 1


def test_a_token_stands_for_one_transaction_only(
    simulator: SimulatorInProcess,
) -> None:
    transact(simulator, put(key(1)), ClientRequestToken="t")
    error = simulator.refusal(
        "TransactWriteItems", TransactItems=[put(key(2))], ClientRequestToken="t"
    )
    assert error.code == "IdempotentParameterMismatchException"


def test_what_was_cancelled_may_be_sent_again(simulator: SimulatorInProcess) -> None:
    simulator.put("ducks", [key(1)])
    action = put(key(1), **ABSENT)
    assert cancelled(simulator, action, ClientRequestToken="t") == [UNMET]
    simulator.call("DeleteItem", TableName="ducks", Key=key(1))
    transact(simulator, action, ClientRequestToken="t")
    assert everything(simulator) == [key(1)]


# ---------------------------------------------------------------- what is refused


LARGE = {"S": "x" * 399_000}


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([], "Value '[]' at 'transactItems' failed to satisfy constraint: Member must"),
        ([put(key(n)) for n in range(101)], "length less than or equal to 100"),
        ([{}], "TransactItems can only contain one of Check, Put, Update or Delete"),
        (
            [put(key(1)) | delete(2)],
            "TransactItems can only contain one of Check, Put, Update or Delete",
        ),
        (
            [put(key(1)), delete(1)],
            "Transaction request cannot include multiple operations on one item",
        ),
        (
            [put(key(1)), delete(1) | {"Delete": {"TableName": "ducks"}}],
            "Value null at 'transactItems.2.member.delete.key' failed to satisfy",
        ),
        ([update(1, "SET")], "Invalid UpdateExpression: Syntax error"),
        ([check(1, "a = :a")], "attribute value used in expression is not defined"),
        (
            [put(key(1), ExpressionAttributeNames={"#a": "a"})],
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        ([put(key(1), ReturnValues="ALL_OLD")], "TransactWriteItems's parameter Ret"),
        ([put(key(1) | {"a": {"N": "x"}})], "cannot be converted to a numeric value"),
        ([put(key(1) | {"a": {"S": "x" * 409_600}})], "Item size has exceeded the max"),
        (
            [put(key(n) | {"a": LARGE}) for n in range(11)],
            "The aggregate size of the items in the transaction exceeds 4 MB",
        ),
        (
            [put(key(1, ""))],
            (
                "One or more parameter values are not valid. The AttributeValue for a "
                "key attribute cannot contain an empty string value. Key: pk"
            ),
        ),
        (
            [delete(1) | {"Delete": {"TableName": "ducks", "Key": key(1, "")}}],
            "The AttributeValue for a key attribute cannot contain an empty string",
        ),
        (
            [put(key(1) | {"grp": {"S": ""}})],
            "A value specified for a secondary index key is not supported.",
        ),
    ],
)
def test_a_wrong_request_is_refused_as_a_whole(
    simulator: SimulatorInProcess, actions: list[Any], message: str
) -> None:
    error = simulator.refusal("TransactWriteItems", TransactItems=actions)
    assert error.code == "ValidationException"
    assert message in error.message


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            put(key(1) | {"sk": {"S": "1"}}),
            (
                "One or more parameter values were invalid: Type mismatch for key sk "
                "expected: N actual: S"
            ),
        ),
        (
            put({"pk": {"S": "p"}}),
            "One or more parameter values were invalid: Missing the key sk in the item",
        ),
        (
            put(key(1) | {"grp": {"N": "5"}}),
            (
                "One or more parameter values were invalid: Type mismatch for Index Key"
                " grp Expected: S Actual: N IndexName: by_group"
            ),
        ),
        (
            update(1, "SET grp = :v", {":v": {"N": "5"}}),
            (
                "One or more parameter values were invalid: Type mismatch for Index Key"
                " grp Expected: S Actual: N IndexName: by_group"
            ),
        ),
        (
            {"Delete": {"TableName": "ducks", "Key": {"pk": {"S": "p"}}}},
            "The provided key element does not match the schema",
        ),
        (
            update(1, "SET a = b"),
            (
                "The provided expression refers to an attribute that does not exist in "
                "the item"
            ),
        ),
        (
            update(1, "SET pk = :v", {":v": {"S": "q"}}),
            (
                "One or more parameter values were invalid: Cannot update attribute "
                "pk. This attribute is part of the key"
            ),
        ),
        (
            update(1, "SET a = :v", {":v": {"S": "x" * 409_600}}),
            "Item size to update has exceeded the maximum allowed size",
        ),
    ],
)
def test_what_cannot_be_as_the_table_is_cancels_at_no_cost(
    simulator: SimulatorInProcess, action: dict[str, Any], message: str
) -> None:
    reasons = cancelled(simulator, put(key(7)), action)
    assert reasons == [NONE, {"Code": "ValidationError", "Message": message}]
    assert written(simulator) == 0
    assert everything(simulator) == []


def test_a_missing_table_is_not_found(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal("TransactWriteItems", TransactItems=[put({}, "geese")])
    assert error.code == "ResourceNotFoundException"


@pytest.mark.parametrize("token", ["", "t" * 37])
def test_a_token_has_a_length(simulator: SimulatorInProcess, token: str) -> None:
    error = simulator.refusal(
        "TransactWriteItems", TransactItems=[put(key(1))], ClientRequestToken=token
    )
    assert "at 'clientRequestToken' failed to satisfy constraint" in error.message


@pytest.mark.parametrize("actions", [["put"], [{"Put": []}]])
def test_what_has_another_shape_is_no_transaction(
    simulator: SimulatorInProcess, actions: list[Any]
) -> None:
    error = simulator.refusal("TransactWriteItems", TransactItems=actions)
    assert error.code in ("SerializationException", "ValidationException")
