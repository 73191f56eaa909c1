"""What holds for the rate of one resource, whatever it meets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.adaptive import LEAST, START, AdaptiveRate

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["used", "idle", "throttled", "late", "account", "acquitted"]),
        st.floats(0.001, 2.0),
    ),
    max_size=60,
)


def use(rate: AdaptiveRate, seconds: float, *, now: float, share: float = 1.0) -> float:
    """Consume all of the rate, fifty times a second; return the time."""
    for _ in range(round(seconds * 50)):
        now += 0.02
        rate.consumed(share * rate.rate / 50, now, items=20)
    return now


@given(
    events=EVENTS,
    start=st.floats(0.1, 50_000),
    ceiling=st.floats(0.5, 50_000) | st.just(float("inf")),
)
def test_a_rate_stays_between_the_least_and_its_ceiling(
    events: list[tuple[str, float]], start: float, ceiling: float
) -> None:
    rate, now = AdaptiveRate(start, ceiling=ceiling), 0.0
    for event, seconds in events:
        before = rate.rate
        sent_at, now = now, now + seconds
        if event in ("used", "idle"):
            rate.consumed(rate.rate * seconds if event == "used" else 0.0, now)
        elif event == "account":
            rate.met_account_limit(now)
        elif event == "acquitted":
            rate.acquit(now)
            assert rate.rate >= before
        else:
            rate.throttled(now, sent_at=0.0 if event == "late" else sent_at)
            assert rate.rate <= before
        assert min(LEAST, ceiling) <= rate.rate <= ceiling


def test_a_start_from_nothing_known_doubles_twice_a_second() -> None:
    rate = AdaptiveRate(START)
    use(rate, 2.0, now=0.0)
    assert 8 * START <= rate.rate <= 16 * START


def test_a_rate_that_is_not_used_does_not_climb() -> None:
    rate = AdaptiveRate(START)
    use(rate, 10.0, now=0.0, share=0.5)
    assert rate.rate == START


def test_what_was_consumed_between_two_throttles_is_the_limit() -> None:
    rate = AdaptiveRate(1000.0)
    rate.throttled(10.0, sent_at=9.99)
    rate.consumed(270.0, 11.0, items=270)
    rate.throttled(11.0, sent_at=10.99)
    assert rate.limit == 270
    assert rate.rate == pytest.approx(0.97 * 270)
    assert (rate.lowest, rate.highest) == (270, 270)


def test_a_request_from_before_the_fall_says_nothing_new() -> None:
    rate = AdaptiveRate(1000.0)
    assert rate.throttled(10.0, sent_at=9.99)
    fallen = rate.rate
    assert not rate.throttled(10.01, sent_at=9.995)
    assert rate.rate == fallen


def test_after_a_fall_it_is_held_before_it_climbs_and_climbs_ever_faster() -> None:
    rate = AdaptiveRate(2000.0)
    rate.throttled(0.0, sent_at=0.0)
    rate.consumed(1000.0, 1.0, items=1000)
    rate.throttled(1.0, sent_at=0.5)
    now = use(rate, 1.5, now=1.0)
    assert rate.rate == 970
    now = use(rate, 2.0, now=now)
    little = rate.rate
    use(rate, 3.5, now=now)
    assert 970 < little < 1100
    assert rate.rate > 1800


def test_what_was_saved_meanwhile_is_not_taken_for_the_limit() -> None:
    rate = AdaptiveRate(2000.0)
    rate.throttled(0.0, sent_at=0.0)
    rate.consumed(1000.0, 1.0, items=1000)
    rate.throttled(1.0, sent_at=0.5)
    now = use(rate, 60.0, now=1.0, share=0.1)
    rate.throttled(now, sent_at=now)
    # So little was consumed in that minute that it says nothing of the limit.
    assert rate.limit is not None
    assert rate.limit > 700


def test_a_trickle_that_throttles_does_not_stop_a_load() -> None:
    """Others use the table up: what little we wanted of it is not what it gives."""
    rate = AdaptiveRate(2000.0)
    rate.throttled(0.0, sent_at=0.0)
    now = use(rate, 60.0, now=0.0, share=0.0)
    rate.consumed(3.0, now, items=3)
    rate.throttled(now, sent_at=now)
    assert rate.rate > 700


def test_after_an_account_limit_it_does_not_climb_for_a_minute() -> None:
    rate = AdaptiveRate(1000.0)
    rate.throttled(0.0, sent_at=0.0)
    rate.met_account_limit(0.0)
    fallen = rate.rate
    now = use(rate, 59.0, now=0.0)
    assert rate.rate == fallen
    use(rate, 20.0, now=now)
    assert rate.rate > fallen


def test_an_acquittal_gives_back_what_a_suspicion_took() -> None:
    rate = AdaptiveRate(1000.0)
    rate.throttled(10.0, sent_at=9.99)
    rate.acquit(10.1)
    assert (rate.rate, rate.limit, rate.highest) == (1000, None, 0)


def test_a_table_that_was_raised_is_used_at_once_and_one_lowered_too() -> None:
    rate = AdaptiveRate(200.0, known=200.0)
    rate.told(200.0, ceiling=float("inf"), now=1.0)
    assert rate.rate == 200
    rate.told(800.0, ceiling=float("inf"), now=2.0)
    assert rate.rate == 800
    rate.told(100.0, ceiling=90.0, now=3.0)
    assert rate.rate == 90
