from typing import Any

import pytest

from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

OF_P = {
    "TableName": "ducks",
    "KeyConditionExpression": "pk = :p",
    "ExpressionAttributeValues": {":p": {"S": "p"}},
}
OF_GROUP = {
    "TableName": "ducks",
    "KeyConditionExpression": "grp = :g",
    "ExpressionAttributeValues": {":g": {"S": "g"}},
}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    """A table of 12 items of partition p and one beside it, with four indexes."""
    made = SimulatorInProcess()
    made.create(
        "ducks",
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", grp="S", rank="N"),
        GlobalSecondaryIndexes=[
            index("by_rank", key_schema("grp", "rank")),
            index("keys_only", key_schema("grp"), "KEYS_ONLY"),
            index("some", key_schema("grp"), "INCLUDE", "bio"),
        ],
        LocalSecondaryIndexes=[
            index("local", key_schema("pk", "rank"), "KEYS_ONLY"),
        ],
    )
    made.put("ducks", [duck(number) for number in range(-2, 10)])
    made.put("ducks", [duck(1) | {"pk": {"S": "other"}, "grp": {"S": "h"}}])
    return made


def duck(number: int) -> dict[str, Any]:
    return {
        "pk": {"S": "p"},
        "sk": {"N": str(number)},
        "grp": {"S": "g"},
        "rank": {"N": str(number // 3)},
        "bio": {"S": "x" * 1000},
        "more": {"S": "y" * 2000},
        "is_even": {"BOOL": number % 2 == 0},
    }


def numbers(answer: dict[str, Any]) -> list[int]:
    return [int(item["sk"]["N"]) for item in answer["Items"]]


def test_items_come_in_the_order_of_their_numbers(
    simulator: SimulatorInProcess,
) -> None:
    answer = simulator.call("Query", **OF_P)
    assert numbers(answer) == list(range(-2, 10))
    assert answer["Count"] == answer["ScannedCount"] == 12
    assert "LastEvaluatedKey" not in answer
    backwards = simulator.call("Query", **OF_P, ScanIndexForward=False)
    assert numbers(backwards) == list(range(9, -3, -1))


def test_items_of_an_index_with_one_key_are_in_the_order_of_the_tables_keys(
    simulator: SimulatorInProcess,
) -> None:
    answer = simulator.call("Query", **OF_GROUP, IndexName="by_rank")
    assert numbers(answer) == list(range(-2, 10))
    ranks = [int(item["rank"]["N"]) for item in answer["Items"]]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("is_forward", [True, False])
@pytest.mark.parametrize("index_name", [None, "by_rank", "keys_only", "local"])
def test_pages_of_any_length_hold_every_item_once_and_in_order(
    simulator: SimulatorInProcess, index_name: str | None, *, is_forward: bool
) -> None:
    request: dict[str, Any] = {
        **(OF_P if index_name in (None, "local") else OF_GROUP),
        "ScanIndexForward": is_forward,
    }
    if index_name:
        request["IndexName"] = index_name
    whole = numbers(simulator.call("Query", **request))
    assert sorted(whole) == list(range(-2, 10))
    for limit in (1, 5, 12):
        found: list[int] = []
        page = simulator.call("Query", **request, Limit=limit)
        while "LastEvaluatedKey" in page:
            found += numbers(page)
            start = page["LastEvaluatedKey"]
            page = simulator.call(
                "Query", **request, Limit=limit, ExclusiveStartKey=start
            )
        assert found + numbers(page) == whole


def test_the_limit_counts_what_is_looked_at_not_what_the_filter_lets_through(
    simulator: SimulatorInProcess,
) -> None:
    values = {":p": {"S": "p"}, ":yes": {"BOOL": True}}
    request = OF_P | {"ExpressionAttributeValues": values}
    answer = simulator.call(
        "Query", **request, FilterExpression="is_even = :yes", Limit=5
    )
    assert numbers(answer) == [-2, 0, 2]
    assert (answer["Count"], answer["ScannedCount"]) == (3, 5)
    assert answer["LastEvaluatedKey"] == {"pk": {"S": "p"}, "sk": {"N": "2"}}


def test_a_count_has_no_items_and_counts_what_the_filter_lets_through(
    simulator: SimulatorInProcess,
) -> None:
    assert simulator.call("Query", **OF_P, Select="COUNT") == {
        "Count": 12,
        "ScannedCount": 12,
    }
    values = {":p": {"S": "p"}, ":yes": {"BOOL": True}}
    request = OF_P | {"ExpressionAttributeValues": values}
    answer = simulator.call(
        "Query", **request, Select="COUNT", FilterExpression="is_even = :yes"
    )
    assert answer == {"Count": 6, "ScannedCount": 12}


def test_a_page_ends_with_the_item_that_fills_one_megabyte() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks")
    for number in range(4):
        item = duck(number) | {"bio": {"S": "x" * 380_000}}
        simulator.put("ducks", [item])
        simulator.now += 1.0
    answer = simulator.call("Query", **OF_P, Select="COUNT")
    assert answer["Count"] == 3
    assert answer["LastEvaluatedKey"]["sk"] == {"N": "2"}


def test_an_index_shows_what_it_has_copied_and_no_more(
    simulator: SimulatorInProcess,
) -> None:
    keys = {"pk", "sk", "grp"}
    for name, attributes in (
        ("keys_only", keys),
        ("some", keys | {"bio"}),
        ("by_rank", set(duck(1))),
    ):
        answer = simulator.call("Query", **OF_GROUP, IndexName=name, Limit=1)
        assert set(answer["Items"][0]) == attributes
    filtered = simulator.call(
        "Query",
        **OF_GROUP,
        IndexName="keys_only",
        FilterExpression="attribute_exists(is_even)",
    )
    assert filtered["Count"] == 0


def test_a_global_index_refuses_what_only_the_table_has(
    simulator: SimulatorInProcess,
) -> None:
    request = OF_GROUP | {"IndexName": "some"}
    for more, reason in (
        ({"ConsistentRead": True}, "Consistent reads are not supported"),
        ({"Select": "ALL_ATTRIBUTES"}, "Select type ALL_ATTRIBUTES is not supported"),
        ({"ProjectionExpression": "pk, more"}, "does not project [more]"),
    ):
        error = simulator.refusal("Query", **request, **more)
        assert error.code == "ValidationException"
        assert reason in error.message


def test_a_local_index_fetches_what_it_lacks_at_the_tables_cost(
    simulator: SimulatorInProcess,
) -> None:
    answer = simulator.call(
        "Query",
        **OF_P,
        IndexName="local",
        ProjectionExpression="bio",
        Limit=3,
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["Items"] == [{"bio": duck(0)["bio"]}] * 3
    assert answer["ConsumedCapacity"] == {
        "TableName": "ducks",
        "CapacityUnits": 2.0,
        "Table": {"CapacityUnits": 1.5},
        "LocalSecondaryIndexes": {"local": {"CapacityUnits": 0.5}},
    }


@pytest.mark.parametrize(
    ("more", "units"),
    [
        # 12 items of 3,052 or 3,053 bytes each: nine times 4 KB.
        ({}, {"Table": {"CapacityUnits": 4.5}}),
        ({"ConsistentRead": True}, {"Table": {"CapacityUnits": 9.0}}),
        ({"Limit": 1}, {"Table": {"CapacityUnits": 0.5}}),
        ({"Limit": 1, "ConsistentRead": True}, {"Table": {"CapacityUnits": 1.0}}),
        ({"Limit": 2, "ProjectionExpression": "sk"}, {"Table": {"CapacityUnits": 1.0}}),
    ],
)
def test_units_are_those_of_all_that_was_looked_at_rounded_once(
    simulator: SimulatorInProcess, more: dict[str, Any], units: dict[str, Any]
) -> None:
    answer = simulator.call("Query", **OF_P, **more, ReturnConsumedCapacity="INDEXES")
    consumed = answer["ConsumedCapacity"]
    assert consumed == {
        "TableName": "ducks",
        "CapacityUnits": units["Table"]["CapacityUnits"],
        **units,
    }


def test_a_query_on_a_global_index_is_paid_by_the_index(
    simulator: SimulatorInProcess,
) -> None:
    answer = simulator.call(
        "Query",
        **OF_GROUP,
        IndexName="some",
        Select="COUNT",
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == {
        "TableName": "ducks",
        "CapacityUnits": 1.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"some": {"CapacityUnits": 1.5}},
    }
    total = simulator.call(
        "Query", **OF_GROUP, IndexName="some", ReturnConsumedCapacity="TOTAL"
    )
    assert total["ConsumedCapacity"] == {"TableName": "ducks", "CapacityUnits": 1.5}


def test_finding_nothing_costs_the_least_that_a_read_costs(
    simulator: SimulatorInProcess,
) -> None:
    request = OF_P | {"ExpressionAttributeValues": {":p": {"S": "nobody"}}}
    for is_consistent, units in ((False, 0.5), (True, 1.0)):
        answer = simulator.call(
            "Query",
            **request,
            ConsistentRead=is_consistent,
            ReturnConsumedCapacity="TOTAL",
        )
        assert answer["Items"] == []
        assert answer["ConsumedCapacity"]["CapacityUnits"] == units


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"Limit": 0}, "Member must have value greater than or equal to 1"),
        ({"Select": "SOME"}, "Member must satisfy enum value set"),
        ({"Select": "SPECIFIC_ATTRIBUTES"}, "Must specify the AttributesToGet or"),
        ({"Select": "COUNT", "ProjectionExpression": "sk"}, "only the Count"),
        ({"Select": "ALL_PROJECTED_ATTRIBUTES"}, "only when Querying using an Index"),
        (
            {"IndexName": "absent"},
            "The table does not have the specified index: absent",
        ),
        ({"FilterExpression": "sk > :p"}, "Primary key attribute: sk"),
        ({"FilterExpression": "bio ="}, "Invalid FilterExpression: Syntax error"),
        ({"ProjectionExpression": "#x"}, "Invalid ProjectionExpression"),
        ({"ExclusiveStartKey": {"pk": {"S": "p"}}}, "starting key is invalid"),
        (
            {"ExclusiveStartKey": {"pk": {"S": "p"}, "sk": {"S": "1"}}},
            "starting key is invalid: The provided key element does not match",
        ),
        (
            {"ExclusiveStartKey": {"pk": {"S": "other"}, "sk": {"N": "1"}}},
            "outside query boundaries",
        ),
        (
            {"KeyConditionExpression": None, "ExpressionAttributeValues": None},
            "Either the KeyConditions or KeyConditionExpression parameter must be",
        ),
        ({"KeyConditions": {}}, "KeyConditions, a legacy parameter"),
    ],
)
def test_a_wrong_query_is_refused(
    simulator: SimulatorInProcess, more: dict[str, Any], reason: str
) -> None:
    error = simulator.refusal("Query", **(OF_P | more))
    assert error.code == "ValidationException"
    assert reason in error.message


