"""Whole verifications, of a table in memory, in virtual time."""

import asyncio
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from ddbbulk import AccessDeniedError, Delete, SourceError, VerifyReport
from ddbbulk.failures import FailedItem, failure_lines
from ddbbulk.marshal import Marshaller
from ddbbulk.reading import ReadBudget, Reader
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import TableSchema
from ddbbulk.sources import as_source
from ddbbulk.tables import TableDescription
from ddbbulk.transport import Outcome, ReadOperation
from ddbbulk.verifying.comparison import Comparison
from ddbbulk.verifying.judging import Judge
from ddbbulk.verifying.options import VerifyOptions
from ddbbulk.verifying.sheet import verify_sheet
from tests.support.readable_table import ReadableTable
from tests.support.virtual_time import VirtualTimeLoop

TTL = "expires_at"


async def verified(
    table: ReadableTable,
    source: Sequence[object],
    **options: Any,  # noqa: ANN401 -- any option
) -> VerifyReport:
    described = TableDescription(
        name="t",
        arn="",
        status="ACTIVE",
        schema=TableSchema.of("pk"),
        write_capacity=None,
        index_write_capacity={},
        max_write_units=None,
        item_count=17,
    )
    given: VerifyOptions = options  # type: ignore[assignment] # as each test has them
    reader = Reader(
        table,
        table="t",
        budget=ReadBudget(10_000),
        is_consistent=options.get("consistency") == "consistent",
    )
    with Comparison("t", described, reader, TTL, given) as comparison:
        return await comparison.report_on(as_source(source))


def counted(report: VerifyReport) -> dict[str, int]:
    """Return how the items ended, without what is 0."""
    ends = report.model_dump(include=set(type(report).model_fields))
    return {
        name.removeprefix("items_"): count
        for name, count in ends.items()
        if name.startswith("items_") and count and name != "items_read"
    }


def holding(*items: dict[str, Any]) -> ReadableTable:
    table = ReadableTable("pk")
    table.hold(*items)
    return table


USERS = [{"pk": f"k{n}", "n": n, "tags": {"a", "b"}} for n in range(250)]


async def test_what_is_there_is_equal() -> None:
    report = await verified(holding(*USERS), USERS)
    assert counted(report) == {"equal": 250}
    assert report.is_equal
    assert report.verdict == "equal: the table holds all 250 items of the source"
    assert report.table_item_count == 17


async def test_of_one_item_it_is_said_as_of_one() -> None:
    one = {"pk": "a", "n": 1}
    report = await verified(holding(one), [one], extra=True)
    assert report.verdict == "equal: the table holds the only item of the source"
    console = Console(width=80, file=StringIO(), record=True)
    console.print(verify_sheet(report))
    text = " ".join(console.export_text().split())
    assert "0 items of the table are not in the source, which has 1 different key" in (
        text
    )
    report = await verified(ReadableTable("pk"), [one])
    assert report.verdict == "NOT equal: 1 missing; the source has 1 item"


async def test_what_is_not_there_or_not_the_same_is_found_and_nothing_else() -> None:
    table = holding(*USERS)
    del table.items[str({"S": "k3"}),]
    table.items[str({"S": "k7"}),]["n"] = {"N": "7.5"}
    table.items[str({"S": "k200"}),]["n"] = {"S": "200"}
    report = await verified(table, USERS)
    assert counted(report) == {"equal": 247, "missing": 1, "different": 2}
    assert [(one.where, one.key, one.code) for one in report.differences] == [
        ("item 3", "k3", "Missing"),
        ("item 7", "k7", "Different"),
        ("item 200", "k200", "Different"),
    ]
    assert report.differences[2].attributes == ("n (N, in the table S)",)
    assert not report.is_equal
    assert report.verdict.startswith(
        "NOT equal: 1 missing, 2 different; the source has 250"
    )


