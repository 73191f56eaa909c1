from typing import Any

import pytest

from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

UPDATE_SECONDS = 5.0
DAY = 86_400.0
KEY = {"pk": {"S": "p"}}


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.engine.update_seconds = UPDATE_SECONDS
    # A day that has just begun; the capacity's clock is apart.
    made.engine.wall_clock = lambda: 20_000 * DAY + made.now
    made.call(
        "CreateTable",
        TableName="ducks",
        KeySchema=key_schema("pk"),
        AttributeDefinitions=attribute_definitions(pk="S", city="S"),
        ProvisionedThroughput=units(10, 10),
        GlobalSecondaryIndexes=[
            index("by_city", key_schema("city"))
            | {"ProvisionedThroughput": units(5, 5)}
        ],
    )
    return made


def update(simulator: SimulatorInProcess, **request: object) -> dict[str, Any]:
    answer = simulator.call("UpdateTable", TableName="ducks", **request)
    return dict(answer["TableDescription"])


def described(simulator: SimulatorInProcess) -> dict[str, Any]:
    return dict(simulator.call("DescribeTable", TableName="ducks")["Table"])


def refused(simulator: SimulatorInProcess, **request: object) -> tuple[str, str]:
    error = simulator.refusal("UpdateTable", TableName="ducks", **request)
    return error.code, error.message


def rate(simulator: SimulatorInProcess, name: str = "") -> float:
    table = simulator.engine.catalog.table("ducks")
    table.transition(simulator.now)
    return table.resources[name].write.rate


def test_a_change_shows_the_old_values_until_it_is_done(
    simulator: SimulatorInProcess,
) -> None:
    answer = update(simulator, ProvisionedThroughput=units(10, 200))
    for description in (answer, described(simulator)):
        assert description["TableStatus"] == "UPDATING"
        assert description["ProvisionedThroughput"]["WriteCapacityUnits"] == 10
    assert rate(simulator) == 10
    simulator.now += UPDATE_SECONDS
    description = described(simulator)
    assert description["TableStatus"] == "ACTIVE"
    assert description["ProvisionedThroughput"]["WriteCapacityUnits"] == 200
    assert description["ProvisionedThroughput"]["LastIncreaseDateTime"]
    assert rate(simulator) == 200


def test_a_change_that_takes_no_time_shows_the_old_values_too(
    simulator: SimulatorInProcess,
) -> None:
    simulator.engine.update_seconds = 0.0
    answer = update(simulator, ProvisionedThroughput=units(10, 200))
    assert answer["TableStatus"] == "UPDATING"
    assert answer["ProvisionedThroughput"]["WriteCapacityUnits"] == 10
    assert described(simulator)["TableStatus"] == "ACTIVE"


def test_data_is_served_while_the_table_is_updating(
    simulator: SimulatorInProcess,
) -> None:
    update(simulator, ProvisionedThroughput=units(10, 200))
    simulator.call("PutItem", TableName="ducks", Item=KEY)
    assert simulator.call("GetItem", TableName="ducks", Key=KEY)["Item"] == KEY


def test_one_change_at_a_time(simulator: SimulatorInProcess) -> None:
    update(simulator, ProvisionedThroughput=units(10, 200))
    code, message = refused(simulator, ProvisionedThroughput=units(10, 300))
    assert code == "ResourceInUseException"
    assert message.startswith("Attempt to change a resource which is still in use: Tab")
    error = simulator.refusal("DeleteTable", TableName="ducks")
    assert error.code == "ResourceInUseException"
    simulator.now += UPDATE_SECONDS
    update(simulator, ProvisionedThroughput=units(10, 300))


def test_values_that_are_there_already_are_refused(
    simulator: SimulatorInProcess,
) -> None:
    code, message = refused(simulator, ProvisionedThroughput=units(10, 10))
    assert code == "ValidationException"
    assert message.startswith(
        "The provisioned throughput for the table will not change."
    )
    same = {"Update": {"IndexName": "by_city", "ProvisionedThroughput": units(5, 5)}}
    _, message = refused(simulator, GlobalSecondaryIndexUpdates=[same])
    assert message.startswith(
        "The provisioned throughput for the index by_city will not change."
    )


def test_table_and_index_are_changed_in_one_call(
    simulator: SimulatorInProcess,
) -> None:
    change = {"IndexName": "by_city", "ProvisionedThroughput": units(5, 100)}
    answer = update(
        simulator,
        ProvisionedThroughput=units(10, 100),
        GlobalSecondaryIndexUpdates=[{"Update": change}],
    )
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "UPDATING"
    simulator.now += UPDATE_SECONDS
    assert (rate(simulator), rate(simulator, "by_city")) == (100, 100)


