import random
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.simulator.account import Account
from ddbbulk.simulator.admission import IndexCost, WriteCost, admit
from ddbbulk.simulator.capacity import Bucket, PartitionBuckets, WindowMeter
from ddbbulk.simulator.growth import PreviousPeak
from ddbbulk.simulator.partitions import SplitPartitions
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.throughput import Rate, Resource

# Sixty-fourths and whole units are exact as floats, so that sums can be compared.
gaps = st.integers(0, 96).map(lambda ticks: ticks / 64)
requests = st.lists(st.tuples(gaps, st.integers(1, 400)), max_size=60)


def at_times(steps: list[tuple[float, int]]) -> list[tuple[float, int]]:
    times = accumulate(gap for gap, _ in steps)
    return list(zip(times, (units for _, units in steps), strict=True))


def highest_window(events: list[tuple[float, int]]) -> float:
    """The slow way: every window that ends with an event."""
    return max(
        (
            sum(units for at, units in events if end - 1.0 < at <= end)
            for end, _ in events
        ),
        default=0,
    )


@given(requests)
def test_the_meter_finds_the_highest_of_all_windows(
    steps: list[tuple[float, int]],
) -> None:
    events = at_times(steps)
    meter = WindowMeter()
    for at, units in events:
        meter.add(units, at)
    assert meter.maximum == highest_window(events)
    assert meter.total == sum(units for _, units in events)


def assert_within(
    admitted: list[tuple[float, int]], rate: float, *, saved: float
) -> None:
    """Assert that no stretch of time has had more than its flow, and what was saved.

    The last item of each may be larger than what was left.
    """
    for first, (start, _) in enumerate(admitted):
        before_last = 0
        for at, units in admitted[first:]:
            assert before_last <= rate * (at - start) + saved + 1e-6
            before_last += units


@given(requests, st.integers(1, 200), st.sampled_from([0.5, 1.0, 3.0, 300.0]))
def test_a_bucket_admits_its_rate_its_fill_and_one_last_item(
    steps: list[tuple[float, int]], rate: int, burst_seconds: float
) -> None:
    bucket = Bucket(rate, burst_seconds=burst_seconds, now=0.0)
    admitted: list[tuple[float, int]] = []
    for at, units in at_times(steps):
        if bucket.admits(at):
            bucket.take(units, at)
            admitted.append((at, units))
    assert_within(admitted, rate, saved=rate * burst_seconds)


@given(st.integers(1, 200), st.integers(0, 400))
def test_what_is_not_used_is_saved_and_no_longer_than_the_burst(
    rate: int, unused_seconds: int
) -> None:
    bucket = Bucket(rate, burst_seconds=300.0, now=0.0)
    bucket.take(rate * 300, 0.0)
    admitted = 0
    while bucket.admits(unused_seconds):
        bucket.take(1, unused_seconds)
        admitted += 1
    assert admitted == rate * min(unused_seconds, 300)


@given(requests, st.integers(1, 200))
def test_a_bucket_admits_again_after_any_debt(
    steps: list[tuple[float, int]], rate: int
) -> None:
    bucket = Bucket(rate, burst_seconds=1.0, now=0.0)
    end = 0.0
    for end, units in at_times(steps):
        bucket.take(units, end)
    debt = -bucket.level(end)
    assert bucket.admits(end + max(0.0, debt) / rate + 1.0)


@given(requests)
def test_the_bucket_of_a_partition_is_a_bucket(steps: list[tuple[float, int]]) -> None:
    bucket = Bucket(64, burst_seconds=1.0, now=0.0)
    partitions = PartitionBuckets(64, burst_seconds=1.0)
    for at, units in at_times(steps):
        assert partitions.admits(b"key", at) == bucket.admits(at)
        if bucket.admits(at):
            bucket.take(units, at)
            partitions.take(b"key", units, at)


# ------------------------------------------------------------------------ partitions

keyed = st.lists(
    st.tuples(gaps, st.integers(1, 400), st.integers(0, 5).map(b"%d".__mod__)),
    max_size=60,
)


