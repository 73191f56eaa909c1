import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.simulator import Faults, Outage
from ddbbulk.simulator.faults import Fault, FaultSequence


def drawn(text: str, *, seed: int = 0, count: int = 1000) -> list[Fault | None]:
    sequence = FaultSequence(Faults.parse(text), seed=seed)
    return [sequence.next_fault() for _ in range(count)]


def test_all_the_words_in_one_text() -> None:
    assert Faults.parse(
        "throttle=0.05,http500=0.02, http500-after=0.01,reset-after=1e-2,slow=0.02:2s,"
        "late=0.005:500ms,partial=0.3,outage=10s-15s,outage=20-30"
    ) == Faults(
        throttle=0.05,
        http500=0.02,
        http500_after=0.01,
        reset_after=0.01,
        slow=0.02,
        slow_seconds=2.0,
        late=0.005,
        late_seconds=0.5,
        partial=0.3,
        outages=(Outage(10.0, 15.0), Outage(20.0, 30.0)),
    )


@pytest.mark.parametrize("fault", Fault)
def test_each_word_brings_its_fault_to_every_request(fault: Fault) -> None:
    assert Faults.parse(f"{fault}=1").names() == (fault,)
    assert set(drawn(f"{fault}=1")) == {fault}


def test_a_fault_that_cannot_happen_has_no_name() -> None:
    faults = Faults.parse("crc=0,partial=0.5,hang=0.1,outage=0-1")
    assert faults.names() == ("hang", "partial", "outage")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("trottle=0.1", "'trottle' is no fault.*those are throttle, .*partial, outage"),
        ("", "'' is no fault"),
        ("throttle=0.1,", "'' is no fault"),
        ("reset_after=0.1", "'reset_after' is no fault"),
        ("throttle", "'throttle': write it as a word and a probability"),
        ("throttle=often", "write it as a word and a probability"),
        ("throttle=1.1", "throttle: a probability is between 0 and 1"),
        ("partial=-0.1", "partial: a probability is between 0 and 1"),
        ("reset=nan", "reset: a probability is between 0 and 1"),
        ("throttle=0.6,reset=0.6", "add up to more than 1"),
        ("reset=0.1,reset=0.1", "reset is given twice"),
        ("reset=0.1:2s", "reset takes no seconds"),
        ("slow=0.1:soon", "write seconds as 2s or 500ms"),
        ("slow=0.1:", "write seconds as 2s or 500ms"),
        ("late=0.1:-1s", "seconds of a fault must be 0 or more"),
        ("late=0.1:inf", "seconds of a fault must be 0 or more"),
        ("outage=10s", "an outage as 10s-15s"),
        ("outage=15s-10s", "an outage ends after it begins"),
    ],
)
def test_what_cannot_work_is_named_with_the_way_out(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Faults.parse(text)


def test_probabilities_may_add_up_to_one() -> None:
    tenths = ",".join(f"{fault}=0.1" for fault in list(Fault)[:10])
    assert None not in drawn(tenths)


def test_a_seed_repeats_the_faults() -> None:
    text = "throttle=0.2,reset=0.2,crc=0.2"
    assert drawn(text, seed=1) == drawn(text, seed=1) != drawn(text, seed=2)


def test_faults_are_as_frequent_as_asked_for() -> None:
    faults = drawn("throttle=0.05,late=0.2", seed=7, count=20_000)
    assert faults.count(Fault.THROTTLE) == pytest.approx(1000, rel=0.1)
    assert faults.count(Fault.LATE) == pytest.approx(4000, rel=0.1)
    assert faults.count(None) == pytest.approx(15_000, rel=0.1)


def test_items_come_back_as_often_as_asked_for() -> None:
    sequence = FaultSequence(Faults(partial=0.3), seed=7)
    held = sum(sequence.holds_back() for _ in range(10_000))
    assert held == pytest.approx(3000, rel=0.1)


def test_the_size_of_the_batches_does_not_change_the_faults_of_requests() -> None:
    faults = Faults(throttle=0.3, partial=0.5)
    sequence, other = FaultSequence(faults, seed=7), FaultSequence(faults, seed=7)
    for size in range(25):
        for _ in range(size):
            other.holds_back()
        assert sequence.next_fault() == other.next_fault()


def test_an_outage_begins_and_ends() -> None:
    faults = Faults.parse("outage=10s-15s,outage=20s-21s")
    out = [second for second in range(30) if faults.is_outage(second)]
    assert out == [10, 11, 12, 13, 14, 20]
