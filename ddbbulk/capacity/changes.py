"""Changes of capacity as values, and as the one request that makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ddbbulk.capacity.described import TABLE, TableCapacity
from ddbbulk.capacity.note import RestoreNote


@dataclass(frozen=True, slots=True)
class CapacityChange:
    """Write units of one resource, before and after.

    Attributes:
        resource: the index's name; "" for the table.
        before: write units a second; 0: on demand.
        after: likewise.
    """

    resource: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingTarget:
    """What Application Auto Scaling may set a resource to."""

    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be done, all at once, and what to note before it is.

    Args:
        note: the note as it has to be; None: none is needed.
        update: parameters of UpdateTable; empty: no call.
        minimums: what to set the minimum of auto scaling to, by resource.
        changes: what ``update`` changes.
        foreign: what somebody else has changed, in words: it is left alone.
    """

    note: RestoreNote | None = None
    update: Mapping[str, Any] = field(default_factory=dict[str, Any])
    minimums: Mapping[str, int] = field(default_factory=dict[str, int])
    changes: tuple[CapacityChange, ...] = ()
    foreign: tuple[str, ...] = ()


def whole(units: float) -> int:
    """Return units as capacity is provisioned: whole ones, no less."""
    return -int(-units // 1)


def first_of(changes: Changes, described: TableCapacity) -> Changes:
    """Return the first of several changes of capacity by itself."""
    first = changes.changes[0]
    update = update_request(described, {first.resource: first.after})
    return Changes(update=update, changes=(first,), foreign=changes.foreign)


def update_request(
    described: TableCapacity,
    write: Mapping[str, int],
    *,
    switch_rcu: float | None = None,
) -> dict[str, Any]:
    """Return UpdateTable's parameters for these write units; empty: nothing to do.

    Table and indexes go in one call, and what would stay the same is left out: the
    service refuses a change that is none.

    Args:
        described: the table.
        write: write units by resource.
        switch_rcu: read units of each resource, where the table leaves on demand; None:
            they stay as they are.
    """
    differing = {
        name: units
        for name, units in write.items()
        if units != described.units[name].write
    }
    if not differing:
        return {}

    def throughput(name: str) -> dict[str, Any]:
        read = described.units[name].read if switch_rcu is None else whole(switch_rcu)
        units = {"ReadCapacityUnits": read, "WriteCapacityUnits": differing[name]}
        return {"ProvisionedThroughput": units}

    request: dict[str, Any] = {"TableName": described.name}
    if switch_rcu is not None:
        request["BillingMode"] = "PROVISIONED"
    if TABLE in differing:
        request |= throughput(TABLE)
    updates = [
        {"Update": {"IndexName": name, **throughput(name)}}
        for name in differing
        if name != TABLE
    ]
    if updates:
        request["GlobalSecondaryIndexUpdates"] = updates
    return request
