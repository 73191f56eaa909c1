from ddbbulk.simulator.growth import PreviousPeak


def test_a_peak_counts_when_it_is_old_enough() -> None:
    peak = PreviousPeak(2000, seconds=64)
    peak.note(4000, 10)
    assert peak.settled(73.5) == 2000
    assert peak.settled(74) == 4000


def test_what_is_no_new_peak_changes_nothing() -> None:
    peak = PreviousPeak(2000, seconds=64)
    peak.note(1500, 10)
    peak.note(3000, 20)
    peak.note(2500, 30)
    assert len(peak) == 1
    assert peak.settled(1000) == 3000


def test_each_peak_counts_in_its_time() -> None:
    peak = PreviousPeak(0, seconds=64)
    peak.note(10, 1)
    peak.note(20, 11)
    assert peak.settled(65) == 10
    assert peak.settled(75) == 20


def test_little_is_kept_however_often_a_peak_is_surpassed() -> None:
    peak = PreviousPeak(0, seconds=64)
    for tick in range(10_000):
        peak.note(tick, tick / 100)
        peak.settled(tick / 100)
    assert len(peak) <= 65
    # Nothing counts before its time.
    assert peak.settled(100) <= 3600


def test_without_a_wait_it_counts_at_once() -> None:
    peak = PreviousPeak(10, seconds=0)
    peak.note(20, 1.5)
    assert peak.settled(1.5) == 20
