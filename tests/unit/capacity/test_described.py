from typing import Any

import pytest

from ddbbulk.capacity.described import TableCapacity, Units, named
from ddbbulk.errors import TableNotFoundError


def described(**members: Any) -> TableCapacity:  # noqa: ANN401 -- members of an answer
    throughput = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 5}
    table = {
        "TableName": "users",
        "TableStatus": "ACTIVE",
        "TableArn": "arn",
        "ProvisionedThroughput": throughput,
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_team",
                "IndexStatus": "ACTIVE",
                "ProvisionedThroughput": throughput | {"WriteCapacityUnits": 9},
            }
        ],
    }
    return TableCapacity.parse(table | members)


def test_units_are_those_of_the_table_and_each_global_index() -> None:
    assert described().units == {"": Units(7, 5), "by_team": Units(7, 9)}
    assert described().write == {"": 5, "by_team": 9}
    assert described().busy == ()


def test_what_is_changing_is_named() -> None:
    index = {"IndexName": "by_team", "IndexStatus": "CREATING"}
    busy = described(TableStatus="UPDATING", GlobalSecondaryIndexes=[index]).busy

    assert busy == ("table users is UPDATING", "index by_team is CREATING")


def test_a_table_on_demand_has_no_units() -> None:
    table = described(
        BillingModeSummary={"BillingMode": "PAY_PER_REQUEST"},
        OnDemandThroughput={"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 50},
        ProvisionedThroughput=None,
        GlobalSecondaryIndexes=None,
    )

    assert table.is_on_demand
    assert table.has_ceiling
    assert table.units == {"": Units(0, 0)}


@pytest.mark.parametrize("status", ["DELETING", "ARCHIVED"])
def test_a_table_that_will_not_come_to_rest_is_refused(status: str) -> None:
    with pytest.raises(TableNotFoundError, match=f"users is {status}"):
        described(TableStatus=status)


def test_resources_are_called_what_they_are() -> None:
    assert named("users", "") == "table users"
    assert named("users", "by_team") == "index by_team"
