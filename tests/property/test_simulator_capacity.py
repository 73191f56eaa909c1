from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.simulator.capacity import Bucket, PartitionBuckets, WindowMeter

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


@given(requests, st.integers(1, 200))
def test_a_bucket_admits_its_rate_its_fill_and_one_last_item(
    steps: list[tuple[float, int]], rate: int
) -> None:
    bucket = Bucket(rate, burst_seconds=1.0, now=0.0)
    admitted: list[tuple[float, int]] = []
    for at, units in at_times(steps):
        if bucket.admits(at):
            bucket.take(units, at)
            admitted.append((at, units))
    for first, (start, _) in enumerate(admitted):
        before_last = 0
        for at, units in admitted[first:]:
            assert before_last <= rate * (at - start) + rate
            before_last += units


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