@given(keyed, st.integers(1, 6), st.integers(1, 3000), st.sampled_from([1.0, 300.0]))
def test_a_partition_gives_its_share_and_never_more_than_its_second(
    steps: list[tuple[float, int, bytes]], count: int, rate: int, burst_seconds: float
) -> None:
    partitions = SplitPartitions(count, rate, burst_seconds=burst_seconds, now=0.0)
    admitted: dict[int, list[tuple[float, int]]] = {}
    now = 0.0
    for gap, units, key in steps:
        now += gap
        if partitions.admits(key, now):
            partitions.take(key, units, now)
            admitted.setdefault(partitions.number(key), []).append((now, units))
    for events in admitted.values():
        share = rate / count
        assert_within(events, share, saved=share * burst_seconds)
        assert_within(events, 1000, saved=1000)


@given(keyed, st.integers(1, 400))
def test_one_partition_is_the_table_itself(
    steps: list[tuple[float, int, bytes]], rate: int
) -> None:
    bucket = Bucket(rate, burst_seconds=1.0, now=0.0)
    partitions = SplitPartitions(1, rate, burst_seconds=1.0, now=0.0)
    now = 0.0
    for gap, units, key in steps:
        now += gap
        assert partitions.admits(key, now) == bucket.admits(now)
        if bucket.admits(now):
            bucket.take(units, now)
            partitions.take(key, units, now)


@given(keyed, st.integers(1, 6), st.integers(1, 400))
def test_a_partition_admits_again_after_any_debt(
    steps: list[tuple[float, int, bytes]], count: int, rate: int
) -> None:
    partitions = SplitPartitions(count, rate, burst_seconds=1.0, now=0.0)
    taken, now = 0, 0.0
    for gap, units, key in steps:
        now += gap
        partitions.take(key, units, now)
        taken += units
    for key in {key for _, _, key in steps}:
        assert partitions.admits(key, now + taken * count / rate + taken / 1000 + 1)


# --------------------------------------------------------------------------- account

account_writes = st.lists(
    st.tuples(gaps, st.integers(1, 40), st.integers(0, 40), st.booleans()), max_size=60
)


@given(account_writes, st.integers(1, 200))
def test_all_tables_and_indexes_together_stay_within_the_account(
    steps: list[tuple[float, int, int, bool]], limit: int
) -> None:
    rationing = Rationing(burst_seconds=300.0, account_wcu=limit)
    account = Account(rationing, now=0.0)

    def resource(name: str) -> Resource:
        rate = Rate(1000, "Provisioned")
        return Resource(
            f"arn:{name}",
            is_index=name == "i",
            read=rate,
            write=rate,
            rationing=rationing,
            account=account,
            now=0.0,
        )

    tables = ({"": resource("t"), "i": resource("i")}, {"": resource("u")})
    chance = random.Random(0)
    consumed: list[tuple[float, int]] = []
    now = 0.0
    for gap, units, index_units, is_first in steps:
        now += gap
        indexes = (IndexCost("i", b"%f" % now, index_units),) if is_first else ()
        cost = WriteCost(b"%f" % now, units, indexes)
        resources = tables[0] if is_first else tables[1]
        levels = [one.write.level(now) for each in tables for one in each.values()]
        admission = admit(resources, [cost], now=now, chance=chance)
        if admission.admitted:
            consumed.append((now, units + (index_units if is_first else 0)))
        else:
            # What the account refuses costs nothing anywhere.
            assert levels == [
                one.write.level(now) for each in tables for one in each.values()
            ]
            assert all(
                one.reason.endswith("AccountLimitExceeded") for one in admission.reasons
            )
    assert_within(consumed, limit, saved=limit)


# ----------------------------------------------------------------------------- peaks


@given(
    st.lists(st.tuples(gaps, st.integers(1, 400)), min_size=1, max_size=60),
    st.integers(0, 200),
    st.sampled_from([0.0, 1.0, 6.4, 20.0]),
)
def test_a_peak_counts_when_it_is_old_enough_and_little_later(
    steps: list[tuple[float, int]], first: int, seconds: float
) -> None:
    peak = PreviousPeak(first, seconds=seconds)
    events = at_times(steps)
    for at, units in events:
        peak.note(units, at)
        settled = peak.settled(at)

        def highest(before: float, until: float = at) -> float:
            return max(
                [first, *(rate for when, rate in events if when <= min(before, until))]
            )

        step = seconds / 64
        assert highest(at - seconds - step - 1e-6) <= settled
        assert settled <= highest(at - seconds + 1e-6)
