"""PutItem and DeleteItem: one item, where a condition holds."""

from collections.abc import Callable
from typing import Any, Final

import orjson

from ddbbulk.schema import TableSchema
from ddbbulk.simulator.attribute_values import measure_attributes, measure_item
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import read_condition, refuse_legacy
from ddbbulk.simulator.item_keys import exact_key, item_key
from ddbbulk.simulator.parameters import (
    RETURN_CONSUMED_CAPACITY,
    RETURN_ITEM_COLLECTION_METRICS,
    Parameters,
)
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.writing import (
    Write,
    charge_failed_condition,
    collection_metrics,
    put_of,
    write_one,
)

_RETURNED: Final = ("ALL_OLD", "NONE")
_PARAMETERS: Final[dict[str, type]] = {
    "TableName": str,
    "ConditionExpression": str,
    "ExpressionAttributeNames": dict,
    "ExpressionAttributeValues": dict,
    "ReturnValues": str,
    "ReturnValuesOnConditionCheckFailure": str,
    "ReturnConsumedCapacity": str,
    "ReturnItemCollectionMetrics": str,
}


def put_item(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Write one item, whole.

    Raises:
        ServiceError: the request is not valid, its condition does not hold, or it is
            throttled.
    """
    _check_parameters("PutItem", "Item", request)
    size = measure_item(request["Item"])

    def write_of(schema: TableSchema, item: dict[str, Any]) -> Write:
        return put_of(schema, item_key(schema, item), item, size)

    return _write(engine, request, request["Item"], write_of)


def delete_item(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Remove the item under a key; harmless where there is none.

    Raises:
        ServiceError: as ``put_item``.
    """
    _check_parameters("DeleteItem", "Key", request)
    measure_attributes(request["Key"])

    def write_of(schema: TableSchema, key: dict[str, Any]) -> Write:
        return Write(exact_key(schema, key))

    return _write(engine, request, request["Key"], write_of)


def _check_parameters(operation: str, subject: str, request: dict[str, Any]) -> None:
    refuse_legacy(request)
    parameters = Parameters(operation, request, {**_PARAMETERS, subject: dict})
    parameters.require("TableName", subject)
    parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)
    parameters.one_of("ReturnItemCollectionMetrics", RETURN_ITEM_COLLECTION_METRICS)
    parameters.one_of("ReturnValuesOnConditionCheckFailure", _RETURNED)
    parameters.check()
    # The model knows more choices, which only UpdateItem takes.
    if request.get("ReturnValues", "NONE") not in _RETURNED:
        raise ServiceError.validation("ReturnValues can only be ALL_OLD or NONE")


def _write(
    engine: Engine,
    request: dict[str, Any],
    attributes: dict[str, Any],
    write_of: Callable[[TableSchema, dict[str, Any]], Write],
) -> dict[str, Any]:
    condition = read_condition(request)
    table = engine.catalog.table(request["TableName"])
    write = write_of(table.schema, attributes)
    before = engine.store.get(table.name, write.key)
    old: dict[str, Any] = {} if before is None else orjson.loads(before.body)
    if condition is not None and not condition.holds(old):
        charge_failed_condition(engine, table, write, before)
        is_wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        raise ServiceError(
            "ConditionalCheckFailedException",
            "The conditional request failed",
            item=old if is_wanted and old else None,
        )
    consumption = write_one(engine, table, write, before)
    answer: dict[str, Any] = {}
    if request.get("ReturnValues") == "ALL_OLD" and old:
        answer["Attributes"] = old
    detail = request.get("ReturnConsumedCapacity", "NONE")
    if detail != "NONE":
        answer["ConsumedCapacity"] = consumption.to_json(detail)
    if request.get("ReturnItemCollectionMetrics") == "SIZE":
        metrics = collection_metrics(table.schema, attributes)
        if metrics is not None:
            answer["ItemCollectionMetrics"] = metrics
    return answer
