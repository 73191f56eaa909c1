"""BatchWriteItem: what it refuses, in which order, and what it does and hands back."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create(
        "ducks",
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", city="S", bin="B"),
        GlobalSecondaryIndexes=[
            index("by_city", key_schema("city"), "KEYS_ONLY"),
            index("by_bin", key_schema("bin")),
        ],
    )
    made.create(
        "blobs",
        KeySchema=key_schema("pk"),
        AttributeDefinitions=attribute_definitions(pk="B"),
    )
    return made


def put(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"PutRequest": {"Item": dict(item)}}


def delete(key: Mapping[str, Any]) -> dict[str, Any]:
    return {"DeleteRequest": {"Key": dict(key)}}


def keyed(number: int, **attributes: object) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"N": str(number)}, **attributes}


def refused(simulator: SimulatorInProcess, *entries: object) -> str:
    error = simulator.refusal("BatchWriteItem", RequestItems={"ducks": list(entries)})
    assert error.code == "ValidationException"
    return error.message


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({}, "The provided key element does not match the schema"),
        ({"pk": {"S": "p"}}, "The provided key element does not match the schema"),
        (KEY | {"pk": {"N": "1"}}, "The provided key element does not match"),
        (KEY | {"pk": {"L": []}}, "The provided key element does not match"),
        (
            KEY | {"pk": {"S": ""}},
            (
                "One or more parameter values are not valid. The AttributeValue for a "
                "key attribute cannot contain an empty string value. Key: pk"
            ),
        ),
        (
            KEY | {"pk": {"S": "x" * 2049}},
            (
                "One or more parameter values were invalid: Size of hashkey has "
                "exceeded the maximum size limit of2048 bytes"
            ),
        ),
        (
            KEY | {"city": {"N": "1"}},
            (
                "One or more parameter values were invalid: Type mismatch for Index "
                "Key city Expected: S Actual: N IndexName: by_city"
            ),
        ),
        (
            KEY | {"city": {"S": ""}},
            (
                "One or more parameter values are not valid. A value specified for a "
                "secondary index key is not supported. The AttributeValue for a key "
                "attribute cannot contain an empty string value. IndexName: by_city, "
                "IndexKey: city"
            ),
        ),
        (
            KEY | {"bin": {"B": ""}},
            "One or more parameter values are not valid. A valu",
        ),
        (
            KEY | {"city": {"S": "x" * 2049}},
            "One or more parameter values were invalid",
        ),
        (KEY | {"a": {"S": "x" * 409_600}}, "Item size has exceeded the maximum allow"),
        (KEY | {"a": {"N": "1e126"}}, "Number overflow. Attempting to store a number"),
        (KEY | {"a": {"N": "1e-131"}}, "Number underflow. Attempting to store a numbe"),
        (KEY | {"a": {"N": "9" * 39}}, "Attempting to store more than 38 significant"),
        (KEY | {"a": {"N": "NaN"}}, "The parameter cannot be converted to a numeric"),
        (
            KEY | {"a": {"N": ""}},
            "The parameter cannot be converted to a numeric value",
        ),
        (KEY | {"a": {}}, "Supplied AttributeValue is empty"),
        (KEY | {"a": {"X": "1"}}, "Supplied AttributeValue is empty"),
        (
            KEY | {"a": {"S": "1", "N": "1"}},
            "Supplied AttributeValue has more than one",
        ),
        (
            KEY | {"a": {"L": [{"S": "1", "N": "1"}]}},
            "Supplied AttributeValue has more",
        ),
        (KEY | {"a": {"NULL": False}}, "One or more parameter values were invalid: Nu"),
        (
            KEY | {"a": {"SS": []}},
            "One or more parameter values were invalid: An string",
        ),
        (
            KEY | {"a": {"NS": []}},
            "One or more parameter values were invalid: An number",
        ),
        (KEY | {"a": {"BS": []}}, "One or more parameter values were invalid: Binary "),
        (
            KEY | {"a": {"NS": ["1", "1.0"]}},
            "One or more parameter values were invalid: Input collection",
        ),
        (KEY | {"": {"S": "x"}}, "One or more parameter values were invalid"),
        (KEY | {"x" * 65_536: {"S": "x"}}, "One or more parameter values were invalid"),
    ],
)
def test_an_item_that_dynamodb_refuses_is_refused_in_its_words(
    simulator: SimulatorInProcess, item: dict[str, Any], message: str
) -> None:
    assert refused(simulator, put(keyed(7)), put(item)).startswith(message)
    scanned = simulator.call("Scan", TableName="ducks")
    assert scanned["Count"] == 0, "nothing of a refused batch may be written"


@pytest.mark.parametrize(
    "value",
    [
        {"S": 1},
        {"S": None},
        {"N": 5},
        {"B": "not base64!"},
        {"BOOL": "true"},
        {"L": {"S": "x"}},
        {"M": [{"S": "x"}]},
        {"SS": "x"},
        {"SS": [1]},
        "x",
        ["x"],
    ],
)
def test_json_of_another_shape_is_a_serialization_error(
    simulator: SimulatorInProcess, value: object
) -> None:
    entries = [put(KEY | {"a": value})]
    error = simulator.refusal("BatchWriteItem", RequestItems={"ducks": entries})
    assert error.code == "SerializationException"


@pytest.mark.parametrize(
    "key",
    [{}, {"pk": {"S": "p"}}, KEY | {"other": {"S": "x"}}, KEY | {"sk": {"S": "1"}}],
)
def test_the_key_of_a_delete_is_the_tables_key_and_nothing_more(
    simulator: SimulatorInProcess, key: dict[str, Any]
) -> None:
    message = "The provided key element does not match the schema"
    assert refused(simulator, delete(key)) == message


def test_an_empty_binary_key_is_told_from_an_empty_string(
    simulator: SimulatorInProcess,
) -> None:
    entries = [put({"pk": {"B": ""}})]
    error = simulator.refusal("BatchWriteItem", RequestItems={"blobs": entries})
    assert "cannot contain an empty binary value. Key: pk" in error.message


def test_a_key_may_be_as_long_as_the_limit(simulator: SimulatorInProcess) -> None:
    long = base64.b64encode(b"x" * 2048).decode()
    items = {"blobs": [put({"pk": {"B": long}})]}
    assert simulator.call("BatchWriteItem", RequestItems=items) == {
        "UnprocessedItems": {}
    }


def test_an_item_may_be_as_large_as_the_limit(simulator: SimulatorInProcess) -> None:
    size_of_rest = len("pk") + len("p") + len("sk") + 2 + len("a")
    item = KEY | {"a": {"S": "x" * (409_600 - size_of_rest)}}
    simulator.call("BatchWriteItem", RequestItems={"ducks": [put(item)]})
    item["a"]["S"] += "x"
    assert refused(simulator, put(item)).startswith("Item size has exceeded")


@pytest.mark.parametrize(
    "entries",
    [
        [put(keyed(1)), put(keyed(1))],
        [put(keyed(1)), delete(keyed(1))],
        [put(keyed(1)), put({"pk": {"S": "p"}, "sk": {"N": "1.0"}})],
    ],
)
def test_two_operations_on_one_key_are_refused(
    simulator: SimulatorInProcess, entries: list[dict[str, Any]]
) -> None:
    message = "Provided list of item keys contains duplicates"
    assert refused(simulator, *entries) == message


@pytest.mark.parametrize(
    "entry", [{}, {"PutRequest": {}, "DeleteRequest": {}}, {"x": 1}]
)
def test_an_entry_is_a_put_or_a_delete(
    simulator: SimulatorInProcess, entry: dict[str, Any]
) -> None:
    assert refused(simulator, entry).startswith("Supplied AttributeValue has more than")


def test_26_items_are_refused(simulator: SimulatorInProcess) -> None:
    message = refused(simulator, *(put(keyed(number)) for number in range(26)))
    assert message.startswith(
        "1 validation error detected: Value at 'RequestItems.duck"
    )
    assert "Member must have length less than or equal to 25" in message


def test_26_items_over_two_tables_are_refused(simulator: SimulatorInProcess) -> None:
    items = {
        "ducks": [put(keyed(number)) for number in range(25)],
        "blobs": [put({"pk": {"B": "eA=="}})],
    }
    error = simulator.refusal("BatchWriteItem", RequestItems=items)
    assert error.message == "Too many items requested for the BatchWriteItem call"


@pytest.mark.parametrize("items", [{}, {"ducks": []}])
def test_a_batch_of_nothing_is_refused(
    simulator: SimulatorInProcess, items: dict[str, Any]
) -> None:
    error = simulator.refusal("BatchWriteItem", RequestItems=items)
    assert error.code == "ValidationException"
    assert "greater than or equal to 1" in error.message


def test_broken_constraints_are_told_together(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal(
        "BatchWriteItem",
        RequestItems={"ducks": [put(KEY)]},
        ReturnConsumedCapacity="ALL",
        ReturnItemCollectionMetrics="YES",
    )
    assert error.message.startswith("2 validation errors detected: Value 'ALL' at 'ret")
    assert "; Value 'YES' at 'returnItemCollectionMetrics' failed" in error.message


def test_an_unknown_parameter_is_not_ignored(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal(
        "BatchWriteItem", RequestItems={"ducks": [put(KEY)]}, Consistency="strong"
    )
    assert "parameter Consistency is not supported" in error.message
    assert "--upstream" in error.message


def test_values_are_looked_at_before_the_table(simulator: SimulatorInProcess) -> None:
    wrong_value = [put({"a": {"SS": []}})]
    error = simulator.refusal("BatchWriteItem", RequestItems={"none": wrong_value})
    assert error.code == "ValidationException"
    wrong_key = [put({})]
    error = simulator.refusal("BatchWriteItem", RequestItems={"none": wrong_key})
    assert error.code == "ResourceNotFoundException"
    assert error.message == "Requested resource not found"


def test_a_table_is_known_by_its_arn_too(simulator: SimulatorInProcess) -> None:
    description = simulator.call("DescribeTable", TableName="ducks")["Table"]
    arn = description["TableArn"]
    simulator.call("BatchWriteItem", RequestItems={arn: [put(KEY)]})
    assert simulator.call("Scan", TableName="ducks")["Count"] == 1
    twice = {arn: [put(KEY)], "ducks": [put(KEY)]}
    error = simulator.refusal("BatchWriteItem", RequestItems=twice)
    assert error.message.startswith("A table is named twice")


# ------------------------------------------------------------ what is done, at a cost


def test_numbers_are_stored_in_their_canonical_form(
    simulator: SimulatorInProcess,
) -> None:
    numbers = {"a": {"N": "1.50"}, "b": {"N": "15E1"}, "c": {"NS": ["01", "-0"]}}
    simulator.call("BatchWriteItem", RequestItems={"ducks": [put(KEY | numbers)]})
    item = simulator.call("GetItem", TableName="ducks", Key=KEY)["Item"]
    assert (item["a"], item["b"]) == ({"N": "1.5"}, {"N": "150"})
    assert item["c"] == {"NS": ["1", "0"]}


def test_consumed_capacity_is_told_for_each_table_and_index(
    simulator: SimulatorInProcess,
) -> None:
    answer = simulator.call(
        "BatchWriteItem",
        RequestItems={
            "ducks": [
                put(keyed(1, city={"S": "Duckburg"}, notes={"S": "x" * 3000})),
                put(keyed(2)),
                delete(keyed(3)),
            ],
            "blobs": [put({"pk": {"B": "eA=="}})],
        },
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == [
        {
            "TableName": "ducks",
            "CapacityUnits": 6.0,
            "Table": {"CapacityUnits": 5.0},
            "GlobalSecondaryIndexes": {"by_city": {"CapacityUnits": 1.0}},
        },
        {
            "TableName": "blobs",
            "CapacityUnits": 1.0,
            "Table": {"CapacityUnits": 1.0},
        },
    ]


def test_total_capacity_leaves_the_parts_out(simulator: SimulatorInProcess) -> None:
    answer = simulator.call(
        "BatchWriteItem",
        RequestItems={"ducks": [put(keyed(1, city={"S": "Duckburg"}))]},
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["ConsumedCapacity"] == [{"TableName": "ducks", "CapacityUnits": 2.0}]


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        ({}, {"city": {"S": "a"}}, 1),
        ({"city": {"S": "a"}}, {}, 1),
        ({"city": {"S": "a"}}, {"city": {"S": "a"}, "other": {"S": "x"}}, None),
        ({"city": {"S": "a"}}, {"city": {"S": "b"}}, 2),
    ],
)
def test_an_overwrite_costs_an_index_what_changes_there(
    simulator: SimulatorInProcess,
    before: dict[str, Any],
    after: dict[str, Any],
    units: int | None,
) -> None:
    simulator.put("ducks", [KEY | before])
    answer = simulator.call(
        "BatchWriteItem",
        RequestItems={"ducks": [put(KEY | after)]},
        ReturnConsumedCapacity="INDEXES",
    )
    (consumed,) = answer["ConsumedCapacity"]
    indexes = consumed.get("GlobalSecondaryIndexes", {})
    assert indexes.get("by_city", {}).get("CapacityUnits") == units


def test_an_overwrite_costs_the_larger_item(simulator: SimulatorInProcess) -> None:
    simulator.put("ducks", [KEY | {"notes": {"S": "x" * 5000}}])
    for entry in (put(KEY), delete(KEY)):
        simulator.now += 1
        simulator.put("ducks", [KEY | {"notes": {"S": "x" * 5000}}])
        answer = simulator.call(
            "BatchWriteItem",
            RequestItems={"ducks": [entry]},
            ReturnConsumedCapacity="TOTAL",
        )
        assert answer["ConsumedCapacity"][0]["CapacityUnits"] == 5.0


def test_local_indexes_are_charged_to_the_table_and_collections_measured(
    simulator: SimulatorInProcess,
) -> None:
    simulator.create(
        "local",
        units=100,
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", age="N"),
        LocalSecondaryIndexes=[index("by_age", key_schema("pk", "age"))],
    )
    answer = simulator.call(
        "BatchWriteItem",
        RequestItems={"local": [put(keyed(n, age={"N": "1"})) for n in range(2)]},
        ReturnConsumedCapacity="INDEXES",
        ReturnItemCollectionMetrics="SIZE",
    )
    assert answer["ConsumedCapacity"] == [
        {
            "TableName": "local",
            "CapacityUnits": 4.0,
            "Table": {"CapacityUnits": 2.0},
            "LocalSecondaryIndexes": {"by_age": {"CapacityUnits": 2.0}},
        }
    ]
    assert answer["ItemCollectionMetrics"] == {
        "local": [
            {
                "ItemCollectionKey": {"pk": {"S": "p"}},
                "SizeEstimateRangeGB": [0.0, 1.0],
            }
        ]
    }
    resource = simulator.engine.catalog.table("local").resources[""]
    assert resource.meter.total == 4


# ------------------------------------------------------------------- throttling


def provisioned(simulator: SimulatorInProcess, units: int) -> None:
    simulator.call(
        "CreateTable",
        TableName="small",
        KeySchema=key_schema("pk", "sk"),
        AttributeDefinitions=attribute_definitions(pk="S", sk="N"),
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": units},
    )


def test_what_gets_no_capacity_comes_back_as_it_was_sent(
    simulator: SimulatorInProcess,
) -> None:
    provisioned(simulator, 10)
    entries = [put(keyed(number)) for number in range(25)]
    answer = simulator.call(
        "BatchWriteItem",
        RequestItems={"small": entries},
        ReturnConsumedCapacity="TOTAL",
    )
    unprocessed = answer["UnprocessedItems"]["small"]
    assert len(unprocessed) == 15
    assert all(entry in entries for entry in unprocessed)
    assert answer["ConsumedCapacity"][0]["CapacityUnits"] == 10.0
    table = simulator.engine.catalog.table("small")
    assert (table.throttled_requests, table.unprocessed_items) == (1, 15)
    assert simulator.engine.store.count("small") == 10


def test_a_request_of_which_nothing_is_admitted_is_an_exception(
    simulator: SimulatorInProcess,
) -> None:
    provisioned(simulator, 5)
    simulator.put("small", [keyed(number) for number in range(5)])
    simulator.now -= 1.0
    items = {"small": [put(keyed(9))]}
    error = simulator.refusal("BatchWriteItem", RequestItems=items)
    assert error.code == "ProvisionedThroughputExceededException"
    assert error.message.startswith("The level of configured provisioned throughput fo")
    assert error.reasons[0].reason == "TableWriteProvisionedThroughputExceeded"
    assert error.reasons[0].resource.endswith(":table/small")
    assert simulator.engine.store.count("small") == 5
    assert simulator.engine.catalog.table("small").unprocessed_items == 0


def test_one_table_that_writes_makes_the_others_unprocessed(
    simulator: SimulatorInProcess,
) -> None:
    provisioned(simulator, 5)
    simulator.put("small", [keyed(number) for number in range(5)])
    simulator.now -= 1.0
    items = {"small": [put(keyed(9))], "ducks": [put(keyed(9))]}
    answer = simulator.call("BatchWriteItem", RequestItems=items)
    assert answer["UnprocessedItems"] == {"small": [put(keyed(9))]}


def test_a_second_brings_the_units_of_a_second(simulator: SimulatorInProcess) -> None:
    provisioned(simulator, 5)
    written = 0
    for _ in range(20):
        entries = [put(keyed(written + number)) for number in range(25)]
        answer = simulator.call("BatchWriteItem", RequestItems={"small": entries})
        written += 25 - len(answer["UnprocessedItems"].get("small", ()))
        simulator.now += 1.0
    assert written == 100
    resource = simulator.engine.catalog.table("small").resources[""]
    assert resource.meter.maximum == 5
    assert resource.meter.total == 100


def test_on_demand_tables_take_4000_units_at_once(
    simulator: SimulatorInProcess,
) -> None:
    large = {"notes": {"S": "x" * 400_000}}
    entries = [
        put({"pk": {"S": f"p{number}"}, "sk": {"N": "1"}} | large)
        for number in range(25)
    ]
    answer = simulator.call("BatchWriteItem", RequestItems={"ducks": entries})
    # 391 units each: the eleventh finds the bucket just above zero.
    assert len(answer["UnprocessedItems"]["ducks"]) == 14
