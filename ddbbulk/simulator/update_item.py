"""UpdateItem: change attributes of an item, or make it where it is missing."""

from typing import Any, Final

import orjson

from ddbbulk.limits import MAX_ITEM_BYTES
from ddbbulk.schema import TableSchema
from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import (
    Projection,
    RequestExpressions,
    Update,
    refuse_legacy,
)
from ddbbulk.simulator.item_keys import exact_key
from ddbbulk.simulator.parameters import (
    RETURN_CONSUMED_CAPACITY,
    RETURN_ITEM_COLLECTION_METRICS,
    Parameters,
)
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.store import StoredItem
from ddbbulk.simulator.writing import (
    Write,
    charge_failed_condition,
    collection_metrics,
    put_of,
    write_one,
)

_PARAMETERS: Final[dict[str, type]] = {
    "TableName": str,
    "Key": dict,
    "UpdateExpression": str,
    "ConditionExpression": str,
    "ExpressionAttributeNames": dict,
    "ExpressionAttributeValues": dict,
    "ReturnValues": str,
    "ReturnValuesOnConditionCheckFailure": str,
    "ReturnConsumedCapacity": str,
    "ReturnItemCollectionMetrics": str,
}
_RETURN_VALUES: Final = ("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")
_ON_FAILURE: Final = ("ALL_OLD", "NONE")

Item = dict[str, Any]


def update_item(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Apply an update expression to the item under a key.

    Raises:
        ServiceError: the request is not valid, its condition does not hold, or it is
            throttled.
    """
    refuse_legacy(request)
    _check_parameters(request)
    expressions = RequestExpressions(request)
    update = expressions.update() or Update()
    condition = expressions.condition("ConditionExpression")
    expressions.refuse_unused()
    key_attributes: Item = request["Key"]
    measure_attributes(key_attributes)
    table = engine.catalog.table(request["TableName"])
    key = exact_key(table.schema, key_attributes)
    refuse_keys(table.schema, update)
    stored = engine.store.get(table.name, key)
    before: Item = {} if stored is None else orjson.loads(stored.body)
    if condition is not None and not condition.holds(before):
        charge_failed_condition(engine, table, Write(key), stored)
        wants_item = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        raise ServiceError(
            "ConditionalCheckFailedException",
            "The conditional request failed",
            item=before if wants_item and before else None,
        )
    write = update_write(table.schema, key_attributes, update, before)
    return _write(engine, table, write, stored, (before, update), request)


def _check_parameters(request: dict[str, Any]) -> None:
    parameters = Parameters("UpdateItem", request, _PARAMETERS)
    parameters.require("TableName", "Key")
    parameters.one_of("ReturnValues", _RETURN_VALUES)
    parameters.one_of("ReturnValuesOnConditionCheckFailure", _ON_FAILURE)
    parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)
    parameters.one_of("ReturnItemCollectionMetrics", RETURN_ITEM_COLLECTION_METRICS)
    parameters.check()


def refuse_keys(schema: TableSchema, update: Update) -> None:
    """Refuse to change an item's key.

    Raises:
        ServiceError: the update does.
    """
    names = {key.name for key in schema.keys}
    for path in update.paths:
        if path[0] in names:
            raise ServiceError.invalid_parameter(
                f"Cannot update attribute {path[0]}. This attribute is part of the key"
            )


def update_write(schema: TableSchema, key: Item, update: Update, before: Item) -> Write:
    """What an update comes to: the item that it makes is put in place of the other.

    Args:
        schema: the table's.
        key: the item's key attributes.
        update: what to change.
        before: the item; empty where there is none.

    Raises:
        ServiceError: the update cannot be done, or makes no valid item.
    """
    after = {**key, **update.apply(before)}
    return put_of(schema, exact_key(schema, key), after, _size(after))


def _size(item: Item) -> int:
    size = measure_attributes(item)
    if size > MAX_ITEM_BYTES:
        raise ServiceError.validation(
            "Item size to update has exceeded the maximum allowed size"
        )
    return size


def _write(
    engine: Engine,
    table: Table,
    write: Write,
    stored: StoredItem | None,
    change: tuple[Item, Update],
    request: dict[str, Any],
) -> dict[str, Any]:
    consumption = write_one(engine, table, write, stored)
    before, update = change
    answer: dict[str, Any] = {}
    returned = _returned(
        request.get("ReturnValues", "NONE"), before, write.item or {}, update
    )
    if returned:
        answer["Attributes"] = returned
    detail = request.get("ReturnConsumedCapacity", "NONE")
    if detail != "NONE":
        answer["ConsumedCapacity"] = consumption.to_json(detail)
    if request.get("ReturnItemCollectionMetrics") == "SIZE":
        metrics = collection_metrics(table.schema, request["Key"])
        if metrics is not None:
            answer["ItemCollectionMetrics"] = metrics
    return answer


def _returned(choice: str, before: Item, after: Item, update: Update) -> Item:
    if choice == "NONE":
        return {}
    item = before if choice.endswith("OLD") else after
    if choice.startswith("ALL"):
        return item
    # Nothing but what the update names, down to the element of a list.
    return Projection(tuple(update.paths)).apply(item)
