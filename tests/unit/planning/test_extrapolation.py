"""From a sample to the whole: how often the truth is within the error that is told."""

import random

import pytest

from ddbbulk.planning.extrapolation import Extrapolation
from ddbbulk.planning.report import Figure


def test_without_a_whole_what_was_counted_is_what_is_said() -> None:
    assert Extrapolation([10, 20]).figure([3, 4]) == Figure(value=7)
    assert Extrapolation([]).figure([]) == Figure(value=0)


def test_blocks_that_are_alike_leave_no_error() -> None:
    extrapolation = Extrapolation([10, 20, 30], whole=600)
    assert extrapolation.figure([20, 40, 60]) == Figure(value=1200)


def test_of_what_was_never_seen_three_items_more_could_be() -> None:
    extrapolation = Extrapolation([100] * 10, whole=100_000)
    assert extrapolation.figure([0] * 10) == Figure(value=0, error=300)


def test_one_block_alone_says_little() -> None:
    figure = Extrapolation([10], whole=100).figure([5])
    assert figure == Figure(value=50, error=50)


@pytest.mark.parametrize("is_sorted", [True, False])
def test_the_truth_is_within_the_error_in_about_95_of_100_samples(
    *, is_sorted: bool
) -> None:
    """Also where neighbours are alike, as in a sorted source."""
    dice = random.Random(7)
    values = [min(200, int(dice.expovariate(0.1)) + 1) for _ in range(20_000)]
    if is_sorted:
        values.sort()
    hits = 0
    for _ in range(200):
        starts = [number * 500 + dice.randrange(480) for number in range(40)]
        blocks = [sum(values[start : start + 20]) for start in starts]
        figure = Extrapolation([20] * 40, whole=len(values)).figure(blocks)
        hits += abs(figure.value - sum(values)) <= figure.error
        # A slow change along the source is no reason for doubt.
        assert figure.error < 0.2 * figure.value
    assert hits >= 182
