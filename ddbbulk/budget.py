"""How fast: write units are paid before they are sent, on the table and each index.

A request pays even if it is throttled, and what it consumed is settled when its answer
comes. How the payments are spread over time is ``pace``; how fast a budget may be that
is to find out itself is ``adaptive``.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Self

from ddbbulk.adaptive import START, AdaptiveRate
from ddbbulk.errors import ConfigurationError
from ddbbulk.pace import Pace


class Budget:
    """Write units a second on a table and its global indexes; writers may share one.

    They may also run in several threads, each in an event loop of its own.

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

    Attributes:
        named_indexes: those whose rate was given; nothing changes it.
        searches: for each resource of an adaptive budget, what finds its rate.
    """

    def __init__(
        self, wcu: float, *, index_wcu: Mapping[str, float] | None = None
    ) -> None:
        self.named_indexes = frozenset(index_wcu or ())
        self.searches: dict[str, AdaptiveRate] = {}
        self._lock = Lock()
        self._paces: dict[str, Pace] = {"": Pace(_positive(wcu, "wcu"))}
        for name, rate in (index_wcu or {}).items():
            self._paces[name] = Pace(_positive(rate, f"index_wcu of {name}"))

    @classmethod
    def adaptive(
        cls,
        *,
        start: float | None = None,
        max_wcu: float | None = None,
        known: float | None = None,
        index_wcu: Mapping[str, float] | None = None,
    ) -> Self:
        """Return a budget that finds out what the table, and each index, gives.

        Args:
            start: write units a second to begin with; by default a few hundred.
            max_wcu: write units a second that are never exceeded.
            known: what the table is said to have, if that is known.
            index_wcu: as for any budget: these are given, and not found out.
        """
        ceiling = math.inf if max_wcu is None else _positive(max_wcu, "max_wcu")
        first = START if start is None else _positive(start, "start")
        search = AdaptiveRate(first, ceiling=ceiling, known=known)
        budget = cls(search.rate, index_wcu=index_wcu)
        budget.searches[""] = search
        return budget

    def __repr__(self) -> str:
        rates = self.rates
        table = rates.pop("")
        name = "Budget.adaptive" if self.searches else "Budget"
        return (
            f"{name}({table:g}, index_wcu={rates})" if rates else f"{name}({table:g})"
        )

    @property
    def rates(self) -> dict[str, float]:
        """Units a second by resource; the table's name is ``""``."""
        return {name: pace.rate for name, pace in self._paces.items()}

    def add_index(self, name: str, rate: float) -> None:
        """Give an index a rate unless it has one."""
        if name not in self._paces:
            self._paces[name] = Pace(_positive(rate, f"index_wcu of {name}"))

    def search_index(
        self, name: str, *, start: float, ceiling: float, known: float | None = None
    ) -> None:
        """Find out what an index gives, unless it has a rate.

        Args:
            name: of the index.
            start: units a second to begin with.
            ceiling: units a second that are never exceeded.
            known: what the index is said to have, if that is known.
        """
        if name not in self._paces:
            search = AdaptiveRate(start, ceiling=ceiling, known=known)
            self.searches[name] = search
            self._paces[name] = Pace(search.rate)

    def set_rate(self, resource: str, rate: float, *, now: float | None = None) -> None:
        """Go on at another rate, also while loads run; what was charged stays charged.

        No second spends more than the larger of both. Where the budget is adaptive, it
        goes on from there only until it has found another.

        Args:
            resource: the name of an index; ``""`` is the table.
            rate: units a second.
            now: the time by the loop that the loads run in; None: when they last sent.
        """
        pace = self._paces.get(resource)
        if pace is None:
            raise ConfigurationError(
                f"the budget has no index {resource}: add it first"
            )
        with self._lock:
            pace.change_rate(_positive(rate, resource or "wcu"), now)

    def follow_searches(self, now: float) -> Iterator[tuple[str, float]]:
        """Take over what was found; yield the resources whose rate is another now."""
        for name, search in self.searches.items():
            pace = self._paces[name]
            if pace.rate != search.rate:
                pace.change_rate(search.rate, now)
                yield name, search.rate

    def account(self, resources: Sequence[str]) -> "Account":
        """Return the view of one load: its resources, in the order of its units."""
        search = self.searches.get("")
        return Account(
            [self._paces[name] for name in resources],
            ceiling=search.ceiling if search else None,
            lock=self._lock,
        )


class Account:
    """What one load may send now, and what it has to pay.

    Args:
        paces: of each of its resources.
        lock: of the budget that they are of.
        ceiling: what the table's rate may become; None: it stays what it is.

    Attributes:
        ceiling: the highest rate that the table may have.
        lock: to be held from the question what may leave until it is paid: another
            load may spend the same in its own thread.
    """

    def __init__(
        self,
        paces: Sequence[Pace],
        *,
        lock: Lock,
        ceiling: float | None = None,
    ) -> None:
        self.lock = lock
        self._paces = paces
        self.ceiling = paces[0].rate if ceiling is None else ceiling
        self._began = math.inf
        self._allowed: list[float] = []

    @property
    def rates(self) -> list[float]:
        """Units a second of each resource, as they are now."""
        return [pace.rate for pace in self._paces]

    def begin(self, now: float) -> None:
        """Note when the load begins, for the mean of its rates."""
        self._began = now
        self._allowed = [pace.allowed(now) for pace in self._paces]

    def mean_rates(self, now: float) -> list[float]:
        """Return the mean of each resource's rate over the time since the beginning."""
        seconds = now - self._began
        if seconds <= 0:
            return self.rates
        means: list[float] = []
        for pace, before in zip(self._paces, self._allowed, strict=True):
            mean = (pace.allowed(now) - before) / seconds
            # Sums of floats are not exact, and a rate that never changed is.
            is_same = math.isclose(mean, pace.rate, rel_tol=1e-6)
            means.append(pace.rate if is_same else mean)
        return means

    def offer(
        self, units: Sequence[float], now: float
    ) -> tuple[float, int, list[float]]:
        """Return when a request may leave, and how large it may be.

        Args:
            units: the estimate of its first write.
            now: the time.

        Returns:
            When it may leave; the resource that decides it; and, where it may leave
            now, the estimated units that it may have on each resource.
        """
        ready, decider = float("-inf"), 0
        room: list[float] = []
        for resource, pace in enumerate(self._paces):
            cost = units[resource]
            resource_ready = pace.ready_at(cost, now)
            if cost and resource_ready > ready:
                ready, decider = resource_ready, resource
            is_open = resource_ready <= now
            room.append(pace.request_units / pace.factor if is_open else 0.0)
        return ready, decider, room

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
        with self.lock:
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
