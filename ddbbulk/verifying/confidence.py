"""What a sample says of the whole: how many items may differ, at the most.

The bound is that of Clopper and Pearson, "The use of confidence or fiducial limits
illustrated in the case of the binomial", Biometrika 26 (1934): exact, one-sided. Where
nothing differs it is 1 - (1 - confidence) ** (1 / items): about 3 / items for 95 %,
the "rule of three".
"""

import math
from decimal import ROUND_CEILING, Decimal
from typing import Final

CONFIDENCE: Final = 0.95
# So often is the interval halved: to less than what a float can tell.
_HALVINGS: Final = 60
_NEGLIGIBLE: Final = 1e-17


def highest_share(
    differing: int, items: int, *, confidence: float = CONFIDENCE
) -> float:
    """Return the largest share of the whole that the sample does not rule out.

    Args:
        differing: how many items of the sample differ.
        items: how many it has.
        confidence: in so many of a hundred samples the share is within the bound.

    Example:
        >>> round(highest_share(0, 1000), 5)
        0.00299
    """
    if differing >= items:
        return 1.0
    if not differing:
        return -math.expm1(math.log1p(-confidence) / items)
    low, high = differing / items, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(differing, items, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def as_percent(share: float) -> str:
    """Return a share above 0 in two digits, rounded up: ``0.3 %``."""
    percent = 100 * Decimal(share)
    last_digit = Decimal(1).scaleb(percent.adjusted() - 1)
    rounded = percent.quantize(last_digit, ROUND_CEILING).normalize()
    return f"{rounded:f} %"


def _at_most(count: int, items: int, share: float) -> float:
    """Return how likely so many or fewer of the items are, each by this share.

    Args:
        count: no more than are expected.
        items: how many there are.
        share: above 0.
    """
    if share >= 1:
        return 0.0
    term = math.exp(
        math.lgamma(items + 1)
        - math.lgamma(count + 1)
        - math.lgamma(items - count + 1)
        + count * math.log(share)
        + (items - count) * math.log1p(-share)
    )
    total = 0.0
    # Below what is expected each is less likely than the one above it.
    while count >= 0 and term > _NEGLIGIBLE * total:
        total += term
        term *= count / (items - count + 1) * (1 - share) / share
        count -= 1
    return total
