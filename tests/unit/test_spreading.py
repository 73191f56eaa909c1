"""Loads with hot keys through the writer, in virtual time."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

import ddbbulk
from ddbbulk import Budget, BulkWriter, HotKeyFound, LoadReport, load
from ddbbulk.batch import Batch
from ddbbulk.batching import Batcher
from ddbbulk.events import Event
from ddbbulk.marshal import Marshaller, Partitions
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.simulator.capacity import PartitionBuckets
from ddbbulk.spreading import WINDOW_ITEMS, Spreading
from ddbbulk.transport import Outcome
from tests.support.table_in_memory import TableInMemory

USERS = TableSchema(
    KeyAttribute("pk"),
    indexes=(IndexSchema("team_index", (KeyAttribute("team"),)),),
)
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/t"


def key_range(resource: str) -> Failure:
    kind = "Index" if "/index/" in resource else "Table"
    reason = (f"{kind}WriteKeyRangeThroughputExceeded", resource)
    return Failure(FailureKind.THROTTLED, "ThrottlingException", "hot", (reason,))


class PartitionedTable(TableInMemory):
    """Rations what each partition gets, as the service does.

    Args:
        attribute: whose value is the partition.
        bears: units a second of each partition.
        is_throttling: a request with a write that is beyond them is throttled.
        resource: whose partitions they are, for the reason.
    """

    def __init__(
        self,
        attribute: str = "team",
        *,
        bears: float = 1000,
        is_throttling: bool = False,
        resource: str = ARN,
    ) -> None:
        super().__init__("pk", behaviour=self._meet, index="team")
        self._attribute = attribute
        self._buckets = PartitionBuckets(bears, burst_seconds=1.0)
        self._failure = key_range(resource) if is_throttling else None
        self.overloads = 0
        self.requested: list[str] = []

    async def batch_write(self, body: bytes) -> Outcome:
        ((_, writes),) = orjson.loads(body)["RequestItems"].items()
        self.requested += [write["PutRequest"]["Item"]["pk"]["S"] for write in writes]
        return await super().batch_write(body)

    def _meet(self, _: TableInMemory, writes: list[dict[str, Any]]) -> Failure | None:
        now = asyncio.get_running_loop().time()
        keys = [
            write["PutRequest"]["Item"][self._attribute]["S"].encode()
            for write in writes
        ]
        if not all(self._buckets.admits(key, now) for key in keys):
            self.overloads += 1
            if self._failure:
                return self._failure
        for key in keys:
            self._buckets.take(key, 1, now)
        return None


def of_one_team(count: int, team: str = "ducks") -> list[dict[str, object]]:
    return [{"pk": f"k{n}", "team": team} for n in range(count)]


def sorted_teams(teams: int, each: int) -> Iterable[dict[str, object]]:
    return (
        {"pk": f"k{number}", "team": f"t{number // each:03}"}
        for number in range(teams * each)
    )


async def loaded(
    table: TableInMemory,
    source: Any,  # noqa: ANN401 -- any source
    **options: Any,  # noqa: ANN401 -- any option
) -> LoadReport:
    settings: dict[str, Any] = {"wcu": 4000, "schema": USERS} | options
    return await load("t", source, transport=table, **settings)


async def test_a_load_of_one_key_takes_what_its_partition_takes() -> None:
    table = PartitionedTable()
    report = await loaded(table, of_one_team(10_000))
    assert report.items_written == 10_000
    assert 9.5 <= report.elapsed_seconds <= 10.5
    assert table.overloads == 0
    assert report.floor_seconds == 10.0
    assert report.verdict == (
        "bound by hot key ducks of team_index: 1,000 WCU per partition key, floor 10 s"
    )
    (hot_key,) = report.hot_keys
    assert hot_key.model_dump() == {
        "resource": "team_index",
        "key": "ducks",
        "write_units": 10_000.0,
        "share": 1.0,
        "floor_seconds": 10.0,
    }


async def test_sorted_input_uses_the_budget_and_spares_each_partition() -> None:
    table = PartitionedTable()
    report = await loaded(table, sorted_teams(10, 1500), wcu=5000)
    assert report.items_written == 15_000
    assert report.elapsed_seconds <= 1.15 * 3 + 0.2
    assert table.overloads == 0
    assert report.verdict == "bound by the budget of the table: 5,000 WCU"
    assert len(report.hot_keys) == 10
    assert all(
        key.floor_seconds == pytest.approx(1.5, rel=0.2) for key in report.hot_keys
    )


async def test_without_the_window_sorted_input_overloads_partitions() -> None:
    table = PartitionedTable()
    await loaded(table, sorted_teams(5, 2000), wcu=5000, interleave=False)
    assert table.overloads > 10


async def test_keys_that_are_not_hot_leave_in_their_order() -> None:
    table = PartitionedTable()
    heard: list[Event] = []
    source = [{"pk": f"k{n}", "team": f"t{n % 100}"} for n in range(8_000)]
    report = await loaded(table, source, wcu=20_000, on_event=heard.append)
    sent = [int(key[1:]) for key in table.requested]
    assert sorted(sent) == list(range(8_000))
    # What waits for others that fill its batch is passed by those that need none.
    assert max(abs(number - place) for place, number in enumerate(sent)) < 100
    assert report.hot_keys == ()
    assert not [event for event in heard if isinstance(event, HotKeyFound)]


async def test_a_slow_source_of_one_key_loses_nothing_of_its_rate() -> None:
    table = PartitionedTable()

    async def feed() -> AsyncIterator[dict[str, object]]:
        for number in range(3000):
            yield {"pk": f"k{number}", "team": "ducks"}
            if number % 5 == 4:
                await asyncio.sleep(0.005)

    report = await loaded(table, feed())
    assert report.elapsed_seconds <= 1.05 * 3000 / 980 + 0.2
    assert "hot key ducks" in report.verdict


async def test_a_hot_key_does_not_wait_for_the_company_of_others() -> None:
    table = PartitionedTable()

    async def feed() -> AsyncIterator[dict[str, object]]:
        for item in of_one_team(2500):
            yield item
        for number in range(4):
            await asyncio.sleep(0.6)
            yield {"pk": f"other{number}", "team": f"t{number}"}

    report = await loaded(table, feed(), linger=2.0)
    assert report.elapsed_seconds <= 1.05 * 2500 / 980


async def test_a_hot_key_is_told_of_once() -> None:
    heard: list[Event] = []
    table = PartitionedTable()
    await loaded(table, of_one_team(4000), on_event=heard.append)
    found = [event for event in heard if isinstance(event, HotKeyFound)]
    assert found == [HotKeyFound("t", "team_index", "ducks")]


@pytest.mark.parametrize(
    ("team", "shown"),
    [("\x1b[31mred\n", "\\x1b[31mred\\n"), ("x" * 100, "x" * 64 + "…")],
)
async def test_a_key_that_is_shown_is_escaped_and_cut(team: str, shown: str) -> None:
    table = PartitionedTable()
    report = await loaded(table, of_one_team(4000, team))
    (hot_key,) = report.hot_keys
    assert hot_key.key == shown
    assert f"hot key {shown} of team_index" in report.verdict


async def test_redacted_keys_are_shown_nowhere() -> None:
    heard: list[Event] = []
    table = PartitionedTable()
    report = await loaded(
        table, of_one_team(4000), redact_keys=True, on_event=heard.append
    )
    assert "hot key [redacted] of team_index" in report.verdict
    assert "ducks" not in report.model_dump_json()
    assert "ducks" not in "".join(map(repr, heard))


async def test_a_key_of_several_attributes_is_shown_with_all() -> None:
    schema = TableSchema(
        KeyAttribute("pk"),
        indexes=(IndexSchema("i", (KeyAttribute("team"), KeyAttribute("n", "N"))),),
    )
    source = [{"pk": f"k{n}", "team": "ducks", "n": 1.0} for n in range(3000)]
    report = await loaded(PartitionedTable(), source, schema=schema)
    (hot_key,) = report.hot_keys
    assert hot_key.key == "ducks, 1"


async def test_a_hot_partition_key_of_the_table_is_named_as_such() -> None:
    class ByTeam(PartitionedTable):
        def _key(self, write: dict[str, Any]) -> tuple[str, ...]:
            item = write["PutRequest"]["Item"]
            return (str(item["team"]), str(item["pk"]))

    report = await loaded(ByTeam(), of_one_team(4000), schema=("team", "pk"))
    assert "hot key ducks of the table" in report.verdict
    assert report.hot_keys[0].resource == ""


async def test_a_throttled_key_range_opens_the_window_whatever_the_budget() -> None:
    index = f"{ARN}/index/team_index"
    table = PartitionedTable(bears=300, is_throttling=True, resource=index)
    source = [
        {"pk": f"k{n}", "team": "ducks" if n < 1500 else f"t{n}"} for n in range(4500)
    ]
    report = await loaded(table, source, wcu=900)
    assert len(table.items) == 4500
    # The others pass, so the budget is used; one after the other it would take 8.3 s.
    assert report.elapsed_seconds <= 1.2 * 5
    assert table.overloads < 0.2 * report.requests


async def test_without_interleaving_a_throttled_key_range_changes_no_order() -> None:
    table = PartitionedTable(bears=300, is_throttling=True)
    report = await loaded(table, of_one_team(600), wcu=900, interleave=False)
    assert report.items_written == 600


async def test_reasons_for_resources_that_are_not_there_are_passed_over() -> None:
    table = PartitionedTable(
        bears=300, is_throttling=True, resource=f"{ARN}/index/other"
    )
    report = await loaded(table, of_one_team(600), wcu=900)
    assert report.items_written == 600


async def test_the_window_is_bounded() -> None:
    table = PartitionedTable()
    most = 0

    def source() -> Iterable[dict[str, object]]:
        nonlocal most
        for number in range(2 * WINDOW_ITEMS):
            most = max(most, number - len(table.items))
            yield {"pk": f"k{number}", "team": "ducks"}

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await loaded(table, source())
    assert WINDOW_ITEMS * 0.9 < most <= WINDOW_ITEMS + 1000


async def test_the_window_closes_when_no_key_is_hot_any_more() -> None:
    table = PartitionedTable()
    async with BulkWriter("t", wcu=2000, schema=USERS, transport=table) as writer:
        for item in of_one_team(3000):
            await writer.put(item)
        assert writer._spreading is not None
        assert writer._spreading.window_items == WINDOW_ITEMS
        await writer.flush()
        for number in range(12_000):
            await writer.put({"pk": f"other{number}", "team": f"t{number}"})
        await writer.flush()
        assert writer._spreading.window_items == 0
        assert writer._spreading._batcher._line.window is None
    assert writer.report.items_written == 15_000


async def test_flush_waits_for_what_the_window_holds_back() -> None:
    table = PartitionedTable()
    async with BulkWriter("t", wcu=4000, schema=USERS, transport=table) as writer:
        for item in of_one_team(3000):
            await writer.put(item)
        await writer.flush()
        assert len(table.items) == 3000


async def test_a_shared_budget_may_rise_on_the_way() -> None:
    budget = Budget(500)
    table = PartitionedTable()
    source = of_one_team(6000)

    def rising() -> Iterable[dict[str, object]]:
        for number, item in enumerate(source):
            if number == 2000:
                for pace in budget._paces.values():
                    pace.rate = 4000
            yield item

    report = await loaded(table, rising(), wcu=budget)
    assert table.overloads == 0
    assert report.hot_keys[0].key == "ducks"


async def test_a_load_that_ends_in_the_window_goes_on_with_what_is_left(
    tmp_path: Path,
) -> None:
    @ddbbulk.generator(count=6000, version="1")
    def source(index: int) -> dict[str, object]:
        team = "ducks" if index % 2 else f"t{index}"
        return {"pk": f"k{index}", "team": team}

    table = PartitionedTable()
    state = tmp_path / "done.state"
    with pytest.raises(ddbbulk.DeadlineReachedError) as stopped:
        await loaded(table, source, checkpoint=state, deadline=timedelta(seconds=1.5))
    first = stopped.value.report
    assert first is not None
    assert first.items_pending > 1000
    assert len(table.items) == first.items_written
    report = await loaded(table, source, checkpoint=state)
    assert report.items_read == report.items_written == len(table.items) == 6000
    assert report.items_resumed == first.items_written


async def test_conditional_modes_spread_hot_keys_too() -> None:
    table = PartitionedTable()
    report = await loaded(table, sorted_teams(3, 1300), wcu=5000, mode="insert")
    assert report.items_written == 3900
    assert table.overloads == 0
    assert report.elapsed_seconds <= 1.15 * 1.33 + 0.3


def test_a_key_that_would_be_hot_at_the_budgets_rate_only_is_left_alone() -> None:
    events: list[Event] = []
    schema = TableSchema.of("pk")
    spreading = Spreading(
        table="t",
        resources=schema.resources,
        partitions=Partitions(schema),
        rates=lambda: [1_000_000.0],
        chance=random.Random(0),
        on_event=events.append,
    )
    spreading.attach(Batcher(resources=1))
    marshaller = Marshaller(schema)
    writes = [marshaller.put({"pk": f"k{number}"}) for number in range(1000)]
    batches = [
        Batch.of(writes[first : first + 25], resources=1)
        for first in range(0, len(writes), 25)
    ]
    # The source, or this process, gives no more than 50,000 a second, 50 of each key.
    for number in range(20_000):
        batch = batches[number % len(batches)]
        spreading.watch(batch.writes)
        spreading.sent(batch, number * 25 / 50_000)
    assert events == []
    assert spreading.window_items == 0
