"""Whatever fails, the counts balance and the table is a replay of the source."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk import Delete, LoadReport, load
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from tests.support.random_writes import held_by, items_of, replayed
from tests.support.table_in_memory import TableInMemory
from tests.support.virtual_time import VirtualTimeLoop

FAILURES = st.sampled_from(
    [
        None,
        None,
        Failure(FailureKind.THROTTLED, "ThrottlingException", ""),
        Failure(FailureKind.FAULT, "InternalServerError", ""),
    ]
)
HOT = Failure(
    FailureKind.THROTTLED,
    "ThrottlingException",
    "",
    (("IndexWriteKeyRangeThroughputExceeded", "arn:…:table/t/index/team_index"),),
)
BY_TEAM = TableSchema(
    KeyAttribute("pk"),
    indexes=(IndexSchema("team_index", (KeyAttribute("team"),)),),
)
WRITES = st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=200)


@settings(deadline=None, max_examples=150)
@given(
    writes=WRITES,
    failures=st.lists(FAILURES, min_size=1, max_size=20),
    poison=st.sets(st.integers(0, 200), max_size=4),
    lost_answers=st.sampled_from([0.0, 0.3]),
    late=st.sampled_from([0.0, 0.2]),
    capacity=st.sampled_from([None, 40.0]),
    pause=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 1000),
)
def test_every_item_is_accounted_for_and_the_last_write_wins(
    writes: list[tuple[int, bool]],
    failures: list[Failure | None],
    poison: set[int],
    lost_answers: float,
    late: float,
    capacity: float | None,
    pause: float,
    seed: int,
) -> None:
    """Throttles, faults, partial, lost and late answers, refused items, duplicates."""
    refusal = Failure(FailureKind.REFUSED, "ValidationException", "")

    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        numbers = {
            int(write["PutRequest"]["Item"]["n"]["N"])
            for write in batch
            if "PutRequest" in write
        }
        if numbers & poison:
            return refusal
        return table.random.choice(failures)

    table = TableInMemory(
        "pk",
        behaviour=behave if None in failures else None,
        lost_answers=lost_answers,
        late=late,
        capacity=capacity,
        seed=seed,
    )
    if None not in failures:
        poison = set()
    report = _load(table, items_of(writes), pause, "pk")
    assert held_by(table) == replayed(writes, refused=poison)
    assert report.items_read == len(writes)
    assert report.items_pending == 0
    assert (
        report.items_written + report.items_superseded + report.items_rejected
        == report.items_read
    )
    assert table.most_in_flight_per_key <= 1


@settings(deadline=None, max_examples=100)
@given(
    writes=st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=200),
    failures=st.lists(st.sampled_from([None, None, HOT]), min_size=1, max_size=20),
    poison=st.sets(st.integers(0, 200), max_size=4),
    lost_answers=st.sampled_from([0.0, 0.3]),
    late=st.sampled_from([0.0, 0.2]),
    pause=st.sampled_from([0.0, 0.3]),
    teams=st.integers(1, 3),
    seed=st.integers(0, 1000),
)
def test_the_same_holds_where_writes_of_hot_keys_wait_in_a_window(
    writes: list[tuple[int, bool]],
    failures: list[Failure | None],
    poison: set[int],
    lost_answers: float,
    late: float,
    pause: float,
    teams: int,
    seed: int,
) -> None:
    """Items that replace one another go to other partitions of the index."""
    refusal = Failure(FailureKind.REFUSED, "ValidationException", "")
    met: list[int] = []

    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        met.append(len(batch))
        if len(met) == 1:
            return HOT
        puts = [write["PutRequest"]["Item"] for write in batch if "PutRequest" in write]
        if {int(item["n"]["N"]) for item in puts} & poison:
            return refusal
        return table.random.choice([*failures, None])

    table = TableInMemory(
        "pk",
        behaviour=behave,
        lost_answers=lost_answers,
        late=late,
        index="team",
        seed=seed,
    )
    source: list[Any] = items_of(writes)
    for number, item in enumerate(source):
        if not isinstance(item, Delete):
            item |= {"team": f"t{number % teams}", "pad": "x" * 6000}
    report = _load(table, source, pause, BY_TEAM)
    assert held_by(table) == replayed(writes, refused=poison)
    assert report.items_pending == 0
    assert report.items_read == len(writes)
    assert (
        report.items_written + report.items_superseded + report.items_rejected
        == report.items_read
    )
    assert table.most_in_flight_per_key <= 1


def _load(
    table: TableInMemory, items: list[Any], pause: float, schema: TableSchema | str
) -> LoadReport:
    async def feed() -> AsyncIterator[Any]:
        for number, item in enumerate(items):
            yield item
            if pause and number % 7 == 0:
                await asyncio.sleep(pause)

    async def load_and_wait() -> LoadReport:
        source = feed() if pause else items
        report = await load("t", source, wcu=500, schema=schema, transport=table)
        await asyncio.sleep(10)  # for what lands late
        return report

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(load_and_wait())