async def test_an_item_that_a_later_one_replaces_need_not_be_there() -> None:
    source = [
        {"pk": "a", "n": 1},
        {"pk": "b"},
        {"pk": "a", "n": 2},
        {"pk": "a", "n": 3},
    ]
    table = holding({"pk": "a", "n": 3}, {"pk": "b"})
    report = await verified(table, source)
    assert counted(report) == {"equal": 2, "superseded": 2}
    assert report.is_equal


async def test_an_item_that_won_although_a_later_one_had_to_is_a_difference() -> None:
    source = [{"pk": "a", "n": 1}, {"pk": "a", "n": 2}]
    report = await verified(holding({"pk": "a", "n": 1}), source)
    assert counted(report) == {"superseded": 1, "different": 1}


async def test_a_delete_says_that_there_is_to_be_no_item() -> None:
    source = [{"pk": "a"}, Delete({"pk": "a"}), Delete({"pk": "b"}), {"pk": "b"}]
    assert counted(await verified(holding({"pk": "b"}), source)) == {
        "equal": 2,
        "superseded": 2,
    }
    report = await verified(holding({"pk": "a"}, {"pk": "b"}), source)
    assert [one.code for one in report.differences] == ["NotDeleted"]


async def test_what_no_load_could_write_is_told_apart_and_is_not_equal() -> None:
    report = await verified(holding({"pk": "a"}), [{"pk": "a"}, {"n": 1}, 5])
    assert counted(report) == {"equal": 1, "rejected": 2}
    assert [one.code for one in report.rejections] == ["MissingKey", "NotAnItem"]
    assert not report.is_equal


async def test_what_has_expired_is_no_difference() -> None:
    now = int(time.time())
    past, future = 1000 * now, now + 3600
    source = [
        {"pk": "gone", TTL: now - 60},
        {"pk": "never", TTL: future},
        {"pk": "long ago", TTL: 5},
        {"pk": "milliseconds", TTL: past},
    ]
    report = await verified(ReadableTable("pk"), source)
    assert counted(report) == {"expired": 1, "missing": 3}


async def test_what_expires_while_the_source_is_read_is_no_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    until = int(time.time()) + 3600

    class Slow(ReadableTable):
        async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
            monkeypatch.setattr(time, "time", lambda: until + 1.0)
            return await super().read(operation, body)

    report = await verified(Slow("pk"), [{"pk": "a", TTL: until}])
    assert counted(report) == {"expired": 1}


async def test_a_stale_item_that_has_expired_is_still_not_what_was_loaded() -> None:
    now = int(time.time())
    table = holding({"pk": "renewed", TTL: now - 60}, {"pk": "deleted", TTL: now - 60})
    source = [{"pk": "renewed", TTL: now + 3600}, Delete({"pk": "deleted"})]
    report = await verified(table, source)
    assert counted(report) == {"different": 1, "equal": 1}
    assert report.differences[0].attributes == (TTL,)


async def test_a_stale_look_is_followed_by_a_certain_one_at_what_differs() -> None:
    table = holding(*USERS)
    table.stale = {key: item for key, item in table.items.items() if "k1" not in key[0]}
    report = await verified(table, USERS)
    assert report.is_equal
    assert table.reads[0] == ("BatchGetItem", False)
    assert sum(is_consistent for _, is_consistent in table.reads) < len(table.reads)

    table.reads.clear()
    assert not (await verified(table, USERS, consistency="eventual")).is_equal
    assert not any(is_consistent for _, is_consistent in table.reads)

    table.reads.clear()
    assert (await verified(table, USERS, consistency="consistent")).is_equal
    assert all(is_consistent for _, is_consistent in table.reads)


