from collections import Counter

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.simulator.partitions import SplitPartitions
from ddbbulk.simulator.rationing import Rationing, read_partitions

NOW = 10.0


def split(count: int, rate: float, *, burst_seconds: float = 1.0) -> SplitPartitions:
    return SplitPartitions(count, rate, burst_seconds=burst_seconds, now=NOW)


def key_of(partitions: SplitPartitions, number: int) -> bytes:
    """Return a partition key of a partition."""
    keys = (b"%d" % key for key in range(1000))
    return next(key for key in keys if partitions.number(key) == number)


def admitted(partitions: SplitPartitions, key: bytes, now: float) -> int:
    """Return how many units a partition gives at a moment, one after the other."""
    units = 0
    while partitions.admits(key, now):
        partitions.take(key, 1, now)
        units += 1
    return units


def test_each_partition_gives_its_share_and_nothing_of_the_others() -> None:
    partitions = split(4, 100)
    first, second = key_of(partitions, 0), key_of(partitions, 1)
    assert admitted(partitions, first, NOW) == 25
    assert admitted(partitions, second, NOW) == 25
    assert admitted(partitions, first, NOW + 1) == 25


def test_keys_of_one_partition_share() -> None:
    partitions = split(2, 100)
    keys = [b"%d" % key for key in range(50) if partitions.number(b"%d" % key) == 0]
    for key in keys[:-1]:
        partitions.take(key, 50 / (len(keys) - 1), NOW)
    assert not partitions.admits(keys[-1], NOW)


@pytest.mark.parametrize("count", [2, 3, 5, 8])
@pytest.mark.parametrize("form", ["%d", "@donald%d", "%08d\0\0"])
def test_keys_are_spread_evenly(count: int, form: str) -> None:
    partitions = split(count, 100)
    spread = Counter(partitions.number((form % key).encode()) for key in range(10_000))
    assert set(spread) == set(range(count))
    even = 10_000 / count
    assert all(abs(keys - even) < even / 5 for keys in spread.values())


def test_a_partition_saves_its_share_but_its_second_is_a_hard_limit() -> None:
    partitions = split(2, 100, burst_seconds=300)
    key = key_of(partitions, 0)
    seconds = [admitted(partitions, key, NOW + second) for second in range(20)]
    # 15,000 are saved: they go at 1,000 a second, then the share's 50 are left.
    assert seconds[:15] == [1000] * 15
    assert sum(seconds[15:]) == 15 * 50 + 4 * 50
    assert seconds[16:] == [50] * 4


def test_a_share_above_the_limit_of_a_partition_is_cut_to_it() -> None:
    partitions = split(2, 8000)
    assert admitted(partitions, key_of(partitions, 1), NOW) == 1000


def test_a_new_rate_is_shared_out_and_keeps_what_is_there() -> None:
    partitions = split(4, 400)
    key, other = key_of(partitions, 0), key_of(partitions, 1)
    partitions.take(key, 70, NOW)
    partitions.resize(40, NOW)
    assert admitted(partitions, key, NOW) == admitted(partitions, other, NOW) == 10
    assert admitted(partitions, key, NOW + 0.5) == 5


def test_partitions_that_come_of_a_split_begin_empty() -> None:
    partitions = SplitPartitions(2, 100, burst_seconds=1.0, now=NOW, is_full=False)
    assert not partitions.admits(b"key", NOW)
    assert admitted(partitions, b"key", NOW + 0.1) == 5


@pytest.mark.parametrize(
    ("setting", "read", "write", "count"),
    [
        (None, 5, 5, 0),
        (7, 40_000, 40_000, 7),
        ("auto", 1, 1, 1),
        ("auto", 3000, 0, 1),
        ("auto", 3000, 1000, 2),
        ("auto", 5, 4000, 5),
        ("auto", 12_000, 4000, 8),
        ("auto", 5, 100_000_000, 10_000),
    ],
)
def test_the_setting_says_among_how_many(
    setting: object, read: int, write: int, count: int
) -> None:
    rationing = Rationing(partitions=read_partitions(setting))
    assert rationing.partition_count(read, write) == count


def test_the_setting_may_be_text() -> None:
    assert read_partitions("12") == 12


@pytest.mark.parametrize(
    "setting", [0, -1, "0", "10001", "many", "", 1.5, True], ids=repr
)
def test_a_setting_that_is_no_number_is_refused(setting: object) -> None:
    with pytest.raises(
        ConfigurationError, match="give a number from 1 to 10000, or 'auto'"
    ):
        read_partitions(setting)
