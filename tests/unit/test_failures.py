"""Rejected items: what is kept of them, where, and when a load gives up."""

import asyncio
import os
import resource
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from ddbbulk import BulkWriter, Delete, FailedItem, WireItem, load
from ddbbulk.errors import ConfigurationError, TooManyFailuresError
from ddbbulk.failures import FailureLimit, OpenedFile, failure_lines
from ddbbulk.intake import failed_item
from ddbbulk.marshal import Marshaller
from ddbbulk.report import Rejection
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.sources import BrokenRecord, CsvSource, JsonLinesSource
from tests.property.strategies import SCHEMA, items, names, values
from tests.support.table_in_memory import TableInMemory

INVALID = Failure(FailureKind.REFUSED, "ValidationException", "Value 'secret' is bad")
THROTTLE = Failure(FailureKind.THROTTLED, "ThrottlingException", "slow down")
WHY = Rejection(position=7, where="item 7", code="Why", message="because")


def line(alias: str = "a", *, table: str = "t") -> bytes:
    """Return a line of a failures file."""
    return FailedItem(
        table=table,
        item={"pk": {"S": alias}},
        operation="put",
        reason="Why",
        message="because",
        attempts=0,
        position=0,
    ).line()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def read(path: Path) -> list[FailedItem]:
    return [FailedItem.parse(text) for _, text in failure_lines(path)]


async def rejected(*source: object) -> list[FailedItem]:
    """Return what a load of these tells of those that it rejects."""
    told: list[FailedItem] = []
    table = TableInMemory("pk")
    await load(
        "t", source, wcu=1000, schema="pk", transport=table, on_failure=told.append
    )
    return told


# What is told of an item


@given(items)
def test_every_item_is_the_same_after_the_failures_file(item: dict[str, Any]) -> None:
    marshaller = Marshaller(SCHEMA)
    sent = marshaller.put(item)
    failed = FailedItem.parse(failed_item("t", WHY, sent).line())
    assert failed.is_whole
    assert failed.item is not None
    assert marshaller.put(WireItem(failed.item)).body == sent.body


@given(names, values)
def test_every_value_of_an_item_without_its_key_is_kept(
    name: str, value: object
) -> None:
    marshaller = Marshaller(SCHEMA)
    key = {"pk": "a", "sk": 1}
    failed = FailedItem.parse(failed_item("t", WHY, {name: value}).line())
    assert failed.is_whole
    assert failed.item is not None
    wire = {"pk": {"S": "a"}, "sk": {"N": "1"}} | failed.item
    if name not in {"pk", "sk", "city", "level", "hash"}:
        kept = marshaller.put(WireItem(wire))
        assert kept.body == marshaller.put(key | {name: value}).body


@given(values)
def test_what_cannot_be_told_leaves_the_rest_and_its_name(value: object) -> None:
    (failed,) = [
        FailedItem.parse(failed_item("t", WHY, item).line())
        for item in [{"good": value, "bad": object(), "nan": float("nan")}]
    ]
    assert failed.item is not None
    assert set(failed.item) == {"good"}
    assert failed.omitted == ("bad", "nan")
    assert not failed.is_whole


async def test_dynamodb_json_is_kept_as_it_was_given() -> None:
    wire: dict[str, Any] = {
        "pk": {"S": "a"},
        "twice": {"SS": ["x", "x"]},
        "bytes": {"B": b"\xff"},
        "set": {"BS": {b"\x00"}},
    }
    (failed,) = await rejected(WireItem(wire))
    assert failed.reason == "DuplicateSetMember"
    assert failed.item == wire | {"bytes": {"B": "/w=="}, "set": {"BS": ["AA=="]}}
    assert FailedItem.parse(failed.line()).item == failed.item


@pytest.mark.parametrize("item", ["text", 5, None, object(), [("pk", "a")]])
async def test_what_is_no_item_has_nothing_to_tell(item: object) -> None:
    (failed,) = await rejected(item)
    assert (failed.item, failed.reason) == (None, "NotAnItem")
    assert FailedItem.parse(failed.line()) == failed


