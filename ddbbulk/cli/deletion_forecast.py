"""What it takes to delete items one by one, as far as one can tell beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, Self

from ddbbulk.counted import counted
from ddbbulk.durations import duration
from ddbbulk.limits import READ_UNIT_BYTES, WRITE_UNIT_BYTES
from ddbbulk.prices import Prices
from ddbbulk.schema import TableSchema
from ddbbulk.table_share import TableShare
from ddbbulk.tables import TableDescription

_MILLION: Final = 1_000_000
# A read that may lag behind costs half a unit.
_LAGGING: Final = 0.5


class Rates(Protocol):
    """What of a command's settings says how fast it may write."""

    @property
    def wcu(self) -> float | Literal["adaptive"] | None:
        """The asked rate; None: what the table has."""
        ...

    @property
    def max_wcu(self) -> float | None:
        """What caps the rates that are the table's."""
        ...

    @property
    def reserve(self) -> float:
        """The share of those that is left to others."""
        ...

    @property
    def index_wcu(self) -> Mapping[str, float]:
        """The asked rates of indexes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionForecast:
    """Units and time of deletes; a delete costs what its item's size was.

    Args:
        items: about how many; None: nobody knows.
        units_each: write units of one, on the table and on each index.
        rates: write units a second of each of them.
        is_on_demand: they are paid singly; None: nobody knows.
    """

    items: int | None
    units_each: Mapping[str, float]
    rates: Mapping[str, float]
    is_on_demand: bool | None

    @classmethod
    def of(
        cls,
        described: TableDescription | None,
        schema: TableSchema,
        asked: Rates,
        *,
        items: int | None,
    ) -> Self:
        """Return what can be told from a description, which may be hours old."""
        units = dict.fromkeys(schema.resources, 1.0)
        units[""] += len(schema.local_indexes)
        if described is not None and described.item_count:
            size = described.item_bytes / described.item_count
            units[""] += max(0, -(-size // WRITE_UNIT_BYTES) - 1)
        return cls(
            items=items,
            units_each=units,
            rates=_rates(described, schema, asked),
            is_on_demand=None if described is None else described.is_on_demand,
        )

    @property
    def seconds(self) -> float:
        """How long the slowest of table and indexes takes; 0: nobody knows."""
        items = self.items or 0
        return max(
            (
                items * units / self.rates[name]
                for name, units in self.units_each.items()
                if name in self.rates
            ),
            default=0.0,
        )

    @property
    def write_units(self) -> float:
        """Of all items, on the table and all indexes."""
        return (self.items or 0) * sum(self.units_each.values())

    def dollars(self, prices: Prices) -> float:
        """Return what the units cost on demand."""
        return self.write_units / _MILLION * prices.million_write_requests

    def __str__(self) -> str:
        if self.items is None:
            each = sum(self.units_each.values())
            return f"{each:,.3g} write units or more for each"
        of = " with those of the indexes" if len(self.units_each) > 1 else ""
        units = counted(self.write_units, "write unit")
        text = f"about {counted(self.items, 'item')}, {units}{of}"
        return f"{text}, {duration(self.seconds)}" if self.seconds else text


def scan_units(described: TableDescription, *, is_consistent: bool) -> float:
    """Return the read units of a scan: of all that is there, also for keys alone."""
    units = described.item_bytes / READ_UNIT_BYTES
    return units if is_consistent else units * _LAGGING


def _rates(
    described: TableDescription | None, schema: TableSchema, asked: Rates
) -> dict[str, float]:
    """Return the rates that are known now.

    Raises:
        ConfigurationError: what was asked for does not go together.
    """
    share = TableShare.of(
        asked.wcu,
        max_wcu=asked.max_wcu,
        reserve=asked.reserve,
        index_wcu=asked.index_wcu,
    )
    known: dict[str, float] = {}
    if share is not None and described is not None:
        known = share.rates(described)
    elif isinstance(asked.wcu, float | int):
        has = {} if described is None else described.index_write_rates
        known = {"": asked.wcu}
        known |= {name: min(rate, asked.wcu) for name, rate in has.items()}
    names = {index.name for index in schema.global_indexes}
    given = {n: rate for n, rate in asked.index_wcu.items() if n in names}
    return known | given
