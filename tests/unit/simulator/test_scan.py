from typing import Any

import pytest

from ddbbulk.simulator.service_error import ServiceError
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

KEYS = [(partition, sort) for partition in range(20) for sort in range(3)]


@pytest.fixture
def simulator() -> SimulatorInProcess:
    """Three items in each of 20 partitions, every third one in the index."""
    made = SimulatorInProcess()
    made.create(
        "ducks",
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", grp="S"),
        GlobalSecondaryIndexes=[index("sparse", key_schema("grp"), "KEYS_ONLY")],
    )
    made.put("ducks", [duck(partition, sort) for partition, sort in KEYS])
    return made


def duck(partition: int, sort: int) -> dict[str, Any]:
    item = {
        "pk": {"S": f"p{partition}"},
        "sk": {"N": str(sort)},
        "bio": {"S": "x" * 1000},
        "odd": {"BOOL": sort % 2 == 1},
    }
    return item | ({"grp": {"S": "g"}} if sort == 0 else {})


def keys(items: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return sorted((int(item["pk"]["S"][1:]), int(item["sk"]["N"])) for item in items)


def scanned(simulator: SimulatorInProcess, **request: object) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    page = simulator.call("Scan", TableName="ducks", **request)
    while "LastEvaluatedKey" in page:
        items += page["Items"]
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        page = simulator.call("Scan", TableName="ducks", **request)
    return [*items, *page["Items"]]


def test_a_scan_finds_every_item_once(simulator: SimulatorInProcess) -> None:
    answer = simulator.call("Scan", TableName="ducks")
    assert keys(answer["Items"]) == KEYS
    assert answer["Count"] == answer["ScannedCount"] == 60
    assert keys(scanned(simulator, Limit=7)) == KEYS


def test_a_limit_that_is_reached_leaves_a_key_to_go_on_from(
    simulator: SimulatorInProcess,
) -> None:
    page = simulator.call("Scan", TableName="ducks", Limit=60)
    assert page["Count"] == 60
    last = simulator.call(
        "Scan", TableName="ducks", ExclusiveStartKey=page["LastEvaluatedKey"]
    )
    assert (last["Count"], "LastEvaluatedKey" in last) == (0, False)


@pytest.mark.parametrize("total", [1, 2, 7, 100])
@pytest.mark.parametrize("index_name", [None, "sparse"])
def test_segments_share_the_partitions_among_them(
    simulator: SimulatorInProcess, total: int, index_name: str | None
) -> None:
    more: dict[str, Any] = {} if index_name is None else {"IndexName": index_name}
    found: list[dict[str, Any]] = []
    partitions: set[str] = set()
    for segment in range(total):
        share = scanned(
            simulator, Segment=segment, TotalSegments=total, Limit=4, **more
        )
        assert partitions.isdisjoint(item["pk"]["S"] for item in share)
        partitions |= {item["pk"]["S"] for item in share}
        found += share
    expected = KEYS if index_name is None else [key for key in KEYS if key[1] == 0]
    assert keys(found) == expected


def test_an_index_is_scanned_with_what_it_has_copied(
    simulator: SimulatorInProcess,
) -> None:
    answer = simulator.call("Scan", TableName="ducks", IndexName="sparse")
    assert len(answer["Items"]) == 20
    assert {name for item in answer["Items"] for name in item} == {"pk", "sk", "grp"}


def test_a_filter_hides_items_but_not_what_they_cost(
    simulator: SimulatorInProcess,
) -> None:
    request = {
        "TableName": "ducks",
        "FilterExpression": "odd = :yes AND pk <> :p",
        "ExpressionAttributeValues": {":yes": {"BOOL": True}, ":p": {"S": "p3"}},
        "ReturnConsumedCapacity": "TOTAL",
    }
    answer = simulator.call("Scan", **request)
    assert (answer["Count"], answer["ScannedCount"]) == (19, 60)
    count = simulator.call("Scan", **request, Select="COUNT")
    assert "Items" not in count
    assert (count["Count"], count["ScannedCount"]) == (19, 60)
    # 60 items of 1,016 bytes or a little more, with eventual consistency.
    units = answer["ConsumedCapacity"]["CapacityUnits"]
    assert units == count["ConsumedCapacity"]["CapacityUnits"] == 7.5


def test_an_empty_table_costs_the_least_that_a_read_costs() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks")
    answer = simulator.call("Scan", TableName="ducks", ReturnConsumedCapacity="INDEXES")
    assert answer == {
        "Items": [],
        "Count": 0,
        "ScannedCount": 0,
        "ConsumedCapacity": {
            "TableName": "ducks",
            "CapacityUnits": 0.5,
            "Table": {"CapacityUnits": 0.5},
        },
    }


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"Segment": 0}, "The TotalSegments parameter is required"),
        ({"TotalSegments": 2}, "The Segment parameter is required"),
        ({"Segment": 2, "TotalSegments": 2}, "Segment: 2 is not less than"),
        ({"Segment": -1, "TotalSegments": 2}, "Member must have value greater than"),
        ({"Segment": 0, "TotalSegments": 1_000_001}, "must have value less than"),
        ({"IndexName": "absent"}, "not have the specified index: absent"),
        ({"ExclusiveStartKey": {"pk": {"S": "p"}}}, "starting key is invalid"),
        ({"ScanFilter": {}}, "ScanFilter, a legacy parameter"),
        ({"FilterExpression": "odd"}, "Invalid FilterExpression: Syntax error"),
    ],
)
def test_a_wrong_scan_is_refused(
    simulator: SimulatorInProcess, more: dict[str, Any], reason: str
) -> None:
    error = simulator.refusal("Scan", TableName="ducks", **more)
    assert error.code == "ValidationException"
    assert reason in error.message


