"""What a table is and has: its keys, indexes, status and capacity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ddbbulk.limits import (
    ON_DEMAND_READ_UNITS_PER_SECOND,
    ON_DEMAND_WRITE_UNITS_PER_SECOND,
)
from ddbbulk.schema import TableSchema
from ddbbulk.tables.elements import listed, member

_INFREQUENT_ACCESS = "STANDARD_INFREQUENT_ACCESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDescription:
    """A table as DescribeTable tells it.

    Args:
        write_capacity: provisioned WCU; None for a table in on-demand mode.
        index_write_capacity: the same for each global index.
        max_write_units: what an on-demand table is limited to, where a limit is set.
        warm_write_units: what a table on demand gives at once, where it is told.
        index_warm_write_units: the same for each global index.
        item_count: DynamoDB's own count, about six hours old.
        table_id: what tells a table from a later one of the same name: fixed when it
            is created; None where the server gives none.
        has_stream: every write becomes a record of its stream.
        replicas: the other regions of a global table.
        is_infrequent_access: it is of the class Standard-IA, whose prices differ.
        read_capacity: provisioned RCU; None for a table in on-demand mode.
        max_read_units: what an on-demand table is limited to, where a limit is set.
        warm_read_units: what a table on demand gives at once, where it is told.
        is_protected: DeleteTable is refused.
        item_bytes: of all items together, by DynamoDB's own count.
        index_read_capacity: provisioned RCU of each global index; None on demand.
    """

    name: str
    arn: str
    status: str
    schema: TableSchema
    write_capacity: float | None
    index_write_capacity: Mapping[str, float | None]
    max_write_units: float | None
    item_count: int
    table_id: str | None = None
    has_stream: bool = False
    replicas: tuple[str, ...] = ()
    is_infrequent_access: bool = False
    warm_write_units: float | None = None
    index_warm_write_units: Mapping[str, float | None] = field(
        default_factory=dict[str, float | None]
    )
    read_capacity: float | None = None
    max_read_units: float | None = None
    warm_read_units: float | None = None
    is_protected: bool = False
    item_bytes: int = 0
    index_read_capacity: Mapping[str, float | None] = field(
        default_factory=dict[str, float | None]
    )

    @property
    def is_on_demand(self) -> bool:
        """Whether requests are paid singly instead of by provisioned capacity."""
        return self.write_capacity is None

    @property
    def write_rate(self) -> float:
        """Write units a second that the table gives for certain."""
        if self.write_capacity is not None:
            return self.write_capacity
        return _on_demand_rate(
            self.warm_write_units,
            self.max_write_units,
            ON_DEMAND_WRITE_UNITS_PER_SECOND,
        )

    @property
    def read_rate(self) -> float:
        """Read units a second that the table gives for certain."""
        if self.read_capacity is not None:
            return self.read_capacity
        return _on_demand_rate(
            self.warm_read_units, self.max_read_units, ON_DEMAND_READ_UNITS_PER_SECOND
        )

    @property
    def index_write_rates(self) -> dict[str, float]:
        """The same for each global index; one that tells nothing has the table's."""
        warm = self.index_warm_write_units
        return {
            name: provisioned or warm.get(name) or self.write_rate
            for name, provisioned in self.index_write_capacity.items()
        }

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Self:
        """Read the ``Table`` element of a DescribeTable answer."""
        mode = member(table, "BillingModeSummary").get("BillingMode")
        is_on_demand = mode == "PAY_PER_REQUEST"
        return cls(
            name=table["TableName"],
            arn=table.get("TableArn", ""),
            status=table.get("TableStatus", "ACTIVE"),
            schema=TableSchema.from_description(table),
            write_capacity=None
            if is_on_demand
            else _provisioned(table, "WriteCapacityUnits"),
            index_write_capacity={
                index["IndexName"]: None
                if is_on_demand
                else _provisioned(index, "WriteCapacityUnits")
                for index in listed(table, "GlobalSecondaryIndexes")
            },
            max_write_units=_limit(table, "MaxWriteRequestUnits"),
            item_count=int(table.get("ItemCount", 0)),
            table_id=table.get("TableId") or None,
            has_stream=bool(member(table, "StreamSpecification").get("StreamEnabled")),
            replicas=_replicas(table),
            is_infrequent_access=member(table, "TableClassSummary").get("TableClass")
            == _INFREQUENT_ACCESS,
            warm_write_units=_warm_units(table, "WriteUnitsPerSecond"),
            index_warm_write_units={
                index["IndexName"]: _warm_units(index, "WriteUnitsPerSecond")
                for index in listed(table, "GlobalSecondaryIndexes")
            },
            read_capacity=None
            if is_on_demand
            else _provisioned(table, "ReadCapacityUnits"),
            max_read_units=_limit(table, "MaxReadRequestUnits"),
            warm_read_units=_warm_units(table, "ReadUnitsPerSecond"),
            is_protected=bool(table.get("DeletionProtectionEnabled")),
            item_bytes=int(table.get("TableSizeBytes") or 0),
            index_read_capacity={
                index["IndexName"]: None
                if is_on_demand
                else _provisioned(index, "ReadCapacityUnits")
                for index in listed(table, "GlobalSecondaryIndexes")
            },
        )


def _replicas(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the regions of a global table other than this one."""
    here = table.get("TableArn", "").split(":")[3:4]
    regions = [replica["RegionName"] for replica in listed(table, "Replicas")]
    return tuple(region for region in regions if region not in here)


def _on_demand_rate(warm: float | None, limit: float | None, default: float) -> float:
    if warm is None:
        return limit or default
    return warm if limit is None else min(warm, limit)


def _limit(table: Mapping[str, Any], name: str) -> float | None:
    units = member(table, "OnDemandThroughput").get(name, -1)
    return float(units) if units > 0 else None


def _warm_units(described: Mapping[str, Any], name: str) -> float | None:
    units = member(described, "WarmThroughput").get(name)
    return float(units) if units else None


def _provisioned(described: Mapping[str, Any], name: str) -> float:
    return float(described["ProvisionedThroughput"][name])
