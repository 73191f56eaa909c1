"""The table that a plan is for: one that is there, or one that is only described."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from ddbbulk.limits import ON_DEMAND_WRITE_UNITS_PER_SECOND
from ddbbulk.schema import TableSchema
from ddbbulk.schema_file import TableDefinition
from ddbbulk.tables import TableDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTable:
    """What is known of the table.

    Args:
        rates: write units a second that it gives now, by resource (``""`` is the table
            itself); empty where that is not known.
        is_on_demand: None: not known.
        is_new: it is known not to be there yet.
        has_stream: every write becomes a record of its stream.
        replicas: the other regions of a global table.
        is_infrequent_access: it is of the class Standard-IA, whose prices differ.
        item_count: what it holds already, by DynamoDB's own count.
        ttl_attribute: the attribute that says when an item expires.
    """

    name: str
    schema: TableSchema
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    is_on_demand: bool | None = None
    is_new: bool = False
    has_stream: bool = False
    replicas: tuple[str, ...] = ()
    is_infrequent_access: bool = False
    item_count: int = 0
    ttl_attribute: str | None = None

    @property
    def regions(self) -> int:
        """In how many regions every write is paid."""
        return 1 + len(self.replicas)

    @classmethod
    def described(cls, table: TableDescription) -> Self:
        """Return a table that is there."""
        on_demand = float(ON_DEMAND_WRITE_UNITS_PER_SECOND)
        indexes = {
            name: on_demand if units is None else units
            for name, units in table.index_write_capacity.items()
        }
        return cls(
            name=table.name,
            schema=table.schema,
            rates={"": table.write_rate, **indexes},
            is_on_demand=table.is_on_demand,
            has_stream=table.has_stream,
            replicas=table.replicas,
            is_infrequent_access=table.is_infrequent_access,
            item_count=table.item_count,
        )

    @classmethod
    def defined(cls, table: TableDefinition, name: str) -> Self:
        """Return a table that is to be made."""
        schema = table.keys_and_indexes
        rates: dict[str, float] = {}
        if table.billing == "provisioned":
            rates = {"": float(table.write_capacity)}
            rates |= {
                index.name: float(index.write_capacity or table.write_capacity)
                for index in table.global_indexes
            }
        else:
            rates = dict.fromkeys(
                schema.resources, float(ON_DEMAND_WRITE_UNITS_PER_SECOND)
            )
        return cls(
            name=name,
            schema=schema,
            rates=rates,
            is_on_demand=table.billing == "on-demand",
            is_new=True,
            ttl_attribute=table.ttl_attribute,
        )
