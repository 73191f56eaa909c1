"""The definition of a table that is there, also where a server tells little."""

from ddbbulk.tables import definition_of

DUCKS = {
    "TableName": "ducks",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}


def test_tags_that_aws_has_set_are_left_out() -> None:
    tags = {"aws:cloudformation:stack-name": "pond", "AWS:x": "y", "team": "birds"}
    assert definition_of(DUCKS, tags=tags).tags == {"team": "birds"}


def test_what_has_no_units_is_on_demand_whatever_the_mode_says() -> None:
    none = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    assert definition_of(DUCKS).billing == "on-demand"
    assert definition_of(DUCKS | {"ProvisionedThroughput": none}).billing == "on-demand"
    some = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 7}
    table = definition_of(
        DUCKS | {"ProvisionedThroughput": some, "BillingModeSummary": None}
    )
    assert (table.billing, table.write_capacity) == ("provisioned", 7)


def test_a_ceiling_of_minus_one_is_none() -> None:
    table = DUCKS | {
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 900},
    }
    found = definition_of(table)
    assert (found.max_read_units, found.max_write_units) == (None, 900)


def test_a_table_may_have_more_indexes_than_a_quota_gives_at_first() -> None:
    index = {"KeySchema": DUCKS["KeySchema"], "Projection": {"ProjectionType": "ALL"}}
    indexes = [{"IndexName": f"index-{n}", **index} for n in range(25)]
    found = definition_of(DUCKS | {"GlobalSecondaryIndexes": indexes})
    assert len(found.global_indexes) == 25
