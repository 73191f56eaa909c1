"""What an undo says: frozen, stable in JSON, balanced to the item."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

_FROZEN = ConfigDict(frozen=True)


class LeftItem(BaseModel):
    """An item that the load may have created, and that is still there.

    Args:
        line: of the manifest.
        key: its key, escaped and cut; None where keys are not to be shown.
        reason: ``Changed``: it is not as the load has written it; ``Unknown``: it was
            there when the load wrote it, and nobody knows who had; or the code of what
            kept it from being deleted, such as ``TooManyAttributes``.
    """

    model_config = _FROZEN

    line: int
    key: str | None
    reason: str


class UndoReport(BaseModel):
    """What became of the items that a load has created.

    ``items_created`` is always the sum of deleted, gone, changed, unknown and refused.

    Args:
        manifest: the name of its file.
        items_created: all that the manifest tells of, each key once.
        items_deleted: they were as the load had written them, and are gone now. (In a
            dry run: they would be.)
        items_gone: they were not there any more.
        items_changed: they are not as the load has written them, and were left.
        items_unknown: they were there when the load wrote them, as by an attempt whose
            answer was lost, or by somebody else; they were left.
        items_refused: they could not be deleted.
        is_whole: the manifest tells of all that the load has created: the load was not
            killed, and no request was left without an answer.
        is_undone: that is so, and nothing is left; in a dry run: nothing would be.
        read_units: what the look-ups have consumed.
        write_units: what the deletes have consumed on the table.
        left: the first of what is left.
    """

    model_config = _FROZEN

    table: str
    manifest: str
    started_at: datetime
    elapsed_seconds: float
    items_created: int
    items_deleted: int
    items_gone: int
    items_changed: int
    items_unknown: int
    items_refused: int
    is_whole: bool
    is_undone: bool
    is_dry_run: bool
    read_units: float
    rcu: float
    write_units: float
    index_write_units: dict[str, float]
    budget: float
    requests: int
    throttled_requests: int
    verdict: str
    left: tuple[LeftItem, ...] = ()
