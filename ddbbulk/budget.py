"""How fast: write units are paid before they are sent, on the table and each index.

A request pays even if it is throttled, and what it consumed is settled when its answer
comes. How the payments are spread over time is ``pace``.
"""

from collections.abc import Mapping, Sequence

from ddbbulk.errors import ConfigurationError
from ddbbulk.pace import Pace


class Budget:
    """Write units a second on a table and its global indexes; writers may share one.

    Writers of several tables may, too: an index belongs to the budget by its name.

    Args:
        wcu: write units a second on the table (its local indexes included).
        index_wcu: the same for each global index, by name. An index that is not named
            gets, when a load opens its table, the smaller of ``wcu`` and what it has
            provisioned.

    Raises:
        ConfigurationError: a rate is not above zero.

    Example:
        >>> Budget(200, index_wcu={"follows_index": 100})
        Budget(200, index_wcu={'follows_index': 100})
    """

    def __init__(
        self, wcu: float, *, index_wcu: Mapping[str, float] | None = None
    ) -> None:
        self.named_indexes = frozenset(index_wcu or ())
        self._paces: dict[str, Pace] = {"": Pace(_positive(wcu, "wcu"))}
        for name, rate in (index_wcu or {}).items():
            self._paces[name] = Pace(_positive(rate, f"index_wcu of {name}"))

    def __repr__(self) -> str:
        rates = self.rates
        table = rates.pop("")
        return (
            f"Budget({table:g}, index_wcu={rates})" if rates else f"Budget({table:g})"
        )

    @property
    def rates(self) -> dict[str, float]:
        """Units a second by resource; the table's name is ``""``."""
        return {name: pace.rate for name, pace in self._paces.items()}

    def add_index(self, name: str, rate: float) -> None:
        """Give an index a rate unless it has one."""
        if name not in self._paces:
            self._paces[name] = Pace(_positive(rate, f"index_wcu of {name}"))

    def account(self, resources: Sequence[str]) -> "Account":
        """Return the view of one load: its resources, in the order of its units."""
        return Account([self._paces[name] for name in resources])


class Account:
    """What one load may send now, and what it has to pay."""

    def __init__(self, paces: Sequence[Pace]) -> None:
        self._paces = paces

    @property
    def rates(self) -> list[float]:
        """Units a second of each resource."""
        return [pace.rate for pace in self._paces]

    def ready_at(self, units: Sequence[float], now: float) -> tuple[float, int]:
        """Return when a request may leave, and the resource that decides it.

        Args:
            units: the estimate of its first write.
            now: the time.
        """
        ready, decider = float("-inf"), 0
        for resource, pace in enumerate(self._paces):
            if units[resource]:
                resource_ready = pace.ready_at(units[resource], now)
                if resource_ready > ready:
                    ready, decider = resource_ready, resource
        return ready, decider

    def room(self, now: float) -> list[float]:
        """Return the estimated units that a request may have on each resource now."""
        return [
            pace.request_units / pace.factor if pace.ready_at(0.0, now) <= now else 0.0
            for pace in self._paces
        ]

    def charge(self, units: Sequence[float], now: float) -> list[float]:
        """Pay for a request that leaves now; return what was charged per resource."""
        return [
            pace.charge(cost, now) if cost else 0.0
            for pace, cost in zip(self._paces, units, strict=True)
        ]

    def correct(
        self,
        *,
        charged: Sequence[float],
        estimated: Sequence[float],
        actual: Sequence[float],
    ) -> None:
        """Settle the difference between what was charged and what was consumed.

        Args:
            charged: what was charged for the writes that were processed.
            estimated: their units before the learned factor.
            actual: what the answer's ConsumedCapacity says.
        """
        for resource, pace in enumerate(self._paces):
            if charged[resource] or actual[resource]:
                pace.correct(
                    charged=charged[resource],
                    estimated=estimated[resource],
                    actual=actual[resource],
                )


def _positive(rate: float, name: str) -> float:
    if not 0 < rate < float("inf"):
        raise ConfigurationError(
            f"{name} is {rate:g}: give the write units a second as a number above 0"
        )
    return rate
