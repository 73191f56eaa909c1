"""The definition of a table that is there: what a schema file would say of it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ddbbulk.schema import IndexSchema, TableSchema
from ddbbulk.schema_file import TableDefinition
from ddbbulk.tables.elements import listed, member

_CAPACITIES: Final = {
    "write_capacity": "WriteCapacityUnits",
    "read_capacity": "ReadCapacityUnits",
}
_CEILINGS: Final = {
    "max_write_units": "MaxWriteRequestUnits",
    "max_read_units": "MaxReadRequestUnits",
}
# AWS writes such tags itself, and lets nobody else write them.
SYSTEM_TAGS: Final = "aws:"


def definition_of(
    table: Mapping[str, Any],
    *,
    ttl_attribute: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> TableDefinition:
    """Return what a table is, so that another can be made the same.

    Args:
        table: the ``Table`` element of a DescribeTable answer.
        ttl_attribute: what DescribeTimeToLive says.
        tags: what ListTagsOfResource says; AWS's own are left out.
    """
    schema = TableSchema.from_description(table)
    is_on_demand = _is_on_demand(table)
    own = dict(_throughput(table, is_on_demand=is_on_demand))
    described = {
        one["IndexName"]: one for one in listed(table, "GlobalSecondaryIndexes")
    }
    document: dict[str, Any] = {
        "table": table["TableName"],
        "partition_key": schema.partition_key,
        "sort_key": schema.sort_key,
        "billing": "on-demand" if is_on_demand else "provisioned",
        **own,
        "ttl_attribute": ttl_attribute,
        "deletion_protection": bool(table.get("DeletionProtectionEnabled")),
        "tags": {
            key: value
            for key, value in (tags or {}).items()
            if not key.lower().startswith(SYSTEM_TAGS)
        },
        "local_indexes": [
            {**_index(index), "sort_key": index.sort_keys[0]}
            for index in schema.local_indexes
        ],
        "global_indexes": [
            {
                **_index(index),
                "partition_key": index.partition_keys,
                "sort_key": index.sort_keys,
                **_other(own, described[index.name], is_on_demand=is_on_demand),
            }
            for index in schema.global_indexes
        ],
    }
    return TableDefinition.model_validate(document)


def _index(index: IndexSchema) -> dict[str, Any]:
    return {
        "name": index.name,
        "projection": index.projection,
        "non_key_attributes": index.non_key_attributes,
    }


def _other(
    own: Mapping[str, int], index: Mapping[str, Any], *, is_on_demand: bool
) -> dict[str, int]:
    """Return the capacity of an index, where it is not the table's."""
    found = _throughput(index, is_on_demand=is_on_demand)
    if is_on_demand:
        return dict(found)
    return {name: units for name, units in found if units != own.get(name)}


def _throughput(
    described: Mapping[str, Any], *, is_on_demand: bool
) -> Iterator[tuple[str, int]]:
    names = _CEILINGS if is_on_demand else _CAPACITIES
    where = "OnDemandThroughput" if is_on_demand else "ProvisionedThroughput"
    units = member(described, where)
    for field, name in names.items():
        # Without a ceiling servers say -1, or nothing.
        if (number := int(units.get(name, -1))) > 0:
            yield field, number


def _is_on_demand(table: Mapping[str, Any]) -> bool:
    # Some local servers leave the mode out; nothing provisioned has no units.
    mode = member(table, "BillingModeSummary").get("BillingMode")
    return mode == "PAY_PER_REQUEST" or not any(_throughput(table, is_on_demand=False))
