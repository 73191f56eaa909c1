"""From a sample to the whole: ratios between blocks, and the error of each of them.

A block's items are alike more often than not (sources come sorted), so it is the blocks
that are compared, not the items: the ratio estimator of cluster sampling. And each
block is compared with the next one, not with the mean: blocks stand in the order of the
source, one in each equal part of it, so a slow change along the source is no error.
https://en.wikipedia.org/wiki/Ratio_estimator
K. Wolter, Introduction to Variance Estimation, chapter 8: successive differences
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, sqrt
from typing import Final

from ddbbulk.planning.report import Figure

# Student's quantile for 95 %, to a hundredth from ten blocks on.
_QUANTILE: Final = 1.96
_QUANTILE_OF_FEW: Final = 2.5
# Of what no item of a sample had, the whole has at most as much as 3 items would
# have, each for as many as it stands for: in 95 of 100 samples.
# https://en.wikipedia.org/wiki/Rule_of_three_(statistics)
_UNSEEN: Final = 3


class Extrapolation:
    """Takes what was counted in the blocks of a sample for a share of the whole.

    Args:
        weights: how much of the source each block is.
        whole: how much the source is, in the same measure; None: that is not known, or
            all of it was read, so that what was counted is all that is said.
    """

    def __init__(self, weights: Sequence[int], *, whole: int | None = None) -> None:
        self._weights = weights
        self._whole = whole

    @property
    def factor(self) -> float:
        """How many times the sample is in the whole."""
        read = sum(self._weights)
        return 1.0 if self._whole is None or not read else self._whole / read

    def figure(self, values: Sequence[int]) -> Figure:
        """Return what the source has, of what the blocks have so much of."""
        total = sum(values)
        if self._whole is None:
            return Figure(value=total)
        if not total:
            return Figure(value=0, error=ceil(_UNSEEN * self.factor))
        value = round(total * self.factor)
        return Figure(value=value, error=ceil(self._error(values, self._whole)))

    def _error(self, values: Sequence[int], whole: int) -> float:
        count, read = len(values), sum(self._weights)
        if count == 1:  # nothing to compare it with
            return sum(values) * self.factor
        ratio = sum(values) / read
        rest = [
            value - ratio * weight
            for value, weight in zip(values, self._weights, strict=True)
        ]
        squares = sum((one - next_one) ** 2 for one, next_one in pairwise(rest)) / 2
        unread = max(0.0, 1 - read / whole)
        deviation = sqrt(unread * count / (count - 1) * squares) * self.factor
        return (_QUANTILE + _QUANTILE_OF_FEW / (count - 1)) * deviation
