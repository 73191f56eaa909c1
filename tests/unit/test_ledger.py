"""The counts balance, or it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.errors import ConservationError
from ddbbulk.ledger import SHOWN_REJECTIONS, LatencyHistogram, Ledger
from ddbbulk.report import Rejection


def a_rejection(position: int) -> Rejection:
    return Rejection(position=position, where="item", code="MissingKey", message="m")


def test_what_is_not_accounted_for_is_pending() -> None:
    ledger = Ledger([""], items_read=10, items_written=5, items_superseded=1)
    ledger.reject(a_rejection(0))
    assert ledger.items_pending == 3
    assert ledger.imbalance(3) is None


def test_a_lost_item_is_an_error() -> None:
    ledger = Ledger([""], items_read=10, items_written=9)
    error = ledger.imbalance(0)
    assert isinstance(error, ConservationError)
    assert "1 items are pending by the counts, but 0 writes" in str(error)


def test_all_rejections_are_counted_and_the_first_are_shown() -> None:
    ledger = Ledger([""])
    for position in range(100):
        ledger.reject(a_rejection(position))
    assert ledger.items_rejected == 100
    assert [shown.position for shown in ledger.rejections] == list(
        range(SHOWN_REJECTIONS)
    )


def test_units_add_up_by_resource() -> None:
    ledger = Ledger(["", "i"])
    ledger.consume([1.0, 2.0])
    ledger.consume([3.0, 4.0])
    assert ledger.units == [4.0, 6.0]


@given(st.lists(st.floats(0.0001, 10), min_size=1, max_size=300))
def test_percentiles_are_within_two_percent(latencies: list[float]) -> None:
    histogram = LatencyHistogram()
    for latency in latencies:
        histogram.add(latency)
    measured = histogram.milliseconds()
    ordered = sorted(latencies)
    middle = ordered[(len(ordered) + 1) // 2 - 1] * 1000
    assert measured.p50 == pytest.approx(middle, rel=0.02, abs=0.01)
    assert measured.max == pytest.approx(ordered[-1] * 1000, abs=0.01)
    assert measured.p50 <= measured.p90 <= measured.p99 <= measured.max


def test_without_requests_all_percentiles_are_zero() -> None:
    assert LatencyHistogram().milliseconds().p99 == 0
