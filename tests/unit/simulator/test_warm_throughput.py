from contextlib import suppress
from typing import Any

import pytest

from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.service_error import ServiceError
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

UPDATE_SECONDS = 5.0
NEW = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}


def warm(read: int, write: int, status: str = "ACTIVE") -> dict[str, object]:
    return {
        "ReadUnitsPerSecond": read,
        "WriteUnitsPerSecond": write,
        "Status": status,
    }


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.engine.update_seconds = UPDATE_SECONDS
    return made


def create(
    simulator: SimulatorInProcess,
    *,
    provisioned: bool = False,
    **request: Any,  # noqa: ANN401 -- parameters of CreateTable
) -> None:
    by_city = index("by_city", key_schema("city"))
    capacity: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
    if provisioned:
        by_city["ProvisionedThroughput"] = units(5, 7)
        capacity = {"ProvisionedThroughput": units(10, 20)}
    simulator.call(
        "CreateTable",
        TableName="ducks",
        KeySchema=key_schema("pk"),
        AttributeDefinitions=attribute_definitions(pk="S", city="S"),
        GlobalSecondaryIndexes=[by_city | request.pop("index", {})],
        **capacity,
        **request,
    )


def update(simulator: SimulatorInProcess, **request: object) -> dict[str, Any]:
    answer = simulator.call("UpdateTable", TableName="ducks", **request)
    return dict(answer["TableDescription"])


def described(simulator: SimulatorInProcess) -> dict[str, Any]:
    return dict(simulator.call("DescribeTable", TableName="ducks")["Table"])


def refused(simulator: SimulatorInProcess, **request: object) -> str:
    error = simulator.refusal("UpdateTable", TableName="ducks", **request)
    assert error.code == "ValidationException"
    return error.message.removeprefix("One or more parameter values were invalid: ")


def of_index(description: dict[str, Any]) -> object:
    return description["GlobalSecondaryIndexes"][0]["WarmThroughput"]


def rate(simulator: SimulatorInProcess, name: str = "") -> float:
    table = simulator.engine.catalog.table("ducks")
    table.transition(simulator.now)
    return table.resources[name].write.rate


def test_a_new_table_is_as_warm_as_its_mode_makes_it(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator)
    assert described(simulator)["WarmThroughput"] == NEW
    assert of_index(described(simulator)) == NEW
    simulator.call("DeleteTable", TableName="ducks")
    create(simulator, provisioned=True)
    assert described(simulator)["WarmThroughput"] == warm(10, 20)
    assert of_index(described(simulator)) == warm(5, 7)


def test_it_follows_provisioned_capacity_up_and_never_down(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator, provisioned=True)
    for read, write in ((30, 15), (8, 8)):
        update(simulator, ProvisionedThroughput=units(read, write))
        simulator.now += UPDATE_SECONDS
    assert described(simulator)["WarmThroughput"] == warm(30, 20)


def test_it_survives_the_change_of_mode_and_back(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator, provisioned=True, WarmThroughput={"WriteUnitsPerSecond": 9000})
    update(simulator, BillingMode="PAY_PER_REQUEST")
    simulator.now += UPDATE_SECONDS
    assert described(simulator)["WarmThroughput"] == warm(12_000, 9000)
    assert (rate(simulator), rate(simulator, "by_city")) == (9000, 4000)
    change = {"IndexName": "by_city", "ProvisionedThroughput": units(1, 1)}
    update(
        simulator,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units(1, 1),
        GlobalSecondaryIndexUpdates=[{"Update": change}],
    )
    simulator.now += UPDATE_SECONDS
    assert described(simulator)["WarmThroughput"] == warm(12_000, 9000)
    assert rate(simulator) == 1


def test_an_on_demand_table_starts_from_it(simulator: SimulatorInProcess) -> None:
    create(
        simulator,
        WarmThroughput={"ReadUnitsPerSecond": 20_000, "WriteUnitsPerSecond": 10_000},
        index={"WarmThroughput": {"WriteUnitsPerSecond": 6000}},
    )
    assert (rate(simulator), rate(simulator, "by_city")) == (10_000, 6000)
    table = simulator.engine.catalog.table("ducks")
    assert table.resources[""].read.rate == 20_000
    assert of_index(described(simulator)) == warm(12_000, 6000)


def test_it_lifts_no_provisioned_capacity(simulator: SimulatorInProcess) -> None:
    create(simulator, provisioned=True, WarmThroughput={"WriteUnitsPerSecond": 5000})
    assert rate(simulator) == 20


