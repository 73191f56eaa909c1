import random

import pytest

from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason
from ddbbulk.simulator.throughput import (
    IndexCost,
    Limit,
    Rate,
    Resource,
    WriteCost,
    admit,
    throttled,
)

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/t"
NOW = 50.0


def resource(
    units: float, *, limit: Limit = "Provisioned", index: str = ""
) -> Resource:
    rate = Rate(units, limit)
    return Resource(
        f"{ARN}/index/{index}" if index else ARN,
        is_index=bool(index),
        read=rate,
        write=rate,
        burst_seconds=1.0,
        now=NOW,
    )


def writes(
    count: int, units: int = 1, index_units: int = 0, partition: bytes = b""
) -> list[WriteCost]:
    return [
        WriteCost(
            partition or b"%d" % number,
            units,
            (IndexCost("i", b"%d" % number, index_units),) if index_units else (),
        )
        for number in range(count)
    ]


def test_all_are_admitted_where_there_is_capacity() -> None:
    outcome = admit({"": resource(25)}, writes(25), now=NOW, chance=random.Random(0))
    assert outcome.admitted == list(range(25))
    assert not outcome.refused
    assert not outcome.reasons


def test_chance_says_who_loses_and_the_same_seed_says_the_same() -> None:
    outcomes = [
        admit({"": resource(10)}, writes(25), now=NOW, chance=random.Random(seed))
        for seed in (1, 1, 2)
    ]
    assert all(len(outcome.admitted) == 10 for outcome in outcomes)
    assert outcomes[0].refused == outcomes[1].refused
    assert outcomes[0].refused != outcomes[2].refused
    assert outcomes[0].refused == sorted(outcomes[0].refused)


def test_a_write_that_an_index_refuses_costs_the_table_nothing() -> None:
    resources = {"": resource(100), "i": resource(3, index="i")}
    outcome = admit(resources, writes(10, 1, 1), now=NOW, chance=random.Random(0))
    assert len(outcome.admitted) == 3
    assert resources[""].write.level(NOW) == 97
    assert outcome.reasons == (
        ThrottlingReason("IndexWriteProvisionedThroughputExceeded", f"{ARN}/index/i"),
    )


def test_a_write_that_the_table_refuses_costs_the_index_nothing() -> None:
    resources = {"": resource(3), "i": resource(100, index="i")}
    admit(resources, writes(10, 1, 1), now=NOW, chance=random.Random(0))
    assert resources["i"].write.level(NOW) == 97


def test_a_hot_key_is_refused_though_the_table_has_capacity() -> None:
    resources = {"": resource(40_000)}
    costs = writes(25, 100, partition=b"hot")
    outcome = admit(resources, costs, now=NOW, chance=random.Random(0))
    assert len(outcome.admitted) == 10
    assert outcome.reasons == (
        ThrottlingReason("TableWriteKeyRangeThroughputExceeded", ARN),
    )


def test_a_hot_key_of_an_index_names_the_index() -> None:
    resources = {"": resource(40_000), "i": resource(40_000, index="i")}
    costs = [
        WriteCost(b"%d" % number, 1, (IndexCost("i", b"@daisy", 500),))
        for number in range(3)
    ]
    outcome = admit(resources, costs, now=NOW, chance=random.Random(0))
    assert len(outcome.admitted) == 2
    assert outcome.reasons == (
        ThrottlingReason("IndexWriteKeyRangeThroughputExceeded", f"{ARN}/index/i"),
    )


def test_an_item_larger_than_the_table_is_admitted_when_the_bucket_is_above_zero() -> (
    None
):
    resources = {"": resource(5)}
    outcome = admit(resources, writes(1, 20), now=NOW, chance=random.Random(0))
    assert outcome.admitted == [0]
    assert resources[""].write.level(NOW) == -15


@pytest.mark.parametrize(
    ("limit", "code", "reason"),
    [
        (
            "Provisioned",
            "ProvisionedThroughputExceededException",
            "TableWriteProvisionedThroughputExceeded",
        ),
        (
            "MaxOnDemand",
            "ThrottlingException",
            "TableWriteMaxOnDemandThroughputExceeded",
        ),
        ("OnDemand", "ThrottlingException", "TableWriteKeyRangeThroughputExceeded"),
    ],
)
def test_the_error_says_which_limit_was_met(
    limit: Limit, code: str, reason: str
) -> None:
    resources = {"": resource(1, limit=limit)}
    admit(resources, writes(1), now=NOW, chance=random.Random(0))
    outcome = admit(resources, writes(1), now=NOW, chance=random.Random(0))
    error = throttled(outcome.reasons)
    assert error.code == code
    assert [one.reason for one in error.reasons] == [reason]


def test_provisioned_capacity_names_the_error_before_a_hot_key_does() -> None:
    reasons = [
        ThrottlingReason("TableWriteKeyRangeThroughputExceeded", ARN),
        ThrottlingReason("IndexWriteProvisionedThroughputExceeded", f"{ARN}/index/i"),
    ]
    error = throttled(reasons)
    assert error.code == "ProvisionedThroughputExceededException"
    assert "global secondary indexes" in error.message
    assert error.reasons == tuple(reasons)


def test_reasons_travel_in_the_casing_of_their_error() -> None:
    provisioned = ThrottlingReason("TableWriteProvisionedThroughputExceeded", ARN)
    hot = ThrottlingReason("TableWriteKeyRangeThroughputExceeded", ARN)
    assert throttled([provisioned]).to_json() == {
        "__type": (
            "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
        ),
        "message": throttled([provisioned]).message,
        "ThrottlingReasons": [{"reason": provisioned.reason, "resource": ARN}],
    }
    assert throttled([hot]).to_json()["throttlingReasons"] == [
        {"reason": hot.reason, "resource": ARN}
    ]


def test_reads_wait_for_a_bucket_of_their_own() -> None:
    table = resource(5)
    table.read.take(6, NOW)
    assert table.write_obstacle(b"key", NOW) is None
    with pytest.raises(ServiceError) as caught:
        table.check_read(NOW)
    assert caught.value.reasons == (
        ThrottlingReason("TableReadProvisionedThroughputExceeded", ARN),
    )
    table.check_read(NOW + 1)
