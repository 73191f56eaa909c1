"""How fast tables are read: read units are paid before a request is sent.

A request pays even if it is throttled, and what it consumed is settled when its answer
comes. How the payments are spread over time is ``pace``, as for writes.
"""

from dataclasses import dataclass
from typing import Final

from ddbbulk.errors import ConfigurationError
from ddbbulk.pace import Pace

# A request may cost this much time of its budget, as one that writes may. Larger ones
# would lose less to rounding (each page's bytes are rounded up to 4 KB), and after a
# stall of this process a second would hold more than 1.05 x the budget.
_PAGE_SECONDS: Final = 1 / 50


@dataclass(frozen=True, slots=True)
class Charge:
    """What a request has paid.

    Args:
        estimated: the units that it was thought to consume.
        charged: what was taken from the budget for them.
    """

    estimated: float
    charged: float


class ReadBudget:
    """Read units a second; scans and look-ups may share one.

    Args:
        rcu: read units a second.

    Raises:
        ConfigurationError: the rate is not above zero.

    Example:
        >>> ReadBudget(100)
        ReadBudget(100)
    """

    def __init__(self, rcu: float) -> None:
        if not 0 < rcu < float("inf"):
            raise ConfigurationError(
                f"rcu is {rcu:g}: give the read units a second as a number above 0"
            )
        self._pace = Pace(rcu)

    def __repr__(self) -> str:
        return f"ReadBudget({self.rate:g})"

    @property
    def rate(self) -> float:
        """Read units a second."""
        return self._pace.rate

    @property
    def page_units(self) -> float:
        """What a request may cost, unless one item alone costs more."""
        return self.rate * _PAGE_SECONDS

    def ready_at(self, units: float, now: float) -> float:
        """Return when a request of so many units may leave."""
        return self._pace.ready_at(units, now)

    def charge(self, units: float, now: float) -> Charge:
        """Pay for a request that leaves now."""
        return Charge(units, self._pace.charge(units, now))

    def settle(self, charge: Charge, actual: float) -> None:
        """Settle the difference between what was paid and what was consumed."""
        self._pace.correct(
            charged=charge.charged, estimated=charge.estimated, actual=actual
        )
