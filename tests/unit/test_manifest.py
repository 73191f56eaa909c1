"""What a load is known to have created, and in which file that stands."""

import asyncio
from collections.abc import Awaitable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk import ConfigurationError, Delete, LoadReport, load
from ddbbulk.canonical import item_digest
from ddbbulk.conditions import Mode
from ddbbulk.manifest import Creation, OpenedManifest
from ddbbulk.retry import Failure, FailureKind
from tests.support.readable_table import ReadableTable
from tests.support.seekable_items import SeekableItems
from tests.support.virtual_time import VirtualTimeLoop

INSERTED: Any = {"mode": "insert", "schema": "pk"}
REFUSAL = Failure(FailureKind.REFUSED, "ValidationException", "no")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "load.manifest"


async def loaded(
    table: ReadableTable,
    source: Any,  # noqa: ANN401 -- any source
    path: Path,
    **options: Any,  # noqa: ANN401 -- any option
) -> LoadReport:
    given: dict[str, Any] = {"wcu": 1000, "schema": "pk"} | options
    return await load("t", source, transport=table, manifest=path, **given)


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def creations(path: Path) -> list[Creation]:
    opened = OpenedManifest.open(path, is_new_allowed=False)
    try:
        return [creation for _, creation in opened.creations()]
    finally:
        opened.close()


def last_words(path: Path) -> dict[str, Creation]:
    return {one.key["pk"]["S"]: one for one in creations(path)}


def digests(table: ReadableTable) -> dict[str, str]:
    return {item["pk"]["S"]: item_digest(item).hex() for item in table.items.values()}


async def test_every_item_that_was_created_is_told_by_key_and_digest(
    path: Path,
) -> None:
    table = ReadableTable("pk")
    source = [{"pk": f"k{n}", "secret": f"s{n}", "tags": {"b", "a"}} for n in range(60)]
    await loaded(table, [*source, {"n": 1}], path)
    told = last_words(path)
    assert {key: one.digest for key, one in told.items()} == digests(table)
    assert all(one.is_certain for one in told.values())
    assert b"s1" not in content(path)
    assert mode_of(path) == 0o600


async def test_the_last_write_of_a_key_has_the_last_word(path: Path) -> None:
    table = ReadableTable("pk")
    source = [{"pk": f"k{n % 7}", "n": n} for n in range(70)]
    await loaded(table, [*source, Delete({"pk": "k0"})], path, wcu=20)
    told = last_words(path)
    assert told.pop("k0").digest is None
    assert {key: one.digest for key, one in told.items()} == digests(table)


async def test_an_insert_tells_of_what_it_inserted_and_of_nothing_else(
    path: Path,
) -> None:
    table = ReadableTable("pk")
    table.hold({"pk": "there", "n": 1}, {"pk": "same", "n": 1})
    source = [{"pk": key, "n": 1} for key in ("new", "same")] + [
        {"pk": "there", "n": 2}
    ]
    report = await loaded(table, source, path, mode="insert")
    assert (report.items_written, report.items_existing) == (2, 1)
    told = last_words(path)
    assert told.keys() == {"new", "same"}
    # It is as we would have written it; perhaps we have, perhaps somebody else.
    assert (told["new"].is_certain, told["same"].is_certain) == (True, False)


async def test_an_answer_that_was_lost_leaves_it_open_who_wrote(path: Path) -> None:
    table = ReadableTable("pk", lost_answers=0.5, seed=3)
    table.hold({"pk": "foreign"})
    source = [{"pk": f"k{n}"} for n in range(50)]
    await loaded(table, source, path, mode="insert")
    told = last_words(path)
    assert told.keys() == digests(table).keys() - {"foreign"}
    assert {one.is_certain for one in told.values()} == {True, False}
    # Where nobody else has written there is no doubt.
    table.items.clear()
    await loaded(table, source, path, mode="insert")
    assert all(one.is_certain for one in last_words(path).values())


