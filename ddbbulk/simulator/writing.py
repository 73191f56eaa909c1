"""How writes happen: priced against what is there, admitted, charged, done.

Every operation that writes goes through here, be it one item or a batch of 25.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from ddbbulk.limits import MAX_ITEM_BYTES
from ddbbulk.schema import TableSchema
from ddbbulk.simulator.admission import Admission, IndexCost, WriteCost, admit
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.consumption import Consumption
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.item_keys import index_keys, index_keys_if_valid
from ddbbulk.simulator.keys import StoredKey, partition_of
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.store import Changes, StoredItem
from ddbbulk.simulator.throttling import throttled
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.sizing import entry_size, write_cost, write_units

Entries = Mapping[str, tuple[bytes, StoredKey]]  # index -> partition and key there
_NO_ENTRIES: Entries = {}


class Write(NamedTuple):
    """What a request wants of one item, already validated.

    Attributes:
        key: the item's key.
        item: the item; None deletes it.
        size: the item's size in bytes; 0 for a delete.
        entries: where it will stand in the indexes.
    """

    key: StoredKey
    item: dict[str, Any] | None = None
    size: int = 0
    entries: Entries = _NO_ENTRIES


class PricedWrite(NamedTuple):
    """A write, what it replaces, and what that costs.

    Attributes:
        write: what is wanted.
        before: what is there.
        cost: what admission asks for.
        local_units: the part of it that local indexes cause, by name.
        old_entries: where the item stands in the indexes.
    """

    write: Write
    before: StoredItem | None
    cost: WriteCost
    local_units: Mapping[str, int]
    old_entries: Entries


def put_of(
    schema: TableSchema, key: StoredKey, item: dict[str, Any], size: int
) -> Write:
    """A put, checked against the table's indexes.

    Raises:
        ServiceError: a key of an index is not valid, or the item is too large together
            with its entries in local indexes.
    """
    entries = index_keys(schema, item)
    local = [entry_size(item, schema, index) or 0 for index in schema.local_indexes]
    if size + sum(local) > MAX_ITEM_BYTES:
        raise ServiceError.validation("Item size has exceeded the maximum allowed size")
    return Write(key, item, size, entries)


def price(
    table: Table, writes: Sequence[Write], before: Mapping[StoredKey, StoredItem]
) -> list[PricedWrite]:
    """What each write costs, given the items that are there now."""
    schema = table.schema
    if schema.indexes:
        return [_price(schema, write, before.get(write.key)) for write in writes]
    has_sort_key = schema.sort_key is not None
    priced: list[PricedWrite] = []
    for write in writes:
        key, _, size, _ = write
        old = before.get(key)
        units = write_units(size if old is None else max(size, old.size))
        partition = partition_of(key) if has_sort_key else key
        cost = WriteCost(partition, units)
        priced.append(PricedWrite(write, old, cost, {}, _NO_ENTRIES))
    return priced


def _price(schema: TableSchema, write: Write, before: StoredItem | None) -> PricedWrite:
    old_item: dict[str, Any] | None = None
    old_entries = _NO_ENTRIES
    if before is not None:
        old_item = orjson.loads(before.body)
        old_entries = index_keys_if_valid(schema, old_item or {})
    units, global_units, local_units = write_cost(
        old_item, write.item, schema, after_size=write.size
    )
    indexes: list[IndexCost] = []
    for name, used in global_units.items():
        entry = write.entries.get(name) or old_entries.get(name)
        if entry is not None:
            indexes.append(IndexCost(name, entry[0], used))
    cost = WriteCost(
        partition_of(write.key), units + sum(local_units.values()), tuple(indexes)
    )
    return PricedWrite(write, before, cost, local_units, old_entries)


def ration(engine: Engine, table: Table, priced: Sequence[PricedWrite]) -> Admission:
    """Charge those of the writes for which the table has capacity left."""
    now = engine.clock()
    table.transition(now)  # a change of capacity may have come into force
    if table.is_on_demand:
        engine.catalog.grow(table, now)
    admission = admit(
        table.resources,
        [one.cost for one in priced],
        now=now,
        chance=engine.chance,
    )
    if admission.refused:
        table.throttled_requests += 1
    return admission


def carry_out(
    engine: Engine, table: Table, priced: Iterable[PricedWrite]
) -> Consumption:
    """Do the writes that were admitted, all in one transaction."""
    changes, consumption = gather(table, priced)
    engine.store.write(table.name, changes)
    meter(engine, table, consumption)
    return consumption


def gather(table: Table, priced: Iterable[PricedWrite]) -> tuple[Changes, Consumption]:
    """What some writes change in a table, and what they consume."""
    changes = Changes()
    consumption = Consumption(table.name)
    has_indexes = bool(table.schema.indexes)
    puts, deletes = changes.puts, changes.deletes
    units = items_added = bytes_added = 0
    for write, before, cost, local_units, old_entries in priced:
        key, item, size, entries = write
        units += cost.units
        if before is not None:
            items_added -= 1
            bytes_added -= before.size
        if item is not None:
            puts.append((key, size, orjson.dumps(item)))
            items_added += 1
            bytes_added += size
        elif before is not None:
            deletes.append(key)
        if has_indexes:
            units -= sum(local_units.values())
            consumption.add(
                0, {name: used for name, _, used in cost.indexes}, local_units
            )
            _change_entries(changes, key, old_entries, entries)
    changes.items_added, changes.bytes_added = items_added, bytes_added
    consumption.units += units
    return changes, consumption


def meter(engine: Engine, table: Table, consumption: Consumption) -> None:
    """Count write units that were consumed."""
    now = engine.clock()
    own = consumption.units + sum(consumption.local_units.values())
    if own:
        table.resources[TABLE].count_write(own, now)
    for index, units in consumption.global_units.items():
        table.resources[index].count_write(units, now)


def _change_entries(
    changes: Changes, key: StoredKey, before: Entries, after: Entries
) -> None:
    for index, (_, entry_key) in before.items():
        if index not in after or after[index][1] != entry_key:
            changes.index_deletes.setdefault(index, []).append(entry_key)
    for index, (_, entry_key) in after.items():
        if index not in before or before[index][1] != entry_key:
            changes.index_puts.setdefault(index, []).append((entry_key, key))


def write_one(
    engine: Engine, table: Table, write: Write, before: StoredItem | None
) -> Consumption:
    """Do one write whose conditions hold.

    Raises:
        ServiceError: throttled.
    """
    priced = price(table, [write], {} if before is None else {write.key: before})
    admission = ration(engine, table, priced)
    if admission.refused:
        raise throttled(admission.reasons)
    return carry_out(engine, table, priced)


def charge_failed_condition(
    engine: Engine, table: Table, write: Write, before: StoredItem | None
) -> Consumption:
    """Charge a write whose condition did not hold: as if it had been done.

    Raises:
        ServiceError: throttled.
    """
    old_size = 0 if before is None else before.size
    units = write_units(max(old_size, write.size))
    cost = WriteCost(partition_of(write.key), units)
    admission = ration(
        engine, table, [PricedWrite(write, before, cost, {}, _NO_ENTRIES)]
    )
    if admission.refused:
        raise throttled(admission.reasons)
    consumption = Consumption(table.name, units)
    meter(engine, table, consumption)
    return consumption


def collection_metrics(schema: TableSchema, attributes: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- JSON
    """The element ``ItemCollectionMetrics`` of a write; None without a local index."""
    if not schema.local_indexes:
        return None
    name = schema.partition_key.name
    return {
        "ItemCollectionKey": {name: attributes[name]},
        # AWS estimates; a collection in the simulator is always small.
        "SizeEstimateRangeGB": [0.0, 1.0],
    }