async def test_faults_become_a_failures_file(tmp_path: Path) -> None:
    path = tmp_path / "failed.jsonl"
    source = [
        {"pk": "a", "n": 1},
        {"pk": "b", "n": 1},
        {"pk": "a", "n": 2},
        {"pk": "c", "n": 1, "secret": "s"},
        Delete({"pk": "d"}),
    ]
    table = holding(
        {"pk": "a", "n": 5}, {"pk": "c", "n": 1, "secret": "t"}, {"pk": "d"}
    )
    await verified(table, source, failures=path)
    told = [FailedItem.parse(line) for _, line in failure_lines(path)]
    assert [(one.position, one.reason, one.operation) for one in told] == [
        (1, "Missing", "put"),
        (2, "Different", "put"),
        (3, "Different", "put"),
        (4, "NotDeleted", "delete"),
    ]
    assert told[1].item == {"pk": {"S": "a"}, "n": {"N": "2"}}
    assert told[2].message == "the table has another item: secret"
    assert path.stat().st_mode & 0o777 == 0o600


async def test_extra_items_are_counted_and_listed(tmp_path: Path) -> None:
    path = tmp_path / "extra.jsonl"
    table = holding(*USERS, {"pk": "extra", "n": 1}, {"pk": "\x00"})
    report = await verified(table, [*USERS, *USERS], extra_file=path)
    assert (report.items_extra, report.source_keys) == (2, 250)
    assert not report.is_equal
    assert path.read_text() == '{"pk":{"S":"extra"}}\n{"pk":{"S":"\\u0000"}}\n'
    assert path.stat().st_mode & 0o777 == 0o600
    assert (await verified(holding(*USERS), USERS, extra=True)).items_extra == 0


async def test_a_sample_says_what_it_says_of_all() -> None:
    table = holding(*USERS)
    report = await verified(table, USERS, sample=100, seed=3)
    assert counted(report) == {"equal": 100, "unsampled": 150}
    assert report.sample is not None
    assert report.sample.highest_share == pytest.approx(0.02951, abs=1e-5)
    assert report.verdict == (
        "0 of 100 sampled items differ: with 95 % confidence no more than 3 % of all do"
    )
    table.items.clear()
    report = await verified(table, USERS, sample=100, seed=3)
    assert counted(report) == {"missing": 100, "unsampled": 150}
    assert report.sample is not None
    assert report.sample.highest_share == 1.0


async def test_a_sample_that_is_large_enough_leaves_nothing_to_chance() -> None:
    table = holding(*USERS)
    report = await verified(table, USERS, sample=250)
    assert report.sample is None
    assert report.verdict == "equal: the table holds all 250 items of the source"
    table.items.popitem()
    report = await verified(table, USERS, sample=1000)
    assert report.verdict == "NOT equal: 1 missing; the source has 250 items"


async def test_a_sampled_item_that_was_superseded_counts_for_nothing() -> None:
    source = [{"pk": "a", "n": n} for n in range(50)]
    report = await verified(holding({"pk": "a", "n": 49}), source, sample=20)
    ends = counted(report)
    assert ends["unsampled"] == 30
    assert ends["superseded"] + ends.get("equal", 0) == 20
    assert report.is_equal


async def test_a_table_that_may_not_be_read_ends_a_verification_at_once() -> None:
    class Denied(ReadableTable):
        async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
            del operation, body
            await asyncio.sleep(self._latency)
            return Failure(FailureKind.FATAL, "AccessDeniedException", "no")

    with pytest.raises(AccessDeniedError, match="dynamodb:BatchGetItem"):
        await verified(Denied("pk"), [{"pk": f"k{n}"} for n in range(5000)])


async def test_a_source_that_fails_ends_a_verification_with_its_error() -> None:
    def failing() -> Iterator[dict[str, str]]:
        yield from ({"pk": f"k{n}"} for n in range(500))
        raise KeyError("mine")

    with pytest.raises(SourceError, match="KeyError") as caught:
        await verified(ReadableTable("pk"), failing())  # type: ignore[arg-type] # it is an iterator
    assert caught.value.position == 500
    assert isinstance(caught.value.__cause__, KeyError)


async def test_keys_are_kept_out_of_the_report_where_that_is_asked() -> None:
    report = await verified(ReadableTable("pk"), [{"pk": "secret"}], redact_keys=True)
    assert "secret" not in report.model_dump_json()


