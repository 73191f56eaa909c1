"""``ddbbulk verify`` and ``ddbbulk undo``, from the load to the last word."""

import gzip
import json
import re
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from subprocess import CompletedProcess
from typing import Any, Protocol

import pytest
from typer.testing import CliRunner

from ddbbulk import UndoReport, VerifyReport
from ddbbulk.cli import app
from ddbbulk.simulator import Simulator
from tests.support.command_line import started_ddbbulk
from tests.support.making_tables import drop_table, make_table, scanned

COUNT = 300


class Run(Protocol):
    """Runs ``ddbbulk`` in ``tmp_path``, on the simulator."""

    def __call__(self, *arguments: str) -> CompletedProcess[str]:
        """Return how it ended and what it printed."""
        ...


class Users:
    """A table of the simulator."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
        self.client = client
        self.table: str = make_table(client, "alias", wcu=10_000)

    def put(self, alias: str, **more: Any) -> None:  # noqa: ANN401 -- DynamoDB JSON
        item = {"alias": {"S": alias}} | more
        self.client.put_item(TableName=self.table, Item=item)

    def delete(self, alias: str) -> None:
        self.client.delete_item(TableName=self.table, Key={"alias": {"S": alias}})

    def found(self) -> set[str]:
        return {item["alias"]["S"] for item in scanned(self.client, self.table)}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def users(
    simulator: Simulator, dynamodb: Callable[[Simulator], Any], tmp_path: Path
) -> Iterator[Users]:
    rows = "".join(f"@donald{n},{n}\n" for n in range(COUNT))
    (tmp_path / "users.csv").write_text("alias,age\n" + rows)
    made = Users(dynamodb(simulator))
    yield made
    drop_table(made.client, made.table)


@pytest.fixture
def run(
    users: Users, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run it in this process: a new interpreter for each little thing takes minutes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", simulator.endpoint_url)

    def run(*arguments: str) -> CompletedProcess[str]:
        result = CliRunner().invoke(app, arguments)
        return CompletedProcess(
            arguments, result.exit_code, result.stdout, result.stderr
        )

    return run


def plain(text: str) -> str:
    """Return what was printed, its words a blank apart."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())


def test_a_load_is_proven_mended_and_proven_again(run: Run, users: Users) -> None:
    table = ("-t", users.table)
    assert run("load", "users.csv", *table).returncode == 0
    done = run("verify", "users.csv", *table)
    assert done.returncode == 0, done.stderr
    assert "equal: the table holds all 300 items" in plain(done.stdout)
    assert f"comparing users.csv with table {users.table} at" in done.stderr

    users.delete("@donald1")
    users.put("@donald2", age={"N": "2"})
    done = run("verify", "users.csv", *table, "--failures", "diff.jsonl")
    assert done.returncode == 1
    text = plain(done.stdout)
    assert "NOT equal: 1 missing, 1 different; the source has 300 items" in text
    assert "users.csv, line 4 @donald2: Different in age (S, in the table N)" in text
    assert done.stderr.endswith("ddbbulk retry diff.jsonl --overwrite\n")

    assert run("retry", "diff.jsonl", "--overwrite").returncode == 0
    assert run("verify", "users.csv", *table).returncode == 0


def test_the_report_is_json_for_programs(
    run: Run, users: Users, tmp_path: Path
) -> None:
    options = ("-t", users.table, "--json", "--report", "report.json", "--redact-keys")
    done = run("verify", "users.csv", *options, "--sample", "20", "--eventually")
    assert done.returncode == 1
    report = VerifyReport.model_validate_json(done.stdout)
    assert report.items_missing == 20
    assert report.consistency == "eventual"
    assert "@donald" not in done.stdout
    written = json.loads((tmp_path / "report.json").read_text())
    assert written == json.loads(done.stdout)


def test_extra_items_are_written_where_delete_reads_them(
    run: Run, users: Users, tmp_path: Path
) -> None:
    run("load", "users.csv", "-t", users.table)
    users.put("@stranger")
    done = run("verify", "users.csv", "-t", users.table, "--extra-file", "extra.jsonl")
    assert done.returncode == 1
    assert "NOT equal: 1 extra in the table" in plain(done.stdout)
    assert f"ddbbulk delete extra.jsonl --table {users.table}" in done.stderr
    assert (tmp_path / "extra.jsonl").read_text() == '{"alias":{"S":"@stranger"}}\n'


