import random

import pytest

from ddbbulk.simulator.account import Account
from ddbbulk.simulator.admission import IndexCost, WriteCost, admit
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason
from ddbbulk.simulator.throttling import throttled
from ddbbulk.simulator.throughput import Limit, Rate, Resource

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/t"
NOW = 50.0
RATIONING = Rationing()
CHANCE = random.Random(0)


def resource(
    units: float,
    *,
    limit: Limit = "Provisioned",
    index: str = "",
    partitions: int = 0,
    account: Account | None = None,
) -> Resource:
    return Resource(
        f"{ARN}/index/{index}" if index else ARN,
        is_index=bool(index),
        read=Rate(units, limit),
        write=Rate(units, limit, partitions),
        rationing=RATIONING,
        account=account or Account(RATIONING, now=NOW),
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
    table.take_read(6, NOW)
    assert table.write_obstacle(b"key", NOW) is None
    with pytest.raises(ServiceError) as caught:
        table.check_read(NOW)
    assert caught.value.reasons == (
        ThrottlingReason("TableReadProvisionedThroughputExceeded", ARN),
    )
    table.check_read(NOW + 1)


# ------------------------------------------------------------------------ partitions


def test_a_partition_is_short_though_the_table_is_not() -> None:
    resources = {"": resource(100, partitions=4)}
    costs = writes(40, partition=b"hot")
    outcome = admit(resources, costs, now=NOW, chance=random.Random(0))
    assert len(outcome.admitted) == 25
    assert outcome.reasons == (
        ThrottlingReason("TableWriteKeyRangeThroughputExceeded", ARN),
    )
    assert resources[""].write.level(NOW) == 75


def test_a_partition_of_an_index_names_the_index() -> None:
    resources = {"": resource(100), "i": resource(100, index="i", partitions=10)}
    costs = [
        WriteCost(b"%d" % number, 1, (IndexCost("i", b"@daisy", 1),))
        for number in range(30)
    ]
    outcome = admit(resources, costs, now=NOW, chance=random.Random(0))
    assert len(outcome.admitted) == 10
    assert outcome.reasons == (
        ThrottlingReason("IndexWriteKeyRangeThroughputExceeded", f"{ARN}/index/i"),
    )


def given(table: Resource, now: float) -> int:
    """Return how many writes of one key a table admits at a moment."""
    outcome = admit({"": table}, writes(2000, partition=b"x"), now=now, chance=CHANCE)
    return len(outcome.admitted)


def test_more_partitions_dilute_what_a_key_gets() -> None:
    table = resource(1000, partitions=1)
    assert given(table, NOW) == 1000
    # Lowered capacity is spread over the partitions that high capacity has left.
    table.resize(Rate(1000, "Provisioned"), Rate(200, "Provisioned", 4), NOW)
    assert given(table, NOW) == 0
    assert given(table, NOW + 1) == 50
    table.resize(Rate(1000, "Provisioned"), Rate(400, "Provisioned", 4), NOW + 1)
    assert given(table, NOW + 2) == 100


def test_partitions_end_with_provisioned_capacity() -> None:
    table = resource(100, partitions=4)
    table.resize(Rate(4000, "OnDemand"), Rate(4000, "OnDemand"), NOW)
    # What the bucket held stays: 100; no partition stands in the way.
    assert given(table, NOW) == 100
    table.resize(Rate(100, "Provisioned"), Rate(100, "Provisioned", 4), NOW)
    assert given(table, NOW + 1) == 25


# ------------------------------------------------------------------------- account


def account(*, wcu: float | None = None, rcu: float | None = None) -> Account:
    return Account(
        Rationing(burst_seconds=300, account_wcu=wcu, account_rcu=rcu), now=NOW
    )


def test_an_account_limits_what_all_tables_and_indexes_take_together() -> None:
    shared = account(wcu=10)
    first = {"": resource(100, account=shared)}
    second = {
        "": resource(100, account=shared),
        "i": resource(100, index="i", account=shared),
    }
    assert len(admit(first, writes(4), now=NOW, chance=CHANCE).admitted) == 4
    outcome = admit(second, writes(10, 1, 1), now=NOW, chance=CHANCE)
    assert len(outcome.admitted) == 3
    assert outcome.reasons == (
        ThrottlingReason("TableWriteAccountLimitExceeded", ARN),
        ThrottlingReason("IndexWriteAccountLimitExceeded", f"{ARN}/index/i"),
    )
    assert second[""].write.level(NOW) == second["i"].write.level(NOW) == 97
    # Nothing is saved up for later: a second of it is all that there ever is.
    assert len(admit(first, writes(25), now=NOW + 60, chance=CHANCE).admitted) == 10


def test_what_a_table_itself_is_short_of_is_the_reason_before_the_account() -> None:
    tight = {"": resource(2, account=account(wcu=2))}
    outcome = admit(tight, writes(3), now=NOW, chance=CHANCE)
    assert [one.reason for one in outcome.reasons] == [
        "TableWriteProvisionedThroughputExceeded"
    ]


def test_the_accounts_limit_has_an_error_of_its_own() -> None:
    short = ThrottlingReason("TableWriteAccountLimitExceeded", ARN)
    hot = ThrottlingReason("TableWriteKeyRangeThroughputExceeded", ARN)
    error = throttled([short])
    assert error.code == "RequestLimitExceeded"
    assert error.to_json()["ThrottlingReasons"] == [
        {"reason": short.reason, "resource": ARN}
    ]
    assert throttled([short, hot]).code == "ThrottlingException"


def test_an_account_limits_reads_too() -> None:
    shared = account(rcu=5)
    table, other = resource(100, account=shared), resource(100, account=shared)
    table.check_read(NOW)
    table.take_read(5, NOW)
    with pytest.raises(ServiceError) as caught:
        other.check_read(NOW)
    assert caught.value.reasons == (
        ThrottlingReason("TableReadAccountLimitExceeded", ARN),
    )
    other.check_read(NOW + 0.5)
    assert len(admit({"": table}, writes(25), now=NOW, chance=CHANCE).admitted) == 25


# ----------------------------------------------------------------------- on demand


def consume(table: Resource, units: int, now: float) -> None:
    table.take_write(b"", units, now)
    table.count_write(units, now)


def test_an_on_demand_table_takes_double_its_peak_once_that_is_old_enough() -> None:
    table = resource(4000, limit="OnDemand")
    consume(table, 4000, NOW)
    assert not table.grow(NOW + 1799)
    assert table.grow(NOW + 1860)
    assert table.write.rate == 8000
    assert not table.grow(NOW + 100_000)
    consume(table, 6000, NOW + 100_000)
    assert table.grow(NOW + 102_000)
    assert table.write.rate == 12_000


def test_a_peak_is_not_higher_than_what_the_table_gives() -> None:
    table = resource(4000, limit="OnDemand")
    # A full bucket and a second's flow: 8,000 within a second, for once.
    consume(table, 4000, NOW)
    consume(table, 4000, NOW + 0.9)
    assert table.grow(NOW + 2000)
    assert table.write.rate == 8000
    assert not table.grow(NOW + 4000)


def test_what_stays_below_half_its_rate_does_not_grow() -> None:
    table = resource(4000, limit="OnDemand")
    consume(table, 1999, NOW)
    assert not table.grow(NOW + 2000)


@pytest.mark.parametrize("limit", ["Provisioned", "MaxOnDemand"])
def test_only_what_is_on_demand_without_a_ceiling_grows(limit: Limit) -> None:
    table = resource(4000, limit=limit)
    consume(table, 4000, NOW)
    assert not table.grow(NOW + 2000)


def test_a_table_that_went_on_demand_grows_from_where_it_is() -> None:
    table = resource(100)
    table.resize(Rate(12_000, "OnDemand"), Rate(4000, "OnDemand"), NOW)
    assert not table.grow(NOW + 2000)
    consume(table, 3000, NOW + 2000)
    assert table.grow(NOW + 4000)
    assert table.write.rate == 6000


# --------------------------------------------------------------------------- burst


def test_what_was_saved_is_spent_above_the_rate_but_not_on_one_key() -> None:
    rationing = Rationing(burst_seconds=300)
    table = Resource(
        ARN,
        is_index=False,
        read=Rate(100, "Provisioned"),
        write=Rate(100, "Provisioned"),
        rationing=rationing,
        account=Account(rationing, now=NOW),
        now=NOW,
    )
    # 30,000 units were saved; one key gets its second's thousand of them at a time.
    assert given(table, NOW) == given(table, NOW + 1) == 1000
    others = admit({"": table}, writes(25, 1000), now=NOW + 1, chance=CHANCE)
    assert len(others.admitted) == 25
    assert table.write.level(NOW + 1) == 30_000 - 2 * 1000 - 25_000 + 100