async def test_an_item_whose_code_fails_is_rejected_like_others() -> None:
    @dataclass
    class Duck:
        name: str

    class Broken(dict[str, object]):
        def items(self) -> Any:  # noqa: ANN401 -- it never returns
            raise RuntimeError("mine")

    class Odd(dict[str, object]):
        def keys(self) -> Any:  # noqa: ANN401 -- it never returns
            raise RuntimeError("mine")

    duck, broken, _ = await rejected(Duck("Donald"), Broken(a=1), Odd(b=1))
    assert duck.item == {"name": {"S": "Donald"}}
    assert broken.item in (None, {"a": {"N": "1"}})


async def test_a_delete_is_told_by_its_key() -> None:
    (failed,) = await rejected(Delete({"pk": Decimal(5)}))
    assert (failed.operation, failed.item) == ("delete", {"pk": {"N": "5"}})


async def test_what_the_service_refused_is_told_with_its_attempts() -> None:
    calls = iter([THROTTLE])

    def picky(table: TableInMemory, writes: list[dict[str, Any]]) -> Failure | None:
        names = {str(write["PutRequest"]["Item"]["pk"]["S"]) for write in writes}
        return INVALID if "k3" in names else next(calls, None)

    told: list[FailedItem] = []
    report = await load(
        "t",
        [{"pk": f"k{n}", "set": {n}} for n in range(5)],
        wcu=100,
        schema="pk",
        transport=TableInMemory("pk", behaviour=picky),
        on_failure=told.append,
    )
    (failed,) = told
    assert report.items_written == 4
    assert failed.item == {"pk": {"S": "k3"}, "set": {"NS": ["3"]}}
    assert (failed.reason, failed.message) == (INVALID.code, "Value '…' is bad")
    assert (failed.table, failed.position, failed.where) == ("t", 3, "item 3")
    assert failed.attempts > 1


async def test_a_record_that_cannot_be_read_is_told_by_its_text(
    tmp_path: Path,
) -> None:
    lines, rows = tmp_path / "a.jsonl", tmp_path / "a.csv"
    lines.write_bytes(b'{"pk":"a"}\n{"pk":\xff\n[1]\n')
    rows.write_bytes(b'pk,n\na,1\nb\n"c,c",\xe9\nd,x\n')

    broken = await rejected_by(JsonLinesSource(lines))
    assert [failed.raw for failed in broken] == ['{"pk":\\xff', "[1]"]
    assert broken[0].where.endswith("a.jsonl, line 2")

    broken = await rejected_by(CsvSource(rows, types="n=N"))
    assert [failed.raw for failed in broken] == ["b", '"c,c",\\xe9', "d,x"]
    assert [failed.item for failed in broken] == [None] * 3
    assert all(FailedItem.parse(failed.line()) == failed for failed in broken)


async def rejected_by(source: CsvSource | JsonLinesSource) -> list[FailedItem]:
    told: list[FailedItem] = []
    table = TableInMemory("pk")
    await load(
        "t", source, wcu=1000, schema="pk", transport=table, on_failure=told.append
    )
    return told


def test_values_do_not_stand_in_what_a_log_shows() -> None:
    broken = BrokenRecord("BrokenJson", "no JSON", raw="secret")
    failed = failed_item("t", WHY, {"pk": 1, "x": "secret"})
    assert "secret" not in repr(broken) + repr(failed)
    assert "secret" not in repr(failed_item("t", WHY, broken))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b'{"table":"t"}',
        line().replace(b'"put"', b'"update"'),
        line().replace(b'"attempts":0', b'"attempts":"0"'),
        line()[:-5],
        b"\xff",
    ],
)
def test_a_line_of_something_else_is_not_taken_for_a_failure(text: bytes) -> None:
    with pytest.raises(ValueError, match="not one of a failures file") as caught:
        FailedItem.parse(text)
    assert caught.value.__cause__ is None


# The file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "failed.jsonl"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


async def load_bad(path: Path, *, table: str = "t", count: int = 1) -> None:
    """Load items none of which has its key, and one good one."""
    bad = [{"n": n} for n in range(count)]
    memory = TableInMemory("pk")
    await load(
        table,
        [{"pk": "good"}, *bad],
        wcu=1000,
        schema="pk",
        transport=memory,
        failures=path,
    )


