"""What of a table is for a load, at the start and when the table is changed."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

import pytest

from ddbbulk import BulkWriter, Connection, TableDescription
from ddbbulk.budget import Budget
from ddbbulk.errors import (
    AccessDeniedError,
    ConfigurationError,
    ServiceUnavailableError,
)
from ddbbulk.events import BudgetChanged, Event
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.table_share import TableShare, TableWatch, parse_reserve
from tests.support.table_in_memory import TableInMemory

SCHEMA = TableSchema(
    KeyAttribute("pk"),
    indexes=(IndexSchema("team_index", (KeyAttribute("team"),)),),
)


def described(
    wcu: float | None,
    index_wcu: float | None = None,
    *,
    warm: float | None = None,
    limit: float | None = None,
) -> TableDescription:
    return TableDescription(
        name="ducks",
        arn="",
        status="ACTIVE",
        schema=SCHEMA,
        write_capacity=wcu,
        index_write_capacity={"team_index": index_wcu},
        max_write_units=limit,
        item_count=0,
        warm_write_units=warm,
    )


def share(
    wcu: object = None,
    *,
    max_wcu: float | None = None,
    reserve: float | str = 0.0,
    index_wcu: Mapping[str, float] | None = None,
) -> TableShare:
    found = TableShare.of(wcu, max_wcu=max_wcu, reserve=reserve, index_wcu=index_wcu)
    assert found is not None
    return found


def test_what_is_provisioned_less_the_reserve_is_the_budget() -> None:
    budget = share(reserve="20%").budget(described(200, 50))
    assert budget.rates == {"": 160, "team_index": 40}
    assert not budget.searches


def test_an_index_gets_no_more_than_its_table() -> None:
    budget = share(max_wcu=100).budget(described(200, 150))
    assert budget.rates == {"": 100, "team_index": 100}


@pytest.mark.parametrize(
    ("warm", "limit", "max_wcu", "start", "ceiling"),
    [
        (None, None, None, 4000, 4000),
        (12_000, None, None, 12_000, 12_000),
        (12_000, 5000, None, 5000, 5000),
        (None, 5000, None, 5000, 5000),
        (12_000, None, 20_000, 12_000, 20_000),
        (12_000, None, 500, 500, 500),
    ],
)
def test_on_demand_it_is_found_out_up_to_what_is_warm(
    warm: float | None,
    limit: float | None,
    max_wcu: float | None,
    start: float,
    ceiling: float,
) -> None:
    table = described(None, warm=warm, limit=limit)
    budget = share(max_wcu=max_wcu).budget(table)
    assert budget.rates == {"": start, "team_index": start}
    assert [one.ceiling for one in budget.searches.values()] == [ceiling, ceiling]


def test_adaptive_begins_with_what_is_provisioned_and_has_no_end() -> None:
    budget = share("adaptive").budget(described(200, 50))
    assert budget.rates == {"": 200, "team_index": 50}
    assert budget.searches[""].ceiling == float("inf")
    assert share("adaptive", reserve=0.5).budget(described(200)).searches[
        ""
    ].ceiling == pytest.approx(100)


def test_what_is_given_for_an_index_stays_as_it_is_given() -> None:
    given = {"team_index": 7.0}
    for wcu in (None, "adaptive"):
        one = share(wcu, index_wcu=given)
        budget = one.budget(described(200, 50))
        assert one.take_over(described(400, 90), budget, 1.0) == {"": 400}
        assert budget.rates["team_index"] == 7


def test_a_change_of_the_table_is_taken_over() -> None:
    one = share(reserve=0.5)
    budget = one.budget(described(200, 50))
    assert one.take_over(described(200, 50), budget, 1.0) == {}
    changed = one.take_over(described(100, 400), budget, 2.0)
    assert changed == {"": 50, "team_index": 50}
    assert budget.rates == {"": 50, "team_index": 50}


def test_a_table_that_is_on_demand_by_now_keeps_to_what_is_warm() -> None:
    one = share()
    budget = one.budget(described(200, 50))
    changed = one.take_over(described(None, warm=6000), budget, 1.0)
    assert changed == {"": 6000, "team_index": 6000}


def test_a_budget_that_is_given_is_nobodys_share() -> None:
    assert TableShare.of(200, max_wcu=None, reserve=0, index_wcu=None) is None
    with pytest.raises(ConfigurationError, match=r"max_wcu .* wcu is given"):
        TableShare.of(200, max_wcu=5, reserve=0, index_wcu=None)
    with pytest.raises(ConfigurationError, match=r"reserve .* wcu is given"):
        TableShare.of(Budget(200), max_wcu=None, reserve="5%", index_wcu=None)
    with pytest.raises(ConfigurationError, match="max_wcu is -1"):
        TableShare.of(None, max_wcu=-1, reserve=0, index_wcu=None)


@pytest.mark.parametrize(
    ("text", "found"), [("20%", 0.2), (0.25, 0.25), ("0.2", 0.2), (0, 0), ("0%", 0)]
)
def test_a_reserve_is_a_share(text: float | str, found: float) -> None:
    assert parse_reserve(text) == pytest.approx(found)


@pytest.mark.parametrize("text", ["100%", 1, -0.1, "20", "a fifth", "%", float("nan")])
def test_a_reserve_of_all_or_of_nonsense_is_refused(text: float | str) -> None:
    with pytest.raises(ConfigurationError, match="reserve is"):
        parse_reserve(text)


async def test_a_table_is_asked_again_every_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    denied = AccessDeniedError("no", table="ducks", code="AccessDeniedException")
    broken = ServiceUnavailableError("down", table="ducks", code="InternalServerError")
    answers: list[TableDescription | Exception] = [
        described(200, 50),
        described(400, 50),
        broken,
        described(100),
        denied,
    ]
    asked_at: list[float] = []

    async def describe() -> TableDescription:
        asked_at.append(asyncio.get_running_loop().time())
        answer = answers[len(asked_at) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    events: list[Event] = []
    watch = TableWatch.begin("ducks", share(), described(200, 50), describe)
    with caplog.at_level(logging.WARNING, "ddbbulk"):
        await watch.keep(events.append)
    assert asked_at == [60, 120, 180, 240, 300]
    assert events == [
        BudgetChanged("ducks", "", 400, "table"),
        BudgetChanged("ducks", "", 100, "table"),
        BudgetChanged("ducks", "team_index", 100, "table"),
    ]
    (warning,) = caplog.messages
    assert "its capacity was not read" in warning


async def test_a_load_follows_its_table_while_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The watch is a task of the writer, which ends with it."""
    table = TableInMemory("pk")
    tables = iter([described(100), described(400), described(400)])

    async def describe(_: object, __: str) -> TableDescription:
        return replace(next(tables), schema=TableSchema.of("pk"))

    for name in ("describe_table", "describe_target"):
        monkeypatch.setattr(f"ddbbulk.target.{name}", describe)
    nowhere = Connection(endpoint_url="http://127.0.0.1:1")
    async with BulkWriter("ducks", connection=nowhere, transport=table) as writer:
        for number in range(60 * 100 + 20 * 400):
            await writer.put({"pk": f"k{number}"})
        assert writer.snapshot().budgets == {"": 400}
    assert writer.report.elapsed_seconds == pytest.approx(80, abs=1)
    assert writer.report.budget == pytest.approx((60 * 100 + 20 * 400) / 80, rel=0.02)
    assert writer.snapshot().budgets == {"": writer.report.budget}
    assert writer.report.budget_utilization == pytest.approx(1, abs=0.02)