@pytest.mark.parametrize("mode", ["put", "newer"])
async def test_a_table_with_items_is_refused_where_they_may_be_replaced(
    path: Path, mode: Mode
) -> None:
    table = ReadableTable("pk")
    table.hold({"pk": "a"})
    version = {"version_attribute": "v"} if mode == "newer" else {}
    with pytest.raises(ConfigurationError, match=f"mode {mode} may replace") as caught:
        await loaded(table, [{"pk": "b", "v": 1}], path, mode=mode, **version)
    assert "--mode insert" in str(caught.value)
    assert len(table.items) == 1
    assert table.reads == [("Scan", True)]
    assert content(path) == b""


async def test_a_second_load_of_an_empty_table_begins_anew(path: Path) -> None:
    table = ReadableTable("pk")
    await loaded(table, [{"pk": "a"}], path)
    with pytest.raises(ConfigurationError, match="has items already"):
        await loaded(table, [{"pk": "b"}], path)
    table.items.clear()
    await loaded(table, [{"pk": "c"}], path)
    assert last_words(path).keys() == {"c"}


async def test_inserts_append(path: Path) -> None:
    table = ReadableTable("pk")
    table.hold({"pk": "foreign"})
    await loaded(table, [{"pk": "a"}], path, mode="insert")
    with path.open("ab") as file:
        file.write(b'{"key":{"pk":{"S":"to')
    await loaded(table, [{"pk": "a"}, {"pk": "b"}], path, mode="insert")
    assert last_words(path).keys() == {"a", "b"}


FOREIGN = {
    "items": b'{"pk":"a"}\n',
    "a failures file": b'{"table":"t"}\n',
    "another manifest": b'{"manifest":"npm"}\n',
    "text": b"my diary",
    "a later version": b'{"manifest":"ddbbulk","version":2,"table":"t","mode":"put",'
    b'"was_empty":true,"started_at":"2026-01-01T00:00:00Z","keys":["pk"]}\n',
}


@pytest.mark.parametrize("name", FOREIGN)
async def test_a_file_of_something_else_is_refused_and_stays_as_it_is(
    path: Path, name: str
) -> None:
    write(path, FOREIGN[name])
    with pytest.raises(ConfigurationError, match=r"no manifest|of version 2"):
        await loaded(ReadableTable("pk"), [{"pk": "a"}], path)
    assert content(path) == FOREIGN[name]


async def test_a_manifest_of_another_table_is_refused(path: Path) -> None:
    await loaded(ReadableTable("pk"), [{"pk": "a"}], path, mode="insert")
    with pytest.raises(ConfigurationError, match="of table t, not other"):
        await load(
            "other",
            [{"pk": "a"}],
            wcu=10,
            schema="pk",
            transport=ReadableTable("pk"),
            manifest=path,
            mode="insert",
        )


async def test_a_header_that_was_torn_is_written_again(path: Path) -> None:
    write(path, b'{"manifest":"ddbbulk","ver')
    await loaded(ReadableTable("pk"), [{"pk": "a"}], path)
    assert last_words(path).keys() == {"a"}


async def test_without_a_manifest_nothing_is_asked_or_kept(tmp_path: Path) -> None:
    table = ReadableTable("pk")
    table.hold({"pk": "b"})
    await load("t", [{"pk": "a"}], wcu=10, schema="pk", transport=table)
    assert table.reads == []


async def test_a_manifest_says_whether_it_tells_of_all(path: Path) -> None:
    table = ReadableTable("pk")
    assert await is_whole_after(loaded(table, [{"pk": "a"}], path, mode="insert"), path)
    dying = DyingTable(table)
    dying.is_dead = True
    task = asyncio.create_task(
        load("t", [{"pk": "b"}], wcu=9, **INSERTED, transport=dying, manifest=path)
    )
    await asyncio.wait([task], timeout=5)
    task.cancel()
    assert not await is_whole_after(asyncio.wait([task]), path)
    assert "b" not in last_words(path)
    # What another load creates does not tell what the first one has.
    others = loaded(table, [{"pk": "c"}], path, mode="insert")
    assert not await is_whole_after(others, path)
    assert last_words(path).keys() == {"a", "c"}


