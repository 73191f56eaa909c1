import uuid

import pytest

from ddbbulk.simulator.statistics import statistics
from tests.support.simulator_in_process import SimulatorInProcess

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create("ducks")
    return made


def test_names_come_in_order_a_page_at_a_time(simulator: SimulatorInProcess) -> None:
    for name in ("mice", "apes"):
        simulator.create(name)
    assert simulator.call("ListTables") == {"TableNames": ["apes", "ducks", "mice"]}
    page = simulator.call("ListTables", Limit=2)
    assert page == {
        "TableNames": ["apes", "ducks"],
        "LastEvaluatedTableName": "ducks",
    }
    rest = simulator.call("ListTables", ExclusiveStartTableName="ducks", Limit=2)
    assert rest == {"TableNames": ["mice"]}


@pytest.mark.parametrize(
    ("limit", "constraint"),
    [(0, "greater than or equal to 1"), (101, "less than or equal to 100")],
)
def test_a_page_of_names_has_bounds(
    simulator: SimulatorInProcess, limit: int, constraint: str
) -> None:
    error = simulator.refusal("ListTables", Limit=limit)
    assert error.message.endswith(f"Member must have value {constraint}")


def test_a_description_counts_items_and_bytes(simulator: SimulatorInProcess) -> None:
    simulator.put("ducks", [KEY, KEY | {"sk": {"N": "2"}, "a": {"S": "xyz"}}])
    description = simulator.call("DescribeTable", TableName="ducks")["Table"]
    assert (description["ItemCount"], description["TableSizeBytes"]) == (2, 18)


def test_a_deleted_table_is_gone_with_its_items(simulator: SimulatorInProcess) -> None:
    simulator.put("ducks", [KEY])
    answer = simulator.call("DeleteTable", TableName="ducks")
    assert answer["TableDescription"]["TableStatus"] == "DELETING"
    error = simulator.refusal("DescribeTable", TableName="ducks")
    assert error.code == "ResourceNotFoundException"
    simulator.create("ducks")
    assert simulator.call("Scan", TableName="ducks")["Count"] == 0


def test_a_recreated_table_has_another_id(simulator: SimulatorInProcess) -> None:
    def table_id() -> str:
        described = simulator.call("DescribeTable", TableName="ducks")["Table"]
        return str(described["TableId"])

    before = table_id()
    simulator.call("UpdateTable", TableName="ducks", DeletionProtectionEnabled=False)
    assert table_id() == before
    simulator.call("DeleteTable", TableName="ducks")
    simulator.create("ducks")
    assert table_id() != before
    assert uuid.UUID(table_id()).version == 4


def specification(attribute: str, *, is_enabled: bool) -> dict[str, object]:
    return {"AttributeName": attribute, "Enabled": is_enabled}


def test_time_to_live_is_switched_on_and_off(simulator: SimulatorInProcess) -> None:
    describe = {"TableName": "ducks"}
    assert simulator.call("DescribeTimeToLive", **describe) == {
        "TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}
    }
    enabled = specification("expires", is_enabled=True)
    answer = simulator.call(
        "UpdateTimeToLive", TableName="ducks", TimeToLiveSpecification=enabled
    )
    assert answer == {"TimeToLiveSpecification": enabled}
    assert simulator.call("DescribeTimeToLive", **describe) == {
        "TimeToLiveDescription": {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": "expires",
        }
    }
    disabled = specification("expires", is_enabled=False)
    simulator.call(
        "UpdateTimeToLive", TableName="ducks", TimeToLiveSpecification=disabled
    )
    answer = simulator.call("DescribeTimeToLive", **describe)
    assert answer["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}


def test_time_to_live_is_not_set_twice(simulator: SimulatorInProcess) -> None:
    def refusal(attribute: str, *, is_enabled: bool) -> str:
        wanted = specification(attribute, is_enabled=is_enabled)
        return simulator.refusal(
            "UpdateTimeToLive", TableName="ducks", TimeToLiveSpecification=wanted
        ).message

    assert refusal("expires", is_enabled=False) == "TimeToLive is already disabled"
    simulator.call(
        "UpdateTimeToLive",
        TableName="ducks",
        TimeToLiveSpecification=specification("expires", is_enabled=True),
    )
    assert refusal("expires", is_enabled=True) == "TimeToLive is already enabled"
    assert "current AttributeName is expires" in refusal("other", is_enabled=True)
    assert refusal("", is_enabled=True).startswith("TimeToLiveSpecification must name")


def test_statistics_bear_that_a_table_is_deleted_meanwhile() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks")
    simulator.create("geese")
    count = simulator.engine.store.count

    def count_and_delete(name: str) -> int:
        # Another thread may ask for them while the simulator's own goes on.
        if name == "ducks":
            simulator.call("DeleteTable", TableName="geese")
        return count(name)

    told = statistics(simulator.engine.catalog, count_and_delete)["tables"]
    assert (told["ducks"]["items"], told["geese"]["items"]) == (0, 0)
