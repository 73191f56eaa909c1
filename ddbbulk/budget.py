"""How fast: write units are paid before they are sent, on the table and each index.

Each resource has a clock: the time at which everything charged so far is paid for. A
request may leave when that time has come, and moves it on by its cost. So a request
pays even if it is throttled, and a window of one second holds at most

    1 s + CATCH_UP_SECONDS of the rate, and one request of REQUEST_SECONDS

(or its largest item, where that costs more than a request may). Time that passed unused
because a wake-up came later than that is made up for slowly, at RECOVERY times the
rate: so the highest window is 1.015 x 1.01 + 0.02 = 1.045 x the budget.
"""

from collections.abc import Mapping, Sequence

from ddbbulk.errors import ConfigurationError

# One request may cost this much time of every budget that it touches.
REQUEST_SECONDS = 1 / 50
# A wake-up that came late is made up for at once, but no more than this: a longer stall
# would end in a burst.
CATCH_UP_SECONDS = 0.01
RECOVERY = 1.015
# What a feed that was idle may make up for in this way.
_MAX_FORFEITED_SECONDS = 1.0
# The factor follows the last hundred or so requests.
_FACTOR_MEMORY = 0.99
_FACTOR_RANGE = (0.1, 20.0)


class _Clock:
    """Pays for one resource."""

    __slots__ = (
        "_actual",
        "_estimated",
        "_forfeited",
        "factor",
        "paid_until",
        "rate",
    )

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.paid_until = float("-inf")
        self.factor = 1.0
        self._forfeited = 0.0
        self._estimated = 0.0
        self._actual = 0.0

    def charge(self, units: float, now: float) -> float:
        charged = units * self.factor
        self.paid_until = self._start(now) + self._seconds(charged)
        return charged

    def _start(self, now: float) -> float:
        if self.paid_until == float("-inf"):
            return now
        earliest = now - CATCH_UP_SECONDS
        if earliest > self.paid_until:
            forfeited = self._forfeited + earliest - self.paid_until
            self._forfeited = min(_MAX_FORFEITED_SECONDS, forfeited)
            return earliest
        return self.paid_until

    def _seconds(self, charged: float) -> float:
        """Return how long paying takes: a little less while time is to be made up."""
        seconds = charged / self.rate
        saved = min(self._forfeited, seconds * (1 - 1 / RECOVERY))
        self._forfeited -= saved
        return seconds - saved

    def correct(self, *, charged: float, estimated: float, actual: float) -> None:
        self.paid_until += (actual - charged) / self.rate
        self._estimated = self._estimated * _FACTOR_MEMORY + estimated
        self._actual = self._actual * _FACTOR_MEMORY + actual
        if self._estimated > 0:
            low, high = _FACTOR_RANGE
            self.factor = min(high, max(low, self._actual / self._estimated))


class Budget:
    """Write units a second on a table and its global indexes; writers may share one.

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
        self._clocks: dict[str, _Clock] = {"": _Clock(_positive(wcu, "wcu"))}
        for name, rate in (index_wcu or {}).items():
            self._clocks[name] = _Clock(_positive(rate, f"index_wcu of {name}"))

    def __repr__(self) -> str:
        rates = self.rates
        table = rates.pop("")
        return (
            f"Budget({table:g}, index_wcu={rates})" if rates else f"Budget({table:g})"
        )

    @property
    def rates(self) -> dict[str, float]:
        """Units a second by resource; the table's name is ``""``."""
        return {name: clock.rate for name, clock in self._clocks.items()}

    def add_index(self, name: str, rate: float) -> None:
        """Give an index a rate unless it has one."""
        if name not in self._clocks:
            self._clocks[name] = _Clock(_positive(rate, f"index_wcu of {name}"))

    def account(self, resources: Sequence[str]) -> "Account":
        """Return the view of one load: its resources, in the order of its units."""
        return Account([self._clocks[name] for name in resources])


class Account:
    """What one load may send now, and what it has to pay."""

    def __init__(self, clocks: Sequence[_Clock]) -> None:
        self._clocks = clocks

    @property
    def rates(self) -> list[float]:
        """Units a second of each resource."""
        return [clock.rate for clock in self._clocks]

    def ready_at(self, units: Sequence[float]) -> tuple[float, int]:
        """Return when a request with these units may leave, and what decides it."""
        ready, decider = float("-inf"), 0
        for resource, clock in enumerate(self._clocks):
            if units[resource] and clock.paid_until > ready:
                ready, decider = clock.paid_until, resource
        return ready, decider

    def room(self, now: float) -> list[float]:
        """Return the estimated units that a request may have on each resource now."""
        return [
            clock.rate * REQUEST_SECONDS / clock.factor
            if clock.paid_until <= now
            else 0.0
            for clock in self._clocks
        ]

    def charge(self, units: Sequence[float], now: float) -> list[float]:
        """Pay for a request that leaves now; return what was charged per resource."""
        return [
            clock.charge(cost, now) if cost else 0.0
            for clock, cost in zip(self._clocks, units, strict=True)
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
        for resource, clock in enumerate(self._clocks):
            if charged[resource] or actual[resource]:
                clock.correct(
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