def test_a_ceiling_is_below_it(simulator: SimulatorInProcess) -> None:
    create(
        simulator,
        WarmThroughput={"WriteUnitsPerSecond": 5000},
        OnDemandThroughput={"MaxWriteRequestUnits": 100},
    )
    assert rate(simulator) == 100


def test_a_table_that_is_warmed_is_active_and_shows_the_old_values(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator)
    change = {"IndexName": "by_city", "WarmThroughput": {"WriteUnitsPerSecond": 5000}}
    answer = update(
        simulator,
        WarmThroughput={"WriteUnitsPerSecond": 8000},
        GlobalSecondaryIndexUpdates=[{"Update": change}],
    )
    for description in (answer, described(simulator)):
        assert description["TableStatus"] == "ACTIVE"
        assert description["WarmThroughput"] == warm(12_000, 4000, "UPDATING")
        assert of_index(description) == warm(12_000, 4000, "UPDATING")
    assert rate(simulator) == 4000
    simulator.now += UPDATE_SECONDS
    assert described(simulator)["WarmThroughput"] == warm(12_000, 8000)
    assert of_index(described(simulator)) == warm(12_000, 5000)
    assert (rate(simulator), rate(simulator, "by_city")) == (8000, 5000)


def test_warming_that_takes_no_time_is_answered_as_under_way(
    simulator: SimulatorInProcess,
) -> None:
    simulator.engine.update_seconds = 0.0
    create(simulator)
    answer = update(simulator, WarmThroughput={"WriteUnitsPerSecond": 8000})
    assert answer["WarmThroughput"] == warm(12_000, 4000, "UPDATING")
    assert described(simulator)["WarmThroughput"] == warm(12_000, 8000)


def test_the_last_request_wins(simulator: SimulatorInProcess) -> None:
    create(simulator)
    update(simulator, WarmThroughput={"WriteUnitsPerSecond": 8000})
    update(simulator, WarmThroughput={"WriteUnitsPerSecond": 6000})
    simulator.now += UPDATE_SECONDS
    assert described(simulator)["WarmThroughput"] == warm(12_000, 6000)


def test_capacity_can_be_changed_meanwhile(simulator: SimulatorInProcess) -> None:
    create(simulator, provisioned=True)
    update(simulator, WarmThroughput={"WriteUnitsPerSecond": 500})
    simulator.now += UPDATE_SECONDS / 2
    update(simulator, ProvisionedThroughput=units(10, 40))
    simulator.now += UPDATE_SECONDS / 2
    # The one has ended, the other not.
    assert rate(simulator) == 20
    simulator.now += UPDATE_SECONDS / 2
    assert described(simulator)["WarmThroughput"] == warm(10, 500)
    assert rate(simulator) == 40


def test_what_it_is_already_is_no_change(simulator: SimulatorInProcess) -> None:
    create(simulator)
    update(simulator, WarmThroughput={"WriteUnitsPerSecond": 4000})
    simulator.now += UPDATE_SECONDS
    assert described(simulator)["WarmThroughput"] == NEW


def test_nothing_becomes_colder(simulator: SimulatorInProcess) -> None:
    create(simulator)
    assert refused(simulator, WarmThroughput={"ReadUnitsPerSecond": 11_999}) == (
        "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
        "current WarmThroughput, decreasing WarmThroughput is not supported"
    )
    change = {"IndexName": "by_city", "WarmThroughput": {"WriteUnitsPerSecond": 1}}
    assert refused(simulator, GlobalSecondaryIndexUpdates=[{"Update": change}]) == (
        "Requested WriteUnitsPerSecond for WarmThroughput for index by_city is lower "
        "than current WarmThroughput, decreasing WarmThroughput is not supported"
    )


@pytest.mark.parametrize(
    ("warm_throughput", "message"),
    [
        ({}, "WarmThroughput must have at least one of ReadUnitsPerSecond or Write"),
        ({"WriteUnitsPerSecond": "9"}, "WriteUnitsPerSecond cannot be converted to"),
        ({"WriteUnitsPerSecond": True}, "WriteUnitsPerSecond cannot be converted to"),
    ],
)
def test_what_is_no_throughput_is_refused(
    simulator: SimulatorInProcess, warm_throughput: dict[str, Any], message: str
) -> None:
    create(simulator)
    error = simulator.refusal(
        "UpdateTable", TableName="ducks", WarmThroughput=warm_throughput
    )
    assert message in error.message


