"""How the account of a verification is drawn up from what was counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ddbbulk.counted import counted
from ddbbulk.errors import ConservationError
from ddbbulk.reading import Reader
from ddbbulk.tables import TableDescription
from ddbbulk.verifying.confidence import CONFIDENCE, as_percent, highest_share
from ddbbulk.verifying.extra_items import ExtraItems
from ddbbulk.verifying.report import (
    Consistency,
    Difference,
    SampleBound,
    VerifyReport,
)
from ddbbulk.verifying.suspects import EQUAL, SuspectCounts, SuspectRow
from ddbbulk.verifying.verification import Tally

# How many differences a report shows in full; all are counted.
SHOWN_DIFFERENCES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a report is drawn up from.

    Args:
        seed: of the sample; None: all items were compared.
        readers: those that looked items up, the budget's first.
        faults: the first of what is missing or different.
    """

    table: str
    source: str
    started_at: datetime
    elapsed_seconds: float
    tally: Tally
    counts: SuspectCounts
    seed: int | None
    extra: ExtraItems | None
    described: TableDescription
    readers: Sequence[Reader]
    consistency: Consistency
    faults: Sequence[SuspectRow]


def draw_up(draft: Draft) -> VerifyReport:
    """Return the account of a verification.

    Raises:
        ConservationError: the counts do not balance.
    """
    ends = _ends(draft)
    tally, extra = draft.tally, draft.extra
    if sum(ends.values()) != tally.items:
        raise ConservationError(
            f"{tally.items:,} items were read, and {sum(ends.values()):,} accounted "
            "for: this is a defect of ddbbulk, please report it"
        )
    differing = ends["items_missing"] + ends["items_different"]
    faults = differing + ends["items_rejected"] + (extra.count if extra else 0)
    sample = None
    if draft.seed is not None and ends["items_unsampled"]:
        sample = _bound(ends, draft.seed)
    return VerifyReport(
        table=draft.table,
        source=draft.source,
        started_at=draft.started_at,
        elapsed_seconds=round(draft.elapsed_seconds, 4),
        items_read=tally.items,
        **ends,
        items_extra=extra.count if extra else None,
        is_equal=not faults,
        sample=sample,
        table_item_count=draft.described.item_count,
        source_keys=extra.source_keys if extra else None,
        read_units=sum(reader.units for reader in draft.readers),
        rcu=draft.readers[0].budget.rate,
        requests=sum(reader.requests for reader in draft.readers),
        throttled_requests=sum(reader.throttled_requests for reader in draft.readers),
        consistency=draft.consistency,
        verdict=_verdict(ends, tally.items, sample, extra),
        differences=tuple(
            Difference(
                position=row.position,
                where=row.where,
                key=row.key,
                code=row.code,
                attributes=row.attributes,
            )
            for row in draft.faults
        ),
        rejections=tuple(tally.rejections),
    )


def _ends(draft: Draft) -> dict[str, int]:
    """Return how the items ended: each of them in one way."""
    tally, counts = draft.tally, draft.counts
    by_code = counts.by_code
    superseded, equal, unsampled = counts.superseded, by_code[EQUAL], 0
    if draft.seed is None:
        superseded += counts.superseded_equals
        equal = tally.equal - counts.superseded_equals
    else:
        unsampled = tally.items - tally.rejected - tally.compared
    return {
        "items_equal": equal,
        "items_missing": by_code["Missing"],
        "items_different": by_code["Different"] + by_code["NotDeleted"],
        "items_superseded": superseded,
        "items_expired": by_code["Expired"],
        "items_rejected": tally.rejected,
        "items_unsampled": unsampled,
    }


def _bound(ends: Mapping[str, int], seed: int) -> SampleBound:
    differing = ends["items_missing"] + ends["items_different"]
    items = differing + ends["items_equal"]
    return SampleBound(
        items=items,
        seed=seed,
        differing=differing,
        confidence=CONFIDENCE,
        highest_share=highest_share(differing, items),
    )


def _verdict(
    ends: Mapping[str, int],
    items: int,
    sample: SampleBound | None,
    extra: ExtraItems | None,
) -> str:
    """Return one sentence: whether all is there, and what is not."""
    faults = {
        "missing": ends["items_missing"],
        "different": ends["items_different"],
        "that no load could write": ends["items_rejected"],
        "extra in the table": extra.count if extra else 0,
    }
    found = ", ".join(f"{count:,} {what}" for what, count in faults.items() if count)
    if not items and not found:
        return "the source has no items"
    if sample is not None:
        share = f"{as_percent(sample.highest_share)} of all do"
        confidence = f"{100 * sample.confidence:g} % confidence"
        bound = f"with {confidence} no more than {share}"
        differ = (
            f"{sample.differing:,} of {counted(sample.items, 'sampled item')} differ"
        )
        return f"{differ}: {bound}" + (f"; {found}" if found else "")
    if found:
        return f"NOT equal: {found}; the source has {counted(items, 'item')}"
    apart = {
        "superseded by later ones": ends["items_superseded"],
        "expired": ends["items_expired"],
    }
    but = ", ".join(f"{count:,} {what}" for what, count in apart.items() if count)
    if not but and items == 1:
        return "equal: the table holds the only item of the source"
    held = "all" if not but else f"{ends['items_equal']:,} of"
    text = f"equal: the table holds {held} {counted(items, 'item')} of the source"
    return f"{text} ({but})" if but else text