async def test_every_load_appends_to_the_file(path: Path, open_umask: None) -> None:
    await load_bad(path, count=30)
    await load_bad(path, table="arn:aws:dynamodb:eu-central-1:1:table/t")
    told = read(path)
    assert [failed.item for failed in told] == [
        *({"n": {"N": str(n)}} for n in range(30)),
        {"n": {"N": "0"}},
    ]
    assert {failed.reason for failed in told} == {"MissingKey"}
    assert [failed.position for failed in told] == [*range(1, 31), 1]
    assert mode(path) == 0o600


async def test_a_rejected_item_is_in_the_file_while_the_load_goes_on(
    path: Path,
) -> None:
    async with BulkWriter(
        "t", wcu=100, schema="pk", transport=TableInMemory("pk"), failures=path
    ) as writer:
        for number in range(3):
            await writer.put({"n": number})
            await asyncio.sleep(0.3)
            assert len(read(path)) == number + 1


async def test_what_is_written_reaches_the_disk_within_half_a_second(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_size))
    async with BulkWriter(
        "t", wcu=100, schema="pk", transport=TableInMemory("pk"), failures=path
    ) as writer:
        for number in range(100):
            await writer.put({"n": number})
            await asyncio.sleep(0.03)
        await asyncio.sleep(0.6)
        assert synced[-1] == len(content(path))
        assert 6 <= len(synced) <= 8
        await writer.put({"n": 100})
    assert synced[-1] == len(content(path))


async def test_a_load_that_ends_early_has_written_its_failures(path: Path) -> None:
    async def put_and_fail() -> None:
        async with BulkWriter(
            "t", wcu=10, schema="pk", transport=TableInMemory("pk"), failures=path
        ) as writer:
            for number in range(100):
                await writer.put({"n": number})
            raise KeyError("mine")

    with pytest.raises(KeyError):
        await put_and_fail()
    assert len(read(path)) == 100


async def test_a_cancelled_load_has_written_its_failures(path: Path) -> None:
    source = [{"n": n} if n % 2 else {"pk": str(n)} for n in range(2000)]
    loading = asyncio.create_task(
        load(
            "t",
            source,
            wcu=10,
            schema="pk",
            transport=TableInMemory("pk"),
            failures=path,
        )
    )
    await asyncio.sleep(5)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert len(read(path)) > 100
    OpenedFile.open(path, table=None).close()


async def test_what_waits_for_the_disk_is_bounded(path: Path) -> None:
    writer = BulkWriter(
        "t", wcu=10, schema="pk", transport=TableInMemory("pk"), failures=path
    )
    async with writer:
        for number in range(40):
            await writer.put({"n": number, "text": "x" * 1_000_000})
            assert writer._files.outlet._file is not None
            assert writer._files.outlet._file._waiting_bytes < 6_000_000
    assert len(read(path)) == 40