def test_a_start_key_of_another_segment_is_refused(
    simulator: SimulatorInProcess,
) -> None:
    refused = 0
    for segment in range(2):
        start = {"pk": {"S": "p1"}, "sk": {"N": "1"}}
        request = {"Segment": segment, "TotalSegments": 2, "ExclusiveStartKey": start}
        try:
            simulator.call("Scan", TableName="ducks", **request)
        except ServiceError as error:
            refused += "use ExclusiveStartKey with correct Segment" in error.message
    assert refused == 1


def test_the_last_of_a_million_segments_can_be_read(
    simulator: SimulatorInProcess,
) -> None:
    request = {"Segment": 999_999, "TotalSegments": 1_000_000}
    assert simulator.call("Scan", TableName="ducks", **request)["Count"] <= 3


def test_a_table_may_be_named_by_its_arn(simulator: SimulatorInProcess) -> None:
    table = simulator.call("DescribeTable", TableName="ducks")["Table"]
    answer = simulator.call("Scan", TableName=table["TableArn"], Select="COUNT")
    assert answer["Count"] == 60


def test_an_index_that_is_being_made_cannot_be_read_yet() -> None:
    simulator = SimulatorInProcess()
    simulator.engine.update_seconds = 5.0
    simulator.create("ducks")
    added = index("by_group", key_schema("grp"))
    simulator.call(
        "UpdateTable",
        TableName="ducks",
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", grp="S"),
        GlobalSecondaryIndexUpdates=[{"Create": added}],
    )
    request = {"TableName": "ducks", "IndexName": "by_group"}
    error = simulator.refusal("Scan", **request)
    assert error.code == "ValidationException"
    assert "Cannot read from backfilling global secondary index" in error.message
    simulator.now += 5.0
    assert simulator.call("Scan", **request)["Count"] == 0


def test_a_missing_table_is_not_found(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal("Scan", TableName="geese")
    assert error.code == "ResourceNotFoundException"


def test_scans_are_throttled_until_their_debt_is_paid() -> None:
    simulator = SimulatorInProcess()
    simulator.create("ducks", units=1)
    simulator.put("ducks", [duck(partition, sort) for partition, sort in KEYS])
    scan = {"TableName": "ducks", "Select": "COUNT"}
    assert simulator.call("Scan", **scan)["Count"] == 60  # 7.5 units, of 1 that is left
    error = simulator.refusal("Scan", **scan)
    assert error.code == "ProvisionedThroughputExceededException"
    assert error.reasons[0].reason == "TableReadProvisionedThroughputExceeded"
    simulator.now += 6.4
    simulator.refusal("Scan", **scan)
    simulator.now += 0.2
    assert simulator.call("Scan", **scan)["Count"] == 60
