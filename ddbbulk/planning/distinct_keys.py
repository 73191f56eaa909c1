"""How many keys come more than once: counted, and beyond a limit estimated."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import datasketches
import numpy as np
from numpy.typing import NDArray

from ddbbulk.marshal import Key

# Eight bytes each. Two different keys out of so many have the same digest, and count
# as one, in one of forty million cases.
EXACT_KEYS: Final = 1_000_000
_PENDING: Final = 128 * 1024
_SLICE: Final = 16 * 1024
# The error of the estimate is 0.04 % in one standard deviation, at 2 MB.
_LG_K: Final = 21
_DEVIATIONS: Final = 2

_library: Any = datasketches  # it ships no types


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many keys were there already when they came.

    Args:
        error: what that may be off by, in 95 of 100 cases.
    """

    count: int
    error: int
    is_exact: bool


class DistinctKeys:
    """Counts different keys in bounded memory.

    Args:
        exact_keys: how many of them are told apart for certain.
    """

    def __init__(self, *, exact_keys: int = EXACT_KEYS) -> None:
        self._limit = exact_keys
        self._count = 0
        self._known: NDArray[np.int64] = np.empty(0, np.int64)
        self._pending: list[NDArray[np.int64]] = []
        self._pending_count = 0
        self._sketch: Any = None

    def add(self, keys: Sequence[Key]) -> None:
        """Count some more keys."""
        digests = np.fromiter(map(hash, keys), np.int64, len(keys))
        self._count += len(keys)
        if self._sketch is not None:
            self._estimate(digests)
            return
        self._pending.append(digests)
        self._pending_count += len(keys)
        # To merge twice as many as are known keeps the sorting cheap.
        if self._pending_count >= max(_PENDING, len(self._known)):
            self._merge()

    def repeats(self) -> Repeats:
        """Return how many of the keys had come before."""
        self._merge()
        if self._sketch is None:
            return Repeats(self._count - len(self._known), 0, is_exact=True)
        estimate = self._sketch.get_estimate()
        low = self._sketch.get_lower_bound(_DEVIATIONS)
        high = self._sketch.get_upper_bound(_DEVIATIONS)
        count = max(0, self._count - round(estimate))
        error = ceil(max(high - estimate, estimate - low))
        return Repeats(count, error, is_exact=False)

    def _merge(self) -> None:
        if not self._pending:
            return
        self._known = _different(np.concatenate([self._known, *self._pending]))
        self._pending.clear()
        self._pending_count = 0
        if len(self._known) > self._limit:
            self._sketch = _library.cpc_sketch(_LG_K)
            self._estimate(self._known)
            self._known = np.empty(0, np.int64)

    def _estimate(self, digests: NDArray[np.int64]) -> None:
        update = self._sketch.update
        # In slices: as Python's numbers they take four times as much room.
        for start in range(0, len(digests), _SLICE):
            for digest in digests[start : start + _SLICE].view(np.uint64).tolist():
                update(digest)


def _different(digests: NDArray[np.int64]) -> NDArray[np.int64]:
    # numpy's own unique() goes through a hash table, and takes a hundred times as long.
    digests.sort()
    is_first = np.ones(len(digests), np.bool_)
    np.not_equal(digests[1:], digests[:-1], out=is_first[1:])
    return digests[is_first]
