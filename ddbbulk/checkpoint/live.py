"""What still counts of a checkpoint whose source may have changed meanwhile."""

from ddbbulk.checkpoint.state import CheckpointState, Counts


def certain_part(found: CheckpointState) -> CheckpointState:
    """Return the state up to its bookmark: what is done beyond it is done again.

    Positions beyond it may be those of other items by now. Of rejected items it is
    known which of them were beyond, where they are few. Of the other counts it is not:
    they are taken from the written ones first, for those are written again.
    """
    end = 0 if found.bookmark is None else found.bookmark.position
    surplus = found.counts.total - end
    if surplus <= 0 or found.is_finished:
        return found
    counts = found.counts.model_dump()
    rejections = found.rejections
    if len(rejections) == counts["items_rejected"]:
        rejections = tuple(one for one in rejections if one.position < end)
        surplus -= counts["items_rejected"] - len(rejections)
        counts["items_rejected"] = len(rejections)
    for name in ("items_written", "items_superseded", "items_existing"):
        less = min(surplus, counts[name])
        counts[name] -= less
        surplus -= less
    counts["items_rejected"] -= surplus
    done = ((0, end),) if end else ()
    certain = {"done": done, "counts": Counts(**counts), "rejections": rejections}
    return found.model_copy(update=certain)
