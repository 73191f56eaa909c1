"""GetItem."""

from typing import Any, Final

from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import RequestExpressions, refuse_legacy
from ddbbulk.simulator.item_keys import exact_key
from ddbbulk.simulator.parameters import RETURN_CONSUMED_CAPACITY, Parameters
from ddbbulk.simulator.reading import read_item

_PARAMETERS: Final[dict[str, type]] = {
    "TableName": str,
    "Key": dict,
    "ConsistentRead": bool,
    "ProjectionExpression": str,
    "ExpressionAttributeNames": dict,
    "ReturnConsumedCapacity": str,
}


def get_item(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """The item under a key, or the parts of it that a projection names.

    Raises:
        ServiceError: the request is not valid, or throttled.
    """
    refuse_legacy(request)
    parameters = Parameters("GetItem", request, _PARAMETERS)
    parameters.require("TableName", "Key")
    detail = parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)
    parameters.check()
    expressions = RequestExpressions(request)
    projection = expressions.projection()
    expressions.refuse_unused()
    measure_attributes(request["Key"])
    table = engine.catalog.table(request["TableName"])
    key = exact_key(table.schema, request["Key"])
    is_consistent = request.get("ConsistentRead", False)
    item, consumption = read_item(engine, table, key, is_consistent=is_consistent)
    answer: dict[str, Any] = {}
    if item is not None:
        answer["Item"] = item if projection is None else projection.apply(item)
    if detail != "NONE":
        answer["ConsumedCapacity"] = consumption.to_json(detail)
    return answer
