"""A key is hot by what it got within the last second's worth of the budget."""

import random

import pytest

from ddbbulk.hot_keys import Heat, HotKeyDetector
from ddbbulk.marshal import Key


class Detector(HotKeyDetector):
    """One that remembers what it told."""

    def __init__(self, *rates: float) -> None:
        self.told: list[tuple[int, Key]] = []
        super().__init__(
            resources=len(rates), on_hot=lambda *found: self.told.append(found)
        )
        self.set_rates(rates)


def heats(detector: HotKeyDetector, *keys: Key, weight: int = 1) -> list[Heat]:
    return [detector.observe(0, key, 1, weight=weight) for key in keys]


def test_a_key_that_gets_everything_is_hot_within_a_second() -> None:
    detector = Detector(4000)
    found = heats(detector, *["@daisy"] * 1000)
    assert found[:100] == [Heat.NORMAL] * 100
    assert found[-1] is Heat.HOT
    assert detector.told == [(0, "@daisy")]
    assert detector.hottest([1000.0]) == [(0, "@daisy", 1.0)]


def test_keys_that_get_as_much_as_each_other_are_not_hot() -> None:
    detector = Detector(40_000)
    keys = [f"k{n}" for n in range(100)]
    dice = random.Random(1)
    found = heats(detector, *(dice.choice(keys) for _ in range(40_000)))
    assert Heat.HOT not in found
    assert detector.told == []


def test_a_key_with_more_than_a_partition_bears_is_hot_among_many_others() -> None:
    detector = Detector(40_000)
    dice = random.Random(1)
    keys = ("@daisy" if dice.random() < 0.04 else f"k{n}" for n in range(40_000))
    heats(detector, *keys)
    assert detector.told == [(0, "@daisy")]
    ((_, _, share),) = detector.hottest([1.0])
    assert share == pytest.approx(0.04, rel=0.1)


def test_each_key_of_sorted_input_is_hot_in_its_time() -> None:
    detector = Detector(5000)
    found = heats(detector, *(f"k{n // 2000}" for n in range(20_000)))
    assert [key for _, key in detector.told] == [f"k{n}" for n in range(10)]
    # Where a run begins its key is not hot yet, and that before it is no matter.
    assert found[2000:2100] == [Heat.NORMAL] * 100
    assert not detector.is_crowded(0, "k0")
    assert all(
        share == pytest.approx(0.1, rel=0.01)
        for _, _, share in detector.hottest([20_000.0])
    )


def test_short_runs_of_a_key_are_no_more_than_a_burst() -> None:
    detector = Detector(5000)
    found = heats(detector, *(f"k{n // 300}" for n in range(20_000)))
    assert Heat.HOT not in found
    assert Heat.CROWDED in found


def test_a_budget_that_one_partition_bears_makes_no_key_hot() -> None:
    detector = Detector(1000)
    assert not detector.is_needed
    assert set(heats(detector, *["@daisy"] * 5000)) == {Heat.NORMAL}


def test_a_resource_that_throttled_a_key_is_counted_whatever_its_budget() -> None:
    detector = Detector(500)
    detector.suspect(0)
    assert detector.is_needed
    assert Heat.HOT in heats(detector, *["@daisy"] * 5000)


def test_rates_may_change_on_the_way() -> None:
    detector = Detector(500)
    assert Heat.HOT not in heats(detector, *["@daisy"] * 2000)
    detector.set_rates([5000])
    assert Heat.HOT in heats(detector, *["@daisy"] * 2000)


def test_table_and_index_are_counted_apart() -> None:
    detector = Detector(4000, 4000)
    for number in range(1000):
        detector.observe(0, f"@donald{number}", 1)
        detector.observe(1, "@daisy", 1)
    assert detector.told == [(1, "@daisy")]
    assert detector.hottest([1000.0, 1000.0]) == [(1, "@daisy", 1.0)]


def test_samples_stand_for_the_writes_between_them() -> None:
    detector = Detector(40_000)
    dice = random.Random(1)
    keys = ["@daisy" if dice.random() < 0.2 else f"k{n}" for n in range(400)]
    heats(detector, *keys, weight=200)
    ((_, key, share),) = detector.hottest([1.0])
    assert key == "@daisy"
    assert share == pytest.approx(0.2, rel=0.3)


def test_a_few_large_items_are_chance() -> None:
    detector = Detector(4000)
    assert [detector.observe(0, "k", 400) for _ in range(7)] == [Heat.NORMAL] * 7
    assert detector.observe(0, "k", 400) is Heat.HOT


def test_memory_does_not_grow_with_the_keys() -> None:
    detector = Detector(200_000)
    for number in range(60_000):
        detector.observe(0, number.to_bytes(4).hex(), 1)
    for run in range(1100):
        detector.observe(0, f"k{run}", 1)
        for _ in range(8):
            detector.observe(0, f"k{run}", 400)
    (traffic,) = detector._traffic
    assert len(traffic._recent) + len(traffic._before) <= 40_000
    assert len(detector.hottest([1.0])) <= 1000
    assert detector.told[-1] == (0, "k1099")


def test_keys_that_are_hot_together_are_told_of_once_however_many_came_before() -> None:
    detector = Detector(5000)
    for number in range(10 * 1010):
        detector.observe(0, f"k{number // 10}", 100)
    told = len(detector.told)
    assert told >= 1000
    heats(detector, *(f"hot{n % 2}" for n in range(10_000)))
    assert detector.told[told:] == [(0, "hot0"), (0, "hot1")]
