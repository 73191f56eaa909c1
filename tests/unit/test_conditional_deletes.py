"""Deletes on a condition go through the writer like all writes: paid, counted, safe."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk import BulkWriter, ConfigurationError, Event, ItemExisting, WireItem
from ddbbulk.marshal import item_to_wire
from ddbbulk.report import LoadReport
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import TableSchema
from ddbbulk.unchanged import Unchanged
from tests.support.readable_table import ReadableTable
from tests.support.table_in_memory import TableInMemory
from tests.support.virtual_time import VirtualTimeLoop

SCHEMA = TableSchema.of("pk")


async def deleted(
    table: TableInMemory,
    seen: list[dict[str, Any]],
    *,
    wcu: float = 1000,
    heard: list[Event] | None = None,
) -> LoadReport:
    events: list[Event] = [] if heard is None else heard
    async with BulkWriter(
        "t",
        condition=Unchanged(table="t", schema=SCHEMA),
        wcu=wcu,
        schema="pk",
        transport=table,
        on_event=events.append,
    ) as writer:
        for item in seen:
            await writer.put(WireItem(item_to_wire(item)))
    return writer.report


async def test_what_is_as_it_was_seen_goes_and_all_else_stays() -> None:
    table = ReadableTable("pk")
    seen = [{"pk": f"k{n}", "n": n, "tags": {"a", "b"}} for n in range(5)]
    table.hold(*seen, {"pk": "k1", "n": 7}, {"pk": "k2", "n": 2})
    heard: list[Event] = []
    report = await deleted(table, [*seen, {"pk": "gone", "n": 1}], heard=heard)
    assert sorted(item["pk"]["S"] for item in table.items.values()) == ["k1", "k2"]
    assert (report.items_written, report.items_existing) == (3, 3)
    stayed = [one.position for one in heard if isinstance(one, ItemExisting)]
    assert sorted(stayed) == [1, 2, 5]


async def test_deletes_are_paid_by_the_size_of_what_goes() -> None:
    table = ReadableTable("pk")
    seen = [{"pk": f"k{n}", "text": "x" * 2000} for n in range(200)]
    table.hold(*seen)
    report = await deleted(table, seen, wcu=100)
    assert report.write_units == 400
    assert table.max_window() <= 105
    assert 3.9 <= report.elapsed_seconds <= 4.2


async def test_a_transport_that_cannot_delete_so_says_what_it_needs() -> None:
    with pytest.raises(ConfigurationError, match="a method delete_item"):
        await deleted(TableInMemory("pk"), [{"pk": "a", "n": 1}])


@settings(max_examples=30)
@given(
    held=st.dictionaries(st.integers(0, 20), st.integers(0, 1)),
    lost=st.sampled_from([0.0, 0.3]),
    failing=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 100),
)
def test_whatever_fails_nothing_goes_but_what_was_seen(
    held: dict[int, int], lost: float, failing: float, seed: int
) -> None:
    def behave(table: TableInMemory, _: list[dict[str, Any]]) -> Failure | None:
        if table.random.random() >= failing:
            return None
        kind = table.random.choice([FailureKind.THROTTLED, FailureKind.FAULT])
        return Failure(kind, "ThrottlingException", "no")

    table = ReadableTable("pk", lost_answers=lost, behaviour=behave, seed=seed)
    table.hold(*({"pk": f"k{key}", "n": n} for key, n in held.items()))
    seen = [{"pk": f"k{key}", "n": 0} for key in range(21)]
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        report = runner.run(deleted(table, seen))
    left = {int(item["pk"]["S"][1:]) for item in table.items.values()}
    assert left == {key for key, n in held.items() if n}
    assert report.items_written + report.items_existing == 21
    if not lost:
        assert report.items_written == sum(1 for n in held.values() if not n)
