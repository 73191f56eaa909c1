"""Insert and newer modes through the writer, in virtual time."""

import asyncio
from typing import Any

import pytest

from ddbbulk import (
    AccessDeniedError,
    ConfigurationError,
    Delete,
    LoadReport,
    RetryPolicy,
    load,
)
from ddbbulk.events import Event, ItemExisting, ItemRejected, RequestSettled
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.transport import Outcome, Unmet
from tests.support.table_in_memory import TableInMemory

TIMEOUT = Failure(FailureKind.FAULT, "Timeout", "no answer")
INDEXED = TableSchema(
    KeyAttribute("pk"),
    indexes=(IndexSchema("team_index", (KeyAttribute("team"),)),),
)


async def loaded(
    table: TableInMemory,
    source: list[Any],
    *,
    wcu: float = 100,
    **options: Any,  # noqa: ANN401 -- any option
) -> LoadReport:
    return await load(
        "t", source, wcu=wcu, transport=table, **{"schema": "pk"} | options
    )


def numbered(table: TableInMemory) -> dict[str, int]:
    return {item["pk"]["S"]: int(item["n"]["N"]) for item in table.items.values()}


async def there(*items: dict[str, Any], index: str | None = None) -> TableInMemory:
    """Return a table that has these items."""
    table = TableInMemory("pk", index=index)
    await loaded(table, list(items), wcu=100_000)
    table.consumed.clear()
    table.sizes.clear()
    return table


async def test_an_insert_leaves_what_is_there() -> None:
    table = await there({"pk": "a", "n": 1})
    report = await loaded(
        table, [{"pk": "a", "n": 2}, {"pk": "b", "n": 3}], mode="insert"
    )
    assert numbered(table) == {"a": 1, "b": 3}
    assert (report.items_written, report.items_existing) == (1, 1)
    assert report.write_units == 2


async def test_the_first_item_of_a_key_is_inserted_and_none_superseded() -> None:
    table = TableInMemory("pk")
    source = [{"pk": f"k{n % 3}", "n": n} for n in range(60)]
    report = await loaded(table, source, mode="insert")
    assert numbered(table) == {"k0": 0, "k1": 1, "k2": 2}
    assert (report.items_written, report.items_existing) == (3, 57)
    assert report.items_superseded == 0
    assert table.most_in_flight_per_key == 1
    assert set(table.sizes) == {1}


async def test_an_item_that_is_there_already_counts_as_written() -> None:
    table = await there({"pk": "a", "n": 1, "tags": {"x", "y"}, "deep": [{"v": 2}]})
    for item in table.items.values():
        item["tags"]["SS"].reverse()
        item["deep"]["L"][0]["M"]["v"]["N"] = "2.0"
    same = {"pk": "a", "n": 1, "tags": {"x", "y"}, "deep": [{"v": 2}]}
    report = await loaded(table, [same, same | {"n": 2}], mode="insert")
    assert (report.items_written, report.items_existing) == (1, 1)


async def test_only_a_larger_version_replaces_what_is_there() -> None:
    table = await there(
        {"pk": "older", "v": 9, "n": 0},
        {"pk": "newer", "v": 11, "n": 0},
        {"pk": "same", "v": 10, "n": 0},
        {"pk": "none", "n": 0},
        {"pk": "other type", "v": "9", "n": 0},
    )
    keys = ("older", "newer", "same", "none", "other type", "absent")
    source = [{"pk": key, "v": 10, "n": 1} for key in keys]
    report = await loaded(table, source, mode="newer", version_attribute="v")
    assert {key for key, n in numbered(table).items() if n == 1} == {
        "older",
        "none",
        "absent",
    }
    assert (report.items_written, report.items_existing) == (3, 3)


async def test_what_a_mode_cannot_take_is_rejected_and_the_rest_written() -> None:
    table = TableInMemory("pk")
    source = [
        {"pk": "a", "v": 1},
        {"pk": "b"},
        Delete({"pk": "a"}),
        {"pk": "c", "v": []},
    ]
    report = await loaded(table, source, mode="newer", version_attribute="v")
    assert [rejection.code for rejection in report.rejections] == [
        "MissingVersion",
        "DeleteInMode",
        "VersionType",
    ]
    assert len(table.items) == report.items_written == 1


async def test_events_tell_which_items_stayed() -> None:
    table = await there({"pk": "a", "n": 1})
    heard: list[Event] = []
    source = [{"pk": "b", "n": 1}, {"pk": "a", "n": 2}]
    await loaded(table, source, mode="insert", on_event=heard.append)
    (stayed,) = [event for event in heard if isinstance(event, ItemExisting)]
    assert stayed == ItemExisting("t", 1, "item 1")
    assert sum(isinstance(event, RequestSettled) for event in heard) == 2


@pytest.mark.parametrize("existing", [False, True])
async def test_a_conditional_load_keeps_to_its_budget_and_uses_it(
    existing: bool,  # noqa: FBT001 -- a parameter
) -> None:
    source = [{"pk": f"k{n}", "n": n} for n in range(2000)]
    changed = [item | {"n": -1} for item in source]
    table = await there(*source if existing else ())
    started = asyncio.get_running_loop().time()
    report = await loaded(table, changed, wcu=400, mode="insert")
    elapsed = asyncio.get_running_loop().time() - started
    assert report.items_existing == (2000 if existing else 0)
    assert elapsed <= 1.01 * 5 + 0.2
    assert table.max_window() <= 1.05 * 400
    assert report.write_units == sum(units for _, units in table.consumed) == 2000


