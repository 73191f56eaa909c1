from typing import Any

import pytest

from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

UNITS = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 5}


def table(**changes: object) -> dict[str, Any]:
    return {
        "TableName": "ducks",
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": attribute_definitions(pk="S", sk="N"),
        "ProvisionedThroughput": UNITS,
        **changes,
    }


def with_index(**changes: object) -> dict[str, Any]:
    defined = index("by_city", key_schema("city"))
    return table(
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", city="S"),
        GlobalSecondaryIndexes=[{**defined, "ProvisionedThroughput": UNITS, **changes}],
    )


@pytest.fixture
def simulator() -> SimulatorInProcess:
    return SimulatorInProcess()


def test_the_answer_says_creating_and_the_table_is_active_at_once(
    simulator: SimulatorInProcess,
) -> None:
    description = simulator.call("CreateTable", **table())["TableDescription"]
    assert description["TableStatus"] == "CREATING"
    description = simulator.call("DescribeTable", TableName="ducks")["Table"]
    assert description["TableStatus"] == "ACTIVE"
    assert description["KeySchema"] == key_schema("pk", "sk")
    assert description["AttributeDefinitions"] == attribute_definitions(pk="S", sk="N")
    assert description["ProvisionedThroughput"] == {
        **UNITS,
        "NumberOfDecreasesToday": 0,
    }
    assert description["ItemCount"] == description["TableSizeBytes"] == 0
    assert "BillingModeSummary" not in description


def test_a_table_takes_as_long_to_create_as_asked(
    simulator: SimulatorInProcess,
) -> None:
    simulator.engine.create_seconds = 5.0
    simulator.call("CreateTable", **table())
    request = {"TableName": "ducks", "Item": {"pk": {"S": "p"}, "sk": {"N": "1"}}}
    assert simulator.refusal("PutItem", **request).code == "ResourceNotFoundException"
    error = simulator.refusal("DeleteTable", TableName="ducks")
    assert error.code == "ResourceInUseException"
    simulator.now += 5.0
    simulator.call("PutItem", **request)


def test_on_demand_tables_describe_their_mode_and_ceilings(
    simulator: SimulatorInProcess,
) -> None:
    definition = table(
        BillingMode="PAY_PER_REQUEST", OnDemandThroughput={"MaxWriteRequestUnits": 7}
    )
    del definition["ProvisionedThroughput"]
    simulator.call("CreateTable", **definition)
    description = simulator.call("DescribeTable", TableName="ducks")["Table"]
    assert description["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert description["OnDemandThroughput"] == {
        "MaxReadRequestUnits": -1,
        "MaxWriteRequestUnits": 7,
    }
    assert simulator.engine.catalog.table("ducks").resources[""].write.rate == 7


def test_indexes_are_described_with_their_capacity_and_items(
    simulator: SimulatorInProcess,
) -> None:
    definition = with_index(
        Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]}
    )
    definition["AttributeDefinitions"] += attribute_definitions(age="N")
    definition["LocalSecondaryIndexes"] = [index("by_age", key_schema("pk", "age"))]
    simulator.call("CreateTable", **definition)
    simulator.put("ducks", [{"pk": {"S": "p"}, "sk": {"N": "1"}, "city": {"S": "c"}}])
    description = simulator.call("DescribeTable", TableName="ducks")["Table"]
    (described,) = description["GlobalSecondaryIndexes"]
    assert described["IndexStatus"] == "ACTIVE"
    assert described["ItemCount"] == 1
    assert described["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["name"],
    }
    assert described["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
    assert described["IndexArn"] == description["TableArn"] + "/index/by_city"
    (described,) = description["LocalSecondaryIndexes"]
    assert described["ItemCount"] == 0
    assert "ProvisionedThroughput" not in described


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            table(TableName="ab"),
            "1 validation error detected: Value 'ab' at 'tableName",
        ),
        (
            table(TableName="a b c"),
            "1 validation error detected: Value 'a b c' at 'tab",
        ),
        (table(TableName="x" * 256), "1 validation error detected: Value 'xxxx"),
        (
            table(BillingMode="FREE"),
            "1 validation error detected: Value 'FREE' at 'bil",
        ),
        (table(KeySchema=[]), "1 validation error detected: Value null at 'keySchema"),
        (
            table(KeySchema=key_schema("pk", "pk")),
            "Both the Hash Key and the Range Key element in the KeySchema have the",
        ),
        (
            table(KeySchema=key_schema("pk", "sk")[::-1]),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            table(KeySchema=[key_schema("pk")[0], key_schema("sk")[0]]),
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ),
        (
            table(AttributeDefinitions=attribute_definitions(pk="S")),
            "One or more parameter values were invalid: Some index key attributes are ",
        ),
        (
            table(AttributeDefinitions=attribute_definitions(pk="S", sk="N", x="S")),
            "One or more parameter values were invalid: Number of attributes in KeySch",
        ),
        (
            table(AttributeDefinitions=attribute_definitions(pk="S", sk="BOOL")),
            "1 validation error detected: Value 'BOOL' at 'attributeDefinitions.attrib",
        ),
        (
            table(ProvisionedThroughput=UNITS | {"WriteCapacityUnits": 0}),
            "1 validation error detected: Value '0' at 'provisionedThroughput.writeCap",
        ),
        (
            table(BillingMode="PAY_PER_REQUEST"),
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor ",
        ),
        (
            with_index(IndexName="by_city", Projection={}),
            "One or more parameter values were invalid: Unknown ProjectionType: null",
        ),
        (
            with_index(Projection={"ProjectionType": "INCLUDE"}),
            "One or more parameter values were invalid: ProjectionType is INCLUDE, but",
        ),
        (
            with_index(
                Projection={"ProjectionType": "ALL", "NonKeyAttributes": ["name"]}
            ),
            "One or more parameter values were invalid: ProjectionType is ALL, but Non",
        ),
        (
            table(GlobalSecondaryIndexes=[index("by_sort", key_schema("sk"))]),
            "One or more parameter values were invalid: ReadCapacityUnits and WriteCap",
        ),
        (
            table(
                KeySchema=key_schema("pk"),
                LocalSecondaryIndexes=[index("local", key_schema("pk", "sk"))],
            ),
            "One or more parameter values were invalid: Table KeySchema does not have ",
        ),
        (
            table(LocalSecondaryIndexes=[index("local", key_schema("pk"))]),
            "One or more parameter values were invalid: Index KeySchema does not have ",
        ),
        (
            table(LocalSecondaryIndexes=[index("local", key_schema("sk", "pk"))]),
            "One or more parameter values were invalid: Index KeySchema does not have ",
        ),
        (
            table(LocalSecondaryIndexes=[index("local", key_schema("pk", "sk"))] * 2),
            "One or more parameter values were invalid: Duplicate index name: local",
        ),
        (
            table(
                LocalSecondaryIndexes=[
                    index(f"local{number}", key_schema("pk", "sk"))
                    for number in range(6)
                ]
            ),
            "One or more parameter values were invalid: Number of LocalSecondaryIn",
        ),
        (
            table(StreamSpecification={"StreamEnabled": True}),
            "1 validation error detected: Value null at 'streamSpecification.streamV",
        ),
        (
            table(GlobalTableSourceArn="arn"),
            "CreateTable's parameter GlobalTableSourceArn is not su",
        ),
    ],
)
def test_a_definition_that_cannot_work_is_refused(
    simulator: SimulatorInProcess, request_: dict[str, Any], message: str
) -> None:
    error = simulator.refusal("CreateTable", **request_)
    assert error.code == "ValidationException"
    assert error.message.startswith(message)
    assert simulator.call("ListTables") == {"TableNames": []}


