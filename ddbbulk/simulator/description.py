"""A table as DescribeTable shows it."""

from collections.abc import Mapping
from typing import Any, Final

from ddbbulk.schema import IndexSchema, KeyAttribute
from ddbbulk.simulator.catalog import Table, Transition
from ddbbulk.simulator.definition import Definition
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.throughput import TABLE

_ROLES: Final = ("HASH", "RANGE")


def describe(engine: Engine, table: Table) -> dict[str, Any]:
    """The element ``Table`` or ``TableDescription`` of an answer."""
    return describe_during(engine, table, table.transition(engine.clock()))


def describe_during(
    engine: Engine, table: Table, change: Transition | None
) -> dict[str, Any]:
    """As ``describe``, in the midst of a change (which may take no time at all)."""
    definition = table.definition if change is None else change.definition
    items = engine.store.count(table.name)
    size = engine.store.size_bytes(table.name)
    description: dict[str, Any] = {
        "TableName": table.name,
        "TableStatus": "ACTIVE" if change is None else change.status,
        "TableArn": table.arn,
        "TableId": definition.table_id,
        "CreationDateTime": definition.created_at,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in definition.attribute_types.items()
        ],
        "KeySchema": _key_schema(
            (definition.schema.partition_key,),
            definition.schema.keys[1:],
        ),
        "ItemCount": items,
        "TableSizeBytes": size,
        "DeletionProtectionEnabled": definition.is_protected,
        **_throughput(engine, definition, TABLE),
        **definition.features.to_json(table.arn),
    }
    if definition.billing_mode == "PAY_PER_REQUEST":
        description["BillingModeSummary"] = {"BillingMode": "PAY_PER_REQUEST"}
    states: Mapping[str, str] = {} if change is None else change.index_states
    usual = "CREATING" if description["TableStatus"] == "CREATING" else "ACTIVE"
    for index in definition.schema.indexes:
        described = _index(engine, table, index)
        if index.is_local:
            description.setdefault("LocalSecondaryIndexes", []).append(described)
            continue
        described |= _throughput(engine, definition, index.name)
        described["IndexStatus"] = states.get(index.name, usual)
        if states.get(index.name) == "CREATING":
            described["Backfilling"] = False
        description.setdefault("GlobalSecondaryIndexes", []).append(described)
    return description


def _index(engine: Engine, table: Table, index: IndexSchema) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.non_key_attributes:
        projection["NonKeyAttributes"] = list(index.non_key_attributes)
    has_entries = index in table.schema.indexes
    entries = engine.store.count_entries(table.name, index.name) if has_entries else 0
    items = engine.store.count(table.name)
    size = engine.store.size_bytes(table.name)
    return {
        "IndexName": index.name,
        "IndexArn": f"{table.arn}/index/{index.name}",
        "KeySchema": _key_schema(index.partition_keys, index.sort_keys),
        "Projection": projection,
        "ItemCount": entries,
        # An estimate, as if every entry were an item of average size.
        "IndexSizeBytes": size * entries // items if items else 0,
    }


def _key_schema(
    partition_keys: tuple[KeyAttribute, ...], sort_keys: tuple[KeyAttribute, ...]
) -> list[dict[str, str]]:
    return [
        {"AttributeName": attribute.name, "KeyType": role}
        for role, attributes in zip(_ROLES, (partition_keys, sort_keys), strict=True)
        for attribute in attributes
    ]


def _throughput(engine: Engine, definition: Definition, name: str) -> dict[str, Any]:
    throughput = definition.throughput[name]
    provisioned: dict[str, Any] = {
        "ReadCapacityUnits": throughput.read,
        "WriteCapacityUnits": throughput.write,
        "NumberOfDecreasesToday": throughput.decreases_on_day_of(engine.wall_clock()),
    }
    if throughput.increased_at is not None:
        provisioned["LastIncreaseDateTime"] = throughput.increased_at
    if throughput.decreased_at is not None:
        provisioned["LastDecreaseDateTime"] = throughput.decreased_at
    warm = throughput.warm(definition.billing_mode)
    description: dict[str, Any] = {
        "ProvisionedThroughput": provisioned,
        "WarmThroughput": {
            "ReadUnitsPerSecond": warm.read,
            "WriteUnitsPerSecond": warm.write,
            "Status": "ACTIVE" if throughput.warming is None else "UPDATING",
        },
    }
    ceilings = {
        "MaxReadRequestUnits": throughput.max_read,
        "MaxWriteRequestUnits": throughput.max_write,
    }
    if any(ceiling is not None for ceiling in ceilings.values()):
        description["OnDemandThroughput"] = {
            name: -1 if ceiling is None else ceiling
            for name, ceiling in ceilings.items()
        }
    return description
