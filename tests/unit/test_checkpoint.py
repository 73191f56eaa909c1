"""A load that ended in any way goes on where it was, and nothing is skipped."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Unpack

import orjson
import pytest

from ddbbulk import LoadReport, load
from ddbbulk.checkpoint.bookmarks import Bookmarks
from ddbbulk.errors import (
    ConfigurationError,
    DeadlineReachedError,
    SourceError,
    TableNotFoundError,
)
from ddbbulk.loader import LoadOptions
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.sources import Bookmark
from tests.support.seekable_items import SeekableItems
from tests.support.table_in_memory import Killable, TableInMemory

MISSING = Failure(FailureKind.FATAL, "ResourceNotFoundException", "no table")
INVALID = Failure(FailureKind.REFUSED, "ValidationException", "bad")


def items(count: int) -> list[dict[str, object]]:
    return [{"pk": f"k{n}", "n": n} for n in range(count)]


def said(path: Path) -> dict[str, Any]:
    state: dict[str, Any] = orjson.loads(path.read_bytes())["state"]
    return state


async def run(
    table: TableInMemory,
    source: SeekableItems,
    path: Path,
    **options: Unpack[LoadOptions],
) -> LoadReport:
    more: LoadOptions = {"wcu": 100, "schema": "pk", **options}
    more["transport"], more["checkpoint"] = table, path
    return await load("t", source, **more)


async def stopped(
    table: TableInMemory,
    source: SeekableItems,
    path: Path,
    seconds: float,
    **options: Unpack[LoadOptions],
) -> LoadReport:
    """Run until a deadline; return the report of the error."""
    options["deadline"] = timedelta(seconds=seconds)
    with pytest.raises(DeadlineReachedError) as caught:
        await run(table, source, path, **options)
    report: LoadReport = caught.value.report
    return report


async def test_a_load_goes_on_where_its_deadline_ended_it(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "load.checkpoint"
    source = SeekableItems(items(1000))
    clock = asyncio.get_running_loop().time
    first = await stopped(table, source, path, 4)
    assert 4 <= clock() < 4.5
    assert 380 <= first.items_written <= 420
    assert first.items_pending > 0
    assert first.verdict == "ended early: its time was over"
    before = len(table.consumed)
    second = await run(table, source, path)
    assert len(table.items) == 1000
    assert second.items_read == second.items_written == 1000
    assert second.items_resumed == first.items_written
    assert second.items_pending == 0
    assert second.write_units == 1000 - first.items_written
    assert sum(units for _, units in table.consumed[before:]) == second.write_units


async def test_a_resumed_reading_begins_at_the_last_bookmark(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems(items(1000))
    first = await stopped(table, source, path, 4)
    await run(table, source, path)
    begun = source.first_read[1]
    assert first.items_written - 7 < begun <= first.items_written


async def test_what_is_done_beyond_a_gap_is_not_written_again(tmp_path: Path) -> None:
    """One item that is throttled all the time holds nothing else back."""
    slow = Failure(FailureKind.THROTTLED, "ThrottlingException", "")
    is_slow = True

    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        del table
        numbers = {write["PutRequest"]["Item"]["n"]["N"] for write in batch}
        return slow if is_slow and "3" in numbers else None

    table, path = TableInMemory("pk", behaviour=behave), tmp_path / "c"
    source = SeekableItems(items(1000), chunk=1)
    first = await stopped(table, source, path, 5)
    assert first.items_pending > 0
    assert "k3" not in {key for (key,) in _keys(table)}
    assert len(said(path)["done"]) > 1
    is_slow = False
    written = len(table.items)
    second = await run(table, source, path)
    assert second.write_units == 1000 - written
    assert len(table.items) == 1000


def _keys(table: TableInMemory) -> list[tuple[str]]:
    return [(item["pk"]["S"],) for item in table.items.values()]


async def test_a_finished_checkpoint_says_so_and_does_nothing(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems([*items(100), {"no": "key"}])
    first = await run(table, source, path)
    assert said(path)["is_finished"] is True
    kept, requests = path.read_bytes(), len(table.sizes)
    again = await run(table, SeekableItems(source.items), path)
    assert len(table.sizes) == requests
    assert path.read_bytes() == kept
    assert again.items_written == 100
    assert again.items_rejected == 1
    assert again.rejections == first.rejections
    assert again.items_resumed == again.items_read == 101
    assert again.verdict == "nothing to do: an earlier run finished this load"


async def test_another_rate_is_fine(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems(items(1000))
    await stopped(table, source, path, 2, wcu=100)
    report = await run(table, source, path, wcu=10_000)
    assert report.items_written == len(table.items) == 1000


async def test_another_source_is_refused(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    await stopped(table, SeekableItems(items(500)), path, 2)
    kept = path.read_bytes()
    with pytest.raises(
        ConfigurationError, match=r"another source \(its version was 1, and is 2\)"
    ):
        await run(table, SeekableItems(items(500), identity="2"), path)
    assert path.read_bytes() == kept


async def test_another_table_is_refused(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems(items(500))
    await stopped(table, source, path, 2)
    with pytest.raises(ConfigurationError, match="is of table t, not other"):
        await load(
            "other", source, transport=table, checkpoint=path, wcu=1, schema="pk"
        )


async def test_another_mode_is_refused(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems(items(500))
    await stopped(table, source, path, 2)
    with pytest.raises(
        ConfigurationError, match="begun with mode put, and this run has insert"
    ):
        await run(table, source, path, mode="insert")


Damage = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: data[:-30], "not all of one"),
        (lambda data: data[: len(data) // 2], "not all of one"),
        (lambda data: b"a letter to my aunt" + data[:0], "name another file"),
        (lambda data: b"[" + data + b"]", "name another file"),
        (lambda data: data.replace(b'clean": true', b'clean": null'), "digest"),
        (lambda data: data.replace(b'"version": 1', b'"version": 9'), "of version 9"),
    ],
    ids=["cut", "halved", "letter", "array", "changed", "later"],
)
async def test_a_damaged_checkpoint_is_never_guessed_at(
    tmp_path: Path, damage: Damage, says: str
) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems(items(500))
    await stopped(table, source, path, 2)
    damaged = damage(path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    requests = len(table.sizes)
    with pytest.raises(ConfigurationError, match=says):
        await run(table, source, path)
    assert len(table.sizes) == requests
    assert path.read_bytes() == damaged


async def test_a_checkpoint_is_for_one_load_at_a_time(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems(items(500))
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(run(table, source, path))
        await asyncio.sleep(2.2)  # the file has been replaced meanwhile
        with pytest.raises(ConfigurationError, match="in use by another load"):
            await run(table, source, path)
    assert first.result().items_written == 500


async def test_a_source_without_a_middle_is_refused(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    with pytest.raises(ConfigurationError, match="list cannot be read from its middle"):
        await load("t", items(10), wcu=1, schema="pk", transport=table, checkpoint=path)
    assert not table.sizes
    assert not path.exists()


async def test_a_checkpoint_is_the_owners_alone(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    await stopped(table, SeekableItems(items(500)), path, 2)
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["c"]  # noqa: PTH208 -- an async test may not iterate a Path


async def test_a_place_that_cannot_be_written_is_told_first(tmp_path: Path) -> None:
    table = TableInMemory("pk")
    with pytest.raises(ConfigurationError, match="cannot be opened: No such file"):
        await run(table, SeekableItems(items(10)), tmp_path / "no" / "c")
    assert not table.sizes


async def test_what_a_failing_source_gave_is_not_written_again(tmp_path: Path) -> None:
    table, path = TableInMemory("pk"), tmp_path / "c"
    with pytest.raises(SourceError):
        await run(table, SeekableItems(items(500), fails_at=300), path)
    assert len(table.items) == 301
    report = await run(table, SeekableItems(items(500)), path)
    assert report.items_resumed == 301
    assert report.write_units == 199
    assert len(table.items) == 500


async def test_a_load_goes_on_after_the_table_was_away(tmp_path: Path) -> None:
    is_there = False

    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        del batch
        return None if is_there or len(table.items) < 100 else MISSING

    table, path = TableInMemory("pk", behaviour=behave), tmp_path / "c"
    source = SeekableItems(items(500))
    with pytest.raises(TableNotFoundError) as caught:
        await run(table, source, path)
    assert said(path)["counts"]["items_written"] == caught.value.report.items_written
    is_there = True
    report = await run(table, source, path)
    assert report.items_written == len(table.items) == 500


async def test_a_cancelled_load_knows_all_that_was_answered(tmp_path: Path) -> None:
    table, path = TableInMemory("pk", latency_seconds=0.3), tmp_path / "c"
    source = SeekableItems(items(500))
    task = asyncio.create_task(run(table, source, path))
    await asyncio.sleep(2.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert said(path)["counts"]["items_written"] == len(table.items)
    assert said(path)["is_clean"] is True
    report = await run(table, source, path)
    assert report.write_units == 500 - report.items_resumed


@pytest.mark.parametrize("seconds", [0.1, 2], ids=["soon", "late"])
@pytest.mark.parametrize("was_stopped", [False, True])
async def test_what_a_killed_run_had_sent_may_land_late(
    tmp_path: Path, seconds: float, *, was_stopped: bool
) -> None:
    """It must not replace what a later item of its key has written meanwhile."""
    table, path = TableInMemory("pk"), tmp_path / "c"
    source = SeekableItems([{"pk": "k", "n": 1}, {"pk": "k", "n": 2}], chunk=1)
    if was_stopped:
        await stopped(TableInMemory("pk"), source, path, 0)
        assert said(path)["is_clean"] is True
    dying = Killable(table, lands_after=5)
    task = asyncio.create_task(
        load("t", source, wcu=1, schema="pk", transport=dying, checkpoint=path)
    )
    await asyncio.sleep(seconds)  # the first is on its way, the second waits for it
    kept = path.read_bytes()
    task.cancel()
    await asyncio.sleep(0)
    table_is_empty = not table.items
    path.write_bytes(kept)
    other = tmp_path / "copy"
    other.write_bytes(kept)
    report = await run(table, source, other, wcu=100)
    assert table_is_empty
    assert report.items_written == 2
    assert [item["n"] for item in table.items.values()] == [{"N": "2"}]
    await asyncio.wait([task])


async def test_a_first_attempt_may_land_after_its_resend_and_a_kill(
    tmp_path: Path,
) -> None:
    """What is written, but not yet safe from that, is no done item for another run."""
    path = tmp_path / "c"
    source = SeekableItems([{"pk": "k", "n": 1}, *items(400), {"pk": "k", "n": 2}])
    table = TableInMemory("pk")
    lost = False

    def lose_the_first(
        table: TableInMemory, batch: list[dict[str, Any]]
    ) -> Failure | None:
        nonlocal lost
        if lost:
            return None
        lost = True
        loop = asyncio.get_running_loop()
        loop.call_later(9, table.apply, orjson.dumps({"RequestItems": {"t": batch}}))
        return Failure(FailureKind.FAULT, "Timeout", "no answer")

    dying = TableInMemory("pk", behaviour=lose_the_first)
    dying.items = table.items
    first = await stopped(dying, source, path, 3)
    assert first.items_written > said(path)["counts"]["items_written"] > 200
    assert said(path)["is_clean"] is False
    report = await run(table, source, path, wcu=400)
    await asyncio.sleep(10)
    assert report.items_read == report.items_written == 402
    assert table.items["{'S': 'k'}",]["n"] == {"N": "2"}


async def test_rejected_items_are_on_disk_before_they_are_done(tmp_path: Path) -> None:
    """Whenever a load is killed: what the checkpoint calls rejected is in the file."""

    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        del table
        numbers = {int(write["PutRequest"]["Item"]["n"]["N"]) for write in batch}
        return INVALID if any(number % 10 == 0 for number in numbers) else None

    table, path = TableInMemory("pk", behaviour=behave), tmp_path / "c"
    failures = tmp_path / "failed.jsonl"
    source = SeekableItems(items(300))
    task = asyncio.create_task(run(table, source, path, failures=failures))
    seen: list[tuple[int, int]] = []
    while not task.done():
        await asyncio.sleep(0.13)
        rejected = said(path)["counts"]["items_rejected"]
        seen.append((rejected, failures.read_bytes().count(b"\n")))
    assert task.result().items_rejected == 30
    assert all(rejected <= lines for rejected, lines in seen)
    assert len({rejected for rejected, _ in seen}) > 3


async def test_a_deadline_is_a_time_with_its_zone_or_a_time_from_now() -> None:
    table = TableInMemory("pk")
    soon = datetime.now(UTC) + timedelta(seconds=3)
    with pytest.raises(DeadlineReachedError):
        await load(
            "t", items(1000), wcu=100, schema="pk", transport=table, deadline=soon
        )
    assert 200 < len(table.items) < 400
    with pytest.raises(ConfigurationError, match="has no time zone"):
        await load(
            "t",
            items(1),
            wcu=1,
            schema="pk",
            transport=table,
            deadline=datetime(2026, 1, 1),  # noqa: DTZ001 -- the mistake that is tested
        )


async def test_a_load_that_ends_in_time_does_not_feel_its_deadline() -> None:
    table = TableInMemory("pk")
    report = await load(
        "t",
        items(100),
        wcu=100,
        schema="pk",
        transport=table,
        deadline=timedelta(hours=1),
    )
    assert report.items_written == 100


def test_bookmarks_are_bounded_however_slow_one_item_is() -> None:
    bookmarks = Bookmarks()
    for position in range(0, 100_000, 7):
        bookmarks.add(Bookmark(position, {}))
    assert len(bookmarks._kept) <= 1024
    latest = bookmarks.latest(50_000)
    assert latest is not None
    assert 49_000 < latest.position <= 50_000
    assert Bookmarks().latest(5) is None
    assert Bookmarks(Bookmark(7, {})).latest(5) is None
