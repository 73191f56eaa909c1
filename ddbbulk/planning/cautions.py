"""What to know before a load that no figure of it says."""

from collections.abc import Iterator, Sequence
from typing import Final

from ddbbulk.counted import counted
from ddbbulk.limits import MAX_COLLECTION_BYTES, MAX_ITEM_BYTES
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.reading import Reading
from ddbbulk.planning.report import Caution, Duplicates, Figure, ResourcePlan
from ddbbulk.planning.resources import ResourceFigures, shown_key
from ddbbulk.planning.tally import EXPIRED, NEAR_LIMIT, NEAR_LIMIT_BYTES

# What a key may have for its collection to be looked at more closely.
_LARGE_SHARE: Final = 1e-3


def cautions(
    reading: Reading,
    table: PlannedTable,
    figures: ResourceFigures,
    resources: Sequence[ResourcePlan],
    duplicates: Duplicates,
    *,
    redact_keys: bool,
) -> Iterator[Caution]:
    """Yield what to know, the dearest first."""
    yield from _about_the_table(table, figures.total("items"))
    expired = figures.total(EXPIRED)
    if expired.value:
        yield Caution(
            code="Expired",
            message=(
                f"{table.ttl_attribute} is in the past in {_about(expired)}: DynamoDB "
                "deletes within days what was just paid for"
            ),
        )
    near = figures.total(NEAR_LIMIT)
    if near.value:
        yield Caution(
            code="NearItemLimit",
            message=(
                f"{_about(near)} of {NEAR_LIMIT_BYTES:,} bytes or more, where "
                f"{MAX_ITEM_BYTES:,} are allowed: an update may not fit"
            ),
        )
    yield from _collections(reading, redact_keys=redact_keys)
    if duplicates.items.value:
        yield Caution(
            code="Duplicates",
            message=(
                f"{_about(duplicates.items)} with the key of an earlier one: the last "
                "one stays, and all that are sent are paid"
            ),
        )
    for one in resources:
        if one.kind != "table" and not one.entries.value:
            yield Caution(
                code="EmptyIndex",
                message=f"no item has the keys of index {one.name}: it would be empty",
            )


def _about_the_table(table: PlannedTable, items: Figure) -> Iterator[Caution]:
    if table.has_stream:
        yield Caution(
            code="Stream",
            message=(
                f"the table has a stream: {_about(items)} come as records to every "
                "trigger that reads it"
            ),
        )
    if table.replicas:
        yield Caution(
            code="Replicas",
            message=(
                f"a global table: every write is made, and paid, in "
                f"{table.regions} regions (also {', '.join(table.replicas)}), and "
                "each replica needs the write capacity for it"
            ),
        )
    if table.is_infrequent_access:
        yield Caution(
            code="TableClass",
            message=(
                "the table is of the class Standard-IA: writes cost more and storage "
                "less than said here, unless --prices (prices=) has its prices"
            ),
        )
    if table.item_count:
        yield Caution(
            code="NotEmpty",
            message=(
                f"the table holds about {counted(table.item_count, 'item')}: where an "
                "item replaces a larger one, or changes an index's key, it costs more "
                "than said here"
            ),
        )


def _collections(reading: Reading, *, redact_keys: bool) -> Iterator[Caution]:
    """Find the item collections that local indexes would not allow."""
    factor = reading.extrapolation.factor
    for heavy in reading.survey.collections.heaviest(share=_LARGE_SHARE):
        size = heavy.weight * factor
        if size > MAX_COLLECTION_BYTES:
            key = "one partition key" if redact_keys else shown_key(heavy.key)
            yield Caution(
                code="CollectionTooLarge",
                message=(
                    f"the items of {key} and their entries in local indexes come to "
                    f"{size / 1024**3:,.1f} GB; a table with local indexes allows 10 "
                    "GB for one partition key"
                ),
            )


def _about(figure: Figure) -> str:
    about = "about " if figure.error else ""
    return f"{about}{figure.value:,} item{'s' if figure.value != 1 else ''}"
