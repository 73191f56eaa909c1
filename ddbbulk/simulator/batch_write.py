"""BatchWriteItem: up to 25 puts and deletes, each with a fate of its own."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from ddbbulk.limits import MAX_BATCH_ITEMS
from ddbbulk.simulator.admission import Admission
from ddbbulk.simulator.attribute_values import measure_attributes, measure_item
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.item_keys import exact_key, primary_key
from ddbbulk.simulator.parameters import (
    RETURN_CONSUMED_CAPACITY,
    RETURN_ITEM_COLLECTION_METRICS,
    Parameters,
)
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.throttling import throttled
from ddbbulk.simulator.writing import (
    PricedWrite,
    Write,
    carry_out,
    collection_metrics,
    price,
    put_of,
    ration,
)

_PARAMETERS: Final = {
    "RequestItems": dict,
    "ReturnConsumedCapacity": str,
    "ReturnItemCollectionMetrics": str,
}
_SEVERAL: Final = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly "
    "one of the supported datatypes"
)


class _Share(NamedTuple):
    """One table's part of a request, with what was admitted of it."""

    name: str
    table: Table
    entries: list[dict[str, Any]]
    priced: list[PricedWrite]
    admission: Admission


def batch_write_item(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Write the items for which there is capacity, hand the others back.

    Raises:
        ServiceError: the request is not valid, or nothing of it was admitted.
    """
    parameters = Parameters("BatchWriteItem", request, _PARAMETERS)
    parameters.require("RequestItems")
    detail = parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)
    metrics = parameters.one_of(
        "ReturnItemCollectionMetrics", RETURN_ITEM_COLLECTION_METRICS
    )
    request_items: dict[str, Any] = request.get("RequestItems", {})
    _check_counts(parameters, request_items)
    parameters.check()
    measured = {
        name: [_measure(entry) for entry in entries]
        for name, entries in request_items.items()
    }
    tables = {name: engine.catalog.table(name) for name in request_items}
    if len({table.name for table in tables.values()}) != len(tables):
        raise ServiceError.validation("A table is named twice, by its name and its ARN")
    writes = {name: _writes(tables[name], measured[name]) for name in request_items}
    shares = [
        _admit(engine, name, tables[name], request_items[name], writes[name])
        for name in request_items
    ]
    if not any(share.admission.admitted for share in shares):
        raise throttled(one for share in shares for one in share.admission.reasons)
    has_metrics = metrics == "SIZE"
    return _carry_out(engine, shares, detail=detail, has_metrics=has_metrics)


def _check_counts(parameters: Parameters, request_items: dict[str, Any]) -> None:
    if not request_items:
        parameters.add(
            "Value at 'RequestItems' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1"
        )
    total = 0
    for name, entries in request_items.items():
        if entries.__class__ is not list:
            raise ServiceError.serialization("Unexpected field type")
        total += len(entries)
        if 0 < len(entries) <= MAX_BATCH_ITEMS:
            continue
        bound = f"less than or equal to {MAX_BATCH_ITEMS}"
        if not entries:
            bound = "greater than or equal to 1"
        parameters.add(
            f"Value at 'RequestItems.{name}.member' failed to satisfy constraint: "
            f"Member must have length {bound}"
        )
    parameters.check()
    if total > MAX_BATCH_ITEMS:
        raise ServiceError.validation(
            "Too many items requested for the BatchWriteItem call"
        )


def _measure(entry: Any) -> tuple[dict[str, Any], int | None]:  # noqa: ANN401 -- anything may come
    """The attributes of a put with their size, or of a delete's key with None."""
    if entry.__class__ is not dict:
        raise ServiceError.serialization("Unexpected value type in payload")
    if len(entry) == 1:
        for kind, content in entry.items():
            if kind == "PutRequest":
                item = _member(content, "Item")
                return item, measure_item(item)
            if kind == "DeleteRequest":
                key = _member(content, "Key")
                measure_attributes(key)
                return key, None
    raise ServiceError.validation(_SEVERAL)


def _member(request: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 -- anything may come
    if request.__class__ is not dict:
        raise ServiceError.serialization("Unexpected value type in payload")
    attributes = request.get(name)
    if attributes is None:
        kind = "putRequest.item" if name == "Item" else "deleteRequest.key"
        raise ServiceError.validation(
            f"1 validation error detected: Value null at 'requestItems.member.{kind}' "
            "failed to satisfy constraint: Member must not be null"
        )
    if attributes.__class__ is not dict:
        raise ServiceError.serialization("Unexpected value type in payload")
    return attributes


def _writes(
    table: Table, measured: Iterable[tuple[dict[str, Any], int | None]]
) -> list[Write]:
    schema = table.schema
    has_indexes = bool(schema.indexes)
    writes: list[Write] = []
    for attributes, size in measured:
        if size is None:
            writes.append(Write(exact_key(schema, attributes)))
            continue
        key = primary_key(schema, attributes)
        if has_indexes:
            writes.append(put_of(schema, key, attributes, size))
        else:
            writes.append(Write(key, attributes, size))
    if len({write.key for write in writes}) != len(writes):
        raise ServiceError.validation("Provided list of item keys contains duplicates")
    return writes


def _admit(
    engine: Engine,
    name: str,
    table: Table,
    entries: list[dict[str, Any]],
    writes: list[Write],
) -> _Share:
    before = engine.store.get_many(table.name, [write.key for write in writes])
    priced = price(table, writes, before)
    admission = ration(engine, table, priced)
    return _Share(name, table, entries, priced, admission)


def _carry_out(
    engine: Engine, shares: list[_Share], *, detail: str, has_metrics: bool
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "UnprocessedItems": {
            share.name: [share.entries[lost] for lost in share.admission.refused]
            for share in shares
            if share.admission.refused
        }
    }
    consumed: list[dict[str, Any]] = []
    metrics: dict[str, Any] = {}
    for share in shares:
        share.table.unprocessed_items += len(share.admission.refused)
        if not share.admission.admitted:
            continue
        done = [share.priced[position] for position in share.admission.admitted]
        consumption = carry_out(engine, share.table, done)
        if detail != "NONE":
            consumed.append(consumption.to_json(detail))
        if has_metrics and share.table.schema.local_indexes:
            metrics[share.table.name] = _metrics(share)
    if detail != "NONE":
        answer["ConsumedCapacity"] = consumed
    if metrics:
        answer["ItemCollectionMetrics"] = metrics
    return answer


def _metrics(share: _Share) -> list[Any]:
    collections: dict[bytes, Any] = {}
    for position in share.admission.admitted:
        entry = share.entries[position]
        if "PutRequest" in entry:
            attributes = entry["PutRequest"]["Item"]
        else:
            attributes = entry["DeleteRequest"]["Key"]
        partition = share.priced[position].cost.partition
        collections[partition] = collection_metrics(share.table.schema, attributes)
    return list(collections.values())
