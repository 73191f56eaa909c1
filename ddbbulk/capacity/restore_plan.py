"""How a table is put back: from the restore note and what the table has now."""

from collections.abc import Iterator, Mapping

from ddbbulk.capacity.changes import (
    CapacityChange,
    Changes,
    ScalingTarget,
    update_request,
)
from ddbbulk.capacity.described import TableCapacity, named
from ddbbulk.capacity.note import RaisedResource, RestoreNote


def restoring(
    note: RestoreNote,
    described: TableCapacity,
    targets: Mapping[str, ScalingTarget],
    *,
    without: frozenset[str] = frozenset(),
) -> Changes:
    """Return what puts a table back to what was found.

    What is neither as it was found nor as we set it is somebody else's, and stays.

    Args:
        note: what was found, and what we have set since.
        described: the table, while nothing is changing it.
        targets: what auto scaling may set, by resource.
        without: resources that may not be lowered now.
    """
    known = [one for one in note.resources if one.index in described.units]
    gone = [
        f"{named(note.table, one.index)} is there no more"
        for one in note.resources
        if one.index not in described.units
    ]
    minimums = {
        one.index: found
        for one in known
        if one.minimum is not None
        and one.index in targets
        and (found := one.minimum.to_restore(targets[one.index].minimum)) is not None
    }
    if note.was_on_demand:
        back = _to_on_demand(note, known, described)
    else:
        back = _to_provisioned(note, known, described, targets, without)
    moved = _foreign_minimums(note, known, targets)
    return Changes(
        update=back.update,
        minimums=minimums,
        changes=back.changes,
        foreign=(*gone, *moved, *back.foreign),
    )


def _to_provisioned(
    note: RestoreNote,
    known: list[RaisedResource],
    described: TableCapacity,
    targets: Mapping[str, ScalingTarget],
    without: frozenset[str],
) -> Changes:
    if described.is_on_demand:
        text = f"table {note.table} was switched to on demand: that is left alone"
        return Changes(foreign=(text,))
    changes: list[CapacityChange] = []
    foreign: list[str] = []
    for one in known:
        now = described.units[one.index].write
        found = one.write.to_restore(now)
        if found is not None and one.index not in without:
            changes.append(CapacityChange(one.index, now, found))
        elif one.write.ours and one.write.is_foreign(now):
            foreign.append(_foreign(note, one, now, is_scaled=one.index in targets))
    after = {change.resource: change.after for change in changes}
    update = update_request(described, after)
    return Changes(update=update, changes=tuple(changes), foreign=tuple(foreign))


def _to_on_demand(
    note: RestoreNote, known: list[RaisedResource], described: TableCapacity
) -> Changes:
    if described.is_on_demand:
        return Changes()
    units = described.write
    foreign = [one for one in known if one.write.is_foreign(units[one.index])]
    if foreign:
        texts = (_foreign(note, one, units[one.index]) for one in foreign)
        return Changes(foreign=tuple(texts))
    return Changes(
        update={"TableName": described.name, "BillingMode": "PAY_PER_REQUEST"},
        changes=tuple(CapacityChange(one.index, units[one.index], 0) for one in known),
    )


def _foreign_minimums(
    note: RestoreNote,
    known: list[RaisedResource],
    targets: Mapping[str, ScalingTarget],
) -> Iterator[str]:
    for one in known:
        target = targets.get(one.index)
        if one.minimum is None or target is None:
            continue
        if one.minimum.is_foreign(target.minimum):
            yield (
                f"the minimum of auto scaling of {named(note.table, one.index)} is "
                f"{target.minimum:,}, neither the {one.minimum.found:,} that was found "
                f"nor what was set ({_listed(one.minimum.ours)}): it is left alone"
            )


def _foreign(
    note: RestoreNote, one: RaisedResource, now: int, *, is_scaled: bool = False
) -> str:
    what = named(note.table, one.index)
    if is_scaled:
        return (
            f"auto scaling has set {what} to {now:,} WCU: that is left to it (it was "
            f"{one.write.found:,})"
        )
    found = one.write.found
    was = f"the {found:,} WCU that was found" if found else "on demand"
    return (
        f"{what} has {now:,} WCU, neither {was} nor what was set "
        f"({_listed(one.write.ours)}): somebody else has changed it, and it is left "
        "alone"
    )


def _listed(values: tuple[int, ...]) -> str:
    return ", ".join(f"{value:,}" for value in values)
