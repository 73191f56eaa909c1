"""Scan: all items of a table or index, or of one of its segments."""

from contextlib import closing
from typing import Any, Final

from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import RequestExpressions, refuse_legacy
from ddbbulk.simulator.keys import StoredKey, partition_hash, table_key
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
    "Segment": int,
    "TotalSegments": int,
}
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
_MAX_SEGMENTS: Final = 1_000_000


def scan(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """A page of a table or index, in the order of keys.

    Raises:
        ServiceError: the request is not valid, or throttled.
    """
    refuse_legacy(request)
    parameters = Parameters("Scan", request, _PARAMETERS)
    check_read_parameters(parameters, request)
    parameters.within("Segment", 0, _MAX_SEGMENTS - 1)
    parameters.within("TotalSegments", 1, _MAX_SEGMENTS)
    parameters.check()
    check_select(request)
    segment, total = _segment(request)
    expressions = RequestExpressions(request)
    filter_ = expressions.filter()
    projection = expressions.projection()
    expressions.refuse_unused()
    table = engine.catalog.table(request["TableName"])
    view = View.of(table, request.get("IndexName"), engine.clock())
    selection = selection_of(request, view, projection, filter_)
    walk = engine.store.walk(
        table.name,
        view.index_name,
        after=_start(request, view, segment, total),
        segment=segment,
        total_segments=total,
    )
    return read(engine, view, closing(walk), selection, request)


def _segment(request: dict[str, Any]) -> tuple[int, int]:
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if segment is None and total is None:
        return 0, 1
    if total is None:
        raise ServiceError.validation(
            "The TotalSegments parameter is required but was not present in the "
            "request when Segment parameter is present"
        )
    if segment is None:
        raise ServiceError.validation(
            "The Segment parameter is required but was not present in the request when "
            "parameter TotalSegments is present"
        )
    if segment >= total:
        raise ServiceError.validation(
            "The Segment parameter is zero-based and must be less than parameter "
            f"TotalSegments: Segment: {segment} is not less than TotalSegments: {total}"
        )
    return segment, total


def _start(
    request: dict[str, Any], view: View, segment: int, total: int
) -> StoredKey | None:
    if "ExclusiveStartKey" not in request:
        return None
    attributes = request["ExclusiveStartKey"]
    start = view.start_key(attributes)
    item_key = table_key(view.table.schema, attributes)
    if partition_hash(item_key) % total != segment:
        raise ServiceError.validation(
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please "
            "use ExclusiveStartKey with correct Segment. "
            f"TotalSegments: {total} Segment: {segment}"
        )
    return start
