"""How a table is raised: from what it has, what is wanted, and the restore note.

No I/O here: this and ``restore_plan`` are the decisions on which a bill depends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ddbbulk.capacity.changes import (
    CapacityChange,
    Changes,
    ScalingTarget,
    update_request,
    whole,
)
from ddbbulk.capacity.described import TABLE, TableCapacity, named
from ddbbulk.capacity.note import Held, RaisedResource, RestoreNote
from ddbbulk.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Capacity to raise to.

    Args:
        wcu: write units of the table; None: it stays as it is.
        index_wcu: the same of global indexes by name; None: all as the table.
        on_demand_rcu: read units for an on-demand table (and each of its indexes),
            which is switched to provisioned capacity; None: such a table stays.
    """

    wcu: float | None
    index_wcu: Mapping[str, float] | None = None
    on_demand_rcu: float | None = None

    def __post_init__(self) -> None:
        numbers = {"wcu": self.wcu, "on_demand_rcu": self.on_demand_rcu}
        for name, units in {**numbers, **(self.index_wcu or {})}.items():
            if units is not None and not 0 < units < float("inf"):
                raise ConfigurationError(
                    f"{name} is {units}: give units a second, a number above 0"
                )

    def units(self, described: TableCapacity) -> dict[str, int]:
        """Return the wanted write units by resource, in whole units.

        Raises:
            ConfigurationError: an index is named that the table has not.
        """
        indexes = [name for name in described.units if name != TABLE]
        asked = self.index_wcu
        unknown = sorted(set(asked or ()) - set(indexes))
        if unknown:
            raise ConfigurationError(
                f"table {described.name} has no global index {', '.join(unknown)} (it "
                f"has: {', '.join(sorted(indexes)) or 'none'})"
            )
        if asked is None:
            asked = {} if self.wcu is None else dict.fromkeys(indexes, self.wcu)
        table = {} if self.wcu is None else {TABLE: self.wcu}
        return {name: whole(units) for name, units in {**table, **asked}.items()}


def raising(
    described: TableCapacity,
    wanted: Wanted,
    note: RestoreNote | None,
    targets: Mapping[str, ScalingTarget],
    *,
    fresh: RestoreNote,
    now: datetime,
) -> Changes:
    """Return what raises a table to what is wanted; nothing is ever lowered.

    Args:
        described: the table, while nothing is changing it.
        wanted: what it is to have.
        note: the note that is there; None: nobody has raised this table.
        targets: what auto scaling may set, by resource.
        fresh: a note of this table that says nothing yet.
        now: the time.

    Raises:
        ConfigurationError: an index is unknown, or auto scaling is in the way.
    """
    is_switch = described.is_on_demand and wanted.on_demand_rcu is not None
    units = wanted.units(described)
    if described.is_on_demand and not is_switch:
        return Changes(note=note)
    if is_switch:
        units = _for_a_switch(described, wanted, units, note)
    result = note or fresh.model_copy(update={"was_on_demand": is_switch})
    raised: dict[str, int] = {}
    minimums: dict[str, int] = {}
    for name, target_units in units.items():
        before = described.units[name].write
        resource = _noted(result, name, before, now)
        if target_units > before:
            raised[name] = target_units
            write = resource.write.with_ours(target_units)
            read = whole(wanted.on_demand_rcu or 0) if is_switch else 0
            changed = {"write": write, "read_units": max(read, resource.read_units)}
            resource = resource.model_copy(update=changed)
        target = targets.get(name)
        if target is not None and target_units > target.minimum:
            _check_maximum(described, name, target_units, target)
            minimums[name] = target_units
            moved = _moved(resource.minimum, target.minimum, target_units)
            resource = resource.model_copy(update={"minimum": moved})
        if name in raised or name in minimums:
            result = result.with_resource(resource)
    return Changes(
        note=result if result.resources else None,
        update=update_request(
            described, raised, switch_rcu=wanted.on_demand_rcu if is_switch else None
        ),
        minimums=minimums,
        changes=tuple(
            CapacityChange(name, described.units[name].write, after)
            for name, after in raised.items()
        ),
    )


def _noted(note: RestoreNote, name: str, before: int, now: datetime) -> RaisedResource:
    """Return what the note says of a resource, or a new word on it."""
    known = note.resource(name)
    if known is None:
        return RaisedResource(index=name, write=Held(found=before), raised_at=now)
    if known.write.is_foreign(before) and not note.was_on_demand:
        # Somebody else has changed it since: that is what is to be there afterwards.
        return known.model_copy(update={"write": Held(found=before), "raised_at": now})
    return known


def _moved(held: Held | None, before: int, after: int) -> Held:
    """Return what is noted of a minimum of auto scaling that is moved."""
    if held is None or held.is_foreign(before):
        held = Held(found=before)
    return held.with_ours(after)


def _check_maximum(
    described: TableCapacity, name: str, units: int, target: ScalingTarget
) -> None:
    if units > target.maximum:
        raise ConfigurationError(
            f"auto scaling keeps {named(described.name, name)} at {target.maximum:,} "
            f"WCU at the most, so it would not stay at {units:,}: raise its maximum, "
            "or raise the capacity no further"
        )


def _for_a_switch(
    described: TableCapacity,
    wanted: Wanted,
    units: Mapping[str, int],
    note: RestoreNote | None,
) -> dict[str, int]:
    """Return the units of all resources: with the mode each of them needs some."""
    name = described.name
    if note is not None and not note.was_on_demand:
        raise ConfigurationError(
            f"table {name} had provisioned capacity when it was raised, and is on "
            "demand now: 'ddbbulk capacity restore' first"
        )
    if described.has_ceiling:
        raise ConfigurationError(
            f"table {name} is on demand up to a maximum, which a switch to provisioned "
            "capacity and back might lose: leave it on demand"
        )
    if wanted.wcu is None:
        raise ConfigurationError(
            f"table {name} is on demand: say what the table itself is to have as well"
        )
    return dict.fromkeys(described.units, whole(wanted.wcu)) | dict(units)
