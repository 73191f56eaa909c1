"""What was read, put together into a report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ddbbulk.limits import MAX_ITEM_BYTES
from ddbbulk.planning.best_way import best_way
from ddbbulk.planning.cautions import cautions
from ddbbulk.planning.forecast import COMPARED_WCU, Forecast
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.reading import Reading
from ddbbulk.planning.report import (
    Costs,
    Duplicates,
    Figure,
    PlanReport,
    ResourcePlan,
    SizeClass,
)
from ddbbulk.planning.resources import GIGABYTE, ResourceFigures
from ddbbulk.planning.tally import (
    BYTES,
    DELETES,
    IMPORT_BYTES,
    ITEMS,
    REJECTED,
    size_class,
)
from ddbbulk.planning.verdict import verdict
from ddbbulk.prices import Prices

_MILLION: Final = 1_000_000
# The smallest class of sizes is that of up to 64 bytes, the last one goes to 400 KB.
_SIZE_EXPONENTS: Final = range(6, 20)


class Account:
    """Makes the report of one plan.

    Args:
        reading: what was read.
        table: what it is for.
        prices: what things cost.
        wcu: capacities to compare; None: some usual ones.
        finish_seconds: how long the load may take, where that was said.
        redact_keys: leave the values of keys out.
    """

    def __init__(
        self,
        reading: Reading,
        table: PlannedTable,
        *,
        prices: Prices,
        wcu: Sequence[float] | None,
        finish_seconds: float | None,
        redact_keys: bool,
    ) -> None:
        self._reading = reading
        self._table = table
        self._prices = prices
        self._wcu = COMPARED_WCU if wcu is None else wcu
        self._finish_seconds = finish_seconds
        self._redact_keys = redact_keys
        self._figures = ResourceFigures(
            reading, table, prices=prices, redact_keys=redact_keys
        )

    def report(
        self, *, source: str, planned_at: datetime, elapsed_seconds: float
    ) -> PlanReport:
        """Return the report.

        Args:
            source: the name of what was read.
            planned_at: when that began.
            elapsed_seconds: how long it took.
        """
        total, survey = self._figures.total, self._reading.survey
        sample = self._reading.sample
        items = self._items()
        duplicates, deletes = self._duplicates(), total(DELETES)
        resources = self._figures.resources()
        costs = self._costs(resources)
        forecast = Forecast(self._table, resources, self._prices)
        scenarios = forecast.scenarios(self._wcu)
        goal = None
        if self._finish_seconds is not None:
            goal = forecast.goal(self._finish_seconds)
        seconds = goal.seconds if goal else scenarios[0].seconds if scenarios else None
        return PlanReport(
            table=self._table.name,
            source=source,
            planned_at=planned_at,
            elapsed_seconds=elapsed_seconds,
            sample=sample,
            items=items,
            items_rejected=total(REJECTED),
            deletes=deletes,
            duplicates=duplicates,
            item_bytes=total(BYTES),
            largest_item_bytes=survey.largest_bytes,
            item_sizes=self._sizes(),
            rejections=survey.rejections.reasons(),
            resources=resources,
            scenarios=scenarios,
            goal=goal,
            costs=costs,
            best_way=best_way(
                self._table,
                items=items.value,
                seconds=seconds,
                costs=costs,
                duplicates=duplicates,
                deletes=deletes,
            ),
            cautions=tuple(
                cautions(
                    self._reading,
                    self._table,
                    self._figures,
                    resources,
                    duplicates,
                    redact_keys=self._redact_keys,
                )
            ),
            verdict=verdict(
                items,
                resources,
                scenarios,
                goal,
                is_partial=sample is not None and not sample.is_extrapolated,
            ),
        )

    def _items(self) -> Figure:
        length = self._reading.length
        return self._figures.total(ITEMS) if length is None else Figure(value=length)

    def _duplicates(self) -> Duplicates:
        repeats = self._reading.survey.keys.repeats()
        return Duplicates(
            items=Figure(value=repeats.count, error=repeats.error),
            is_exact=repeats.is_exact,
        )

    def _sizes(self) -> tuple[SizeClass, ...]:
        figures = {
            min(2**exponent, MAX_ITEM_BYTES): self._size(exponent)
            for exponent in _SIZE_EXPONENTS
        }
        taken = [size for size, figure in figures.items() if figure.value]
        return tuple(
            SizeClass(up_to_bytes=size, items=figure)
            for size, figure in figures.items()
            if taken and taken[0] <= size <= taken[-1]
        )

    def _size(self, exponent: int) -> Figure:
        extrapolation, blocks = self._reading.extrapolation, self._reading.survey.blocks
        exponents = (
            range(exponent + 1) if exponent == _SIZE_EXPONENTS[0] else [exponent]
        )
        return extrapolation.figure(
            [sum(one.tally[size_class(e)] for e in exponents) for one in blocks]
        )

    def _costs(self, resources: Sequence[ResourcePlan]) -> Costs:
        prices, regions = self._prices, self._table.regions
        units = sum(one.write_units.value for one in resources if one.kind != "local")
        imported = self._figures.total(IMPORT_BYTES)
        return Costs(
            on_demand_dollars=units
            / _MILLION
            * prices.million_write_requests
            * regions,
            import_dollars=imported.value / GIGABYTE * prices.import_gigabyte,
            import_bytes=imported,
            storage_dollars_month=sum(one.storage_dollars_month for one in resources),
            regions=regions,
            prices_as_of=prices.as_of.isoformat(),
            prices_region=prices.region,
        )
