"""Counting keys that came before: exactly, then by an estimate with its error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.planning.distinct_keys import DistinctKeys

KEYS = st.one_of(st.text(max_size=2), st.tuples(st.text(max_size=1), st.just("N")))


@given(portions=st.lists(st.lists(KEYS, min_size=1, max_size=20), max_size=10))
def test_up_to_the_limit_every_repeat_is_counted(
    portions: list[list[str | tuple[str, ...]]],
) -> None:
    keys = DistinctKeys()
    for portion in portions:
        keys.add(portion)
    every = [key for portion in portions for key in portion]
    repeats = keys.repeats()
    assert repeats.count == len(every) - len(set(every))
    assert (repeats.error, repeats.is_exact) == (0, True)


@settings(max_examples=5)
@given(repeated=st.integers(0, 50_000))
def test_beyond_the_limit_the_truth_is_within_twice_the_error(repeated: int) -> None:
    keys = DistinctKeys(exact_keys=1_000)
    for start in range(0, 100_000, 10_000):
        keys.add([f"key-{number}" for number in range(start, start + 10_000)])
    if repeated:
        keys.add([f"key-{number}" for number in range(repeated)])
    repeats = keys.repeats()
    assert not repeats.is_exact
    assert 0 < repeats.error < 500
    # The error is that of 95 in 100 cases: twice as much does not happen.
    assert abs(repeats.count - repeated) <= 2 * repeats.error


@pytest.mark.parametrize("keys", [[], ["a"]])
def test_nothing_and_one_have_no_repeats(keys: list[str]) -> None:
    distinct = DistinctKeys()
    distinct.add(keys)
    assert distinct.repeats().count == 0
