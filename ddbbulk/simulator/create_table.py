"""CreateTable."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.simulator.catalog import Transition
from ddbbulk.simulator.definition import BillingMode, Definition
from ddbbulk.simulator.description import describe_during
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.feature_changes import FEATURES, STREAM, with_features
from ddbbulk.simulator.features import Features
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.policies import read_policy
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.shapes import Shape
from ddbbulk.simulator.table_parts import (
    ATTRIBUTE_DEFINITIONS,
    CAPACITY,
    INDEX,
    KEY_SCHEMA,
    Types,
    read_attribute_types,
    read_index,
    read_keys,
    read_throughput,
)
from ddbbulk.simulator.tags import TAGS, with_tags
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.simulator.warm_throughput import created_warm

BILLING_MODES: Final = ("PROVISIONED", "PAY_PER_REQUEST")
MAX_LOCAL_INDEXES: Final = 5
MAX_GLOBAL_INDEXES: Final = 20
_PARAMETERS: Final[Mapping[str, Shape]] = {
    "TableName": str,
    "AttributeDefinitions": ATTRIBUTE_DEFINITIONS,
    "KeySchema": KEY_SCHEMA,
    "BillingMode": str,
    **CAPACITY,
    "LocalSecondaryIndexes": (INDEX,),
    "GlobalSecondaryIndexes": (INDEX,),
    "DeletionProtectionEnabled": bool,
    "Tags": TAGS,
    "ResourcePolicy": str,
    **FEATURES,
}


def create_table(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Create a table; the answer says CREATING."""
    parameters = Parameters("CreateTable", request, _PARAMETERS)
    parameters.require("TableName", "AttributeDefinitions", "KeySchema")
    parameters.name("TableName")
    parameters.one_of("BillingMode", BILLING_MODES, "PROVISIONED")
    parameters.check()
    definition = _read_definition(engine, request)
    if engine.catalog.find(definition.name) is not None:
        raise ServiceError(
            "ResourceInUseException", f"Table already exists: {definition.name}"
        )
    engine.quotas.refuse_excess(
        None, definition, (table.definition for table in engine.catalog)
    )
    table = engine.catalog.create(definition)
    now = engine.clock()
    change = Transition("CREATING", now + engine.create_seconds, definition)
    engine.catalog.change(table, definition, change)
    return {"TableDescription": describe_during(engine, table, change)}


def _read_definition(engine: Engine, request: dict[str, Any]) -> Definition:
    types = read_attribute_types(request["AttributeDefinitions"])
    mode = cast("BillingMode", request.get("BillingMode", "PROVISIONED"))
    partition_keys, sort_keys = read_keys(request["KeySchema"] or [{}], types)
    local = _read_indexes(request, "LocalSecondaryIndexes", types)
    global_ = _read_indexes(request, "GlobalSecondaryIndexes", types)
    schema = TableSchema(
        partition_keys[0], sort_keys[0] if sort_keys else None, (*local, *global_)
    )
    _check_indexes(schema)
    check_attributes_used(schema, types)
    own = read_throughput(request, mode)
    throughput = {TABLE: created_warm(own, request, mode)}
    for index in request.get("GlobalSecondaryIndexes", ()):
        name = index["IndexName"]
        own = read_throughput(index, mode, f" for index: {name}")
        throughput[name] = created_warm(own, index, mode, name)
    return Definition(
        name=request["TableName"],
        schema=schema,
        attribute_types=types,
        billing_mode=mode,
        throughput=throughput,
        created_at=engine.wall_clock(),
        table_id=str(uuid.uuid4()),
        is_protected=request.get("DeletionProtectionEnabled", False),
        tags=with_tags({}, request.get("Tags", ())),
        features=_read_features(engine, request),
    )


def _read_features(engine: Engine, request: Mapping[str, Any]) -> Features:
    now = engine.wall_clock()
    stream: Mapping[str, Any] = request.get("StreamSpecification") or {}
    if not stream.get("StreamEnabled"):
        request = {name: request[name] for name in request if name != STREAM}
    features = with_features(
        Features(), request, table=request["TableName"], wall_now=now
    )
    if "ResourcePolicy" in request:
        policy = read_policy(request["ResourcePolicy"], wall_now=now)
        features = replace(features, policy=policy)
    return features


def _read_indexes(
    request: Mapping[str, Any], parameter: str, types: Types
) -> list[IndexSchema]:
    is_local = parameter == "LocalSecondaryIndexes"
    elements: Sequence[Any] = request.get(parameter, ())
    if parameter in request and not elements:
        raise ServiceError.invalid_parameter(f"List of {parameter} is empty")
    limit = MAX_LOCAL_INDEXES if is_local else MAX_GLOBAL_INDEXES
    if len(elements) > limit:
        raise ServiceError.invalid_parameter(
            f"Number of {parameter} exceeds per-table limit of {limit}"
        )
    return [read_index(element, types, is_local=is_local) for element in elements]


def _check_indexes(schema: TableSchema) -> None:
    names = [index.name for index in schema.indexes]
    for name in names:
        if names.count(name) > 1:
            raise ServiceError.invalid_parameter(f"Duplicate index name: {name}")
    for index in schema.local_indexes:
        if schema.sort_key is None:
            raise ServiceError.invalid_parameter(
                "Table KeySchema does not have a range key, which is required when "
                "specifying a LocalSecondaryIndex"
            )
        if not index.sort_keys:
            raise ServiceError.invalid_parameter(
                f"Index KeySchema does not have a range key for index: {index.name}"
            )
        if index.partition_keys != (schema.partition_key,):
            raise ServiceError.invalid_parameter(
                "Index KeySchema does not have the same leading hash key as table "
                f"KeySchema for index: {index.name}. index hash key: "
                f"{index.partition_keys[0].name}, table hash key: "
                f"{schema.partition_key.name}"
            )


def check_attributes_used(schema: TableSchema, types: Types) -> None:
    """Refuse AttributeDefinitions that no key uses."""
    used = _names(schema.keys)
    for index in schema.indexes:
        used |= _names(index.keys)
    unused = set(types) - used
    if not unused:
        return
    if not schema.indexes:
        raise ServiceError.invalid_parameter(
            "Number of attributes in KeySchema does not exactly match number of "
            "attributes defined in AttributeDefinitions"
        )
    raise ServiceError.invalid_parameter(
        "Some AttributeDefinitions are not used. AttributeDefinitions: "
        f"[{', '.join(types)}], keys used: [{', '.join(sorted(used))}]"
    )


def _names(keys: Iterable[KeyAttribute]) -> set[str]:
    return {key.name for key in keys}