@pytest.mark.parametrize(
    "more", [{"Limit": "5"}, {"ConsistentRead": "yes"}, {"ExclusiveStartKey": []}]
)
def test_a_parameter_of_the_wrong_json_type_is_a_serialization_error(
    simulator: SimulatorInProcess, more: dict[str, Any]
) -> None:
    error = simulator.refusal("Query", **(OF_P | more))
    assert error.code == "SerializationException"


def test_a_start_key_of_an_index_has_the_keys_of_index_and_table(
    simulator: SimulatorInProcess,
) -> None:
    request = OF_GROUP | {"IndexName": "by_rank"}
    start = simulator.call("Query", **request, Limit=1)["LastEvaluatedKey"]
    assert set(start) == {"grp", "rank", "pk", "sk"}
    for broken in (
        {name: value for name, value in start.items() if name != "rank"},
        start | {"rank": {"S": "1"}},
        start | {"bio": {"S": "1"}},
    ):
        error = simulator.refusal("Query", **request, ExclusiveStartKey=broken)
        assert error.message.startswith("The provided starting key is invalid")


def test_reads_are_throttled_until_their_debt_is_paid() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks", units=2)
    simulator.put("ducks", [duck(number) for number in range(10)])
    # 10 items of 3 KB: 4 units, 2 more than the table has; a second later it has none.
    consistent = OF_P | {"ConsistentRead": True, "Limit": 5}
    simulator.call("Query", **consistent)
    for _ in range(2):
        error = simulator.refusal("Query", **consistent)
        assert error.code == "ProvisionedThroughputExceededException"
        (reason,) = error.reasons
        assert reason.reason == "TableReadProvisionedThroughputExceeded"
        assert reason.resource.endswith(":table/ducks")
        simulator.now += 0.5
    simulator.now += 0.5
    simulator.call("Query", **consistent)


