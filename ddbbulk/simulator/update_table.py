"""UpdateTable: capacity, billing mode, and global indexes that come and go."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ddbbulk.schema import IndexSchema, TableSchema
from ddbbulk.simulator.backfill import backfill
from ddbbulk.simulator.capacity_changes import change_capacity, is_capacity_asked
from ddbbulk.simulator.catalog import Status, Table, Transition
from ddbbulk.simulator.create_table import (
    BILLING_MODES,
    MAX_GLOBAL_INDEXES,
    check_attributes_used,
)
from ddbbulk.simulator.definition import Definition
from ddbbulk.simulator.description import describe_during
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.feature_changes import (
    FEATURES,
    is_feature_asked,
    with_features,
)
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.shapes import Shape
from ddbbulk.simulator.table_operations import described_table, refuse_busy
from ddbbulk.simulator.table_parts import (
    ATTRIBUTE_DEFINITIONS,
    CAPACITY,
    INDEX,
    Types,
    read_attribute_types,
    read_index,
    read_index_name,
    read_throughput,
)
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.simulator.warm_throughput import created_warm, is_warming_asked, warming

_PROTECTION: Final = "DeletionProtectionEnabled"
_KINDS: Final = ("Update", "Create", "Delete")
_PARAMETERS: Final[Mapping[str, Shape]] = {
    "TableName": str,
    "AttributeDefinitions": ATTRIBUTE_DEFINITIONS,
    "BillingMode": str,
    **CAPACITY,
    "GlobalSecondaryIndexUpdates": (dict.fromkeys(_KINDS, INDEX),),
    _PROTECTION: bool,
    **FEATURES,
}
_MEMBER: Final = "globalSecondaryIndexUpdates"

IndexUpdates = Mapping[str, list[Mapping[str, Any]]]  # by kind


def update_table(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Start a change of a table; the answer says UPDATING and shows the old values.

    Raises:
        ServiceError: the request is not valid, nothing would change, or the table is
            being changed already.
    """
    parameters = Parameters("UpdateTable", request, _PARAMETERS)
    parameters.require("TableName")
    parameters.one_of("BillingMode", BILLING_MODES, "PROVISIONED")
    parameters.check()
    updates = _read_updates(request)
    table = described_table(engine, request["TableName"])
    refuse_busy(engine, table)
    _check_kinds(request, updates)
    wanted = _wanted(engine, table.definition, request, updates)
    if wanted is None:
        return _warmed(engine, table, request, updates)
    before, (definition, states) = table.definition, wanted
    _refuse_excess(engine, before, definition)
    if updates["Create"]:
        backfill(engine, table, definition.schema)
    shown = definition if updates["Create"] else before
    ends_at = engine.clock() + engine.update_seconds
    change = Transition(_status(before, definition), ends_at, shown, states)
    answer = {"TableDescription": describe_during(engine, table, change)}
    engine.catalog.change(table, definition, change)
    for update in updates["Delete"]:
        engine.store.drop_index(table.name, update["IndexName"])
    return answer


def _wanted(
    engine: Engine,
    before: Definition,
    request: Mapping[str, Any],
    updates: IndexUpdates,
) -> tuple[Definition, dict[str, str]] | None:
    """What a table is to become, with its indexes' states; None: it is only warmed."""
    if _is_setting_asked(request):
        return _with_settings(engine, before, request), {}
    if updates["Create"]:
        return _with_index(before, request, updates["Create"][0])
    if updates["Delete"]:
        return _without_index(before, updates["Delete"][0])
    if is_capacity_asked(request, updates["Update"]):
        changed = [update["IndexName"] for update in updates["Update"]]
        definition = _with_capacity(engine, before, request, updates)
        return definition, dict.fromkeys(changed, "UPDATING")
    return None


def _read_updates(request: Mapping[str, Any]) -> IndexUpdates:
    updates: dict[str, list[Mapping[str, Any]]] = {kind: [] for kind in _KINDS}
    for update in request.get("GlobalSecondaryIndexUpdates", ()):
        kinds = [kind for kind in _KINDS if kind in update]
        if len(kinds) != 1 or len(update) != 1:
            raise ServiceError.invalid_parameter(
                "One of Create, Update, Delete must be specified for each "
                "GlobalSecondaryIndexUpdate"
            )
        read_index_name(update[kinds[0]], _MEMBER)
        updates[kinds[0]].append(update[kinds[0]])
    return updates


def _check_kinds(request: Mapping[str, Any], updates: IndexUpdates) -> None:
    if len(updates["Create"]) + len(updates["Delete"]) > 1:
        raise ServiceError(
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table",
        )
    kinds = (
        is_capacity_asked(request, updates["Update"]),
        any(is_warming_asked(element) for element in (request, *updates["Update"])),
        bool(updates["Create"] or updates["Delete"]),
        _is_setting_asked(request),
    )
    if not any(kinds):
        raise ServiceError.validation(
            "At least one of ProvisionedThroughput, BillingMode, OnDemandThroughput, "
            "WarmThroughput, GlobalSecondaryIndexUpdates, DeletionProtectionEnabled, "
            "TableClass, SSESpecification or StreamSpecification is required"
        )
    if sum(kinds) > 1:
        raise ServiceError.validation(
            "You can only perform one of the following operations at once: Modify the "
            "provisioned throughput settings of the table, remove a global secondary "
            "index from the table, create a new global secondary index on the table"
        )


