"""What a request to another server will cost there, as far as it shows beforehand.

Puts are priced as new items. What deletes, updates and overwrites cost is known only
from the answer's ConsumedCapacity, and settled then.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ddbbulk.schema import TableSchema
from ddbbulk.simulator.admission import IndexCost, WriteCost
from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.consumption import Consumption
from ddbbulk.simulator.item_keys import index_keys_if_valid, primary_key
from ddbbulk.simulator.keys import partition_of
from ddbbulk.simulator.parameters import RETURN_CONSUMED_CAPACITY
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.sizing import write_cost

_DETAIL: Final = "ReturnConsumedCapacity"
_NONE: Final = "NONE"
# The last two are told of transactions.
_TOTAL: Final = (
    "TableName",
    "CapacityUnits",
    "ReadCapacityUnits",
    "WriteCapacityUnits",
)


def cost_of_put(schema: TableSchema, item: dict[str, Any]) -> WriteCost:
    """The cost of a new item.

    Raises:
        ServiceError: it is not a valid item.
    """
    measure_attributes(item)
    units, global_units, local_units = write_cost(None, item, schema)
    entries = index_keys_if_valid(schema, item)
    indexes = [
        IndexCost(name, entries[name][0], used)
        for name, used in global_units.items()
        if name in entries
    ]
    partition = partition_of(primary_key(schema, item))
    return WriteCost(partition, units + sum(local_units.values()), tuple(indexes))


def cost_of_change(schema: TableSchema, key: dict[str, Any]) -> WriteCost:
    """The least that deleting or updating an item costs the table.

    Raises:
        ServiceError: it is not a valid key.
    """
    measure_attributes(key)
    return WriteCost(partition_of(primary_key(schema, key)), 1)


def cost_of_entry(schema: TableSchema, entry: Mapping[str, Any]) -> WriteCost:
    """The cost of one element of BatchWriteItem's lists.

    Raises:
        ServiceError: what it writes is not valid.
        KeyError: it is neither a put nor a delete.
    """
    if "PutRequest" in entry:
        return cost_of_put(schema, entry["PutRequest"]["Item"])
    return cost_of_change(schema, entry["DeleteRequest"]["Key"])


def estimate(table: str, costs: Iterable[WriteCost]) -> Consumption:
    """What some admitted writes cost together."""
    consumption = Consumption(table)
    for _, units, indexes in costs:
        consumption.add(units, {name: used for name, _, used in indexes}, {})
    return consumption


def settle(
    table: Table,
    guess: Consumption,
    consumed: Mapping[str, Any] | None,
    *,
    now: float,
) -> None:
    """Count what was consumed, and charge what admission did not.

    Args:
        table: whose units.
        guess: what admission charged.
        consumed: the answer's ConsumedCapacity with INDEXES, where it has one.
        now: the time.
    """
    truth = _truth(consumed, guess)
    own = table.resources[TABLE]
    own.settle_write(truth.units - guess.units, now)
    own.count_write(truth.units, now)
    for name, units in truth.global_units.items():
        if name in table.resources:
            resource = table.resources[name]
            resource.settle_write(units - guess.global_units.get(name, 0.0), now)
            resource.count_write(units, now)


def _truth(consumed: Mapping[str, Any] | None, guess: Consumption) -> Consumption:
    if not consumed or "Table" not in consumed:
        return guess
    local = _by_index(consumed, "LocalSecondaryIndexes")
    global_units = _by_index(consumed, "GlobalSecondaryIndexes")
    # Some servers leave global indexes out of the account altogether.
    return Consumption(
        guess.table,
        float(consumed["Table"]["CapacityUnits"]) + sum(local.values()),
        global_units or guess.global_units,
    )


def _by_index(consumed: Mapping[str, Any], member: str) -> dict[str, float]:
    indexes: Mapping[str, Any] = consumed.get(member) or {}
    return {name: float(used["CapacityUnits"]) for name, used in indexes.items()}


def asking_all(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request, asking for all of ConsumedCapacity."""
    if detail_of(request) not in RETURN_CONSUMED_CAPACITY:
        return dict(request)  # the server will say what is wrong with it
    return {**request, _DETAIL: "INDEXES"}


def detail_of(request: Mapping[str, Any]) -> str:
    """In how much detail the client asked for ConsumedCapacity."""
    return request.get(_DETAIL) or _NONE


def as_asked(consumed: Mapping[str, Any], detail: str) -> dict[str, Any]:
    """A ConsumedCapacity with INDEXES, in as much detail as the client asked for."""
    if detail == "INDEXES":
        return dict(consumed)
    return {name: consumed[name] for name in _TOTAL if name in consumed}
