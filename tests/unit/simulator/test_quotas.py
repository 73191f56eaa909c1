from collections.abc import Callable
from typing import Any

import pytest

from ddbbulk.simulator.quotas import Quotas
from ddbbulk.simulator.service_error import ServiceError
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

MIDNIGHT = 20_736 * 86_400.0  # Saturday, October 10, 2026
HOUR = 3600.0


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def create(
    simulator: SimulatorInProcess, name: str, write: int, *, index_write: int = 1
) -> None:
    simulator.call(
        "CreateTable",
        TableName=name,
        KeySchema=key_schema("pk"),
        AttributeDefinitions=attribute_definitions(pk="S", city="S"),
        ProvisionedThroughput=units(1, write),
        GlobalSecondaryIndexes=[
            index("by_city", key_schema("city"))
            | {"ProvisionedThroughput": units(1, index_write)}
        ],
    )


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(ServiceError) as caught:
        action()
    assert caught.value.code == "LimitExceededException"
    return caught.value.message


@pytest.fixture
def simulator() -> SimulatorInProcess:
    return SimulatorInProcess(quotas=Quotas(is_enforced=True))


# --------------------------------------------------------------- how much capacity


def test_an_index_that_was_refused_can_be_created_smaller(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator, "ducks", 1)

    def add(write: int) -> None:
        new = index("by_pk", key_schema("pk")) | {
            "ProvisionedThroughput": units(1, write)
        }
        changes = [{"Create": new}]
        simulator.call(
            "UpdateTable", TableName="ducks", GlobalSecondaryIndexUpdates=changes
        )

    assert "for index by_pk, 40001, is above" in refused(lambda: add(40_001))
    add(40_000)


def test_the_limits_are_described() -> None:
    assert SimulatorInProcess().call("DescribeLimits") == {
        "AccountMaxReadCapacityUnits": 80_000,
        "AccountMaxWriteCapacityUnits": 80_000,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    }
    limited = SimulatorInProcess(quotas=Quotas(account_write=499.5))
    assert limited.call("DescribeLimits")["AccountMaxWriteCapacityUnits"] == 500


def test_a_table_may_have_its_maximum_and_no_more(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator, "ducks", 40_000)
    message = refused(lambda: create(simulator, "geese", 40_001))
    assert message == (
        "The requested WriteCapacityUnits, 40001, is above the per table maximum for "
        "the account in us-east-1. Per table maximum: 40000. Refer to the Amazon "
        "DynamoDB Developer Guide for current limits and how to request higher limits."
    )
    assert simulator.call("ListTables") == {"TableNames": ["ducks"]}


def test_an_index_has_a_maximum_of_its_own(simulator: SimulatorInProcess) -> None:
    create(simulator, "ducks", 1)
    change = {"IndexName": "by_city", "ProvisionedThroughput": units(50_000, 1)}
    message = refused(
        lambda: simulator.call(
            "UpdateTable",
            TableName="ducks",
            GlobalSecondaryIndexUpdates=[{"Update": change}],
        )
    )
    assert message.startswith(
        "The requested ReadCapacityUnits for index by_city, 50000, is above the per "
        "index maximum for the account in us-east-1. Per index maximum: 40000."
    )
    described = simulator.call("DescribeTable", TableName="ducks")["Table"]
    assert described["TableStatus"] == "ACTIVE"


def test_all_tables_and_indexes_share_the_accounts_maximum(
    simulator: SimulatorInProcess,
) -> None:
    create(simulator, "ducks", 40_000, index_write=30_000)
    message = refused(lambda: create(simulator, "geese", 9_000, index_write=2_000))
    assert message.startswith(
        "This request would have caused the WriteCapacityUnits limit to be exceeded "
        "for the account in us-east-1. Current WriteCapacityUnits reserved by the "
        "account: 70000. Limit: 80000. Requested: 11000. Refer to "
    )
    create(simulator, "geese", 9_000, index_write=1_000)
    raised = units(1, 9_001)
    message = refused(
        lambda: simulator.call(
            "UpdateTable", TableName="geese", ProvisionedThroughput=raised
        )
    )
    assert "reserved by the account: 80000. Limit: 80000. Requested: 1." in message
    simulator.call(
        "UpdateTable", TableName="ducks", ProvisionedThroughput=units(1, 39_999)
    )
    simulator.call("UpdateTable", TableName="geese", ProvisionedThroughput=raised)