def _with_capacity(
    engine: Engine,
    definition: Definition,
    request: Mapping[str, Any],
    updates: IndexUpdates,
) -> Definition:
    by_name = {update["IndexName"]: update for update in updates["Update"]}
    return change_capacity(
        definition,
        request,
        by_name,
        quotas=engine.quotas,
        wall_now=engine.wall_clock(),
    )


def _is_setting_asked(request: Mapping[str, Any]) -> bool:
    return _PROTECTION in request or is_feature_asked(request)


def _with_settings(
    engine: Engine, definition: Definition, request: Mapping[str, Any]
) -> Definition:
    features = with_features(
        definition.features,
        request,
        table=definition.name,
        wall_now=engine.wall_clock(),
    )
    is_protected: bool = request.get(_PROTECTION, definition.is_protected)
    return replace(definition, features=features, is_protected=is_protected)


def _status(before: Definition, after: Definition) -> Status:
    # As measured on AWS: while nothing but capacity of indexes changes, the table is
    # ACTIVE; only the indexes are UPDATING.
    is_same_table = before.throughput[TABLE] == after.throughput[TABLE]
    is_indexes_only = (
        is_same_table
        and before.billing_mode == after.billing_mode
        and before.throughput != after.throughput
        and before.throughput.keys() == after.throughput.keys()
    )
    return "ACTIVE" if is_indexes_only else "UPDATING"


def _refuse_excess(engine: Engine, before: Definition, after: Definition) -> None:
    others = (table.definition for table in engine.catalog if table.name != before.name)
    engine.quotas.refuse_excess(before, after, others)


def _warmed(
    engine: Engine, table: Table, request: Mapping[str, Any], updates: IndexUpdates
) -> dict[str, Any]:
    elements = {update["IndexName"]: update for update in updates["Update"]}
    definition = warming(table.definition, {TABLE: request, **elements})
    _refuse_excess(engine, table.definition, definition)
    ends_at = engine.clock() + engine.update_seconds
    engine.catalog.warm(table, definition, ends_at=ends_at)
    # The table itself stays ACTIVE; the old values stand until all is warm.
    return {"TableDescription": describe_during(engine, table, None)}


def _with_index(
    definition: Definition, request: Mapping[str, Any], create: Mapping[str, Any]
) -> tuple[Definition, dict[str, str]]:
    given = read_attribute_types(request.get("AttributeDefinitions", ()))
    types: Types = {**definition.attribute_types, **given}
    for name, kind in definition.attribute_types.items():
        if types[name] != kind:
            raise ServiceError.invalid_parameter(
                f"Attribute {name} is defined as {kind} already, it cannot become "
                f"{types[name]}"
            )
    index = read_index(create, types, is_local=False)
    indexes = definition.schema.indexes
    if index.name in {other.name for other in indexes}:
        raise ServiceError.validation(
            "Attempting to create an index which already exists"
        )
    if len(definition.schema.global_indexes) >= MAX_GLOBAL_INDEXES:
        raise ServiceError(
            "LimitExceededException",
            "Subscriber limit exceeded: Number of global secondary indexes exceeds "
            f"the per-table limit of {MAX_GLOBAL_INDEXES}",
        )
    schema = replace(definition.schema, indexes=(*indexes, index))
    check_attributes_used(schema, types)
    what = f" for index: {index.name}"
    mode = definition.billing_mode
    own = read_throughput(create, mode, what)
    throughput = created_warm(own, create, mode, index.name)
    changed = replace(
        definition,
        schema=schema,
        attribute_types=types,
        throughput={**definition.throughput, index.name: throughput},
    )
    return changed, {index.name: "CREATING"}


def _without_index(
    definition: Definition, delete: Mapping[str, Any]
) -> tuple[Definition, dict[str, str]]:
    name: str = delete["IndexName"]
    remaining: tuple[IndexSchema, ...] = tuple(
        index for index in definition.schema.indexes if index.name != name
    )
    if name not in definition.throughput:
        raise ServiceError(
            "ResourceNotFoundException", f"Requested resource not found: {name}"
        )
    schema = replace(definition.schema, indexes=remaining)
    changed = replace(
        definition,
        schema=schema,
        attribute_types=_used_types(schema, definition),
        throughput={
            other: throughput
            for other, throughput in definition.throughput.items()
            if other != name
        },
    )
    return changed, {name: "DELETING"}


def _used_types(schema: TableSchema, definition: Definition) -> dict[str, Any]:
    used = {key.name for key in schema.keys}
    used |= {key.name for index in schema.indexes for key in index.keys}
    return {
        name: kind for name, kind in definition.attribute_types.items() if name in used
    }