def test_an_index_throttles_its_own_reads_only() -> None:
    simulator = SimulatorInProcess()
    simulator.create(
        "ducks",
        units=1,
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", grp="S"),
        GlobalSecondaryIndexes=[index("by_group", key_schema("grp"))],
    )
    simulator.put("ducks", [duck(number) for number in range(10)])
    request = OF_GROUP | {"IndexName": "by_group"}
    simulator.call("Query", **request)
    error = simulator.refusal("Query", **request)
    (reason,) = error.reasons
    assert reason.reason == "IndexReadProvisionedThroughputExceeded"
    assert reason.resource.endswith(":table/ducks/index/by_group")
    simulator.call("Query", **OF_P)


def test_what_is_fetched_behind_a_local_index_is_taken_from_the_table() -> None:
    simulator = SimulatorInProcess()
    simulator.create(
        "ducks",
        units=2,
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", rank="N"),
        LocalSecondaryIndexes=[index("local", key_schema("pk", "rank"), "KEYS_ONLY")],
    )
    simulator.put("ducks", [duck(number) for number in range(8)])
    request = OF_P | {"IndexName": "local"}
    simulator.call("Query", **request)  # 0.5 units
    simulator.call("Query", **request, Select="ALL_ATTRIBUTES")  # 0.5 and 8 times 0.5
    simulator.now += 1.4  # 3 units of debt, 2 a second
    simulator.refusal("Query", **request)
    simulator.now += 0.2
    simulator.call("Query", **request)
