"""How the account of an undo is drawn up from what was counted."""

from dataclasses import dataclass
from datetime import datetime

from ddbbulk.counted import counted
from ddbbulk.errors import ConservationError
from ddbbulk.reading import Reader
from ddbbulk.report import LoadReport
from ddbbulk.undoing.left_items import CHANGED, UNKNOWN, LeftItems
from ddbbulk.undoing.report import UndoReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a report is drawn up from.

    Args:
        items_deletable: those that were as the load had written them.
        items_vanished: those of them that went without an answer that said so.
        written: what became of these; None: it was a dry run.
    """

    table: str
    manifest: str
    started_at: datetime
    elapsed_seconds: float
    is_whole: bool
    items_created: int
    items_gone: int
    items_vanished: int
    items_deletable: int
    written: LoadReport | None
    left: LeftItems
    reader: Reader


def draw_up(outcome: Outcome) -> UndoReport:
    """Return the account of an undo.

    Raises:
        ConservationError: the counts do not balance.
    """
    written, reader, counts = outcome.written, outcome.reader, outcome.left.counts
    changed, unknown = counts[CHANGED], counts[UNKNOWN]
    refused = counts.total() - changed - unknown
    deleted = outcome.items_deletable
    if written is not None:
        deleted = written.items_written + outcome.items_vanished
    ended = deleted + outcome.items_gone + counts.total()
    if ended != outcome.items_created:
        raise ConservationError(
            f"the manifest tells of {outcome.items_created:,} items, and {ended:,} are "
            "accounted for: this is a defect of ddbbulk, please report it"
        )
    report = UndoReport(
        table=outcome.table,
        manifest=outcome.manifest,
        started_at=outcome.started_at,
        elapsed_seconds=round(outcome.elapsed_seconds, 4),
        items_created=outcome.items_created,
        items_deleted=deleted,
        items_gone=outcome.items_gone,
        items_changed=changed,
        items_unknown=unknown,
        items_refused=refused,
        is_whole=outcome.is_whole,
        is_undone=outcome.is_whole and not counts.total(),
        is_dry_run=written is None,
        read_units=reader.units,
        rcu=reader.budget.rate,
        write_units=written.write_units if written else 0.0,
        index_write_units=written.index_write_units if written else {},
        budget=written.budget if written else 0.0,
        requests=reader.requests + (written.requests if written else 0),
        throttled_requests=reader.throttled_requests
        + (written.throttled_requests if written else 0),
        verdict="",
        left=tuple(outcome.left.shown),
    )
    return report.model_copy(update={"verdict": _verdict(report)})


def _verdict(report: UndoReport) -> str:
    """Return one sentence: what went, and what is left."""
    more = (
        "the load was broken off, so there may be items of it that the manifest does "
        "not tell of"
    )
    if not report.items_created:
        nothing = "nothing to undo: the manifest tells of no item"
        return nothing if report.is_whole else f"{nothing}; {more}"
    would = "would be deleted" if report.is_dry_run else "deleted"
    parts = [
        f"{report.items_deleted:,} of {counted(report.items_created, 'item')} {would}"
    ]
    if report.items_gone:
        parts.append(f"{report.items_gone:,} gone already")
    left = {
        "changed since": report.items_changed,
        "perhaps not created by the load": report.items_unknown,
        "that could not be deleted": report.items_refused,
    }
    parts += [f"{count:,} left, {why}" for why, count in left.items() if count]
    return "; ".join(parts if report.is_whole else [*parts, more])
