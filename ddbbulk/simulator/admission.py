"""Who gets capacity: admission to a table and its global indexes, item by item."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ddbbulk.simulator.service_error import ThrottlingReason
from ddbbulk.simulator.throughput import TABLE, Resource


class IndexCost(NamedTuple):
    """What a write costs on one global index."""

    name: str
    partition: bytes
    units: int


class WriteCost(NamedTuple):
    """What a write costs on the table (with its local indexes) and global indexes."""

    partition: bytes
    units: int
    indexes: tuple[IndexCost, ...] = ()


class Admission(NamedTuple):
    """What became of the writes of a request, by their positions.

    Attributes:
        admitted: positions of the writes that got capacity, in order.
        refused: positions of those that did not, in order.
        reasons: why those did not, without repetition.
    """

    admitted: list[int]
    refused: list[int]
    reasons: tuple[ThrottlingReason, ...]


def admit(
    resources: Mapping[str, Resource],
    costs: Sequence[WriteCost],
    *,
    now: float,
    chance: random.Random,
) -> Admission:
    """Charge the writes for which there is capacity on the table and every index.

    Where there is not enough for all, chance says which of them come first. A refused
    write costs nothing anywhere.
    """
    table = resources[TABLE]
    account = table.account.write
    refused: list[int] = []
    reasons: dict[ThrottlingReason, None] = {}
    for position in _order(len(costs), chance):
        partition, units, indexes = costs[position]
        obstacle = table.write_obstacle(partition, now)
        for index, entry_partition, _ in indexes:
            obstacle = obstacle or resources[index].write_obstacle(entry_partition, now)
        if obstacle is not None:
            refused.append(position)
            reasons[obstacle] = None
            continue
        if account is not None:
            if not account.admits(now):
                refused.append(position)
                reasons |= _account_obstacles(resources, indexes)
                continue
            account.take(units + sum(used for _, _, used in indexes), now)
        table.take_write(partition, units, now)
        for index, entry_partition, entry_units in indexes:
            resources[index].take_write(entry_partition, entry_units, now)
    if not refused:
        return Admission(list(range(len(costs))), [], ())
    lost = set(refused)
    admitted = [position for position in range(len(costs)) if position not in lost]
    return Admission(admitted, sorted(refused), tuple(reasons))


def admit_together(
    wanted: Sequence[tuple[Mapping[str, Resource], WriteCost]], *, now: float
) -> list[ThrottlingReason | None]:
    """Charge all writes of a transaction, or none of them.

    As each of its actions is looked at before any is charged, a transaction that costs
    more than a second gives can be done.

    Args:
        wanted: each write's table (its resources) and cost.
        now: the time.

    Returns:
        What kept each of them from being admitted; where nothing did, all were charged.
    """
    obstacles = [_obstacle(resources, cost, now) for resources, cost in wanted]
    if any(obstacles):
        return obstacles
    for resources, (partition, units, indexes) in wanted:
        table = resources[TABLE]
        table.take_write(partition, units, now)
        for index, entry_partition, entry_units in indexes:
            resources[index].take_write(entry_partition, entry_units, now)
        if table.account.write is not None:
            all_units = units + sum(used for _, _, used in indexes)
            table.account.write.take(all_units, now)
    return obstacles


def _obstacle(
    resources: Mapping[str, Resource], cost: WriteCost, now: float
) -> ThrottlingReason | None:
    table = resources[TABLE]
    obstacle = table.write_obstacle(cost.partition, now)
    for index, partition, _ in cost.indexes:
        obstacle = obstacle or resources[index].write_obstacle(partition, now)
    account = table.account.write
    if obstacle is None and account is not None and not account.admits(now):
        return table.account_obstacle()
    return obstacle


def _order(count: int, chance: random.Random) -> Iterable[int]:
    if count == 1:
        return (0,)
    ranks = [chance.random() for _ in range(count)]
    return sorted(range(count), key=ranks.__getitem__)


def _account_obstacles(
    resources: Mapping[str, Resource], indexes: Sequence[IndexCost]
) -> dict[ThrottlingReason, None]:
    # What was short belongs to neither of them: the reasons name all that was asked.
    names = (TABLE, *(index.name for index in indexes))
    return dict.fromkeys(resources[name].account_obstacle() for name in names)