async def test_what_is_interrupted_in_good_order_tells_of_all(path: Path) -> None:
    table = ReadableTable("pk")
    source = [{"pk": f"k{n}"} for n in range(500)]
    task = asyncio.create_task(loaded(table, source, path, wcu=50))
    await asyncio.wait([task], timeout=3)
    task.cancel()
    assert await is_whole_after(asyncio.wait([task]), path)
    assert 0 < len(table.items) < 500
    assert len(last_words(path)) == len(table.items)


async def is_whole_after(work: Awaitable[object], path: Path) -> bool:
    await work
    opened = OpenedManifest.open(path, is_new_allowed=False)
    try:
        return opened.is_whole
    finally:
        opened.close()


class DyingTable:
    """The way to a table of a process that dies: no answer comes back any more."""

    name = "dying"

    def __init__(self, table: ReadableTable) -> None:
        self._table = table
        self.is_dead = False

    async def batch_write(self, body: bytes) -> Any:  # noqa: ANN401 -- an outcome
        return await self._answered(self._table.batch_write(body))

    async def put_item(self, body: bytes) -> Any:  # noqa: ANN401 -- an outcome
        return await self._answered(self._table.put_item(body))

    async def read(self, operation: Any, body: bytes) -> Any:  # noqa: ANN401 -- an outcome
        return await self._table.read(operation, body)

    async def _answered(self, request: Any) -> Any:  # noqa: ANN401 -- an outcome
        answer = await request
        if self.is_dead:
            await asyncio.Event().wait()
        return answer


async def killed(
    table: ReadableTable,
    source: SeekableItems,
    folder: Path,
    seconds: float,
    mode: Mode,
) -> bool:
    """Load for some seconds, and leave the files as a kill would; False: it ended."""
    transport = DyingTable(table)
    files = [folder / "checkpoint", folder / "manifest"]
    task = asyncio.create_task(
        load(
            "t",
            source,
            wcu=50,
            schema="pk",
            transport=transport,
            checkpoint=files[0],
            manifest=files[1],
            mode=mode,
        )
    )
    await asyncio.wait([task], timeout=seconds)
    if task.done():
        task.result()
        return False
    transport.is_dead = True
    # What is not synced yet, a loss of power takes.
    kept = [file.read_bytes() for file in files if file.exists()]
    task.cancel()
    await asyncio.wait([task])
    for file, data in zip(files, kept, strict=False):
        file.write_bytes(data)
    return True


@settings(max_examples=25)
@given(
    keys=st.lists(st.integers(0, 30), min_size=1, max_size=150),
    there=st.sets(st.integers(0, 30), max_size=10),
    lives=st.lists(st.floats(0.01, 3), max_size=3),
    lost=st.sampled_from([0.0, 0.2]),
    mode=st.sampled_from(["put", "insert"]),
)
def test_whatever_is_killed_nothing_foreign_is_told_of_and_nothing_of_ours_missed(
    keys: Sequence[int],
    there: set[int],
    lives: list[float],
    lost: float,
    mode: Mode,
) -> None:
    table = ReadableTable("pk", lost_answers=lost)
    if mode == "insert":
        table.hold(*({"pk": f"k{key}", "n": -1} for key in there))
    source = SeekableItems([{"pk": f"k{key}", "n": n} for n, key in enumerate(keys)])

    async def all_lives(folder: Path) -> None:
        for seconds in (*lives, 1e6):
            if not await killed(table, source, folder, seconds, mode):
                return

    with (
        TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
    ):
        runner.run(all_lives(Path(folder)))
        told = last_words(Path(folder) / "manifest")
        end = runner.run(is_whole_after(asyncio.sleep(0), Path(folder) / "manifest"))
    assert end
    foreign = {f"k{key}" for key in there} if mode == "insert" else set[str]()
    assert not foreign & {key for key, one in told.items() if one.is_certain}
    ours = {key: one for key, one in digests(table).items() if key not in foreign}
    assert {key: one.digest for key, one in told.items()} == ours
    if mode == "put":
        assert all(one.is_certain for one in told.values())
