"""Loads that find out what their table gives, in virtual time."""

import asyncio
from collections.abc import Iterator

import pytest

from ddbbulk import Budget, LoadReport, load
from ddbbulk.events import BudgetChanged, Event
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from tests.support.rationed_table import RationedTable

INDEXED = TableSchema(
    KeyAttribute("pk"),
    indexes=(IndexSchema("team_index", (KeyAttribute("team"),)),),
)


def items(count: int, **more: object) -> Iterator[dict[str, object]]:
    return ({"pk": f"k{n}", **more} for n in range(count))


async def adaptive_load(
    table: RationedTable, source: Iterator[dict[str, object]], **options: float | None
) -> LoadReport:
    return await load(
        "ducks",
        source,
        wcu="adaptive",
        max_wcu=options.get("max_wcu"),
        schema=INDEXED,
        transport=table,
    )


@pytest.mark.parametrize(("wcu", "seconds"), [(20, 60), (300, 60), (1000, 30)])
async def test_what_a_table_has_is_found_and_used(wcu: int, seconds: int) -> None:
    table = RationedTable((0, wcu))
    report = await adaptive_load(table, items(wcu * seconds))
    assert report.items_written == wcu * seconds
    assert report.elapsed_seconds <= 1.05 * table.perfect_seconds()
    assert table.throttled_share <= 0.02
    assert report.verdict == f"bound by the table: it gave {wcu:,} WCU"


async def test_a_fast_table_is_found_in_seconds() -> None:
    table = RationedTable((0, 3000))
    report = await adaptive_load(table, items(3000 * 15))
    assert report.elapsed_seconds <= 1.10 * table.perfect_seconds()
    assert table.throttled_share <= 0.02


@pytest.mark.parametrize(("before", "after"), [(300, 150), (150, 300)])
async def test_a_change_of_capacity_is_followed(before: int, after: int) -> None:
    table = RationedTable((0, before), (60, after))
    report = await adaptive_load(table, items(60 * (before + after)))
    assert report.elapsed_seconds <= 1.10 * table.perfect_seconds()
    assert table.throttled_share <= 0.02
    assert "gave 150 to 300 WCU" in report.verdict


async def test_a_tight_index_is_found_and_named() -> None:
    table = RationedTable((0, 1000), index_wcu=200)
    report = await adaptive_load(table, items(200 * 60, team="ducks"))
    assert report.elapsed_seconds <= 1.05 * 60
    assert table.throttled_share <= 0.02
    assert "it gave 200 WCU" in report.verdict


async def test_saved_capacity_is_used_and_its_end_is_no_fall_to_half() -> None:
    table = RationedTable((0, 200), burst_seconds=20)
    report = await adaptive_load(table, items(200 * 60))
    # A full bucket is worth 20 seconds: 40 are left, and some to find that out.
    assert report.elapsed_seconds <= 40 + 0.05 * 60
    assert table.throttled_share <= 0.02


async def test_no_more_is_used_than_max_wcu() -> None:
    table = RationedTable((0, 1000))
    events: list[Event] = []
    report = await load(
        "ducks",
        items(2000),
        wcu="adaptive",
        max_wcu=100,
        schema="pk",
        transport=table,
        on_event=events.append,
    )
    assert report.elapsed_seconds == pytest.approx(20, abs=0.3)
    assert report.budget == 100
    assert report.verdict == "bound by the budget of the table: 100 WCU"
    assert not [event for event in events if isinstance(event, BudgetChanged)]


async def test_an_account_limit_ends_the_climb_and_is_told() -> None:
    table = RationedTable((0, 1000), account_wcu=20)
    events: list[Event] = []
    report = await load(
        "ducks",
        items(20 * 60),
        wcu="adaptive",
        schema="pk",
        transport=table,
        on_event=events.append,
    )
    changes = [event for event in events if isinstance(event, BudgetChanged)]
    assert any(event.cause == "account" for event in changes)
    assert "bound by the account's limit: the table gave 20 WCU" in report.verdict
    assert table.throttled_share <= 0.03


async def test_two_writers_share_what_is_found() -> None:
    table = RationedTable((0, 400))
    budget = Budget.adaptive()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(
                load(
                    "ducks",
                    items(400 * 15),
                    wcu=budget,
                    schema="pk",
                    transport=table,
                )
            )
    assert asyncio.get_running_loop().time() <= 1.05 * 30
    assert table.throttled_share <= 0.02
    assert budget.rates[""] == pytest.approx(400, rel=0.5)


async def test_changes_are_told_but_not_each_request() -> None:
    table = RationedTable((0, 300))
    events: list[Event] = []
    report = await load(
        "ducks",
        items(300 * 20),
        wcu="adaptive",
        schema="pk",
        transport=table,
        on_event=events.append,
    )
    changes = [event for event in events if isinstance(event, BudgetChanged)]
    assert {event.cause for event in changes} == {"probing", "throttled"}
    assert 2 <= len(changes) <= report.requests / 25
    assert report.budget == pytest.approx(300, rel=0.3)
    assert report.budget_utilization == pytest.approx(
        report.write_units / report.budget / report.elapsed_seconds, abs=0.001
    )


async def test_one_hot_key_among_others_slows_none_of_them() -> None:
    """Its writes come back, and the rate goes on climbing for the others."""
    table = RationedTable((0, 100_000), hot_wcu=30)
    hot = ({"pk": "hot" if n % 12 == 0 else f"k{n}", "n": n} for n in range(4000))
    report = await load(
        "ducks",
        hot,
        wcu="adaptive",
        max_wcu=400,
        schema=("pk", "n:N"),
        transport=table,
    )
    assert table.throttled_requests > 0
    assert report.elapsed_seconds <= 13