def test_warming_is_a_change_of_its_own(simulator: SimulatorInProcess) -> None:
    create(simulator, provisioned=True)
    message = refused(
        simulator,
        ProvisionedThroughput=units(50, 50),
        WarmThroughput={"WriteUnitsPerSecond": 100},
    )
    assert message.startswith("You can only perform one of the following operations")


def test_an_index_that_is_not_there_cannot_be_warmed(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator)
    change = {"IndexName": "nowhere", "WarmThroughput": {"WriteUnitsPerSecond": 9000}}
    error = simulator.refusal(
        "UpdateTable",
        TableName="ducks",
        GlobalSecondaryIndexUpdates=[{"Update": change}],
    )
    assert error.code == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("provisioned", "request_", "message"),
    [
        (
            False,
            {"WarmThroughput": {"ReadUnitsPerSecond": 1}},
            (
                "Requested ReadUnitsPerSecond for WarmThroughput for table is "
                "lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/"
            ),
        ),
        (
            True,
            {"WarmThroughput": {"WriteUnitsPerSecond": 19}},
            (
                "Requested WriteUnitsPerSecond for WarmThroughput for table is "
                "lower than WriteCapacityUnits of ProvisionedThroughput"
            ),
        ),
        (
            True,
            {"index": {"WarmThroughput": {"ReadUnitsPerSecond": 4}}},
            (
                "Requested ReadUnitsPerSecond for WarmThroughput for index by_city is "
                "lower than ReadCapacityUnits of ProvisionedThroughput"
            ),
        ),
    ],
)
def test_a_new_table_is_no_colder_than_its_mode_makes_it(
    simulator: SimulatorInProcess,
    request_: dict[str, Any],
    message: str,
    *,
    provisioned: bool,
) -> None:
    with pytest.raises(ServiceError) as caught:
        create(simulator, provisioned=provisioned, **request_)
    assert caught.value.code == "ValidationException"
    assert message in caught.value.message
    assert simulator.call("ListTables") == {"TableNames": []}


# ------------------------------------------------------------------- on-demand growth


def heavy(number: int) -> dict[str, Any]:
    return {"PutRequest": {"Item": {"pk": {"S": f"{number}"}, "x": {"S": "x" * 4050}}}}


def write(simulator: SimulatorInProcess, batches: int) -> int:
    """Write batches of 25 items of 4 units at one moment; return how many got in."""
    written = 0
    for batch in range(batches):
        request = {"ducks": [heavy(25 * batch + one) for one in range(25)]}
        with suppress(ServiceError):
            answer = simulator.call("BatchWriteItem", RequestItems=request)
            written += 25 - len(answer["UnprocessedItems"].get("ducks", ()))
    return written


def test_on_demand_doubles_at_once_and_again_only_half_an_hour_later() -> None:
    simulator = SimulatorInProcess(rationing=Rationing(doubling_seconds=1800))
    create(simulator)
    assert write(simulator, 80) == 1000  # 4,000 units of the 8,000 that came
    error = simulator.refusal(
        "BatchWriteItem", RequestItems={"ducks": [heavy(one) for one in range(25)]}
    )
    assert error.code == "ThrottlingException"
    assert [one.reason for one in error.reasons] == [
        "TableWriteKeyRangeThroughputExceeded"
    ]
    simulator.now += 1700
    assert write(simulator, 80) == 1000
    simulator.now += 200
    # The bucket grows, and fills from then on.
    write(simulator, 1)
    simulator.now += 1
    assert write(simulator, 100) == 2000
    assert described(simulator)["WarmThroughput"] == warm(12_000, 8000)
    simulator.now += 60
    assert write(simulator, 100) == 2000
    simulator.now += 1900
    write(simulator, 1)
    assert described(simulator)["WarmThroughput"] == warm(12_000, 16_000)


def test_a_grown_table_keeps_what_it_has_grown_to() -> None:
    simulator = SimulatorInProcess(rationing=Rationing(doubling_seconds=0))
    simulator.engine.update_seconds = UPDATE_SECONDS
    create(simulator)
    write(simulator, 40)
    write(simulator, 1)
    update(simulator, OnDemandThroughput={"MaxReadRequestUnits": 5})
    simulator.now += UPDATE_SECONDS
    assert described(simulator)["WarmThroughput"] == warm(12_000, 8000)
    assert rate(simulator) == 8000