def test_an_index_that_is_not_there_cannot_be_changed(
    simulator: SimulatorInProcess,
) -> None:
    change = {"IndexName": "nowhere", "ProvisionedThroughput": units(5, 100)}
    for kind in ("Update", "Delete"):
        code, _ = refused(simulator, GlobalSecondaryIndexUpdates=[{kind: change}])
        assert code == "ResourceNotFoundException"


def lower(simulator: SimulatorInProcess, write: int) -> None:
    update(simulator, ProvisionedThroughput=units(10, write))
    simulator.now += UPDATE_SECONDS


def test_capacity_is_lowered_four_times_then_once_an_hour_until_midnight(
    simulator: SimulatorInProcess,
) -> None:
    for write in (9, 8, 7, 6):
        lower(simulator, write)
    code, message = refused(simulator, ProvisionedThroughput=units(10, 5))
    assert code == "LimitExceededException"
    assert message.startswith(
        "Subscriber limit exceeded: Provisioned throughput decreases are limited"
    )
    assert "Number of decreases today: 4. Last decrease at " in message
    simulator.now += 3600 - UPDATE_SECONDS
    lower(simulator, 5)
    # It is not banked: the next hour counts from the last decrease.
    assert refused(simulator, ProvisionedThroughput=units(10, 4))[0] == (
        "LimitExceededException"
    )
    simulator.now += DAY
    for write in (4, 3, 2, 1):
        lower(simulator, write)
    assert described(simulator)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 4


def test_raising_is_never_limited_and_an_index_counts_apart(
    simulator: SimulatorInProcess,
) -> None:
    for write in (9, 8, 7, 6, 20):
        lower(simulator, write)
    change = {"IndexName": "by_city", "ProvisionedThroughput": units(5, 1)}
    update(simulator, GlobalSecondaryIndexUpdates=[{"Update": change}])


def test_both_dimensions_in_one_call_are_one_decrease(
    simulator: SimulatorInProcess,
) -> None:
    update(simulator, ProvisionedThroughput=units(5, 5))
    simulator.now += UPDATE_SECONDS
    assert described(simulator)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 1


def test_a_table_goes_on_demand_and_back(simulator: SimulatorInProcess) -> None:
    update(simulator, BillingMode="PAY_PER_REQUEST")
    simulator.now += UPDATE_SECONDS
    summary = described(simulator)["BillingModeSummary"]
    assert summary == {"BillingMode": "PAY_PER_REQUEST"}
    assert (rate(simulator), rate(simulator, "by_city")) == (4000, 4000)
    back: dict[str, Any] = {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units(7, 7),
    }
    code, message = refused(simulator, **back)
    assert code == "ValidationException"
    assert "for index: by_city" in message
    change = {"IndexName": "by_city", "ProvisionedThroughput": units(7, 7)}
    update(simulator, **back, GlobalSecondaryIndexUpdates=[{"Update": change}])
    simulator.now += UPDATE_SECONDS
    assert (rate(simulator), rate(simulator, "by_city")) == (7, 7)


def test_on_demand_tables_have_no_provisioned_capacity(
    simulator: SimulatorInProcess,
) -> None:
    update(simulator, BillingMode="PAY_PER_REQUEST")
    simulator.now += UPDATE_SECONDS
    code, message = refused(simulator, ProvisionedThroughput=units(7, 7))
    assert code == "ValidationException"
    assert "when BillingMode is PAY_PER_REQUEST" in message
    update(simulator, OnDemandThroughput={"MaxWriteRequestUnits": 50})
    simulator.now += UPDATE_SECONDS
    assert rate(simulator) == 50


def new_index(name: str = "by_age") -> dict[str, Any]:
    created = index(name, key_schema("age")) | {"ProvisionedThroughput": units(5, 5)}
    return {
        "AttributeDefinitions": attribute_definitions(age="N"),
        "GlobalSecondaryIndexUpdates": [{"Create": created}],
    }


def test_a_new_index_holds_the_items_that_were_there_and_come_later(
    simulator: SimulatorInProcess,
) -> None:
    simulator.put("ducks", [KEY | {"age": {"N": "1"}}, {"pk": {"S": "no age"}}])
    # Not of the index's type: AWS leaves it out of the index.
    simulator.put("ducks", [{"pk": {"S": "wrong"}, "age": {"S": "old"}}])
    answer = update(simulator, **new_index())
    statuses = {
        each["IndexName"]: each["IndexStatus"]
        for each in answer["GlobalSecondaryIndexes"]
    }
    assert statuses == {"by_city": "ACTIVE", "by_age": "CREATING"}
    simulator.put("ducks", [{"pk": {"S": "later"}, "age": {"N": "2"}}])
    simulator.now += UPDATE_SECONDS
    scanned = simulator.call("Scan", TableName="ducks", IndexName="by_age")
    assert [item["pk"]["S"] for item in scanned["Items"]] == ["p", "later"]
    # What an index could not hold can still be overwritten and deleted.
    simulator.put("ducks", [{"pk": {"S": "wrong"}, "age": {"N": "3"}}])
    scanned = simulator.call("Scan", TableName="ducks", IndexName="by_age")
    assert scanned["Count"] == 3