async def test_a_source_that_can_be_read_once_is_enough() -> None:
    source = ({"pk": f"k{n % 3}", "n": n} for n in range(9))
    table = holding(*({"pk": f"k{n % 3}", "n": n} for n in range(6, 9)))
    report = await verified(table, source)  # type: ignore[arg-type] # it is an iterator
    assert counted(report) == {"equal": 3, "superseded": 6}


WRITES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 2), st.sampled_from("ppppdr")),
    max_size=40,
)


@settings(max_examples=40)
@given(
    WRITES, st.dictionaries(st.integers(0, 7), st.integers(0, 2)), st.integers(0, 60)
)
def test_every_item_ends_as_a_replay_of_the_source_says(
    writes: list[tuple[int, int, str]], held: dict[int, int], sample: int
) -> None:
    source: list[object] = [
        Delete({"pk": f"k{key}"})
        if kind == "d"
        else {"pk": f"k{key}" if kind == "p" else 5, "n": n}
        for key, n, kind in writes
    ]
    expected = _ends(writes, held)

    async def both() -> tuple[VerifyReport, VerifyReport]:
        items = [{"pk": f"k{key}", "n": n} for key, n in held.items()]
        whole = await verified(holding(*items), source, extra=True)
        return whole, await verified(holding(*items), source, sample=sample + 1)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        report, sampled = runner.run(both())
    ends = Counter(counted(report))
    extra = {f"k{key}" for key in held} - {
        f"k{key}" for key, _, kind in writes if kind != "r"
    }
    assert ends.pop("extra", 0) == len(extra)
    # What is the same in all items of a key counts as equal each time.
    assert (
        ends["equal"] + ends["superseded"]
        == expected["equal"] + (expected["superseded"])
    )
    for end in ("missing", "different", "rejected"):
        assert ends[end] == expected[end], end
    assert ends.total() == len(writes)
    assert Counter(counted(sampled)).total() == len(writes)
    if sample + 1 >= len(writes):
        assert Counter(counted(sampled))["missing"] == expected["missing"]


def _ends(writes: list[tuple[int, int, str]], held: dict[int, int]) -> Counter[str]:
    last = {key: at for at, (key, _, kind) in enumerate(writes) if kind != "r"}
    ends: Counter[str] = Counter()
    for at, (key, n, kind) in enumerate(writes):
        if kind == "r":
            ends["rejected"] += 1
        elif last[key] != at:
            ends["superseded"] += 1
        elif kind == "d":
            ends["different" if key in held else "equal"] += 1
        elif key not in held:
            ends["missing"] += 1
        else:
            ends["equal" if held[key] == n else "different"] += 1
    return ends


def test_binary_values_are_compared_by_their_bytes() -> None:
    async def compare() -> VerifyReport:
        table = holding({"pk": "a", "b": b"\xff"})
        table.items[str({"S": "a"}),]["b"] = {"B": b64encode(b"\xff").decode()}
        return await verified(table, [{"pk": "a", "b": b"\xff"}])

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(compare()).is_equal


def test_keys_of_every_type_are_asked_for_as_the_wire_has_them() -> None:
    schema = TableSchema.of("b:B", "n:N")
    judge = Judge(schema, ttl_attribute=None)
    marshaller = Marshaller(schema)
    items = [{"b": b"\xff\x00", "n": n} for n in (1, Decimal("1.50"), -(10**37))]
    writes = [marshaller.put(item) for item in items]
    keys = judge.keys([*writes, *writes])
    assert keys == [
        {"b": {"B": "/wA="}, "n": {"N": text}} for text in ("1", "1.5", "-1" + "0" * 37)
    ]
    found = [{**key, "other": {"S": "x"}} for key in keys]
    suspects = judge.suspects(writes, found, now=0.0)
    assert [one.code for one in suspects] == ["Different"] * 3