def test_warm_throughput_has_the_tables_maximum(simulator: SimulatorInProcess) -> None:
    create(simulator, "ducks", 1)
    message = refused(
        lambda: simulator.call(
            "UpdateTable",
            TableName="ducks",
            WarmThroughput={"WriteUnitsPerSecond": 40_001},
        )
    )
    assert message == (
        "Subscriber limit exceeded: Requested WriteUnitsPerSecond for WarmThroughput "
        "for table exceeds TableMaxWriteCapacityUnits of the account in region "
        "us-east-1"
    )


def test_quotas_are_enforced_only_where_asked_for() -> None:
    simulator = SimulatorInProcess()
    create(simulator, "ducks", 100_000)
    simulator.call(
        "UpdateTable",
        TableName="ducks",
        WarmThroughput={"WriteUnitsPerSecond": 1_000_000},
    )


# ------------------------------------------------------------------ how often less


class Lowering:
    """A table whose capacity is lowered at moments of our choice."""

    def __init__(self, **quotas: Any) -> None:  # noqa: ANN401 -- of Quotas
        self._simulator = SimulatorInProcess(quotas=Quotas(**quotas))
        self._simulator.engine.wall_clock = lambda: self.at
        self._write = 1000
        self.at = MIDNIGHT
        create(self._simulator, "ducks", self._write)

    def lower(self, at: float) -> None:
        self.at = at
        self._simulator.call(
            "UpdateTable",
            TableName="ducks",
            ProvisionedThroughput=units(1, self._write - 1),
        )
        self._write -= 1

    @property
    def described(self) -> dict[str, Any]:
        table = self._simulator.call("DescribeTable", TableName="ducks")["Table"]
        described: dict[str, Any] = table["ProvisionedThroughput"]
        return described


def test_the_error_says_when_as_aws_writes_it() -> None:
    table = Lowering()
    for _ in range(4):
        table.lower(MIDNIGHT + 21 * 60 + 34)
    message = refused(lambda: table.lower(MIDNIGHT + HOUR))
    assert message == (
        "Subscriber limit exceeded: Provisioned throughput decreases are limited "
        "within a given UTC day. After the first 4 decreases, each subsequent decrease "
        "in the same UTC day can be performed at most once every 3600 seconds. Number "
        "of decreases today: 4. Last decrease at Saturday, October 10, 2026 at "
        "12:21:34 AM Coordinated Universal Time. Next decrease can be made at "
        "Saturday, October 10, 2026 at 1:21:34 AM Coordinated Universal Time"
    )
    table.lower(MIDNIGHT + 21 * 60 + 34 + HOUR)


def test_midnight_comes_before_the_hour_is_over() -> None:
    table = Lowering()
    evening = MIDNIGHT + 23.5 * HOUR
    for _ in range(4):
        table.lower(evening)
    message = refused(lambda: table.lower(evening))
    assert "Next decrease can be made at Sunday, October 11, 2026 at 12:00:00 AM" in (
        message
    )
    assert table.described["NumberOfDecreasesToday"] == 4
    table.at = MIDNIGHT + 24 * HOUR
    assert table.described["NumberOfDecreasesToday"] == 0
    assert table.described["LastDecreaseDateTime"] == evening
    for _ in range(4):
        table.lower(MIDNIGHT + 24 * HOUR)
    refused(lambda: table.lower(MIDNIGHT + 24 * HOUR))


def test_a_refused_decrease_does_not_put_the_next_one_off() -> None:
    table = Lowering(daily_decreases=1)
    table.lower(MIDNIGHT)
    refused(lambda: table.lower(MIDNIGHT + 3599))
    table.lower(MIDNIGHT + 3600)


def test_the_number_and_the_wait_are_settings() -> None:
    table = Lowering(daily_decreases=0, decrease_seconds=2.5)
    table.lower(MIDNIGHT + 1)
    message = refused(lambda: table.lower(MIDNIGHT + 3))
    assert "After the first 0 decreases" in message
    assert "once every 2.5 seconds" in message
    table.lower(MIDNIGHT + 3.5)


def test_a_wait_spans_midnight_where_no_decrease_is_free() -> None:
    table = Lowering(daily_decreases=0)
    table.lower(MIDNIGHT + 23.5 * HOUR)
    message = refused(lambda: table.lower(MIDNIGHT + 24 * HOUR))
    assert "Next decrease can be made at Sunday, October 11, 2026 at 12:30:00" in (
        message
    )