def test_a_load_is_taken_back_once_that_is_agreed_to(
    run: Run, users: Users, tmp_path: Path
) -> None:
    users.put("@before")
    done = run(
        *("load", "users.csv", "-t", users.table),
        *("--mode", "insert", "--manifest", "made.jsonl"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("to take this load back:\nddbbulk undo made.jsonl\n")
    users.put("@donald5", age={"S": "changed"})

    refused = run("undo", "made.jsonl")
    assert refused.returncode == 2
    assert "300 items that a load of" in refused.stderr
    assert "--yes" in refused.stderr
    dry = run("undo", "made.jsonl", "--dry-run")
    assert dry.returncode == 1
    assert "299 of 300 items would be deleted; 1 left, changed since" in plain(
        dry.stdout
    )
    assert len(users.found()) == COUNT + 1

    done = run("undo", "made.jsonl", "--yes", "--list", "left.jsonl")
    assert done.returncode == 1
    assert re.search(r"line \d+ @donald5: Changed", plain(done.stdout))
    assert users.found() == {"@before", "@donald5"}
    line = json.loads((tmp_path / "left.jsonl").read_text())
    assert (line["key"], line["reason"]) == ({"alias": {"S": "@donald5"}}, "Changed")

    users.delete("@donald5")
    again = run("undo", "made.jsonl", "--yes", "--json")
    assert again.returncode == 0
    assert UndoReport.model_validate_json(again.stdout).items_gone == COUNT


def test_what_is_to_be_typed_next_names_the_place(
    run: Run, users: Users, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB")
    place = ("--endpoint-url", simulator.endpoint_url, "--region", "eu-west-1")

    def typed_next(done: CompletedProcess[str]) -> list[str]:
        command, *words = shlex.split(done.stderr.splitlines()[-1])
        assert command == "ddbbulk"
        assert words[-4:] == [*place]
        return words

    table = ("-t", users.table, *place)
    undo = typed_next(run("load", "users.csv", *table, "--manifest", "made.jsonl"))
    assert run(*undo, "--yes").returncode == 0
    retry = typed_next(run("verify", "users.csv", *table, "--failures", "diff.jsonl"))
    assert run(*retry).returncode == 0
    users.put("@stranger")
    files = ("--extra-file", "extra.jsonl")
    delete = typed_next(run("verify", "users.csv", *table, *files))
    assert run(*delete, "--yes").returncode == 0
    assert run("verify", "users.csv", *table, "--extra").returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("verify users.csv", "Missing option '--table'"),
        ("verify no.csv -t {table}", "no.csv"),
        ("verify users.csv -t nothing", "table nothing"),
        ("verify users.csv -t {table} --sample 0", "--sample"),
        ("undo no.jsonl", "No such file"),
        ("undo users.csv", "is no manifest of ddbbulk"),
        ("load users.csv -t {table} --manifest m.jsonl", "has items already"),
        ("verify users.csv -t {table} --extra-file users.csv", "is what is read"),
        ("verify users.csv -t {table} --extra-file a --report a", "the file of --ext"),
        ("plan users.csv -t {table} --report users.csv", "is what is read"),
        ("undo users.csv --report users.csv", "is what is read"),
        ("delete users.csv -t {table} --report users.csv", "is what is read"),
    ],
)
def test_a_mistake_is_told_with_its_mending(
    run: Run, users: Users, tmp_path: Path, words: str, says: str
) -> None:
    users.put("@before")
    rows = (tmp_path / "users.csv").read_text()
    done = run(*words.format(table=users.table).split())
    assert done.returncode == 2, done.stdout
    assert says in plain(done.stderr)
    assert "Traceback" not in done.stderr
    assert users.found() == {"@before"}
    assert (tmp_path / "users.csv").read_text() == rows


def test_a_source_that_breaks_off_stops_a_verification_early(
    run: Run, users: Users, tmp_path: Path
) -> None:
    data = gzip.compress((tmp_path / "users.csv").read_bytes())
    (tmp_path / "torn.csv.gz").write_bytes(data[:-20])
    done = run("verify", "torn.csv.gz", "-t", users.table)
    assert done.returncode == 3
    assert "stopped early: the rest was not compared" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_load_with_a_manifest_that_stops_is_told_what_can_be_typed(
    run: Run, users: Users, tmp_path: Path
) -> None:
    noise = Random(1).randbytes
    rows = "".join(f"@daisy{n},{noise(2000).hex()}\n" for n in range(200))
    data = gzip.compress(f"alias,noise\n{rows}".encode())
    (tmp_path / "torn.csv.gz").write_bytes(data[:-5000])
    words = ("load", "torn.csv.gz", "-t", users.table, "--manifest", "made.jsonl")
    done = run(*words, "--wcu", "40000")
    assert done.returncode == 3
    assert users.found()
    # The same command would be refused: what it replaces is not what it creates.
    assert "has items already" in run(*words).stderr
    advice = "take it back, and load again:\nddbbulk undo made.jsonl\n"
    assert done.stderr.endswith(advice)
    assert run("undo", "made.jsonl", "--yes").returncode == 0
    assert users.found() == set()


@pytest.mark.parametrize("command", ["verify users.csv -t t", "undo made.jsonl"])
def test_at_aws_what_is_read_has_a_budget(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB")
    done = run(*command.split())
    assert done.returncode == 2
    assert "--rcu N" in done.stderr


def test_an_undo_that_is_killed_goes_on(
    run: Run, users: Users, simulator: Simulator, tmp_path: Path
) -> None:
    url = ("--endpoint-url", simulator.endpoint_url)
    load = ("load", "users.csv", "-t", users.table, "--manifest", "made.jsonl")
    assert run(*load).returncode == 0
    undo = ("undo", "made.jsonl", "--yes", *url)
    with started_ddbbulk(*undo, "--wcu", "100", home=tmp_path) as process:
        until = time.monotonic() + 15
        while len(users.found()) > COUNT - 50:
            assert time.monotonic() < until, "nothing was deleted"
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert users.found()
    again = run(*undo, "--json")
    assert again.returncode == 0, again.stderr
    report = UndoReport.model_validate_json(again.stdout)
    assert report.items_deleted + report.items_gone == COUNT
    assert report.items_gone >= 50
    assert users.found() == set()