def test_an_index_that_goes_is_described_as_going(
    simulator: SimulatorInProcess,
) -> None:
    simulator.put("ducks", [KEY | {"city": {"S": "Duckburg"}}])
    answer = update(
        simulator, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_city"}}]
    )
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    simulator.now += UPDATE_SECONDS
    description = described(simulator)
    assert "GlobalSecondaryIndexes" not in description
    assert description["AttributeDefinitions"] == attribute_definitions(pk="S")
    simulator.put("ducks", [KEY | {"city": {"N": "1"}}])


def test_one_index_at_a_time(simulator: SimulatorInProcess) -> None:
    request = new_index()
    request["GlobalSecondaryIndexUpdates"] *= 2
    code, message = refused(simulator, **request)
    assert code == "LimitExceededException"
    assert "Only 1 online index can be created or deleted simultaneously" in message


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({}, "At least one of ProvisionedThroughput, BillingMode"),
        (
            {"ProvisionedThroughput": units(1, 1), **new_index()},
            "You can only perform one of the following operations at once",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{}]},
            "One or more parameter values were invalid: One of Create, Update, Delete",
        ),
        (new_index("by_city"), "Attempting to create an index which already exists"),
        ({"ReplicaUpdates": []}, "UpdateTable's parameter ReplicaUpdates is not"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(
    simulator: SimulatorInProcess, request_: dict[str, Any], message: str
) -> None:
    assert refused(simulator, **request_)[1].startswith(message)
    assert described(simulator)["TableStatus"] == "ACTIVE"


def test_a_table_that_is_not_there_is_named(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal(
        "UpdateTable", TableName="nowhere", ProvisionedThroughput=units(1, 1)
    )
    assert error.code == "ResourceNotFoundException"
    assert error.message == "Requested resource not found: Table: nowhere not found"


def test_a_protected_table_is_not_deleted(simulator: SimulatorInProcess) -> None:
    update(simulator, DeletionProtectionEnabled=True)
    simulator.now += UPDATE_SECONDS
    error = simulator.refusal("DeleteTable", TableName="ducks")
    assert error.message.startswith("Resource cannot be deleted as it is currently pro")
    update(simulator, DeletionProtectionEnabled=False)
    simulator.now += UPDATE_SECONDS
    simulator.call("DeleteTable", TableName="ducks")


def test_while_only_an_index_changes_the_table_is_active(
    simulator: SimulatorInProcess,
) -> None:
    change = {"IndexName": "by_city", "ProvisionedThroughput": units(5, 100)}
    answer = update(simulator, GlobalSecondaryIndexUpdates=[{"Update": change}])
    for description in (answer, described(simulator)):
        assert description["TableStatus"] == "ACTIVE"
        (shown,) = description["GlobalSecondaryIndexes"]
        assert shown["IndexStatus"] == "UPDATING"
        assert shown["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
    assert rate(simulator, "by_city") == 5
    simulator.put("ducks", [KEY | {"city": {"S": "Duckburg"}}])
    code, _ = refused(simulator, ProvisionedThroughput=units(10, 300))
    assert code == "ResourceInUseException"
    error = simulator.refusal("DeleteTable", TableName="ducks")
    assert error.code == "ResourceInUseException"
    simulator.now += UPDATE_SECONDS
    (shown,) = described(simulator)["GlobalSecondaryIndexes"]
    assert shown["IndexStatus"] == "ACTIVE"
    assert rate(simulator, "by_city") == 100


def test_of_a_table_and_an_index_both_are_lowered_or_none(
    simulator: SimulatorInProcess,
) -> None:
    for write in (9, 8, 7, 6):
        lower(simulator, write)
    change = {"IndexName": "by_city", "ProvisionedThroughput": units(1, 1)}
    code, _ = refused(
        simulator,
        ProvisionedThroughput=units(10, 1),
        GlobalSecondaryIndexUpdates=[{"Update": change}],
    )
    assert code == "LimitExceededException"
    description = described(simulator)
    assert description["TableStatus"] == "ACTIVE"
    (shown,) = description["GlobalSecondaryIndexes"]
    assert shown["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
    assert shown["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0


def test_an_attribute_keeps_its_type_when_an_index_is_created(
    simulator: SimulatorInProcess,
) -> None:
    create = index("by_age", key_schema("pk")) | {"ProvisionedThroughput": units(5, 5)}
    code, message = refused(
        simulator,
        AttributeDefinitions=attribute_definitions(pk="N"),
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )
    assert code == "ValidationException"
    assert message.endswith("pk is defined as S already, it cannot become N")
