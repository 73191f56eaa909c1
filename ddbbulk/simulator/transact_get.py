"""TransactGetItems: up to 100 items, as they are at one moment."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import orjson

from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.cancellation import (
    NO_REASON,
    CancellationReason,
    TransactionCancelledError,
)
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.consumption import Consumption
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import Projection, RequestExpressions
from ddbbulk.simulator.item_keys import EmptyKeyError, exact_key
from ddbbulk.simulator.keys import StoredKey, partition_of
from ddbbulk.simulator.parameters import RETURN_CONSUMED_CAPACITY, Parameters
from ddbbulk.simulator.reading import item_units
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.store import StoredItem
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.simulator.transactions import (
    check_actions,
    refuse_large,
    refuse_same_items,
)

_PARAMETERS: Final[dict[str, type]] = {
    "TransactItems": list,
    "ReturnConsumedCapacity": str,
}
_GET: Final[dict[str, type]] = {
    "TableName": str,
    "Key": dict,
    "ProjectionExpression": str,
    "ExpressionAttributeNames": dict,
}
# Of a strongly consistent read: one unit to prepare, one to commit.
_UNITS_FACTOR: Final = 2


class _Get(NamedTuple):
    table: str
    key: dict[str, Any]
    projection: Projection | None


def transact_get_items(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """The items under some keys, of whatever tables.

    Raises:
        ServiceError: the request is not valid, or the transaction is cancelled.
    """
    parameters = Parameters("TransactGetItems", request, _PARAMETERS)
    detail = parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)
    check_actions(parameters, request)
    gets = [
        _read_get(element, position)
        for position, element in enumerate(request["TransactItems"], start=1)
    ]
    targets = _targets(engine, gets)
    refuse_same_items(targets)
    found, consumed = read_together(engine, targets)
    answer: dict[str, Any] = {
        "Responses": [
            _response(stored, get.projection)
            for stored, get in zip(found, gets, strict=True)
        ]
    }
    if detail != "NONE":
        answer["ConsumedCapacity"] = [
            one.to_json(detail, transaction="Read") for one in consumed
        ]
    return answer


def _read_get(element: Any, position: int) -> _Get:  # noqa: ANN401 -- anything may come
    wrong = ServiceError.serialization("Unexpected value type in payload")
    if element.__class__ is not dict:
        raise wrong
    content = element.get("Get")
    if content.__class__ is not dict:
        raise wrong
    path = f"transactItems.{position}.member.get."
    parameters = Parameters("TransactGetItems", content, _GET, path=path)
    parameters.require("TableName", "Key")
    parameters.check()
    expressions = RequestExpressions(content)
    projection = expressions.projection()
    expressions.refuse_unused()
    measure_attributes(content["Key"])
    return _Get(content["TableName"], content["Key"], projection)


def _targets(engine: Engine, gets: Sequence[_Get]) -> list[tuple[Table, StoredKey]]:
    tables = [engine.catalog.table(get.table) for get in gets]
    targets: list[tuple[Table, StoredKey]] = []
    reasons: list[CancellationReason] = []
    for table, get in zip(tables, gets, strict=True):
        reason = NO_REASON
        try:
            targets.append((table, exact_key(table.schema, get.key)))
        except EmptyKeyError:
            raise
        except ServiceError as error:
            reason = CancellationReason.invalid(error)
        reasons.append(reason)
    if len(targets) < len(gets):
        raise TransactionCancelledError(reasons)
    return targets


def read_together(
    engine: Engine, targets: Sequence[tuple[Table, StoredKey]]
) -> tuple[list[StoredItem | None], list[Consumption]]:
    """All items, or a transaction that is cancelled for want of capacity.

    Args:
        engine: what it works on.
        targets: the table and key of each.

    Returns:
        The items, and what was consumed of each table.

    Raises:
        ServiceError: the transaction is cancelled, or the items are too large.
    """
    found = [engine.store.get(table.name, key) for table, key in targets]
    refuse_large(0 if stored is None else stored.size for stored in found)
    _admit(engine, targets)
    now = engine.clock()
    consumed: dict[str, Consumption] = {}
    for (table, key), stored in zip(targets, found, strict=True):
        units = _UNITS_FACTOR * item_units(stored, is_consistent=True)
        table.resources[TABLE].take_read(units, now, partition_of(key))
        consumption = consumed.setdefault(table.name, Consumption(table.name))
        consumption.units += units
    return found, list(consumed.values())


def _admit(engine: Engine, targets: Sequence[tuple[Table, StoredKey]]) -> None:
    now = engine.clock()
    reasons: list[CancellationReason] = []
    short: dict[str, Table] = {}
    for table, key in targets:
        table.transition(now)  # a change of capacity may have come into force
        obstacle = table.resources[TABLE].read_obstacle(now, partition_of(key))
        if obstacle is None:
            reasons.append(NO_REASON)
        else:
            reasons.append(CancellationReason.of(obstacle))
            short[table.name] = table
    for table in short.values():
        table.resources[TABLE].throttled_reads += 1
    if short:
        raise TransactionCancelledError(reasons)


def _response(stored: StoredItem | None, projection: Projection | None) -> Any:  # noqa: ANN401 -- JSON
    if stored is None:
        return {}
    item: dict[str, Any] = orjson.loads(stored.body)
    if projection is not None:
        item = projection.apply(item)
    return {"Item": item} if item else {}
