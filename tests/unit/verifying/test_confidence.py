"""How many of all items may differ, by what a sample shows."""

import math

import pytest

from ddbbulk.verifying.confidence import as_percent, highest_share


@pytest.mark.parametrize(
    ("differing", "items", "expected"),
    [
        # The quantile 0.95 of Beta(differing + 1, items - differing).
        (0, 10, 0.25887),
        (0, 1000, 0.00299),
        (1, 10, 0.39416),
        (5, 50, 0.19883),
        (10, 10, 1.0),
        (0, 0, 1.0),
    ],
)
def test_the_bound_is_that_of_clopper_and_pearson(
    differing: int, items: int, expected: float
) -> None:
    assert highest_share(differing, items) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(("differing", "items"), [(1, 3), (7, 200), (150, 1000)])
def test_at_the_bound_so_few_are_just_as_unlikely_as_the_confidence_says(
    differing: int, items: int
) -> None:
    share = highest_share(differing, items)
    likely = sum(
        math.comb(items, count) * share**count * (1 - share) ** (items - count)
        for count in range(differing + 1)
    )
    assert likely == pytest.approx(0.05)


def test_a_large_sample_with_many_differences_has_a_bound_near_them() -> None:
    assert 0.3 < highest_share(300_000, 1_000_000) < 0.301


def test_more_confidence_asks_for_a_wider_bound() -> None:
    assert highest_share(3, 100, confidence=0.99) > highest_share(3, 100)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1.0, "100 %"),
        (0.9951, "100 %"),
        (0.95, "95 %"),
        (0.0295131, "3 %"),
        (0.00104, "0.11 %"),
        (0.00000029957, "0.00003 %"),
    ],
)
def test_a_share_is_told_in_two_digits_and_never_as_less(
    share: float, text: str
) -> None:
    assert as_percent(share) == text
