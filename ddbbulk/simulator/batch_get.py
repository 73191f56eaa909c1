"""BatchGetItem: up to 100 items by their keys, each with a fate of its own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from ddbbulk.limits import MAX_BATCH_BYTES
from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.consumption import Consumption
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import (
    Projection,
    RequestExpressions,
    refuse_legacy,
)
from ddbbulk.simulator.item_keys import exact_key
from ddbbulk.simulator.keys import StoredKey, partition_of
from ddbbulk.simulator.parameters import RETURN_CONSUMED_CAPACITY, Parameters
from ddbbulk.simulator.reading import item_units
from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason
from ddbbulk.simulator.store import StoredItem
from ddbbulk.simulator.throttling import throttled
from ddbbulk.simulator.throughput import TABLE

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_MAX_KEYS: Final = 100
_PARAMETERS: Final[dict[str, type]] = {
    "RequestItems": dict,
    "ReturnConsumedCapacity": str,
}
_PART: Final[dict[str, type]] = {
    "Keys": list,
    "ConsistentRead": bool,
    "ProjectionExpression": str,
    "ExpressionAttributeNames": dict,
}


@dataclass(slots=True)
class _Share:
    """One table's part of a request, and what became of it.

    Attributes:
        name: what the request calls the table.
        table: the table.
        part: what the request says of it.
        keys: of the items.
        projection: the parts of each item; None: all of it.
        stored: by position: the items that are there and got capacity.
        refused: positions of the keys that go back.
        units: what was consumed.
    """

    name: str
    table: Table
    part: dict[str, Any]
    keys: list[StoredKey]
    projection: Projection | None
    stored: dict[int, StoredItem] = field(default_factory=dict[int, StoredItem])
    refused: set[int] = field(default_factory=set[int])
    units: float = 0.0


class _Get(NamedTuple):
    """One key that there is room for in the answer."""

    share: _Share
    position: int
    stored: StoredItem | None


def batch_get_item(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """The items that are there, and the keys for which there was no capacity or room.

    Raises:
        ServiceError: the request is not valid, or nothing of it was admitted.
    """
    parameters = Parameters("BatchGetItem", request, _PARAMETERS)
    parameters.require("RequestItems")
    detail = parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)
    parts: dict[str, Any] = request.get("RequestItems", {})
    _check_counts(parameters, parts)
    projections = {name: _projection(part) for name, part in parts.items()}
    for part in parts.values():
        for key in part["Keys"]:
            measure_attributes(key)
    shares = [
        _share(engine, name, part, projections[name]) for name, part in parts.items()
    ]
    if len({share.table.name for share in shares}) != len(shares):
        raise ServiceError.validation("A table is named twice, by its name and its ARN")
    gets = list(_with_room(engine, shares))
    reasons = _admit(engine, gets)
    if not any(len(share.refused) < len(share.keys) for share in shares):
        raise throttled(reasons)
    return _answer(shares, detail)


def _check_counts(parameters: Parameters, parts: dict[str, Any]) -> None:
    if not parts:
        parameters.add(
            "Value at 'RequestItems' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1"
        )
    total = 0
    for name, part in parts.items():
        if part.__class__ is not dict:
            raise ServiceError.serialization("Unexpected value type in payload")
        refuse_legacy(part)
        of_part = Parameters(
            "BatchGetItem", part, _PART, path=f"requestItems.{name}.member."
        )
        of_part.require("Keys")
        of_part.check()
        count = len(part["Keys"])
        total += count
        bound = "greater than or equal to 1" if not count else ""
        if count > _MAX_KEYS:
            bound = f"less than or equal to {_MAX_KEYS}"
        if bound:
            parameters.add(
                f"Value at 'RequestItems.{name}.member.Keys' failed to satisfy "
                f"constraint: Member must have length {bound}"
            )
    parameters.check()
    if total > _MAX_KEYS:
        raise ServiceError.validation(
            "Too many items requested for the BatchGetItem call"
        )


def _projection(part: dict[str, Any]) -> Projection | None:
    expressions = RequestExpressions(part)
    projection = expressions.projection()
    expressions.refuse_unused()
    return projection


def _share(
    engine: Engine, name: str, part: dict[str, Any], projection: Projection | None
) -> _Share:
    table = engine.catalog.table(name)
    keys = [exact_key(table.schema, key) for key in part["Keys"]]
    if len(set(keys)) != len(keys):
        raise ServiceError.validation("Provided list of item keys contains duplicates")
    return _Share(name, table, part, keys, projection)


def _with_room(engine: Engine, shares: Iterable[_Share]) -> Iterator[_Get]:
    """The keys whose items an answer holds, in the order of the request."""
    room = MAX_BATCH_BYTES
    for share in shares:
        found = engine.store.get_many(share.table.name, share.keys)
        for position, key in enumerate(share.keys):
            stored = found.get(key)
            room -= 0 if stored is None else stored.size
            if room >= 0:
                yield _Get(share, position, stored)
            else:
                share.refused.add(position)


def _admit(engine: Engine, gets: Sequence[_Get]) -> list[ThrottlingReason]:
    """Charge the gets for which there is capacity; where it is short, chance says who.

    Returns:
        Why the others did not get any.
    """
    now = engine.clock()
    reasons: list[ThrottlingReason] = []
    ranks = [engine.chance.random() for _ in gets]
    short: dict[str, Table] = {}
    for number in sorted(range(len(gets)), key=ranks.__getitem__):
        share, position, stored = gets[number]
        table = share.table
        table.transition(now)  # a change of capacity may have come into force
        resource = table.resources[TABLE]
        partition = partition_of(share.keys[position])
        obstacle = resource.read_obstacle(now, partition)
        if obstacle is not None:
            share.refused.add(position)
            reasons.append(obstacle)
            short[table.name] = table
            continue
        is_consistent: bool = share.part.get("ConsistentRead", False)
        units = item_units(stored, is_consistent=is_consistent)
        resource.take_read(units, now, partition)
        share.units += units
        if stored is not None:
            share.stored[position] = stored
    for table in short.values():
        table.resources[TABLE].throttled_reads += 1
    return reasons


def _answer(shares: Iterable[_Share], detail: str) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    unprocessed: dict[str, Any] = {}
    consumed: list[dict[str, Any]] = []
    for share in shares:
        lost = [share.part["Keys"][position] for position in sorted(share.refused)]
        if lost:
            unprocessed[share.name] = {**share.part, "Keys": lost}
        responses[share.name] = list(_items(share))
        if share.units:
            consumption = Consumption(share.table.name, share.units)
            consumed.append(consumption.to_json(detail))
    answer: dict[str, Any] = {"Responses": responses, "UnprocessedKeys": unprocessed}
    if detail != "NONE":
        answer["ConsumedCapacity"] = consumed
    return answer


def _items(share: _Share) -> Iterator[dict[str, Any]]:
    projection = share.projection
    for _, stored in sorted(share.stored.items()):
        item: dict[str, Any] = orjson.loads(stored.body)
        yield item if projection is None else projection.apply(item)
