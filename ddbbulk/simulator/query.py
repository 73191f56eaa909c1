"""Query: the items of one partition, in the order of their sort keys."""

from contextlib import closing
from typing import Any, Final

from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import (
    Condition,
    KeyRange,
    RequestExpressions,
    key_range,
    refuse_legacy,
)
from ddbbulk.simulator.keys import StoredKey
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.reading import read
from ddbbulk.simulator.selecting import (
    READ_PARAMETERS,
    check_read_parameters,
    check_select,
    selection_of,
)
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.views import View

_PARAMETERS: Final[dict[str, type]] = {
    **READ_PARAMETERS,
    "KeyConditionExpression": str,
    "ScanIndexForward": bool,
}


def query(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """A page of what a key condition asks for, of a table or index.

    Raises:
        ServiceError: the request is not valid, or throttled.
    """
    refuse_legacy(request)
    parameters = Parameters("Query", request, _PARAMETERS)
    check_read_parameters(parameters, request)
    parameters.check()
    check_select(request)
    expressions = RequestExpressions(request)
    condition = _key_condition(expressions)
    projection = expressions.projection()
    table = engine.catalog.table(request["TableName"])
    view = View.of(table, request.get("IndexName"), engine.clock())
    keys = key_range(condition, view.partition_keys, view.sort_keys)
    key_names = [key.name for key in view.partition_keys + view.sort_keys]
    filter_ = expressions.filter(keys=key_names)
    expressions.refuse_unused()
    selection = selection_of(request, view, projection, filter_)
    walk = engine.store.walk(
        table.name,
        view.index_name,
        lower=keys.lower,
        upper=keys.upper,
        after=_start(request, view, keys),
        is_forward=request.get("ScanIndexForward", True),
    )
    return read(engine, view, closing(walk), selection, request)


def _key_condition(expressions: RequestExpressions) -> Condition:
    condition = expressions.condition("KeyConditionExpression")
    if condition is None:
        raise ServiceError.validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be "
            "specified in the request."
        )
    return condition


def _start(request: dict[str, Any], view: View, keys: KeyRange) -> StoredKey | None:
    if "ExclusiveStartKey" not in request:
        return None
    start = view.start_key(request["ExclusiveStartKey"])
    if not keys.holds(start):
        raise ServiceError.validation(
            "The provided starting key is outside query boundaries based on provided "
            "conditions"
        )
    return start
