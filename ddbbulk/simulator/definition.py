"""What a table is: its keys, indexes and capacity, as it survives in the data file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import TypeAdapter

from ddbbulk.limits import (
    ON_DEMAND_READ_UNITS_PER_SECOND,
    ON_DEMAND_WRITE_UNITS_PER_SECOND,
)
from ddbbulk.schema import KeyType, TableSchema
from ddbbulk.simulator.throughput import Rate

BillingMode = Literal["PROVISIONED", "PAY_PER_REQUEST"]


@dataclass(frozen=True, slots=True)
class Throughput:
    """The capacity of a table or a global index.

    Attributes:
        read: provisioned read units a second; 0 for on-demand.
        write: provisioned write units a second; 0 for on-demand.
        max_read: an on-demand table's ceiling, where it has one.
        max_write: likewise.
        increased_at: when it was last raised, as seconds since 1970.
        decreased_at: when it was last lowered.
        decreases_today: how often it was lowered since midnight UTC of that moment.
    """

    read: int = 0
    write: int = 0
    max_read: int | None = None
    max_write: int | None = None
    increased_at: float | None = None
    decreased_at: float | None = None
    decreases_today: int = 0

    def read_rate(self, billing_mode: BillingMode) -> Rate:
        """The read units a second that the simulator lets through."""
        return _rate(
            billing_mode, self.read, self.max_read, ON_DEMAND_READ_UNITS_PER_SECOND
        )

    def write_rate(self, billing_mode: BillingMode) -> Rate:
        """The write units a second that the simulator lets through."""
        return _rate(
            billing_mode, self.write, self.max_write, ON_DEMAND_WRITE_UNITS_PER_SECOND
        )


def _rate(
    billing_mode: BillingMode, provisioned: int, ceiling: int | None, on_demand: int
) -> Rate:
    if billing_mode == "PROVISIONED":
        return Rate(provisioned, "Provisioned")
    # A ceiling above what a new table takes is how a test asks for a grown one.
    if ceiling is not None:
        return Rate(ceiling, "MaxOnDemand")
    return Rate(on_demand, "OnDemand")


@dataclass(frozen=True, slots=True)
class Definition:
    """A table but for its items.

    Attributes:
        name: the table's name.
        schema: keys and indexes.
        attribute_types: the AttributeDefinitions, in the order they were given.
        billing_mode: provisioned or on demand.
        throughput: of the table (under ``""``) and of each global index.
        created_at: seconds since 1970.
        table_id: a UUID.
        time_to_live: the attribute that says when an item expires, where one does.
        is_protected: whether DeleteTable is refused.
    """

    name: str
    schema: TableSchema
    attribute_types: Mapping[str, KeyType]
    billing_mode: BillingMode
    throughput: Mapping[str, Throughput]
    created_at: float
    table_id: str
    time_to_live: str | None = None
    is_protected: bool = False
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    def to_json(self) -> bytes:
        """The definition as it is stored."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, text: bytes) -> "Definition":
        """Read what ``to_json`` wrote."""
        return _ADAPTER.validate_json(text)


_ADAPTER: Final = TypeAdapter(Definition)