async def test_a_full_disk_ends_the_load_and_says_so(path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ConfigurationError, match="cannot be written") as caught:
            await load_bad(path, count=5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    report = caught.value.report
    assert report.items_rejected > 5
    assert (
        report.items_read
        == report.items_written + report.items_rejected + report.items_pending
    )
    # What was not written out is cut by the next load.
    await load_bad(path)
    assert read(path)[-1].item == {"n": {"N": "0"}}


async def test_a_torn_last_line_is_cut(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(path, line("a") + line("b" * 200_000)[:-30])
    await load_bad(path)
    assert [failed.item for failed in read(path)] == [
        {"pk": {"S": "a"}},
        {"n": {"N": "0"}},
    ]
    assert "not written to its end" in caplog.text


@pytest.mark.parametrize("length", [1, 5, 9, 20, len(line()) - 2])
async def test_a_torn_only_line_is_cut(path: Path, length: int) -> None:
    write(path, line()[:length])
    await load_bad(path)
    assert len(read(path)) == 1


async def test_a_last_line_that_lacks_only_its_end_is_kept(path: Path) -> None:
    write(path, line("a") + line("b")[:-1])
    await load_bad(path)
    assert len(read(path)) == 3


FOREIGN = {
    "a table's items": b'{"alias":"@daisy"}\n',
    "text": b"my diary",
    "another object": b'{"table":"t"}',
    "another object's line": b'{"table":"t"}\n',
    "bytes": b"\x00\xff\n\x00",
    "a blank line": b"\n",
    "another table's": line(table="other") + line()[:-5],
}


@pytest.mark.parametrize("name", FOREIGN)
async def test_a_file_of_something_else_is_refused_and_stays_as_it_is(
    name: str, path: Path
) -> None:
    write(path, FOREIGN[name])
    with pytest.raises(ConfigurationError, match=r"name another|no failures file"):
        await load_bad(path)
    assert content(path) == FOREIGN[name]


async def test_a_file_of_another_table_is_told_with_both_names(path: Path) -> None:
    write(path, line(table="users"))
    with pytest.raises(ConfigurationError, match=r"of table users, and .* goes to t:"):
        await load_bad(path)
    assert content(path) == line(table="users")


async def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "no" / "folder.jsonl"):
        with pytest.raises(ConfigurationError, match=r"no file|cannot be opened"):
            await load_bad(path)


async def test_a_file_has_one_load_at_a_time(path: Path) -> None:
    opened = OpenedFile.open(path, table="t")
    with pytest.raises(ConfigurationError, match="in use by another load"):
        await load_bad(path)
    opened.close()
    await load_bad(path)
    assert len(read(path)) == 1


def test_a_file_is_replaced_whole_or_not_at_all(path: Path) -> None:
    path.write_bytes(line("a") + line("b"))
    opened = OpenedFile.open(path, table=None)

    def lines() -> Iterator[bytes]:
        yield line("c")
        raise KeyError("mine")

    with pytest.raises(KeyError):
        opened.replace(lines())
    assert path.read_bytes() == line("a") + line("b")
    opened.replace([line("c")])
    opened.close()
    assert path.read_bytes() == line("c")
    assert mode(path) == 0o600
    assert list(path.parent.iterdir()) == [path]


# When a load gives up


async def load_some_bad(count: int, *, each: int, limit: int | str) -> int:
    """Load items of which each so-manieth is bad; return how many were rejected."""
    source = [{"n": n} if n % each == 0 else {"pk": str(n)} for n in range(count)]
    report = await load(
        "t",
        source,
        wcu=40_000,
        schema="pk",
        transport=TableInMemory("pk"),
        max_failures=limit,
    )
    return report.items_rejected


@pytest.mark.parametrize("limit", [10, "9", 0])
async def test_a_load_with_more_failures_than_borne_is_stopped(
    limit: int | str,
) -> None:
    with pytest.raises(TooManyFailuresError, match="max_failures") as caught:
        await load_some_bad(5000, each=100, limit=limit)
    assert caught.value.report.items_rejected == int(limit) + 1


async def test_as_many_failures_as_are_borne_stop_nothing() -> None:
    assert await load_some_bad(1000, each=100, limit=10) == 10


async def test_a_share_is_judged_after_a_thousand_items() -> None:
    assert await load_some_bad(999, each=2, limit="1%") == 500
    assert await load_some_bad(5000, each=100, limit="1.1%") == 50
    with pytest.raises(TooManyFailuresError, match="no more than 1%") as caught:
        await load_some_bad(5000, each=50, limit="1%")
    assert 1000 <= caught.value.report.items_read <= 1051


async def test_what_the_service_refuses_counts_too() -> None:
    table = TableInMemory("pk", behaviour=lambda *_: INVALID)
    told: list[FailedItem] = []
    with pytest.raises(TooManyFailuresError, match="max_failures") as caught:
        await load(
            "t",
            [{"pk": str(n)} for n in range(100)],
            wcu=1000,
            schema="pk",
            transport=table,
            max_failures=5,
            on_failure=told.append,
        )
    # Those beside it on their way are answered, too.
    assert 6 <= caught.value.report.items_rejected == len(told) < 30


@pytest.mark.parametrize("limit", ["", "x", -1, "1.5", "101%", "%", 2.5, "nan%"])
async def test_a_limit_that_is_none_is_refused(limit: Any) -> None:  # noqa: ANN401 -- what a caller may give
    with pytest.raises(ConfigurationError, match="such as 100"):
        await load_some_bad(1, each=1, limit=limit)


def test_a_share_of_nothing_is_borne_and_no_more() -> None:
    none = FailureLimit.parse("0%")
    assert not none.is_exceeded(rejected=0, read=1000)
    assert none.is_exceeded(rejected=1, read=1000)
