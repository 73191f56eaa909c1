from ddbbulk.simulator.capacity import Bucket, PartitionBuckets, WindowMeter


def test_a_bucket_starts_full_and_admits_while_above_zero() -> None:
    bucket = Bucket(5, burst_seconds=1.0, now=100.0)
    assert bucket.level(100.0) == 5
    for _ in range(5):
        assert bucket.admits(100.0)
        bucket.take(1, 100.0)
    assert not bucket.admits(100.0)


def test_a_bucket_goes_into_debt_for_an_item_larger_than_itself() -> None:
    bucket = Bucket(5, burst_seconds=1.0, now=0.0)
    bucket.take(20, 0.0)
    assert bucket.level(0.0) == -15
    assert not bucket.admits(3.0)
    assert bucket.admits(3.5)


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = Bucket(5, burst_seconds=2.0, now=0.0)
    assert bucket.level(1000.0) == 10


def test_a_bucket_ignores_a_clock_that_goes_back() -> None:
    bucket = Bucket(5, burst_seconds=1.0, now=10.0)
    bucket.take(5, 10.0)
    assert bucket.level(0.0) == 0
    assert bucket.level(10.5) == 2.5


def test_a_smaller_rate_cuts_what_no_longer_fits() -> None:
    bucket = Bucket(100, burst_seconds=1.0, now=0.0)
    bucket.resize(10, 0.0)
    assert bucket.level(0.0) == 10


def test_a_larger_rate_keeps_the_fill_and_refills_faster() -> None:
    bucket = Bucket(10, burst_seconds=1.0, now=0.0)
    bucket.take(10, 0.0)
    bucket.resize(100, 0.0)
    assert bucket.level(0.0) == 0
    assert bucket.level(0.5) == 50


def test_one_partition_takes_its_second_and_no_more() -> None:
    partitions = PartitionBuckets(1000, burst_seconds=1.0)
    for _ in range(10):
        assert partitions.admits(b"hot", 5.0)
        partitions.take(b"hot", 100, 5.0)
    assert not partitions.admits(b"hot", 5.0)
    assert partitions.admits(b"cold", 5.0)
    assert partitions.admits(b"hot", 5.1)


def test_full_buckets_of_partitions_are_forgotten() -> None:
    partitions = PartitionBuckets(1000, burst_seconds=1.0)
    for number in range(100_000):
        # 2,000 keys a second, each of one unit: two of them are not full at a time.
        partitions.take(b"%d" % number, 1, number / 2000)
    assert len(partitions) < 10_000


def test_a_window_holds_one_second_and_not_a_moment_more() -> None:
    meter = WindowMeter()
    meter.add(10, 0.0)
    meter.add(10, 0.999)
    assert meter.maximum == 20
    meter.add(10, 1.0)  # what came at 0.0 has just left
    assert meter.maximum == 20
    meter.add(5, 1.5)
    assert meter.maximum == 25
    assert meter.total == 35
