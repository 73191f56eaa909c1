"""A reader reads all there is, at its budget and never above it."""

import asyncio
import random
from contextlib import aclosing
from typing import Any

import pytest
from tenacity import stop_after_delay

from ddbbulk.errors import (
    ConfigurationError,
    ConnectionFailedError,
    RequestRejectedError,
    TableNotFoundError,
    ThrottledError,
)
from ddbbulk.reading import Filter, Page, ReadBudget, Reader
from ddbbulk.retry import Failure, FailureKind, RetryPolicy
from tests.support.table_to_read import TABLE, TableToRead, birds

THROTTLED = Failure(
    FailureKind.THROTTLED, "ProvisionedThroughputExceededException", "slow"
)


def reader_of(
    table: TableToRead, rcu: float = 1000.0, *, is_consistent: bool = False
) -> Reader:
    return Reader(
        table,
        table=TABLE,
        budget=ReadBudget(rcu),
        retry=RetryPolicy(stop=stop_after_delay(60)),
        is_consistent=is_consistent,
    )


async def pages_of(reader: Reader, **options: Any) -> list[Page]:  # noqa: ANN401 -- options of scan
    return [page async for page in reader.scan(**options)]


def names(pages: list[Page]) -> list[str]:
    return [item["pk"]["S"] for page in pages for item in page.items]


async def test_a_scan_yields_every_item_once() -> None:
    table = TableToRead(birds(2000))
    reader = reader_of(table)

    pages = await pages_of(reader)

    assert sorted(names(pages)) == sorted(f"bird{n}" for n in range(2000))
    assert {page.segment for page in pages} == {0, 1, 2, 3}
    assert sum(page.scanned for page in pages) == 2000
    assert reader.units == table.units == sum(page.units for page in pages)
    assert reader.requests == len(table.requests)


async def test_a_count_has_no_items() -> None:
    table = TableToRead(birds(2000))

    pages = await pages_of(reader_of(table), is_count=True)

    assert sum(page.count for page in pages) == 2000
    assert not any(page.items for page in pages)
    assert sum("Select" in request for request in table.requests) > 4


