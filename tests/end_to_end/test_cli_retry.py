"""Rejected items from ``ddbbulk load --failures`` to ``ddbbulk retry``."""

import base64
import json
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Protocol

import pytest

from ddbbulk.failures import FailedItem, OpenedFile, failure_lines
from ddbbulk.report import LoadReport
from ddbbulk.simulator import Simulator
from tests.support.command_line import started_ddbbulk, typed
from tests.support.simulator_in_process import attribute_definitions, index, key_schema

UNITS = {"ReadCapacityUnits": 400, "WriteCapacityUnits": 400}


class Run(Protocol):
    """Runs ``ddbbulk`` in ``tmp_path``, on the simulator."""

    def __call__(self, *arguments: str) -> CompletedProcess[str]:
        """Return how it ended and what it printed."""
        ...


class Users:
    """The table ``users`` of the simulator."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
        self.client = client

    def create(self, name: str = "users", *, age: str | None) -> None:
        """Make it; with an index on ``age``, if that has a type."""
        types = {"alias": "S"} | ({"age": age} if age else {})
        by_age = index("by_age", key_schema("age")) | {"ProvisionedThroughput": UNITS}
        self.client.create_table(
            TableName=name,
            KeySchema=key_schema("alias"),
            AttributeDefinitions=attribute_definitions(**types),
            ProvisionedThroughput=UNITS,
            **({"GlobalSecondaryIndexes": [by_age]} if age else {}),
        )

    def mend(self) -> None:
        """Make it anew, without the index that refused items."""
        kept = self.items()
        self.client.delete_table(TableName="users")
        self.create(age=None)
        self.put(*kept.values())

    def put(self, *items: dict[str, Any]) -> None:
        for item in items:
            self.client.put_item(TableName="users", Item=item)

    def items(self, name: str = "users") -> dict[str, dict[str, Any]]:
        """Return what is in it, by alias."""
        found = self.client.scan(TableName=name, ConsistentRead=True)["Items"]
        return {item["alias"]["S"]: item for item in found}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def users(simulator: Simulator, dynamodb: Callable[[Simulator], Any]) -> Users:
    """The table with an index that takes numbers."""
    made = Users(dynamodb(simulator))
    made.create(age="N")
    return made


@pytest.fixture
def run(
    users: Users, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", simulator.endpoint_url)

    def run(*arguments: str) -> CompletedProcess[str]:
        return typed(*arguments, home=tmp_path)

    return run


@pytest.fixture
def failed(tmp_path: Path) -> Path:
    return tmp_path / "failed.jsonl"


@pytest.fixture
def rejecting(run: Run, tmp_path: Path) -> Callable[..., CompletedProcess[str]]:
    """Load @a, and @b, @c and so on with an age that the index does not take."""

    def load(*arguments: str, count: int = 2) -> CompletedProcess[str]:
        bad = [{"alias": f"@{'bcdefg'[n]}", "age": "old"} for n in range(count)]
        rows = [json.dumps(row) for row in ({"alias": "@a", "age": 1}, *bad)]
        (tmp_path / "users.jsonl").write_text("\n".join(rows))
        return run("load", "users.jsonl", "-t", "users", *arguments)

    return load


def lines(path: Path) -> list[FailedItem]:
    return [FailedItem.parse(line) for _, line in failure_lines(path)]


def failure(alias: str, **more: Any) -> bytes:  # noqa: ANN401 -- members of a line
    """Return a line of a failures file."""
    members: dict[str, Any] = {
        "table": "users",
        "item": {"alias": {"S": alias}, "from": {"S": "retry"}},
        "operation": "put",
        "reason": "ValidationException",
        "message": "no",
        "attempts": 1,
        "position": 0,
    }
    return FailedItem(**(members | more)).line()


# The file of a load


def test_the_sheet_names_the_file_and_what_loads_it_again(
    rejecting: Callable[..., CompletedProcess[str]], failed: Path
) -> None:
    done = rejecting("--failures", "failed.jsonl")

    assert done.returncode == 1, done.stderr
    assert "rejected items are in failed.jsonl" in done.stdout
    assert "ddbbulk retry failed.jsonl" in done.stdout
    assert [one.item for one in lines(failed)] == [
        {"alias": {"S": f"@{letter}"}, "age": {"S": "old"}} for letter in "bc"
    ]
    assert [one.where for one in lines(failed)] == [
        "users.jsonl, line 2",
        "users.jsonl, line 3",
    ]
    assert stat.S_IMODE(failed.stat().st_mode) == 0o600


def test_json_on_standard_output_stays_json(
    rejecting: Callable[..., CompletedProcess[str]],
) -> None:
    done = rejecting("--failures", "my failed.jsonl", "--json")

    assert LoadReport.model_validate_json(done.stdout).items_rejected == 2
    assert "ddbbulk retry 'my failed.jsonl'" in done.stderr


def test_no_value_is_anywhere_but_in_the_file(
    run: Run, failed: Path, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text("alias,age\n@a,1\n@b,sesame\n@c,1,sesame\n")
    load = ("load", "users.csv", "-t", "users", "--types", "age=N", "--debug")

    done = run(*load, "--failures", "failed.jsonl", "--report", "report.json")
    again = run("retry", "failed.jsonl", "--debug")

    assert (done.returncode, again.returncode) == (1, 1)
    assert "sesame" in failed.read_text()
    shown = (done.stdout, done.stderr, again.stdout, again.stderr)
    assert not any("sesame" in text for text in shown)
    assert "sesame" not in (tmp_path / "report.json").read_text()


def test_a_load_with_too_many_failures_is_stopped(
    rejecting: Callable[..., CompletedProcess[str]], failed: Path
) -> None:
    done = rejecting("--failures", "failed.jsonl", "--max-failures", "3", count=6)

    assert done.returncode == 3
    assert "error: 4 of 5 items were rejected, and no more than 3 may be" in done.stderr
    assert len(lines(failed)) == 4


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--max-failures", "some"), "such as 100"),
        (("--failures", "no/failed.jsonl"), "cannot be opened"),
        (("--failures", "users.jsonl"), "is what is read here"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_written(
    arguments: tuple[str, ...],
    reason: str,
    rejecting: Callable[..., CompletedProcess[str]],
    users: Users,
    tmp_path: Path,
) -> None:
    done = rejecting(*arguments)

    assert done.returncode == 2
    [error] = [line for line in done.stderr.splitlines() if "error: " in line]
    assert reason in error
    assert users.items() == {}
    assert (tmp_path / "users.jsonl").read_text().startswith('{"alias": "@a"')


def test_a_killed_load_leaves_a_file_that_can_be_read(
    users: Users, run: Run, simulator: Simulator, failed: Path, tmp_path: Path
) -> None:
    url = simulator.endpoint_url
    load = ("load", "-", "--format", "jsonl", "-t", "users", "--failures", failed)

    with started_ddbbulk(*load, "--endpoint-url", url, home=tmp_path) as process:
        assert process.stdin is not None
        process.stdin.write('{"alias": "@a"}\n')
        for number in range(2000):
            process.stdin.write(json.dumps({"alias": f"@{number}", "age": "x"}) + "\n")
            if number % 2:
                process.stdin.write(json.dumps({"alias": f"@ok{number}"}) + "\n")
        process.stdin.flush()
        deadline = time.monotonic() + 15
        while not (failed.exists() and failed.stat().st_size > 20_000):
            assert time.monotonic() < deadline, "no failure was written"
            time.sleep(0.01)
        process.kill()
        process.wait()

    OpenedFile.open(failed, table="users").close()
    kept = lines(failed)
    assert [one.item and one.item["alias"]["S"] for one in kept] == [
        f"@{number}" for number in range(len(kept))
    ]
    users.mend()
    done = run("retry", str(failed), "--wcu", "40000")
    assert done.returncode == 0, done.stderr
    assert f"@{len(kept) - 1}" in users.items()
    assert failed.read_bytes() == b""


# Retrying


def test_what_was_mended_is_loaded_and_leaves_the_file(
    rejecting: Callable[..., CompletedProcess[str]],
    run: Run,
    users: Users,
    failed: Path,
) -> None:
    rejecting("--failures", "failed.jsonl")
    users.mend()

    done = run("retry", "failed.jsonl")

    assert done.returncode == 0, done.stderr
    assert users.items()["@b"] == {"alias": {"S": "@b"}, "age": {"S": "old"}}
    assert set(users.items()) == {"@a", "@b", "@c"}
    assert failed.read_bytes() == b""
    assert "0 items are left in it" in done.stderr
    again = run("retry", "failed.jsonl")
    assert again.returncode == 0
    assert "nothing to retry" in again.stderr


def test_what_fails_again_stays_with_its_new_reason(
    run: Run, users: Users, failed: Path
) -> None:
    bad = {"alias": {"S": "@b"}, "age": {"S": "old"}}
    unreadable = b'{"note": "mine"}\n'
    failed.write_bytes(
        failure("@a", item=bad, where="users.csv, line 9", position=7)
        + unreadable
        + failure("@c")
        + b"\n"
        + failure("@d", omitted=("age",))
        + failure("@e", item=None, raw="@e,")
        + failure("@f", table="others")
        + failure("@g")
    )
    before = failed.read_bytes().splitlines(keepends=True)

    done = run("retry", "failed.jsonl", "--json")

    report = LoadReport.model_validate_json(done.stdout)
    assert done.returncode == 1, done.stderr
    assert (report.items_written, report.items_rejected) == (2, 5)
    assert set(users.items()) == {"@c", "@g"}
    first, *rest = failed.read_bytes().splitlines(keepends=True)
    assert rest == [unreadable, *before[4:7]]
    kept = FailedItem.parse(first)
    assert (kept.reason, kept.item) == ("IndexKeyType", bad)
    assert (kept.where, kept.position) == ("users.csv, line 9", 7)
    assert "5 items are left in it" in done.stderr
    assert stat.S_IMODE(failed.stat().st_mode) == 0o600


def test_an_item_that_is_there_by_now_wins_unless_told_otherwise(
    run: Run, users: Users, failed: Path
) -> None:
    newer = {"alias": {"S": "@a"}, "from": {"S": "another program"}}
    users.put(newer, {"alias": {"S": "@gone"}})
    gone = failure("@gone", item={"alias": {"S": "@gone"}}, operation="delete")
    failed.write_bytes(failure("@a") + failure("@b") + gone + failure("@c"))

    done = run("retry", "failed.jsonl", "--json")

    report = LoadReport.model_validate_json(done.stdout)
    assert done.returncode == 1, done.stderr
    assert set(users.items()) == {"@a", "@b", "@c", "@gone"}
    assert users.items()["@a"] == newer
    assert (report.items_read, report.items_written, report.items_existing) == (3, 2, 1)
    assert failed.read_bytes() == failure("@a") + gone
    assert "1 kept: the table has their keys; --overwrite writes them" in done.stderr
    assert "1 deletes kept; --overwrite carries them out" in done.stderr

    done = run("retry", "failed.jsonl", "--overwrite")

    assert done.returncode == 0, done.stderr
    assert set(users.items()) == {"@a", "@b", "@c"}
    assert users.items()["@a"]["from"] == {"S": "retry"}
    assert failed.read_bytes() == b""


def test_the_last_of_several_items_with_one_key_wins(
    run: Run, users: Users, failed: Path
) -> None:
    # More than may wait, so that the first are in the table before the last are read.
    many = [{"alias": {"S": f"@{n % 3}"}, "n": {"N": str(n)}} for n in range(1500)]
    failed.write_bytes(b"".join(failure("", item=item) for item in many))

    done = run("retry", "failed.jsonl")

    assert done.returncode == 0, done.stderr
    assert {item["n"]["N"] for item in users.items().values()} == {
        "1497",
        "1498",
        "1499",
    }
    assert failed.read_bytes() == b""


def versions(alias: str, *, bad_last: bool = False) -> bytes:
    """Return three lines of one key; the index refuses the last if it is bad."""
    items = [{"alias": {"S": alias}, "n": {"N": str(n)}} for n in range(3)]
    if bad_last:
        items[-1]["age"] = {"S": "old"}
    return b"".join(failure("", item=item) for item in items)


def test_earlier_items_of_a_key_end_with_its_last(
    run: Run, users: Users, failed: Path
) -> None:
    there, refused = versions("@there"), versions("@refused", bad_last=True)
    users.put({"alias": {"S": "@there"}, "n": {"N": "9"}})
    failed.write_bytes(versions("@well") + there + refused)

    done = run("retry", "failed.jsonl", "--json")

    report = LoadReport.model_validate_json(done.stdout)
    assert done.returncode == 1, done.stderr
    assert (report.items_written, report.items_superseded) == (1, 2)
    assert (report.items_existing, report.items_rejected) == (1, 1)
    assert report.items_read == 5
    assert {alias: item["n"]["N"] for alias, item in users.items().items()} == {
        "@well": "2",
        "@there": "9",
    }
    kept = failed.read_bytes().splitlines(keepends=True)
    assert kept[:5] == (there + refused).splitlines(keepends=True)[:5]
    assert FailedItem.parse(kept[5]).reason == "IndexKeyType"
    assert len(kept) == 6


def test_items_that_are_there_as_they_are_in_the_file_are_written(
    run: Run, users: Users, failed: Path
) -> None:
    failed.write_bytes(failure("@a") + failure("@b"))
    users.put({"alias": {"S": "@a"}, "from": {"S": "retry"}})

    done = run("retry", "failed.jsonl", "--json")

    assert done.returncode == 0, done.stderr
    assert LoadReport.model_validate_json(done.stdout).items_written == 2
    assert failed.read_bytes() == b""


def test_the_order_of_puts_and_deletes_of_a_key_is_kept(
    run: Run, users: Users, failed: Path
) -> None:
    def delete(alias: str) -> bytes:
        return failure("", item={"alias": {"S": alias}}, operation="delete")

    gone = failure("@gone") + delete("@gone")
    failed.write_bytes(gone + delete("@new") + failure("@new") + delete("@bad\x00"))

    done = run("retry", "failed.jsonl")

    assert done.returncode == 1, done.stderr
    assert set(users.items()) == {"@new"}
    assert failed.read_bytes() == gone + delete("@bad\x00")
    assert "2 deletes kept" in done.stderr

    done = run("retry", "failed.jsonl", "--overwrite")

    assert done.returncode == 0, done.stderr
    assert set(users.items()) == {"@new"}


def test_keys_of_every_type_are_compared(
    run: Run, users: Users, failed: Path, dynamodb: Callable[[Simulator], Any]
) -> None:
    users.client.create_table(
        TableName="blobs",
        KeySchema=key_schema("hash", "n"),
        AttributeDefinitions=attribute_definitions(hash="B", n="N"),
        BillingMode="PAY_PER_REQUEST",
    )
    users.client.put_item(
        TableName="blobs", Item={"hash": {"B": b"\xff"}, "n": {"N": "1"}}
    )
    big = "-" + "9" * 38
    text = base64.b64encode(b"\xff").decode()
    rest = {"set": {"BS": ["AA==", "/w=="]}, "numbers": {"NS": [big, "0.1"]}}
    there = {"hash": {"B": text}, "n": {"N": "1.0"}, **rest}
    absent = {"hash": {"B": text}, "n": {"N": "2"}, **rest}
    failed.write_bytes(
        failure("", table="blobs", item=there) + failure("", table="blobs", item=absent)
    )

    done = run("retry", "failed.jsonl")

    assert done.returncode == 1, done.stderr
    assert [one.item for one in lines(failed)] == [there]
    stored = users.client.get_item(
        TableName="blobs", Key={"hash": {"B": b"\xff"}, "n": {"N": "2"}}
    )["Item"]
    assert set(stored["set"]["BS"]) == {b"\x00", b"\xff"}
    assert set(stored["numbers"]["NS"]) == {big, "0.1"}


def test_another_table_can_be_named(run: Run, users: Users, failed: Path) -> None:
    users.create("others", age=None)
    failed.write_bytes(failure("@a"))

    done = run("retry", "failed.jsonl", "--table", "others")

    assert done.returncode == 0, done.stderr
    assert set(users.items("others")) == {"@a"}
    assert users.items() == {}


def test_a_retry_that_is_stopped_leaves_the_file_as_it_was(
    run: Run, users: Users, failed: Path
) -> None:
    bad = [
        failure("", item={"alias": {"S": f"@b{n}"}, "age": {"S": "old"}})
        for n in range(2200)
    ]
    failed.write_bytes(b"".join((*bad[:1100], failure("@a"), *bad[1100:])))
    before = failed.read_bytes()

    done = run("retry", "failed.jsonl")

    assert done.returncode == 3
    assert "all of the first 1,000 items were rejected" in done.stderr
    assert "failed.jsonl is left as it was" in done.stderr
    assert failed.read_bytes() == before
    assert list(failed.parent.iterdir()) == [failed]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("nobody.jsonl", "nobody.jsonl cannot be opened: No such file"),
        ("failed.jsonl -t nobody", "there is no table nobody"),
        ("failed.jsonl --endpoint-url http://127.0.0.1:1", "127.0.0.1:1"),
        ("users.csv", "users.csv is no failures file of ddbbulk"),
    ],
)
def test_a_retry_that_cannot_begin_says_why_and_changes_nothing(
    arguments: str, reason: str, run: Run, users: Users, failed: Path, tmp_path: Path
) -> None:
    failed.write_bytes(failure("@a"))
    (tmp_path / "users.csv").write_text("alias\n@a\n")

    done = run("retry", *arguments.split())

    assert done.returncode == 2
    [error] = [line for line in done.stderr.splitlines() if "error: " in line]
    assert reason in error
    assert failed.read_bytes() == failure("@a")
    assert not (tmp_path / "nobody.jsonl").exists()
    assert users.items() == {}