async def test_an_existing_item_is_charged_by_the_larger_of_both() -> None:
    table = await there(*({"pk": f"k{n}", "x": "x" * 9_000} for n in range(200)))
    small = [{"pk": f"k{n}"} for n in range(200)]
    started = asyncio.get_running_loop().time()
    report = await loaded(table, small, wcu=200, mode="insert")
    assert report.write_units == 9 * 200
    assert table.max_window() <= 1.05 * 200 + 9
    assert asyncio.get_running_loop().time() - started <= 1.01 * 9 + 0.2


async def test_existing_items_cost_nothing_on_an_index() -> None:
    ducks = [{"pk": f"k{n}", "team": "ducks"} for n in range(300)]
    table = await there(*ducks, index="team")
    mice = [item | {"team": "mice"} for item in ducks]
    report = await loaded(
        table, mice, mode="insert", schema=INDEXED, index_wcu={"team_index": 50}
    )
    assert report.items_existing == 300
    assert report.index_write_units == {"team_index": 0}
    assert report.elapsed_seconds < 4, "the index has held up what does not touch it"


async def test_a_lost_answer_does_not_make_an_item_existing() -> None:
    table = TableInMemory("pk", lost_answers=0.5)
    source = [{"pk": f"k{n}", "n": n} for n in range(50)]
    report = await loaded(table, source, mode="insert")
    assert (report.items_written, report.items_existing) == (50, 0)
    assert report.retried_items > 0


async def test_what_lands_late_needs_no_guard() -> None:
    failures = [TIMEOUT]

    def first_times_out(table: TableInMemory, _: object) -> Failure | None:
        return failures.pop() if failures else None

    table = TableInMemory("pk", behaviour=first_times_out)
    source = [{"pk": "a", "n": 1}, {"pk": "a", "n": 2}]
    report = await loaded(table, source, mode="insert")
    assert numbered(table) == {"a": 1}
    assert report.elapsed_seconds < 5


async def test_what_the_service_refuses_is_rejected_alone() -> None:
    refusal = Failure(FailureKind.REFUSED, "ValidationException", "no")

    def picky(table: TableInMemory, writes: list[dict[str, Any]]) -> Failure | None:
        return refusal if writes[0]["PutRequest"]["Item"]["n"]["N"] == "7" else None

    table = TableInMemory("pk", behaviour=picky)
    heard: list[Event] = []
    source = [{"pk": f"k{n % 5}", "n": n} for n in range(5, 15)]
    report = await loaded(table, source, mode="insert", on_event=heard.append)
    assert [e.position for e in heard if isinstance(e, ItemRejected)] == [2]
    assert numbered(table) == {"k0": 5, "k1": 6, "k2": 12, "k3": 8, "k4": 9}
    assert report.items_existing == 4


async def test_a_server_without_capacity_by_index_is_asked_for_totals() -> None:
    refusal = Failure(
        FailureKind.REFUSED, "ValidationException", "ReturnConsumedCapacity: no INDEXES"
    )

    class OnlyTotals(TableInMemory):
        async def put_item(self, body: bytes) -> Outcome | Unmet:
            return refusal if b'"INDEXES"' in body else await super().put_item(body)

    source = [{"pk": f"k{n}", "n": n} for n in range(20)]
    report = await loaded(OnlyTotals("pk"), source, wcu=1000, mode="insert")
    assert report.items_written == 20


@pytest.mark.parametrize(
    "stored",
    [{"pk": "a"}, {"pk": {"S": "a"}, "n": {"N": "x"}}, {"pk": {"X": 1, "Y": 2}}],
)
async def test_an_answer_of_unknown_form_is_asked_for_again(
    stored: dict[str, Any],
) -> None:
    answers: list[Outcome | Unmet] = [Unmet(stored)]

    class Confused(TableInMemory):
        async def put_item(self, body: bytes) -> Outcome | Unmet:
            return answers.pop() if answers else await super().put_item(body)

    report = await loaded(Confused("pk"), [{"pk": "a", "n": 1}], mode="insert")
    assert (report.items_written, report.requests) == (1, 2)


async def test_an_unmet_condition_without_the_item_is_an_existing_one() -> None:
    class Silent(TableInMemory):
        async def put_item(self, body: bytes) -> Outcome | Unmet:
            outcome = await super().put_item(body)
            return Unmet(None) if isinstance(outcome, Unmet) else outcome

    source = [{"pk": "a", "n": 1}, {"pk": "a", "x": "x" * 2000}]
    report = await loaded(Silent("pk"), source, mode="insert")
    assert (report.items_written, report.items_existing) == (1, 1)
    assert report.write_units == 3


async def test_a_denied_put_names_its_action() -> None:
    denied = Failure(FailureKind.FATAL, "AccessDeniedException", "no")
    table = TableInMemory("pk", behaviour=lambda *_: denied)
    with pytest.raises(AccessDeniedError, match="dynamodb:PutItem on table t"):
        await loaded(table, [{"pk": "a"}], mode="insert", retry=RetryPolicy())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "append"}, "give put, insert or newer"),
        ({"mode": "newer"}, "version_attribute"),
        ({"mode": "newer", "version_attribute": "pk"}, "part of the key of t"),
        ({"version_attribute": "v"}, "mode newer"),
    ],
)
async def test_a_mode_that_cannot_work_names_the_fix(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await loaded(TableInMemory("pk"), [{"pk": "a"}], **options)
