from ddbbulk.examples.conversations.meter import Meter


def test_units_are_added_up_by_kind_and_by_what_gave_them() -> None:
    meter = Meter()
    meter.record(
        "query", {"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 1.5}}
    )
    index = {"GlobalSecondaryIndexes": {"by_group": {"CapacityUnits": 0.5}}}
    meter.record(
        "query",
        {"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 0.5} | index},
    )
    index = {"GlobalSecondaryIndexes": {"by_group": {"CapacityUnits": 4.0}}}
    meter.record(
        "transact_write_items",
        {"ConsumedCapacity": [{"TableName": "t", "CapacityUnits": 1014.0} | index]},
    )

    assert str(meter) == (
        "consumed: 1.5 RCU of t, 0.5 RCU of by_group, 4 WCU of by_group, "
        "1,010 WCU of t (3 requests)"
    )


def test_what_costs_nothing_is_said_as_well() -> None:
    meter = Meter()
    meter.record("list_tables", {"TableNames": []})

    assert str(meter) == "consumed: no capacity (1 request)"
