"""The keys on which the most falls, in bounded memory."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.planning.heavy_keys import HeavyKeys


@given(
    weights=st.dictionaries(
        st.text(max_size=3) | st.tuples(st.text(max_size=2), st.text(max_size=2)),
        st.integers(1, 1000),
        max_size=30,
    )
)
def test_few_keys_are_weighed_exactly_and_come_heaviest_first(
    weights: dict[str | tuple[str, ...], int],
) -> None:
    keys = HeavyKeys()
    keys.add(weights)
    keys.add(weights)
    found = keys.heaviest(share=0.1)
    wanted = {
        key: 2 * weight
        for key, weight in weights.items()
        if weight > 0.1 * sum(weights.values())
    }
    assert wanted.items() <= {one.key: one.weight for one in found}.items()
    assert [one.weight for one in found] == sorted(
        (one.weight for one in found), reverse=True
    )
    assert not any(one.error for one in found)


def test_a_heavy_key_is_found_among_a_hundred_thousand_light_ones() -> None:
    keys = HeavyKeys()
    for start in range(0, 100_000, 1000):
        light = {f"key-{number}": 1 for number in range(start, start + 1000)}
        keys.add(Counter(light | {"@daisy": 50}))
    (daisy,) = keys.heaviest(share=0.02)
    assert daisy.key == "@daisy"
    assert abs(daisy.weight - 5_000) <= daisy.error
    assert daisy.error <= 0.001 * keys.total
