"""Which way is best for a job, and what the sentence about it says."""

import pytest

from ddbbulk.planning.best_way import best_way
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.report import BestWay, Costs, Duplicates, Figure
from ddbbulk.schema import TableSchema

SCHEMA = TableSchema.of("pk")
NONE = Figure(value=0)


def chosen(
    *,
    is_new: bool = True,
    items: int = 10_000_000,
    seconds: float | None = 2_500.0,
    import_bytes: int = 10**9,
    on_demand_dollars: float = 6.25,
    duplicates: int = 0,
    deletes: int = 0,
) -> BestWay:
    return best_way(
        PlannedTable(name="users", schema=SCHEMA, is_new=is_new),
        items=items,
        seconds=seconds,
        costs=Costs(
            on_demand_dollars=on_demand_dollars,
            import_dollars=0.15,
            import_bytes=Figure(value=import_bytes),
            storage_dollars_month=1.0,
            regions=1,
            prices_as_of="2026-08-01",
            prices_region="us-east-1",
        ),
        duplicates=Duplicates(items=Figure(value=duplicates), is_exact=True),
        deletes=Figure(value=deletes),
    )


def test_many_items_for_a_new_table_are_best_imported() -> None:
    best = chosen()
    assert best.way == "s3_import"
    assert "about $0.15 instead of $6.25" in best.reason


@pytest.mark.parametrize(
    ("best", "reason"),
    [
        (chosen(is_new=False), "an import from S3 only makes new tables"),
        (chosen(deletes=1), "an import from S3 cannot delete"),
        (chosen(duplicates=1), "an import from S3 keeps any, not the last"),
        (chosen(import_bytes=2 * 1024**4), "at most 1 TB"),
        (chosen(on_demand_dollars=1.0), "would spare less than a dollar"),
    ],
)
def test_what_speaks_against_an_import_is_the_reason_to_load(
    best: BestWay, reason: str
) -> None:
    assert (best.way, best.processes) == ("batch_write", 1)
    assert reason in best.reason


def test_more_items_a_second_than_one_process_sends_take_several() -> None:
    best = chosen(is_new=False, seconds=100.0)
    assert (best.way, best.processes) == ("several_processes", 3)
    assert best.reason.startswith("100,000 items a second are more than one process")


def test_where_no_time_is_known_one_process_is_taken() -> None:
    assert chosen(is_new=False, seconds=None).processes == 1
