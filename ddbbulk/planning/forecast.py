"""How long a load takes at a given capacity, and what that costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from ddbbulk.limits import TABLE_UNITS
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.report import Goal, ResourcePlan, Scenario
from ddbbulk.prices import Prices

# What is compared where nobody says otherwise, up to the default quota of a table.
COMPARED_WCU: Final = (1_000.0, 4_000.0, 10_000.0, 40_000.0)

PRESENT: Final = "present"

# A load ends within so much of its floor.
_LOAD_FACTOR: Final = 1.01
_LOAD_SECONDS: Final = 0.2
_HOUR: Final = 3600
_TABLE: Final = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """What sets how long a load takes.

    Args:
        name: as a person calls it.
    """

    seconds: float
    name: str


class Forecast:
    """Foretells a load.

    Args:
        table: what it is for.
        resources: what it comes to on the table and its indexes.
        prices: of capacity.
    """

    def __init__(
        self, table: PlannedTable, resources: Sequence[ResourcePlan], prices: Prices
    ) -> None:
        self._table = table
        self._resources = [one for one in resources if one.kind != "local"]
        self._price = prices.write_unit_hour * table.regions
        self._units = {one.name: one.write_units.value for one in self._resources}

    def scenarios(self, wcu: Sequence[float]) -> tuple[Scenario, ...]:
        """Return the load at the present capacity and at these of the table."""
        found: list[Scenario] = []
        if self._table.rates:
            dollars = not self._table.is_on_demand
            found.append(self._scenario(PRESENT, self._table.rates, dollars=dollars))
        for units in wcu:
            name = f"{units:,.6g} WCU"
            found.append(self._scenario(name, self._rates(units), dollars=True))
        return tuple(found)

    def goal(self, seconds: float) -> Goal:
        """Return what it takes to be done in so many seconds."""
        usable = max(seconds - _LOAD_SECONDS, seconds / 2) / _LOAD_FACTOR
        rates = {
            name: float(max(1, ceil(units / usable)))
            for name, units in self._units.items()
        }
        obstacle = self._obstacle(rates, seconds)
        return Goal(
            seconds=seconds,
            wcu=rates[_TABLE],
            index_wcu=_of_indexes(rates),
            is_possible=not obstacle,
            note=obstacle or self._advice(rates),
            dollars=self._dollars(rates, seconds),
        )

    def bound(self, rates: Mapping[str, float]) -> Bound:
        """Return what sets the pace at these rates."""
        bounds = [
            Bound(self._units[name] / rate, resource_name(name))
            for name, rate in rates.items()
            if name in self._units
        ]
        return max((*bounds, *self._hot()), key=lambda one: one.seconds)

    def _scenario(
        self, name: str, rates: Mapping[str, float], *, dollars: bool
    ) -> Scenario:
        bound = self.bound(rates)
        return Scenario(
            name=name,
            wcu=rates[_TABLE],
            index_wcu=_of_indexes(rates),
            seconds=bound.seconds,
            bound_by=bound.name,
            dollars=self._dollars(rates, bound.seconds) if dollars else None,
        )

    def _rates(self, wcu: float) -> dict[str, float]:
        """Return a rate of the table, and what the indexes need to keep up with it."""
        pace = wcu / max(1, self._units[_TABLE])
        return {_TABLE: wcu} | {
            name: float(max(1, ceil(units * pace)))
            for name, units in self._units.items()
            if name
        }

    def _hot(self) -> Iterator[Bound]:
        for resource in self._resources:
            for hot in resource.hot_keys[:1]:
                key = hot.key or "(not shown)"
                of = resource.name or "the table"
                yield Bound(hot.floor_seconds, f"hot key {key} of {of}")

    def _obstacle(self, rates: Mapping[str, float], seconds: float) -> str:
        """Say what makes a time impossible; nothing where it is possible."""
        hottest = max(self._hot(), key=lambda one: one.seconds, default=None)
        if hottest is not None and hottest.seconds > seconds:
            return (
                f"{hottest.name} takes {hottest.seconds:,.0f} s at the 1,000 units a "
                "second that a partition key gets, whatever is provisioned"
            )
        for name, rate in rates.items():
            if rate > TABLE_UNITS:
                return (
                    f"{resource_name(name)} would need {rate:,.0f} WCU, and the "
                    f"default quota is {TABLE_UNITS:,}: ask AWS for "
                    "more, or take longer"
                )
        return ""

    def _advice(self, rates: Mapping[str, float]) -> str:
        """Say what to raise from what it is now."""
        now = self._table.rates
        low = [name for name, rate in rates.items() if now.get(name, 0.0) < rate]
        if not low:
            return "what it has is enough"
        raised = [f"{resource_name(name)} to {rates[name]:,.0f} WCU" for name in low]
        what = ", ".join(raised)
        if self._table.is_on_demand:
            return f"on demand that needs warm throughput: {what}"
        return f"{'provision' if self._table.is_new else 'raise'} {what}"

    def _dollars(self, rates: Mapping[str, float], seconds: float) -> float:
        hours = max(1, ceil(seconds / _HOUR))
        return sum(rates.values()) * hours * self._price


def resource_name(name: str) -> str:
    """Return what a person calls a table (``""``), or an index."""
    return f"index {name}" if name else "the table"


def _of_indexes(rates: Mapping[str, float]) -> dict[str, float]:
    return {name: rate for name, rate in rates.items() if name}
