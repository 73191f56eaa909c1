"""Which way to load is best for a job: from here, in parts, or by the service."""

from math import ceil
from typing import Final

from ddbbulk.limits import MAX_IMPORT_BYTES
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.report import BestWay, Costs, Duplicates, Figure

# What one process is held to drive: the default quota of a table, in small items.
ITEMS_PER_PROCESS: Final = 40_000
# Less is not worth the files, the bucket and the role.
_WORTH_DOLLARS: Final = 1.0


def best_way(
    table: PlannedTable,
    *,
    items: int,
    seconds: float | None,
    costs: Costs,
    duplicates: Duplicates,
    deletes: Figure,
) -> BestWay:
    """Return the way to take, with its reason.

    Args:
        table: what the load is for.
        items: how many there are.
        seconds: how long the load shall take, or will; None: not known.
        costs: of the other ways.
        duplicates: the import keeps any of them.
        deletes: the import knows none.
    """
    obstacle = _obstacle(table, costs, duplicates, deletes)
    if not obstacle:
        return BestWay(
            way="s3_import",
            processes=1,
            reason=(
                "the service's import from S3 makes the new table without write units: "
                f"about ${costs.import_dollars:,.2f} instead of "
                f"${costs.on_demand_dollars:,.2f} for write requests"
            ),
        )
    pace = items / seconds if seconds else 0.0
    processes = max(1, ceil(pace / ITEMS_PER_PROCESS))
    if processes > 1:
        return BestWay(
            way="several_processes",
            processes=processes,
            reason=(
                f"{pace:,.0f} items a second are more than one process sends (about "
                f"{ITEMS_PER_PROCESS:,}): give each its part of the source and of the "
                f"budget; {obstacle}"
            ),
        )
    return BestWay(
        way="batch_write",
        processes=1,
        reason=f"one process with BatchWriteItem keeps up, and {obstacle}",
    )


def _obstacle(
    table: PlannedTable, costs: Costs, duplicates: Duplicates, deletes: Figure
) -> str:
    """Say what speaks against the import from S3; nothing where nothing does."""
    if not table.is_new:
        return "an import from S3 only makes new tables"
    if deletes.value:
        return "an import from S3 cannot delete"
    if duplicates.items.value:
        return "of items with one key an import from S3 keeps any, not the last"
    if costs.import_bytes.value > MAX_IMPORT_BYTES:
        return "an import from S3 takes at most 1 TB in most regions"
    if costs.on_demand_dollars - costs.import_dollars < _WORTH_DOLLARS:
        return "an import from S3 would spare less than a dollar"
    return ""
