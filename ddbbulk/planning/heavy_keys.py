"""Which keys take the most of something: in bounded memory, with an error bound."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import datasketches

from ddbbulk.marshal import Key

# Of up to six thousand keys the weights are exact; of more, to 0.05 % of the whole.
_LG_SIZE: Final = 13

_library: Any = datasketches  # it ships no types


@dataclass(frozen=True, slots=True)
class HeavyKey:
    """A key, and what fell on it.

    Args:
        error: what the weight may be off by.
    """

    key: Key
    weight: int
    error: int


class HeavyKeys:
    """Finds the keys on which the greatest weights fall.

    Attributes:
        total: what fell on all keys together.
    """

    def __init__(self) -> None:
        self.total = 0
        self._sketch: Any = _library.frequent_items_sketch(_LG_SIZE)

    def add(self, weights: Mapping[Key, int]) -> None:
        """Count what falls on some keys; every weight is above 0."""
        self.total += sum(weights.values())
        update = self._sketch.update
        for key, weight in weights.items():
            update(key, weight)

    def heaviest(self, *, share: float) -> list[HeavyKey]:
        """Return the keys that may have this share of the total, heaviest first."""
        if not self.total:
            return []
        rows = self._sketch.get_frequent_items(
            _library.frequent_items_error_type.NO_FALSE_NEGATIVES,
            max(1, int(share * self.total)),
        )
        found: list[HeavyKey] = []
        for key, _, low, high in rows:
            weight = (low + high) // 2
            found.append(HeavyKey(key, weight, high - weight))
        return sorted(found, key=lambda one: one.weight, reverse=True)
