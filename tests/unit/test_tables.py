from ddbbulk.tables import TableDescription

DUCKS = {
    "TableName": "ducks",
    "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/ducks",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
}


def test_what_a_table_on_demand_gives_at_once_is_its_warm_throughput() -> None:
    assert TableDescription.parse(DUCKS).write_rate == 4000
    warm = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 9000}
    index = {
        "IndexName": "by_team",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "WarmThroughput": {**warm, "WriteUnitsPerSecond": 5000},
    }
    described = TableDescription.parse(
        DUCKS | {"WarmThroughput": warm, "GlobalSecondaryIndexes": [index]}
    )
    assert described.write_rate == 9000
    assert described.index_write_rates == {"by_team": 5000}
    limited = DUCKS | {
        "WarmThroughput": warm,
        "OnDemandThroughput": {"MaxWriteRequestUnits": 700},
    }
    assert TableDescription.parse(limited).write_rate == 700


def test_an_index_that_tells_nothing_of_itself_has_what_its_table_has() -> None:
    index = {
        "IndexName": "by_team",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    described = TableDescription.parse(DUCKS | {"GlobalSecondaryIndexes": [index]})
    assert described.index_write_rates == {"by_team": 4000}


def test_a_server_may_give_no_id() -> None:
    assert TableDescription.parse(DUCKS).table_id is None
    assert TableDescription.parse(DUCKS | {"TableId": ""}).table_id is None
    assert TableDescription.parse(DUCKS | {"TableId": "a-b"}).table_id == "a-b"


def test_what_a_table_gives_to_readers() -> None:
    assert TableDescription.parse(DUCKS).read_rate == 12_000
    warm = {"ReadUnitsPerSecond": 15_000, "WriteUnitsPerSecond": 9000}
    assert TableDescription.parse(DUCKS | {"WarmThroughput": warm}).read_rate == 15_000
    limited = DUCKS | {
        "WarmThroughput": warm,
        "OnDemandThroughput": {"MaxReadRequestUnits": 500},
    }
    assert TableDescription.parse(limited).read_rate == 500
    provisioned = DUCKS | {
        "BillingModeSummary": {"BillingMode": "PROVISIONED"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 5},
    }
    described = TableDescription.parse(provisioned)
    assert (described.read_rate, described.read_capacity) == (7, 7)