@pytest.mark.parametrize("is_count", [False, True])
@pytest.mark.parametrize(
    ("rcu", "count", "size"),
    [(5, 1600, 90), (25, 2800, 270), (200, 2400, 2100), (1500, 1500, 26_000)],
)
async def test_a_budget_is_used_in_full_and_never_exceeded(
    rcu: int, count: int, size: int, *, is_count: bool
) -> None:
    made = birds(count, size=lambda n: size + n % 9 * size // 12)
    table = TableToRead(made, units=rcu)
    reader = reader_of(table, rcu)
    loop = asyncio.get_running_loop()
    began = loop.time()

    pages = await pages_of(reader, is_count=is_count)

    elapsed = loop.time() - began
    floor = table.units / rcu
    assert sum(page.count for page in pages) == count
    assert floor > 3
    assert elapsed <= 1.02 * floor + 0.05
    page = max(units for _, units in table.consumed)
    assert table.max_window() <= max(1.05 * rcu, rcu + page)
    assert reader.throttled_requests == 0


async def test_full_pages_are_asked_for_where_the_budget_bears_them() -> None:
    table = TableToRead(birds(6000, size=lambda _: 2000))

    await pages_of(reader_of(table, 20_000.0))

    assert not any("Limit" in request for request in table.requests)


async def test_a_large_item_is_paid_for_before_anything_else_leaves() -> None:
    table = TableToRead(birds(12, size=lambda _: 300_000))
    loop = asyncio.get_running_loop()
    began = loop.time()

    await pages_of(reader_of(table, 25.0, is_consistent=True))

    assert table.units > 850
    assert loop.time() - began >= 0.9 * table.units / 25
    assert table.max_window() <= 25 + 80


async def test_what_is_throttled_is_asked_for_again() -> None:
    table = TableToRead(birds(4000, size=lambda _: 500), units=20)

    reader = reader_of(table, 200.0)
    pages = await pages_of(reader)

    assert sum(page.count for page in pages) == 4000
    assert reader.throttled_requests > 10
    assert len(table.requests) == reader.requests
    assert reader.requests == len(pages) + reader.throttled_requests


async def test_whatever_fails_on_the_way_each_item_comes_once() -> None:
    chance = random.Random(5)
    codes = ("InternalServerError", "Timeout", "ChecksumMismatch", "ConnectionFailed")

    def failing(_number: int) -> Failure | None:
        if chance.random() < 0.3:
            return Failure(FailureKind.FAULT, chance.choice(codes), "lost")
        return THROTTLED if chance.random() < 0.1 else None

    table = TableToRead(birds(2000), failing=failing)
    reader = reader_of(table, 100.0)

    pages = await pages_of(reader)
    found = await reader.look_up(keys(200))

    assert sorted(names(pages)) == sorted(f"bird{n}" for n in range(2000))
    assert sorted(item["pk"]["S"] for item in found) == sorted(
        f"bird{n}" for n in range(200)
    )
    assert reader.requests == len(table.requests) > 1.2 * len(table.consumed)
    assert reader.units == table.units


async def test_a_scan_without_progress_ends() -> None:
    table = TableToRead(birds(100), failing=lambda n: THROTTLED if n > 4 else None)
    loop = asyncio.get_running_loop()

    with pytest.raises(ThrottledError, match=r"read capacity, or lower --rcu"):
        await pages_of(reader_of(table, 5.0))

    assert 60 <= loop.time() < 90


async def test_an_endpoint_that_never_answers_is_given_up_soon() -> None:
    gone = Failure(FailureKind.FAULT, "ConnectionFailed", "refused")
    table = TableToRead(birds(1), failing=lambda _: gone)

    with pytest.raises(ConnectionFailedError, match="--endpoint-url"):
        await pages_of(reader_of(table))

    assert asyncio.get_running_loop().time() < 30


async def test_a_wait_for_a_server_that_is_gone_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.get_running_loop()
    gone = Failure(FailureKind.FAULT, "ConnectionFailed", "refused\x1b")

    def failing(number: int) -> Failure | None:
        return gone if number > 4 and loop.time() < 40 else None

    pages = await pages_of(reader_of(TableToRead(birds(2000), failing=failing), 20.0))

    assert len(names(pages)) == 2000
    (message,) = caplog.messages
    assert message.startswith("table birds: nothing was read for ")
    assert message.endswith(r" s (ConnectionFailed: refused\x1b); trying again")


async def test_what_no_retry_mends_ends_at_once() -> None:
    table = TableToRead(birds(1))
    reader = Reader(table, table="cats", budget=ReadBudget(5))

    with pytest.raises(TableNotFoundError, match="cats"):
        await pages_of(reader)
    with pytest.raises(RequestRejectedError, match="ValidationException"):
        await pages_of(reader_of(table), filter=Filter("pk >"))
    with pytest.raises(ConfigurationError, match="segments is 0"):
        await pages_of(reader_of(table), segments=0)


async def test_a_slow_consumer_holds_the_reading_back() -> None:
    table = TableToRead(birds(4000))
    pages = reader_of(table, 200.0).scan()
    async with aclosing(pages):
        await anext(pages)
        await asyncio.sleep(60)

        # One page is taken; each segment has one at hand, and the first asks anew.
        assert len(table.requests) <= 6
        assert table.in_flight == 0


async def test_a_scan_that_is_left_leaves_nothing_running() -> None:
    table = TableToRead(birds(4000))
    before = asyncio.all_tasks()
    pages = reader_of(table, 200.0).scan()
    async with aclosing(pages):
        await anext(pages)
        assert asyncio.all_tasks() - before
    assert asyncio.all_tasks() == before


async def test_a_scan_goes_on_after_the_last_keys() -> None:
    table = TableToRead(birds(3000))
    starts: dict[int, Any] = {}
    seen: list[Page] = []
    pages = reader_of(table, 50.0).scan()
    async with aclosing(pages):
        while len(seen) < 20:
            page = await anext(pages)
            seen.append(page)
            starts[page.segment] = page.last_key

    rest = await pages_of(reader_of(table), starts=starts)

    assert sorted(names(seen) + names(rest)) == sorted(f"bird{n}" for n in range(3000))


async def test_a_limit_is_met_and_little_is_read_in_vain() -> None:
    table = TableToRead(birds(3000))

    pages = await pages_of(reader_of(table), limit=70)

    assert sum(page.count for page in pages) == len(names(pages)) == 70
    assert sum(page.scanned for page in pages) == 70


async def test_a_filter_and_a_projection_decide_what_is_seen() -> None:
    table = TableToRead(birds(700))
    chosen = Filter("#n = :three", names={"#n": "sk"}, values={":three": {"N": "3"}})

    pages = await pages_of(reader_of(table), filter=chosen, attributes=["sk", "no.t"])

    assert sum(page.count for page in pages) == 100
    assert sum(page.scanned for page in pages) == 700
    assert all(item == {"sk": {"N": "3"}} for page in pages for item in page.items)


def keys(count: int) -> list[dict[str, Any]]:
    return [{"pk": {"S": f"bird{n}"}, "sk": {"N": str(n % 7)}} for n in range(count)]


async def test_keys_are_looked_up_whatever_their_number() -> None:
    table = TableToRead(birds(950))
    reader = reader_of(table)

    found = await reader.look_up(keys(1000))

    assert sorted(item["pk"]["S"] for item in found) == sorted(
        f"bird{n}" for n in range(950)
    )
    assert reader.units == table.units == 500
    assert await reader.look_up([]) == []
    assert 1 < table.most_in_flight <= 8


@pytest.mark.parametrize("rcu", [10.0, 400.0])
async def test_look_ups_use_the_budget_and_never_more(rcu: float) -> None:
    count = int(10 * rcu)
    table = TableToRead(birds(count, size=lambda n: 3000 + n % 3 * 900))
    loop = asyncio.get_running_loop()
    began = loop.time()

    found = await reader_of(table, rcu).look_up(keys(count))

    assert len(found) == count
    assert loop.time() - began <= 1.02 * table.units / rcu + 0.2
    assert table.max_window() <= 1.06 * rcu + 0.5


async def test_keys_that_come_back_unprocessed_are_asked_for_again() -> None:
    table = TableToRead(birds(600, size=lambda _: 4000), units=30)
    reader = reader_of(table, 300.0)

    found = await reader.look_up(keys(600))

    assert len({item["pk"]["S"] for item in found}) == len(found) == 600
    assert reader.throttled_requests > 0


async def test_look_ups_without_progress_end() -> None:
    table = TableToRead(birds(5), failing=lambda _: THROTTLED)

    with pytest.raises(ThrottledError, match="throttled"):
        await reader_of(table).look_up(keys(5))


async def test_readers_may_share_a_budget() -> None:
    table = TableToRead(birds(1500, size=lambda _: 1600))
    budget = ReadBudget(100)
    readers = [Reader(table, table=TABLE, budget=budget) for _ in range(2)]
    loop = asyncio.get_running_loop()

    await asyncio.gather(*(pages_of(reader) for reader in readers))

    assert sum(reader.units for reader in readers) == table.units
    assert loop.time() >= 0.97 * table.units / 100
    assert table.max_window() <= 1.06 * 100


@pytest.mark.parametrize("rcu", [0, -1, float("inf"), float("nan")])
def test_a_budget_is_a_number_above_zero(rcu: float) -> None:
    with pytest.raises(ConfigurationError, match="read units a second"):
        ReadBudget(rcu)
