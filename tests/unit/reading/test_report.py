"""The verdict says in a sentence what bound a reading."""

import pytest

from ddbbulk.reading.report import read_verdict


@pytest.mark.parametrize(
    ("elapsed", "floor", "processor", "throttled", "verdict"),
    [
        (0.4, 0.1, 0.1, 0, "before anything could bind it"),
        (10.0, 9.9, 1.0, 0, "the read budget of 200 RCU bound it: 99.0%"),
        (10.0, 10.3, 1.0, 3, "bound it: 100.0%"),
        (10.0, 5.0, 9.0, 30, "the table throttled 30 requests: it gave 50.0%"),
        (10.0, 5.0, 9.0, 0, "this machine's processor bound it: 50.0%"),
        (10.0, 5.0, 1.0, 0, "4 segments take their time; more of them"),
    ],
)
def test_the_verdict_names_what_bound_it(
    elapsed: float, floor: float, processor: float, throttled: int, verdict: str
) -> None:
    assert verdict in read_verdict(
        elapsed=elapsed,
        floor=floor,
        processor=processor,
        rcu=200,
        throttled=throttled,
        segments=4,
    )
