"""The writer in virtual time: pace, order, back-pressure, retries, endings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from tenacity import stop_after_delay

from ddbbulk import Budget, BulkWriter, RetryPolicy, load
from ddbbulk.errors import (
    ConfigurationError,
    ConservationError,
    SourceError,
    TableNotFoundError,
    ThrottledError,
    TooManyFailuresError,
    WriterClosedError,
)
from ddbbulk.events import Event, ItemRejected, LoadFinished, RequestSettled
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.transport import Outcome
from tests.support.table_in_memory import TableInMemory

THROTTLE = Failure(FailureKind.THROTTLED, "ThrottlingException", "slow down")
FAULT = Failure(FailureKind.FAULT, "InternalServerError", "oops")
MISSING = Failure(FailureKind.FATAL, "ResourceNotFoundException", "no table")
INVALID = Failure(FailureKind.REFUSED, "ValidationException", "Value '4711' is bad")

INDEXED = TableSchema(
    KeyAttribute("pk"),
    indexes=(IndexSchema("team_index", (KeyAttribute("team"),)),),
)


def items(count: int, **more: object) -> list[dict[str, object]]:
    return [{"pk": f"k{n}", "n": n, **more} for n in range(count)]


@pytest.mark.parametrize("wcu", [5, 50, 200, 2000])
async def test_a_load_keeps_to_its_budget_and_uses_it(wcu: int) -> None:
    table = TableInMemory("pk")
    seconds = 20 if wcu < 2000 else 5
    count = wcu * seconds
    started = asyncio.get_running_loop().time()
    report = await load("t", items(count), wcu=wcu, schema="pk", transport=table)
    elapsed = asyncio.get_running_loop().time() - started
    assert len(table.items) == report.items_written == count
    assert elapsed <= 1.01 * seconds + 0.2
    assert table.max_window() <= max(1.05 * wcu, wcu + 1)
    assert report.write_units == count
    assert "budget of the table" in report.verdict


async def test_an_index_with_half_the_capacity_is_the_floor() -> None:
    table = TableInMemory("pk", index="team")
    report = await load(
        "t",
        items(4000, team="ducks"),
        wcu=400,
        index_wcu={"team_index": 200},
        schema=INDEXED,
        transport=table,
    )
    assert report.floor_seconds == 20
    assert report.elapsed_seconds <= 1.01 * 20 + 0.2
    assert table.max_window() <= 1.05 * 200
    assert "index team_index" in report.verdict


async def test_tables_with_different_indexes_share_a_budget() -> None:
    budget = Budget(200)
    first, second = TableInMemory("pk", index="team"), TableInMemory("pk")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            load("a", items(1000), wcu=budget, schema=INDEXED, transport=first)
        )
        tasks.create_task(
            load("b", items(1000), wcu=budget, schema="pk", transport=second)
        )
    assert asyncio.get_running_loop().time() == pytest.approx(10, abs=0.2)
    assert len(first.items) == len(second.items) == 1000


async def test_an_index_that_the_given_schema_lacks_is_warned_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    table = TableInMemory("pk", index="team")
    source = items(100, team="ducks")
    report = await load("t", source, wcu=100, schema="pk", transport=table)
    assert report.write_units == 100
    (warning,) = caplog.messages
    assert "team_index is not in the schema" in warning


async def test_mixed_sizes_keep_the_budget_too() -> None:
    table = TableInMemory("pk")
    sizes = [300 + 400 * (n * 7919 % 50) for n in range(2000)]
    source = [{"pk": f"k{n}", "blob": "x" * size} for n, size in enumerate(sizes)]
    report = await load("t", source, wcu=1000, schema="pk", transport=table)
    assert report.elapsed_seconds <= 1.01 * report.floor_seconds + 0.2
    assert table.max_window() <= 1.05 * 1000


async def test_a_table_with_less_than_the_budget_gets_everything() -> None:
    table = TableInMemory("pk", capacity=200)
    report = await load("t", items(6000), wcu=400, schema="pk", transport=table)
    assert len(table.items) == 6000
    assert report.items_written == 6000
    assert report.elapsed_seconds <= 1.10 * 6000 / 200
    assert report.unprocessed_items > 0
    assert "throttling" in report.verdict


async def test_unprocessed_items_travel_in_full_batches() -> None:
    table = TableInMemory("pk", capacity=1000)
    await load("t", items(20_000), wcu=2000, schema="pk", transport=table)
    full = sum(size == 25 for size in table.sizes)
    assert full >= 0.9 * len(table.sizes)


async def test_connections_are_as_many_as_rate_and_latency_need() -> None:
    table = TableInMemory("pk", latency_seconds=0.1)
    await load("t", items(20_000), wcu=5000, schema="pk", transport=table)
    # 200 requests a second of 0.1 s each are 20 in flight.
    assert 20 <= table.most_requests_in_flight <= 32


async def test_connections_are_bounded() -> None:
    table = TableInMemory("pk", latency_seconds=1.0)
    report = await load(
        "t", items(2000), wcu=5000, schema="pk", transport=table, max_connections=4
    )
    assert table.most_requests_in_flight == 4
    assert "latency" in report.verdict


async def test_the_last_write_of_a_key_wins() -> None:
    def faults(table: TableInMemory, writes: list[dict[str, Any]]) -> Failure | None:
        return table.random.choice([None, None, FAULT, THROTTLE])

    table = TableInMemory("pk", behaviour=faults, lost_answers=0.2)
    source = [{"pk": f"k{n % 7}", "n": n} for n in range(2000)]
    report = await load("t", source, wcu=4000, schema="pk", transport=table)
    assert table.most_in_flight_per_key == 1
    assert {item["n"]["N"] for item in table.items.values()} == {
        str(n) for n in range(1993, 2000)
    }
    assert report.items_written + report.items_superseded == 2000
    assert report.items_superseded > 0


@pytest.mark.parametrize("code", ["502", "504"])
async def test_a_gateway_that_gave_up_may_deliver_late(code: str) -> None:
    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        if table.sizes != [1]:
            return None
        body = orjson.dumps({"RequestItems": {"t": batch}})
        asyncio.get_running_loop().call_later(5, table.apply, body)
        return Failure(FailureKind.FAULT, code, "<html>")

    table = TableInMemory("pk", behaviour=behave)
    async with BulkWriter("t", wcu=50, schema="pk", transport=table) as writer:
        await writer.put({"pk": "a", "n": 1})
        await asyncio.sleep(1)
        await writer.put({"pk": "a", "n": 2})
    await asyncio.sleep(10)
    assert [item["n"] for item in table.items.values()] == [{"N": "2"}]


async def test_what_is_in_flight_beside_a_fatal_request_is_still_answered() -> None:
    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        numbers = {write["PutRequest"]["Item"]["n"]["N"] for write in batch}
        return MISSING if "60" in numbers else None

    table = TableInMemory("pk", latency_seconds=0.5, behaviour=behave)
    with pytest.raises(TableNotFoundError) as caught:
        await load("t", items(1000), wcu=1000, schema="pk", transport=table)
    report = caught.value.report
    assert report.items_written == len(table.items) > 60
    assert report.items_pending == report.items_read - report.items_written


async def test_what_was_often_throttled_waits_no_longer_for_one_fault() -> None:
    answers: list[Failure | None] = [*(THROTTLE for _ in range(8)), FAULT, None]

    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        del table, batch
        return answers.pop(0)

    table = TableInMemory("pk", behaviour=behave)
    await load("t", items(1), wcu=100, schema="pk", transport=table)
    # 4.55 s between the throttles, 0.25 s after the fault, and some jitter.
    assert 4.8 < asyncio.get_running_loop().time() < 6.0


async def test_put_waits_while_the_queue_is_full() -> None:
    table = TableInMemory("pk")
    async with BulkWriter("t", wcu=100, schema="pk", transport=table) as writer:
        for item in items(1000):
            await writer.put(item)
        behind = writer.snapshot().items_read - writer.snapshot().items_written
        assert behind <= 250
        assert asyncio.get_running_loop().time() > 7
    assert writer.report.items_written == 1000


async def test_queued_bytes_are_bounded_too() -> None:
    table = TableInMemory("pk")
    blob = b"x" * 300_000
    async with BulkWriter("t", wcu=3000, schema="pk", transport=table) as writer:
        for number in range(300):
            await writer.put({"pk": str(number), "blob": blob})
            snapshot = writer.snapshot()
            waiting = snapshot.items_read - snapshot.items_written
            assert waiting * 400_000 <= 33 * 1024 * 1024
    assert len(table.items) == 300


async def test_a_slow_feed_is_written_within_the_linger() -> None:
    table = TableInMemory("pk", latency_seconds=0.01)
    async with BulkWriter("t", wcu=1000, schema="pk", transport=table) as writer:
        await writer.put({"pk": "a"})
        await asyncio.sleep(0.07)
        assert len(table.items) == 1
        await writer.put({"pk": "b"})
        await writer.put({"pk": "c"})
        await asyncio.sleep(0.07)
        assert len(table.items) == 3
    assert table.sizes == [1, 2]


async def test_flush_returns_when_what_was_put_before_is_settled() -> None:
    table = TableInMemory("pk")
    async with BulkWriter("t", wcu=10, schema="pk", transport=table) as writer:
        await writer.put({"pk": "a"})
        await writer.flush()
        assert list(table.items) == [("{'S': 'a'}",)]

        async def go_on() -> None:
            for item in items(50):
                await writer.put(item)

        more = asyncio.create_task(go_on())
        await asyncio.sleep(0)
        await writer.put({"pk": "b"})
        await writer.flush()
        await more
    assert len(table.items) == 52


async def test_many_tasks_may_put() -> None:
    table = TableInMemory("pk")
    async with (
        BulkWriter("t", wcu=1000, schema="pk", transport=table) as writer,
        asyncio.TaskGroup() as tasks,
    ):
        for number in range(20):

            async def feed(number: int = number) -> None:
                for n in range(100):
                    await writer.put({"pk": f"{number}-{n}"})

            tasks.create_task(feed())
    assert len(table.items) == 2000


async def test_deletes_are_written_in_their_order() -> None:
    table = TableInMemory("pk")
    async with BulkWriter("t", wcu=100, schema="pk", transport=table) as writer:
        await writer.put({"pk": "a"})
        await writer.put({"pk": "b"})
        await writer.flush()
        await writer.delete({"pk": "a"})
    assert list(table.items) == [("{'S': 'b'}",)]


async def test_an_invalid_item_is_rejected_and_the_others_are_written() -> None:
    table = TableInMemory("pk")
    source: list[object] = [
        *items(10),
        {"nokey": 1},
        "text",
        {"pk": "z", "x": object()},
    ]
    report = await load("t", source, wcu=100, schema="pk", transport=table)
    assert report.items_written == 10
    assert report.items_rejected == 3
    assert [rejection.where for rejection in report.rejections] == [
        "item 10",
        "item 11",
        "item 12",
    ]


async def test_what_the_service_refuses_is_singled_out() -> None:
    def picky(table: TableInMemory, writes: list[dict[str, Any]]) -> Failure | None:
        numbers = {write["PutRequest"]["Item"]["n"]["N"] for write in writes}
        return INVALID if numbers & {"7", "13"} else None

    table = TableInMemory("pk", behaviour=picky)
    heard: list[Event] = []
    report = await load(
        "t", items(50), wcu=1000, schema="pk", transport=table, on_event=heard.append
    )
    assert report.items_written == 48
    rejected = [event for event in heard if isinstance(event, ItemRejected)]
    assert sorted(event.position for event in rejected) == [7, 13]
    assert {event.message for event in rejected} == {"Value '…' is bad"}
    assert report.items_pending == 0


async def test_a_source_of_nothing_but_invalid_items_is_stopped() -> None:
    table = TableInMemory("pk")
    source = ({"wrong": n} for n in range(100_000))
    with pytest.raises(TooManyFailuresError, match="first 1,000") as caught:
        await load("t", source, wcu=100, schema="pk", transport=table)
    assert caught.value.report.items_rejected == 1000
    assert caught.value.report.items_read == 1000


async def test_a_load_that_only_meets_throttles_ends_in_five_minutes() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: THROTTLE)
    with pytest.raises(ThrottledError, match="raise its capacity") as caught:
        await load("t", items(10), wcu=100, schema="pk", transport=table)
    assert 300 <= asyncio.get_running_loop().time() <= 302
    assert caught.value.report.items_pending == 10


async def test_a_load_that_progresses_is_never_given_up() -> None:
    def nearly_always(table: TableInMemory, _: object) -> Failure | None:
        return None if table.random.random() < 0.05 else THROTTLE

    table = TableInMemory("pk", behaviour=nearly_always)
    report = await load("t", items(500), wcu=10, schema="pk", transport=table)
    assert report.items_written == 500
    assert asyncio.get_running_loop().time() > 300


async def test_a_missing_table_ends_the_load_at_once() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: MISSING)
    with pytest.raises(TableNotFoundError, match="no table t at") as caught:
        await load("t", items(1000), wcu=100, schema="pk", transport=table)
    report = caught.value.report
    assert report.verdict == "ended early by TableNotFoundError"
    assert report.items_written == 0
    assert report.items_pending == report.items_read > 0


async def test_a_source_that_raises_midway_loses_nothing_it_gave() -> None:
    async def feed() -> AsyncIterator[dict[str, object]]:
        for item in items(60):
            yield item
        raise RuntimeError("disk full")

    table = TableInMemory("pk")
    with pytest.raises(SourceError) as caught:
        await load("t", feed(), wcu=100, schema="pk", transport=table)
    assert caught.value.position == 60
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert len(table.items) == caught.value.report.items_written == 60


async def test_an_exception_in_the_block_sends_nothing_more() -> None:
    table = TableInMemory("pk")
    writer = BulkWriter("t", wcu=10, schema="pk", transport=table)

    async def put_and_fail() -> None:
        async with writer:
            for item in items(100):
                await writer.put(item)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await put_and_fail()
    assert len(table.items) <= 1
    assert writer.report.items_pending == 100 - len(table.items)


async def cancelled(table: TableInMemory, *pauses: float) -> LoadFinished:
    """Cancel a load of 100 WCU after each pause, and return what it told at its end."""
    heard: list[Event] = []
    loading = asyncio.create_task(
        load(
            "t",
            items(10_000),
            wcu=100,
            schema="pk",
            transport=table,
            on_event=heard.append,
        )
    )
    for pause in pauses:
        await asyncio.sleep(pause)
        loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    (finished,) = [event for event in heard if isinstance(event, LoadFinished)]
    return finished


async def test_cancelling_a_load_leaves_no_task_behind() -> None:
    finished = await cancelled(TableInMemory("pk"), 10)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert finished.error == "CancelledError"
    assert finished.report.verdict == "ended early: it was cancelled"
    assert 950 <= finished.report.items_written <= 1050
    assert finished.report.items_pending > 0


async def test_requests_in_flight_are_settled_when_a_load_is_cancelled() -> None:
    table = TableInMemory("pk", latency_seconds=2.0)
    finished = await cancelled(table, 10)
    assert finished.report.items_written == len(table.items)
    assert table.requests_in_flight == 0
    assert asyncio.get_running_loop().time() < 14


async def test_a_second_cancellation_waits_for_nothing() -> None:
    await cancelled(TableInMemory("pk", latency_seconds=8.0), 3, 0.5)
    assert asyncio.get_running_loop().time() == pytest.approx(3.5, abs=0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_request_that_hangs_does_not_keep_a_cancelled_load() -> None:
    await cancelled(TableInMemory("pk", latency_seconds=1000.0), 3)
    assert asyncio.get_running_loop().time() <= 20


async def test_events_tell_of_every_request() -> None:
    table = TableInMemory("pk", capacity=50)
    heard: list[Event] = []
    report = await load(
        "t", items(200), wcu=100, schema="pk", transport=table, on_event=heard.append
    )
    settled = [event for event in heard if isinstance(event, RequestSettled)]
    assert len(settled) == report.requests
    assert sum(event.write_units for event in settled) == 200
    assert sum(event.unprocessed for event in settled) == report.unprocessed_items


async def test_a_request_throttled_whole_counts_as_throttled() -> None:
    failures = [THROTTLE, FAULT, None]

    def in_turn(table: TableInMemory, _: object) -> Failure | None:
        return failures.pop(0) if failures else None

    table = TableInMemory("pk", behaviour=in_turn)
    report = await load("t", items(5), wcu=100, schema="pk", transport=table)
    assert report.throttled_requests == 1
    assert report.retried_items >= 2
    assert report.items_written == 5


async def test_a_server_without_capacity_by_index_is_asked_for_totals() -> None:
    refusal = Failure(
        FailureKind.REFUSED, "ValidationException", "ReturnConsumedCapacity: no INDEXES"
    )
    asked: list[bool] = []

    class OnlyTotals(TableInMemory):
        async def batch_write(self, body: bytes) -> Outcome:
            asked.append(b'"INDEXES"' in body)
            return refusal if asked[-1] else await super().batch_write(body)

    report = await load(
        "t", items(20), wcu=1000, schema="pk", transport=OnlyTotals("pk")
    )
    assert report.items_written == 20
    assert asked[0]
    assert not asked[-1]


async def test_the_retry_policy_is_the_callers() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: FAULT)
    with pytest.raises(Exception, match="failed for as long"):
        await load(
            "t",
            items(1),
            wcu=10,
            schema="pk",
            transport=table,
            retry=RetryPolicy(stop=stop_after_delay(20)),
        )
    assert asyncio.get_running_loop().time() < 40


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wcu": 0}, "wcu is 0"),
        ({"wcu": -1}, "wcu is -1"),
        ({"index_wcu": {"nope": 5}}, r"nope.*no such global index"),
        ({"linger": -1}, "linger"),
        ({"max_connections": 0}, "max_connections is 0: give at least 1"),
        ({"wcv": 5}, "unknown option wcv"),
    ],
)
async def test_an_option_that_cannot_work_names_the_fix(
    options: dict[str, Any], message: str
) -> None:
    table = TableInMemory("pk")
    settings: Any = {"wcu": 10, "schema": "pk", "transport": table, **options}
    with pytest.raises(ConfigurationError, match=message):
        await load("t", items(1), **settings)


async def test_a_writer_outside_its_block_takes_nothing() -> None:
    writer = BulkWriter("t", wcu=100, schema="pk", transport=TableInMemory("pk"))
    with pytest.raises(WriterClosedError, match="async with"):
        await writer.put({"pk": "a"})
    async with writer:
        await writer.put({"pk": "a"})
    with pytest.raises(WriterClosedError):
        await writer.put({"pk": "b"})
    with pytest.raises(WriterClosedError):
        await writer.flush()
    assert writer.report.items_written == writer.report.items_read == 1


async def test_tasks_that_wait_for_room_learn_that_the_writer_ended() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: MISSING)
    writer = BulkWriter("t", wcu=50, schema="pk", transport=table)

    async def feed() -> None:
        for item in items(10_000):
            await writer.put(item)

    async def open_and_wait() -> None:
        async with writer:
            feeds.append(asyncio.create_task(feed()))
            feeds.append(asyncio.create_task(writer.flush()))
            await asyncio.sleep(60)

    feeds: list[asyncio.Task[None]] = []
    with pytest.raises(TableNotFoundError):
        await open_and_wait()
    endings = await asyncio.gather(*feeds, return_exceptions=True)
    assert {type(ending) for ending in endings} <= {WriterClosedError, type(None)}
    assert isinstance(endings[0], WriterClosedError)


async def test_what_is_put_once_the_block_is_left_is_refused_not_forgotten() -> None:
    table = TableInMemory("pk")
    writer = BulkWriter("t", wcu=50, schema="pk", transport=table)

    async def feed() -> None:
        for item in items(10_000):
            await writer.put(item)

    async with writer:
        feeding = asyncio.create_task(feed())
        await asyncio.sleep(1)
    with pytest.raises(WriterClosedError):
        await feeding
    assert writer.report.items_pending == 0
    assert writer.report.items_written == writer.report.items_read == len(table.items)


async def test_a_block_that_catches_its_cancellation_ends_all_the_same() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: MISSING)
    writer = BulkWriter("t", wcu=50, schema="pk", transport=table)

    async def put_on() -> None:
        async with writer:
            await writer.put({"pk": "a"})
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            with pytest.raises(WriterClosedError):
                await writer.put({"pk": "b"})

    with pytest.raises(TableNotFoundError):
        await asyncio.wait_for(put_on(), 100)
    assert writer.report.items_pending == 1


async def test_tasks_of_the_block_do_not_hide_why_it_ended() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: MISSING)
    writer = BulkWriter("t", wcu=50, schema="pk", transport=table)

    async def feed() -> None:
        for item in items(10_000):
            await writer.put(item)

    async def put_in_tasks() -> None:
        async with writer, asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(feed())

    with pytest.raises(TableNotFoundError):
        await put_in_tasks()


async def test_a_writer_that_another_task_has_opened_tells_of_its_end() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: MISSING)
    writer = BulkWriter("t", wcu=50, schema="pk", transport=table)
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what))
    await asyncio.create_task(writer.__aenter__())
    await writer.put({"pk": "a"})
    with pytest.raises(WriterClosedError):
        await asyncio.wait_for(writer.flush(), 100)
    with pytest.raises(TableNotFoundError):
        await writer.__aexit__(None, None, None)


async def test_a_writer_is_for_one_block() -> None:
    table = TableInMemory("pk")
    writer = BulkWriter("t", wcu=50, schema="pk", transport=table)
    async with writer:
        with pytest.raises(WriterClosedError, match="make a new one"):
            await writer.__aenter__()
        await writer.put({"pk": "a"})
    with pytest.raises(WriterClosedError, match="make a new one"):
        await writer.__aenter__()
    assert writer.report.items_written == 1


async def test_the_last_item_may_be_one_rejection_too_many() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: INVALID)
    with pytest.raises(TooManyFailuresError):
        await load("t", items(1), wcu=50, schema="pk", transport=table, max_failures=0)


async def test_a_listener_that_raises_ends_the_load_at_once() -> None:
    def listen(event: Event) -> None:
        if isinstance(event, RequestSettled):
            raise ZeroDivisionError

    table = TableInMemory("pk")
    writer = BulkWriter("t", wcu=50, schema="pk", transport=table, on_event=listen)

    async def put_one() -> None:
        async with writer:
            await writer.put({"pk": "a"})

    with pytest.raises(ZeroDivisionError):
        await put_one()
    assert asyncio.get_running_loop().time() < 1
    assert writer.report.items_written == len(table.items) == 1


async def test_a_lost_item_ends_the_load_with_a_report() -> None:
    table = TableInMemory("pk")
    writer = BulkWriter("t", wcu=100, schema="pk", transport=table)

    async def put_and_miscount() -> None:
        async with writer:
            await writer.put({"pk": "a"})
            writer._ledger.items_read += 1

    with pytest.raises(ConservationError, match="defect") as caught:
        await put_and_miscount()
    assert caught.value.report.items_pending == 1
