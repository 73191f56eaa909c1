"""What was counted, as figures for the table and for each of its indexes."""

from typing import Final

from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.marshal import Key
from ddbbulk.planning.heavy_keys import HeavyKey
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.reading import Reading
from ddbbulk.planning.report import Figure, HotKey, Kind, ResourcePlan
from ddbbulk.planning.tally import entries_of, stored_in, units_of
from ddbbulk.prices import Prices
from ddbbulk.printable import printable

GIGABYTE: Final = 1024**3

# At the default quota of a table, 40,000 units a second, a key of this share would
# need all that one partition key gets.
_HOT_SHARE: Final = 0.025
# Fewer units than this are over before anyone notices.
_HOT_UNITS: Final = 100
_SHOWN_KEYS: Final = 5
_MAX_KEY: Final = 64
_TABLE: Final = ""


class ResourceFigures:
    """Makes the figures of one plan.

    Args:
        reading: what was read.
        table: what it is for.
        prices: of what is stored.
        redact_keys: leave the values of keys out.
    """

    def __init__(
        self,
        reading: Reading,
        table: PlannedTable,
        *,
        prices: Prices,
        redact_keys: bool,
    ) -> None:
        self._reading = reading
        self._table = table
        self._prices = prices
        self._redact_keys = redact_keys

    def total(self, name: str) -> Figure:
        """Return what there is in the source of one thing that was added up."""
        blocks = self._reading.survey.blocks
        return self._reading.extrapolation.figure([one.tally[name] for one in blocks])

    def resources(self) -> tuple[ResourcePlan, ...]:
        """Return the table's plan, then that of each index."""
        schema = self._table.schema
        plans = [self._resource(_TABLE, "table")]
        for index in schema.indexes:
            kind: Kind = "local" if index.is_local else "global"
            plans.append(self._resource(index.name, kind))
        return tuple(plans)

    def _resource(self, name: str, kind: Kind) -> ResourcePlan:
        stored = self.total(stored_in(name))
        price = self._prices.storage_gigabyte_month * self._table.regions
        units = self.total(units_of(name))
        return ResourcePlan(
            name=name,
            kind=kind,
            entries=self.total(entries_of(name)),
            write_units=units,
            stored_bytes=stored,
            storage_dollars_month=stored.value / GIGABYTE * price,
            write_capacity=None if kind == "local" else self._table.rates.get(name),
            hot_keys=() if kind == "local" else self._hot_keys(name, units.value),
        )

    def _hot_keys(self, name: str, units: int) -> tuple[HotKey, ...]:
        resource = self._table.schema.resources.index(name)
        heavy = self._reading.survey.heavy_keys[resource].heaviest(share=_HOT_SHARE)
        found: list[HotKey] = []
        for one in heavy[:_SHOWN_KEYS]:
            figure = self._units_of_key(resource, one)
            if not _is_hot(figure, units):
                continue
            seconds = figure.value / PARTITION_WRITE_UNITS_PER_SECOND
            found.append(
                HotKey(
                    key=None if self._redact_keys else shown_key(one.key),
                    write_units=figure,
                    share=figure.value / units,
                    floor_seconds=seconds,
                )
            )
        return tuple(found)

    def _units_of_key(self, resource: int, heavy: HeavyKey) -> Figure:
        if self._reading.sample is None:
            return Figure(value=heavy.weight, error=heavy.error)
        blocks = self._reading.survey.blocks
        units = [block.heavy_keys[resource][heavy.key] for block in blocks]
        return self._reading.extrapolation.figure(units)


def _is_hot(figure: Figure, units: int) -> bool:
    """Say whether a key has a great part of so many units, and for certain some."""
    if figure.value < max(_HOT_UNITS, _HOT_SHARE * units):
        return False
    # In a sample of a sorted source, one block can be all of a small key's.
    return figure.value - figure.error >= _HOT_SHARE * units / 2


def shown_key(key: Key) -> str:
    """Return a partition key as a person may see it: escaped, and cut."""
    parts = (key,) if isinstance(key, str) else key
    return ", ".join(printable(part, limit=_MAX_KEY) for part in parts)
