"""How reads happen: admitted, walked through page by page, charged.

A page ends with the item that fills it: the one that makes the limit, or that brings
what was read to 1 MB (on AWS, full pages of small items cost 128.5 units, half a unit
more than 1 MB does: https://dev.to/aws-heroes/dynamodb-scan-and-why-128-5-rcu-2k25).
Filters come after both.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html

A page is admitted where its table or index has capacity left, and the partition key
that it begins with has; it is charged to its partition keys by what each has of it.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from ddbbulk.limits import READ_UNIT_BYTES
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.consumption import Consumption
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import Condition, Projection
from ddbbulk.simulator.keys import StoredKey, leading_parts, partition_of
from ddbbulk.simulator.store import StoredItem
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.simulator.views import Item, View
from ddbbulk.sizing import item_size

MAX_PAGE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Selection:
    """What a read wants to see of what it finds.

    Attributes:
        is_count: nothing but how many there are.
        projection: the parts of each item; None: all of it.
        condition: which items; None: all.
        is_fetching: look up the whole item behind each entry of a local index.
    """

    is_count: bool = False
    projection: Projection | None = None
    condition: Condition | None = None
    is_fetching: bool = False


@dataclass(slots=True)
class Page:
    """What a read has found so far, and what it cost.

    Attributes:
        count: how many items satisfied the filter.
        scanned: how many were looked at.
        size: bytes of what was looked at, in the table or index.
        fetched_units: units of items looked up in the table behind an index.
        items: what was selected.
        last: the item that ended the page; None: there is nothing more.
        partitions: each partition key in order, with ``size`` where it begins.
    """

    count: int = 0
    scanned: int = 0
    size: int = 0
    fetched_units: int = 0
    items: list[Item] = field(default_factory=list[Item])
    last: Item | None = None
    partitions: dict[bytes, int] = field(default_factory=dict[bytes, int])

    def to_json(self, view: View, selection: Selection) -> dict[str, Any]:
        """The answer, but for what was consumed."""
        answer: dict[str, Any] = {"Count": self.count, "ScannedCount": self.scanned}
        if not selection.is_count:
            answer["Items"] = self.items
        if self.last is not None:
            answer["LastEvaluatedKey"] = view.key_of(self.last)
        return answer


def read_units(size: int) -> int:
    """Units of a strongly consistent read of so many bytes."""
    return -(-size // READ_UNIT_BYTES) or 1


def item_units(stored: StoredItem | None, *, is_consistent: bool) -> float:
    """Units of reading one item by its key, or of finding that it is not there."""
    size = 0 if stored is None else stored.size
    return read_units(size) * (1.0 if is_consistent else 0.5)


def admit_read(
    engine: Engine, table: Table, resource: str, partition: bytes | None = None
) -> None:
    """Let a read begin, where the table or index, and the partition, has capacity left.

    Raises:
        ServiceError: throttled.
    """
    now = engine.clock()
    table.transition(now)  # a change of capacity may have come into force
    table.resources[resource].check_read(now, partition)


def read_page(
    view: View,
    walk: Iterable[tuple[StoredKey, StoredItem]],
    selection: Selection,
    limit: int | None,
) -> Page:
    """Read until the page is full or there is nothing more."""
    page = Page()
    parts, partition = len(view.partition_keys), b""
    for key, stored in walk:
        # No part of a key occurs as the beginning of another: this is exact.
        if not partition or not key.startswith(partition):
            partition = leading_parts(key, parts)
            page.partitions[partition] = page.size
        _look_at(page, stored, view, selection)
        if page.scanned == limit or page.size >= MAX_PAGE_BYTES:
            page.last = orjson.loads(stored.body)
            break
    return page


def _look_at(page: Page, stored: StoredItem, view: View, selection: Selection) -> None:
    page.scanned += 1
    is_blind = selection.is_count and selection.condition is None
    if is_blind and view.projected is None:
        page.size += stored.size  # counted without a look at it
        page.count += 1
        return
    item: Item = orjson.loads(stored.body)
    seen = view.entry(item)
    page.size += stored.size if view.projected is None else item_size(seen)
    if selection.is_fetching:
        page.fetched_units += read_units(stored.size)
        seen = item
    if selection.condition is None or selection.condition.holds(seen):
        page.count += 1
        if not selection.is_count:
            projection = selection.projection
            page.items.append(projection.apply(seen) if projection else seen)


def charge_page(
    engine: Engine, view: View, page: Page, *, is_consistent: bool
) -> Consumption:
    """Take what a page cost from the capacity it was admitted to."""
    factor = 1.0 if is_consistent else 0.5
    units = factor * read_units(page.size)
    fetched = factor * page.fetched_units
    table = view.table
    consumption = Consumption(table.name, fetched)
    if view.index is None:
        consumption.units += units
    elif view.index.is_local:
        consumption.local_units[view.index.name] = units
    else:
        consumption.global_units[view.index.name] = units
    now = engine.clock()
    resource = table.resources[view.resource]
    resource.take_read(units + fetched, now)
    per_byte = (units + fetched) / (page.size or 1)
    end = page.size
    for partition, begin in reversed(page.partitions.items()):
        resource.read_partitions.take(partition, (end - begin) * per_byte, now)
        end = begin
    return consumption


def read(
    engine: Engine,
    view: View,
    walk: "closing[Any]",
    selection: Selection,
    request: dict[str, Any],
) -> dict[str, Any]:
    """The answer to a Query or Scan whose parameters are all known to be valid.

    Args:
        engine: what it works on.
        view: the table or index.
        walk: what lies in the range or segment, from the start key on.
        selection: what to return of it.
        request: for ``Limit``, ``ConsistentRead`` and ``ReturnConsumedCapacity``.

    Raises:
        ServiceError: throttled.
    """
    table, resource = view.table, view.resource
    admit_read(engine, table, resource)
    with walk as found:
        page = read_page(view, found, selection, request.get("Limit"))
    admit_read(engine, table, resource, next(iter(page.partitions), None))
    is_consistent = request.get("ConsistentRead", False)
    consumption = charge_page(engine, view, page, is_consistent=is_consistent)
    answer = page.to_json(view, selection)
    detail = request.get("ReturnConsumedCapacity", "NONE")
    if detail != "NONE":
        answer["ConsumedCapacity"] = consumption.to_json(detail)
    return answer


def read_item(
    engine: Engine, table: Table, key: StoredKey, *, is_consistent: bool
) -> tuple[Item | None, Consumption]:
    """One item by its key, and what that consumed.

    Raises:
        ServiceError: throttled.
    """
    partition = partition_of(key)
    admit_read(engine, table, TABLE, partition)
    stored = engine.store.get(table.name, key)
    units = item_units(stored, is_consistent=is_consistent)
    table.resources[TABLE].take_read(units, engine.clock(), partition)
    item: Item | None = None if stored is None else orjson.loads(stored.body)
    return item, Consumption(table.name, units)
