"""Asks before a load spends money that nothing bounds: on demand, without a cap."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.cli.confirmation import is_asking_possible, typed_line
from ddbbulk.cli.messages import say
from ddbbulk.cli.options import is_aws
from ddbbulk.counted import counted
from ddbbulk.errors import ConfigurationError, InvalidItemError
from ddbbulk.marshal import Marshaller
from ddbbulk.prices import Prices
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk
from ddbbulk.tables import TableDescription

_LOOKED_AT: Final = 100
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """What a load into a table on demand will cost, as far as one can tell.

    Args:
        table: name or ARN.
        units_per_item: write request units of an item, on the table and its indexes.
        items: about how many there are; None: nobody knows.
        prices: what units cost.
        is_certain: whether the table is known to be on demand.
    """

    table: str
    units_per_item: float
    items: int | None
    prices: Prices
    is_certain: bool = True

    def __str__(self) -> str:
        of = f"table {self.table} is on demand"
        if not self.is_certain:
            of = f"if table {self.table} is on demand"
        each = f"{self.units_per_item:,.3g} write request units"
        prices = f"at the prices of {self.prices.region} as of {self.prices.as_of}"
        if self.items is None:
            cost = self.dollars(_MILLION)
            return f"{of}: a million items of {each} cost about ${cost:,.2f} {prices}"
        cost = self.dollars(self.items)
        return (
            f"{of}: about {counted(self.items, 'item')} of {each} cost about "
            f"${cost:,.2f} {prices}"
        )

    def dollars(self, items: int) -> float:
        """Return what so many items cost."""
        units = items * self.units_per_item
        return units / _MILLION * self.prices.million_write_requests


class Spending(Protocol):
    """What of a load's settings says what it may cost."""

    @property
    def table(self) -> str:
        """Name or ARN."""
        ...

    @property
    def wcu(self) -> float | Literal["adaptive"] | None:
        """The asked rate; None: what the table has."""
        ...

    @property
    def max_wcu(self) -> float | None:
        """What caps the other two."""
        ...

    @property
    def estimated_items(self) -> int | None:
        """About how many items there are; None: nobody knows."""
        ...

    @property
    def is_agreed(self) -> bool:
        """Whether it need not be asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Consent:
    """Asks whether a load shall be that is paid by the item, where nothing caps it.

    Args:
        settings: of the load.
        connection: where requests go.
        errors: where it is asked.
    """

    settings: Spending
    connection: Connection
    errors: Console

    async def ask(
        self,
        first: Chunk | None,
        schema: TableSchema,
        described: TableDescription | None,
    ) -> None:
        """Ask where that is needed; return if the answer is yes.

        Args:
            first: the first items, where there are any.
            schema: the table's keys and indexes.
            described: the table; None: it was not asked.

        Raises:
            ConfigurationError: the answer is no, or nobody is there to give one.
        """
        settings = self.settings
        if not is_uncapped(settings, described, self.connection.endpoint_url):
            return
        expense = Expense(
            table=settings.table,
            units_per_item=units_per_item(first, schema),
            items=settings.estimated_items,
            prices=Prices.standard(),
            is_certain=described is not None,
        )
        await _ask_for(expense, self.errors, is_agreed=settings.is_agreed)


def is_uncapped(
    settings: Spending, described: TableDescription | None, endpoint_url: str
) -> bool:
    """Say whether a load may spend at AWS as fast as its table takes it."""
    if settings.max_wcu is not None or isinstance(settings.wcu, float | int):
        return False
    is_on_demand = described is None or described.is_on_demand
    return is_on_demand and is_aws(endpoint_url, {})


def units_per_item(chunk: Chunk | None, schema: TableSchema) -> float:
    """Return the mean write units of the first items; 1 where there are none."""
    marshaller = Marshaller(schema)
    found: list[int] = []
    for item in chunk.items[:_LOOKED_AT] if chunk else ():
        try:
            found.append(sum(marshaller.put(item).units))
        except (InvalidItemError, AttributeError, TypeError):
            continue
    return sum(found) / len(found) if found else 1.0


async def _ask_for(expense: Expense, errors: Console, *, is_agreed: bool) -> None:
    if is_agreed:
        say(errors, str(expense), kind="note")
        return
    if not is_asking_possible(errors):
        raise ConfigurationError(
            f"{expense}, and nothing caps this load: give --max-wcu N, or --yes"
        )
    say(errors, f"{expense}, and nothing caps this load (--max-wcu N does)")
    errors.print("Load them? \\[y/N] ", end="")
    if (await typed_line()).strip().lower() not in ("y", "yes"):
        raise ConfigurationError("nothing was written: the answer was no")