def test_capacity_is_required_unless_on_demand(simulator: SimulatorInProcess) -> None:
    definition = table()
    del definition["ProvisionedThroughput"]
    error = simulator.refusal("CreateTable", **definition)
    assert "must both be specified when BillingMode is PROVISIONED" in error.message


def test_a_name_is_taken_only_once(simulator: SimulatorInProcess) -> None:
    simulator.call("CreateTable", **table())
    error = simulator.refusal("CreateTable", **table())
    assert error.code == "ResourceInUseException"
    assert error.message == "Table already exists: ducks"


def test_an_index_may_have_several_attributes_in_its_keys(
    simulator: SimulatorInProcess,
) -> None:
    keys = key_schema("country") + key_schema("city") + key_schema("pk", "age")[1:]
    definition = table(
        AttributeDefinitions=attribute_definitions(
            pk="S", sk="N", country="S", city="S", age="N"
        ),
        GlobalSecondaryIndexes=[
            index("by_place", keys) | {"ProvisionedThroughput": UNITS}
        ],
    )
    simulator.call("CreateTable", **definition)
    place = {"country": {"S": "c"}, "city": {"S": "d"}, "age": {"N": "1"}}
    key = {"pk": {"S": "p"}, "sk": {"N": "1"}}
    simulator.put("ducks", [key | place, key | {"sk": {"N": "2"}}])
    description = simulator.call("DescribeTable", TableName="ducks")["Table"]
    (described,) = description["GlobalSecondaryIndexes"]
    assert described["KeySchema"] == keys
    assert described["ItemCount"] == 1


@pytest.mark.parametrize("name", ["", "ab", "by city", "städte", "x" * 256])
def test_the_name_of_an_index_is_checked_as_that_of_a_table(
    simulator: SimulatorInProcess, name: str
) -> None:
    error = simulator.refusal("CreateTable", **with_index(IndexName=name))
    path = "globalSecondaryIndexes.indexName"
    begin = f"1 validation error detected: Value '{name}' at '{path}' failed to"
    assert error.message.startswith(begin)
    assert simulator.call("ListTables") == {"TableNames": []}


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_the_name_of_a_key_attribute_has_from_1_to_255_characters(
    simulator: SimulatorInProcess, name: str
) -> None:
    definition = table(
        KeySchema=key_schema(name),
        AttributeDefinitions=attribute_definitions(**{name: "S"}),
    )
    error = simulator.refusal("CreateTable", **definition)
    assert "at 'attributeDefinitions.attributeName' failed to" in error.message


@pytest.mark.parametrize("kind", ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"])
def test_a_list_of_indexes_is_not_empty(
    simulator: SimulatorInProcess, kind: str
) -> None:
    error = simulator.refusal("CreateTable", **table(**{kind: []}))
    assert error.message.endswith(f"were invalid: List of {kind} is empty")


def test_a_key_that_is_neither_hash_nor_range_is_called_so(
    simulator: SimulatorInProcess,
) -> None:
    keys = [{"AttributeName": "pk", "KeyType": "PRIMARY"}]
    error = simulator.refusal("CreateTable", **table(KeySchema=keys))
    assert "Value 'PRIMARY' at 'keySchema.keyType' failed to" in error.message


def test_an_index_is_creating_with_its_table_and_was_never_backfilled(
    simulator: SimulatorInProcess,
) -> None:
    simulator.engine.create_seconds = 5.0
    simulator.call("CreateTable", **with_index())
    for status in ("CREATING", "ACTIVE"):
        description = simulator.call("DescribeTable", TableName="ducks")["Table"]
        (described,) = description["GlobalSecondaryIndexes"]
        assert description["TableStatus"] == described["IndexStatus"] == status
        assert "Backfilling" not in described
        simulator.now += 5.0
