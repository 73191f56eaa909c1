"""What a table is: its keys, indexes and capacity, as it survives in the data file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple, Self

from pydantic import TypeAdapter

from ddbbulk.limits import (
    ON_DEMAND_READ_UNITS_PER_SECOND,
    ON_DEMAND_WRITE_UNITS_PER_SECOND,
)
from ddbbulk.schema import KeyType, TableSchema
from ddbbulk.simulator.features import Features
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.throughput import Rate

BillingMode = Literal["PROVISIONED", "PAY_PER_REQUEST"]
_DAY_SECONDS: Final = 86_400


class Warm(NamedTuple):
    """Units a second that a table or index can give as soon as it is allowed to."""

    read: int
    write: int


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
        warm_read: the highest read throughput that it had, or was warmed to.
        warm_write: likewise of writes.
        warming: what it is being warmed to, where it is.
    """

    read: int = 0
    write: int = 0
    max_read: int | None = None
    max_write: int | None = None
    increased_at: float | None = None
    decreased_at: float | None = None
    decreases_today: int = 0
    warm_read: int = 0
    warm_write: int = 0
    warming: Warm | None = None

    def read_rate(self, billing_mode: BillingMode) -> Rate:
        """The read units a second that the simulator lets through."""
        warm = self.warm(billing_mode)
        return _rate(billing_mode, self.read, self.max_read, warm.read)

    def write_rate(self, billing_mode: BillingMode, rationing: Rationing) -> Rate:
        """The write units a second that the simulator lets through."""
        warm = self.warm(billing_mode)
        rate = _rate(billing_mode, self.write, self.max_write, warm.write)
        if billing_mode != "PROVISIONED":
            return rate
        return rate._replace(partitions=rationing.partition_count(*warm))

    def warm(self, billing_mode: BillingMode) -> Warm:
        """The warm throughput: never less than what is provisioned, or what is new."""
        read, write = self.read, self.write
        if billing_mode == "PAY_PER_REQUEST":
            read = ON_DEMAND_READ_UNITS_PER_SECOND
            write = ON_DEMAND_WRITE_UNITS_PER_SECOND
        return Warm(max(read, self.warm_read), max(write, self.warm_write))

    def kept_warm(self, billing_mode: BillingMode) -> Self:
        """The same, remembering its warm throughput, which never falls."""
        read, write = self.warm(billing_mode)
        return replace(self, warm_read=read, warm_write=write)

    def warmed(self) -> Self:
        """The same, once it has been warmed."""
        if self.warming is None:
            return self
        read, write = self.warming
        return replace(self, warm_read=read, warm_write=write, warming=None)

    def decreases_on_day_of(self, wall_now: float) -> int:
        """How often it has been lowered since the midnight (UTC) before a moment."""
        last = self.decreased_at
        is_today = last is not None and last // _DAY_SECONDS == wall_now // _DAY_SECONDS
        return self.decreases_today if is_today else 0


def _rate(
    billing_mode: BillingMode, provisioned: int, ceiling: int | None, warm: int
) -> Rate:
    if billing_mode == "PROVISIONED":
        return Rate(provisioned, "Provisioned")
    # A ceiling above what a new table takes is how a test asks for a grown one.
    if ceiling is not None:
        return Rate(ceiling, "MaxOnDemand")
    return Rate(warm, "OnDemand")


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
        tags: values by key.
        features: what else it has, which changes nothing here.
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
    features: Features = field(default_factory=Features)

    def warmed(self) -> Self:
        """The same, once all of it has been warmed that is being warmed."""
        throughput = {name: one.warmed() for name, one in self.throughput.items()}
        return replace(self, throughput=throughput)

    def to_json(self) -> bytes:
        """The definition as it is stored."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, text: bytes) -> "Definition":
        """Read what ``to_json`` wrote."""
        return _ADAPTER.validate_json(text)


_ADAPTER: Final = TypeAdapter(Definition)
