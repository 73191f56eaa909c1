"""How much of its table a load may use, by what the table says of itself.

What was provisioned may be changed while a load runs, by a person or by auto scaling:
so the table is asked again every minute.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from ddbbulk.budget import Budget
from ddbbulk.errors import AccessDeniedError, ConfigurationError, RequestError
from ddbbulk.events import BudgetChanged, Listener
from ddbbulk.tables import TableDescription

_LOG = logging.getLogger(__name__)

REFRESH_SECONDS: Final = 60.0

Describe = Callable[[], Awaitable[TableDescription]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShare:
    """The share of a table's capacity that a load may use.

    Args:
        reserve: what is left to others, from 0 to below 1.
        max_wcu: write units a second that are never exceeded.
        is_adaptive: whether to find out what is given, also beyond what is known.
        index_wcu: rates of indexes that are given.
    """

    reserve: float = 0.0
    max_wcu: float | None = None
    is_adaptive: bool = False
    index_wcu: Mapping[str, float] | None = None

    @classmethod
    def of(
        cls,
        wcu: object,
        *,
        max_wcu: float | None,
        reserve: float | str,
        index_wcu: Mapping[str, float] | None,
    ) -> Self | None:
        """Return the share that a load's options ask for; None: its budget is given.

        Raises:
            ConfigurationError: an option cannot work, or does not go with another.
        """
        share = parse_reserve(reserve)
        is_adaptive = wcu == "adaptive"
        if wcu is not None and not is_adaptive:
            if max_wcu is not None or share:
                name = "reserve" if max_wcu is None else "max_wcu"
                raise ConfigurationError(
                    f"{name} bounds what is read from the table or found out, but wcu "
                    "is given: leave one of them out"
                )
            return None
        if max_wcu is not None and not 0 < max_wcu < math.inf:
            raise ConfigurationError(
                f"max_wcu is {max_wcu:g}: give write units a second, above 0"
            )
        return cls(
            reserve=share,
            max_wcu=max_wcu,
            is_adaptive=is_adaptive,
            index_wcu=index_wcu,
        )

    def budget(self, described: TableDescription) -> Budget:
        """Return a budget for a table and all its indexes."""
        rates = self.rates(described)
        start = rates.pop("")
        if not self._is_searched(described):
            budget = Budget(start, index_wcu=self.index_wcu)
            for name, rate in rates.items():
                budget.add_index(name, rate)
            return budget
        ceiling = self._ceiling(described, start)
        budget = Budget.adaptive(
            start=start,
            max_wcu=None if math.isinf(ceiling) else ceiling,
            known=start,
            index_wcu=self.index_wcu,
        )
        for name, rate in rates.items():
            limit = min(ceiling, self._ceiling(described, rate))
            budget.search_index(name, start=rate, ceiling=limit, known=rate)
        return budget

    def rates(self, described: TableDescription) -> dict[str, float]:
        """Return what of a table and each index is for this load, as it is described.

        An index gets no more than the table: so much can it use where each item has one
        entry in it.
        """
        share = 1 - self.reserve
        table = share * described.write_rate
        if self.max_wcu is not None:
            table = min(table, self.max_wcu)
        rates = {"": table}
        for name, units in described.index_write_rates.items():
            rates[name] = min(table, share * units)
        return rates

    def take_over(
        self, described: TableDescription, budget: Budget, now: float
    ) -> dict[str, float]:
        """Give a budget the rates of a table as it is now; return what has changed."""
        before = budget.rates
        rates = self.rates(described)
        for name, rate in rates.items():
            if name not in before or name in budget.named_indexes:
                continue
            search = budget.searches.get(name)
            if search is None:
                budget.set_rate(name, rate, now=now)
            else:
                ceiling = min(
                    self._ceiling(described, rate), self._ceiling(described, rates[""])
                )
                search.told(rate, ceiling=ceiling, now=now)
        for _ in budget.follow_searches(now):
            pass
        after = budget.rates
        return {name: rate for name, rate in after.items() if rate != before[name]}

    def _is_searched(self, described: TableDescription) -> bool:
        return self.is_adaptive or described.is_on_demand

    def _ceiling(self, described: TableDescription, rate: float) -> float:
        """Return the highest rate of a resource that this share of it is."""
        if self.max_wcu is not None:
            return self.max_wcu
        # Beyond what it is warm for, a table on demand grows for good, or throttles.
        is_capped = described.is_on_demand or self.reserve or not self.is_adaptive
        return rate if is_capped else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWatch:
    """Asks a table every minute what it has, and lets a budget follow.

    Args:
        table: name or ARN, for messages and events.
        share: of the table.
        budget: what follows.
        describe: asks the table.
    """

    table: str
    share: TableShare
    budget: Budget
    describe: Describe

    @classmethod
    def begin(
        cls,
        table: str,
        share: TableShare,
        described: TableDescription,
        describe: Describe,
    ) -> Self:
        """Return a watch over a new budget, of the table as it is described now."""
        budget = share.budget(described)
        return cls(table=table, share=share, budget=budget, describe=describe)

    async def keep(self, on_event: Listener | None) -> None:
        """Ask until this is cancelled, or asking is not allowed."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                described = await self.describe()
            except AccessDeniedError as error:
                _LOG.info("%s: its capacity is not read again: %s", self.table, error)
                return
            except RequestError as error:
                _LOG.warning("%s: its capacity was not read: %s", self.table, error)
                continue
            now = asyncio.get_running_loop().time()
            changed = self.share.take_over(described, self.budget, now)
            for name, rate in changed.items():
                _LOG.info("%s: %s may use %g WCU now", self.table, name or "it", rate)
                if on_event is not None:
                    on_event(BudgetChanged(self.table, name, rate, "table"))


def parse_reserve(reserve: float | str) -> float:
    """Return a share: ``"20%"`` and ``0.2`` are 0.2.

    Raises:
        ConfigurationError: it is no share, or all there is.
    """
    try:
        if isinstance(reserve, str) and reserve.endswith("%"):
            share = float(reserve[:-1]) / 100
        else:
            share = float(reserve)
    except ValueError:
        share = math.nan
    if not 0 <= share < 1:
        raise ConfigurationError(
            f"reserve is {reserve}: give the share that is left to others, such as "
            "20% or 0.2, less than all"
        )
    return share
