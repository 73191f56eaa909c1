"""What an answer's ConsumedCapacity means for each resource."""

from typing import Any

import pytest

from ddbbulk.consumption import consumed_units

BY_INDEX = {
    "TableName": "t",
    "CapacityUnits": 9.0,
    "Table": {"CapacityUnits": 3.0},
    "LocalSecondaryIndexes": {"local": {"CapacityUnits": 1.0}},
    "GlobalSecondaryIndexes": {
        "by_team": {"CapacityUnits": 2.0},
        "by_age": {"CapacityUnits": 3.0},
    },
}


def consumed(entry: dict[str, Any] | None, *indexes: str) -> list[float] | None:
    answer = {} if entry is None else {"ConsumedCapacity": [entry]}
    estimated = [2.0, *(1.0 for _ in indexes)]
    units = consumed_units(answer, resources=("", *indexes), estimated=estimated)
    return None if units is None else list(units)


def test_units_of_local_indexes_are_the_tables() -> None:
    assert consumed(BY_INDEX, "by_team", "by_age") == [4.0, 2.0, 3.0]


def test_an_index_that_is_not_budgeted_is_not_charged_to_the_table() -> None:
    assert consumed(BY_INDEX, "by_team") == [4.0, 2.0]


def test_an_index_that_was_not_touched_consumed_nothing() -> None:
    entry = {"CapacityUnits": 3.0, "Table": {"CapacityUnits": 3.0}}
    assert consumed(entry, "by_team") == [3.0, 0.0]


def test_a_mere_total_is_divided_as_the_estimate_is() -> None:
    assert consumed({"CapacityUnits": 9.0}, "by_team") == [6.0, 3.0]


@pytest.mark.parametrize("index", [(), ("by_team",)])
def test_without_consumed_capacity_nothing_is_known(index: tuple[str, ...]) -> None:
    assert consumed(None, *index) is None
