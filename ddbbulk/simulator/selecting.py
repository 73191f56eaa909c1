"""What Query and Scan may ask to see of a table or index."""

from typing import Any, Final

from ddbbulk.simulator.expressions import Condition, Projection
from ddbbulk.simulator.parameters import RETURN_CONSUMED_CAPACITY, Parameters
from ddbbulk.simulator.reading import Selection
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.views import View

READ_PARAMETERS: Final[dict[str, type]] = {
    "TableName": str,
    "IndexName": str,
    "Select": str,
    "Limit": int,
    "ConsistentRead": bool,
    "ExclusiveStartKey": dict,
    "FilterExpression": str,
    "ProjectionExpression": str,
    "ExpressionAttributeNames": dict,
    "ExpressionAttributeValues": dict,
    "ReturnConsumedCapacity": str,
}
_SELECT: Final = (
    "SPECIFIC_ATTRIBUTES",
    "COUNT",
    "ALL_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES",
)
_PROJECTION_WORDS: Final = {
    "COUNT": "only the Count",
    "ALL_ATTRIBUTES": "ALL_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES": "ALL_PROJECTED_ATTRIBUTES",
}


def check_read_parameters(parameters: Parameters, request: dict[str, Any]) -> None:
    """The constraints that Query and Scan share (end them with ``check``)."""
    parameters.require("TableName")
    if not str(request.get("TableName", "")).startswith("arn:"):
        parameters.name("TableName")
    parameters.name("IndexName")
    parameters.within("Limit", 1)
    parameters.one_of("Select", _SELECT, "ALL_ATTRIBUTES")
    parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)


def check_select(request: dict[str, Any]) -> None:
    """Refuse a ``Select`` that contradicts the other parameters.

    Raises:
        ServiceError: it does.
    """
    select = request.get("Select")
    has_projection = "ProjectionExpression" in request
    if select == "SPECIFIC_ATTRIBUTES" and not has_projection:
        raise ServiceError.validation(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to "
            "get SPECIFIC_ATTRIBUTES"
        )
    if select in _PROJECTION_WORDS and has_projection:
        raise ServiceError.validation(
            "Cannot specify the ProjectionExpression when choosing to get "
            f"{_PROJECTION_WORDS[select]}"
        )
    if select == "ALL_PROJECTED_ATTRIBUTES" and "IndexName" not in request:
        raise ServiceError.validation(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
        )


def selection_of(
    request: dict[str, Any],
    view: View,
    projection: Projection | None,
    condition: Condition | None,
) -> Selection:
    """What the read returns of the view.

    Raises:
        ServiceError: it asks of a global index what only the table has.
    """
    if view.is_global and request.get("ConsistentRead"):
        raise ServiceError.validation(
            "Consistent reads are not supported on global secondary indexes"
        )
    is_beyond = _is_beyond(request, view, projection)
    if is_beyond and view.is_global:
        raise _not_projected(view, projection)
    return Selection(
        is_count=request.get("Select") == "COUNT",
        projection=projection,
        condition=condition,
        is_fetching=is_beyond,
    )


def _is_beyond(
    request: dict[str, Any], view: View, projection: Projection | None
) -> bool:
    """Whether attributes are asked for that the index has not copied."""
    if view.projected is None:
        return False
    if projection is not None:
        return any(path[0] not in view.projected for path in projection.paths)
    return request.get("Select") == "ALL_ATTRIBUTES"


def _not_projected(view: View, projection: Projection | None) -> ServiceError:
    if projection is None:
        return ServiceError.invalid_parameter(
            "Select type ALL_ATTRIBUTES is not supported for global secondary index "
            f"{view.index_name} because its projection type is not ALL"
        )
    names = {str(path[0]) for path in projection.paths}
    missing = ", ".join(sorted(names.difference(view.projected or ())))
    return ServiceError.invalid_parameter(
        f"Global secondary index {view.index_name} does not project [{missing}]"
    )
