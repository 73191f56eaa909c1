"""``unload``, ``copy`` and ``table count`` as a user types them, on the simulator."""

import gzip
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ddbbulk.cli import app
from ddbbulk.errors import ConfigurationError
from ddbbulk.progress import PatientConsole
from ddbbulk.simulator import Simulator
from ddbbulk.transport import Transport, open_transport
from ddbbulk.unloading.output_file import OutputFile
from tests.conftest import HasEndpoint
from tests.support.making_tables import make_table, scanned

pytestmark = pytest.mark.integration

COUNT = 400


class Birds:
    """A table of the simulator, and commands that read it."""

    def __init__(self, simulator: Simulator, client: Any) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
        self.client = client
        self.url = simulator.endpoint_url
        self.table = make_table(client, "name")
        for first in range(0, COUNT, 25):
            client.batch_write_item(
                RequestItems={
                    self.table: [
                        {"PutRequest": {"Item": bird(n)}}
                        for n in range(first, first + 25)
                    ]
                }
            )

    def run(self, *words: str | Path) -> Result:
        return CliRunner().invoke(app, [*map(str, words), "--endpoint-url", self.url])

    def count(self, *words: str) -> Result:
        return self.run("table", "count", self.table, *words)


def bird(number: int) -> dict[str, Any]:
    return {
        "name": {"S": f"bird{number}"},
        "size": {"N": str(number)},
        "songs": {"SS": ["a", "b"]},
    }


@pytest.fixture(scope="module", name="birds")
def _birds(dynamodb: Callable[[HasEndpoint], Any]) -> Iterator[Birds]:
    with Simulator() as simulator:
        yield Birds(simulator, dynamodb(simulator))


def said(text: str) -> str:
    return re.sub(r"[\s│]+", " ", text)


def test_an_unload_tells_what_it_did(birds: Birds, tmp_path: Path) -> None:
    file = tmp_path / "birds.jsonl"

    result = birds.run("unload", birds.table, file, "--rcu", "1000")

    assert result.exit_code == 0, result.stderr
    assert f"unloading table {birds.table} at {birds.url}" in result.stderr
    assert "400 items written to" in said(result.stdout)
    assert "of a budget of 1,000 a second" in result.stdout
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert sorted(line["name"]["S"] for line in lines) == sorted(
        f"bird{n}" for n in range(COUNT)
    )


def test_a_file_may_have_a_name_that_is_no_text(birds: Birds, tmp_path: Path) -> None:
    file = Path(os.fsdecode(bytes(tmp_path) + b"/\xff.jsonl"))

    result = birds.run("unload", birds.table, file, "--limit", "3", "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["file"].endswith(r"\udcff.jsonl")
    assert len(file.read_text().splitlines()) == 3


def test_an_account_that_nobody_can_be_given_is_no_bug(
    birds: Birds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(
            "ddbbulk.cli.unload.PatientConsole", lambda: PatientConsole(file=full)
        )
        result = birds.run("unload", birds.table, tmp_path / "birds.jsonl")

    assert result.exit_code == 2
    assert "error: standard output cannot be written: No space" in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "birds.jsonl").exists()


def test_standard_output_has_nothing_but_items(birds: Birds) -> None:
    result = birds.run(
        *("unload", birds.table, "-", "--format", "plain-json"),
        *("--attributes", "name,size", "--filter", "#s < :few"),
        *("--name", "#s=size", "--value", ":few=N:3", "--limit", "2"),
    )

    assert result.exit_code == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 2
    assert all(line.keys() == {"name", "size"} for line in lines)
    assert "2 items written to standard output" in said(result.stderr)


def test_items_that_plain_json_cannot_hold_are_counted_and_named(
    birds: Birds, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    words = ("--format", "plain-json", "--report", report)

    result = birds.run("unload", birds.table, tmp_path / "birds.json", *words)

    assert result.exit_code == 1
    assert "400 items are not written" in said(result.stdout)
    assert re.search(r"bird\d+: songs is of type SS", result.stdout)
    assert json.loads(report.read_text())["items_refused"] == COUNT


def test_a_file_is_not_replaced_unawares(birds: Birds, tmp_path: Path) -> None:
    file = tmp_path / "birds.jsonl"
    file.write_text("mine\n")

    refused = birds.run("unload", birds.table, file)
    forced = birds.run("unload", birds.table, file, "--force", "--json")

    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert forced.exit_code == 0
    assert json.loads(forced.stdout)["items_written"] == COUNT
    assert file.read_text() != "mine\n"


def test_a_count_shows_the_older_count_beside_its_own(birds: Birds) -> None:
    result = birds.count("--rcu", "500", "--consistent")
    words = ("--filter", "#s < :few", "--value", ":few=N:9", "--name", "#s=size")
    some = birds.count(*words, "--json")

    assert result.exit_code == 0, result.stderr
    assert f"{birds.table}: 400 items in" in said(result.stdout)
    assert "which may be six hours old" in said(result.stdout)
    counted = json.loads(some.stdout)
    assert (counted["items"], counted["scanned"]) == (9, COUNT)


def test_a_table_is_copied_with_loads_own_report(birds: Birds, tmp_path: Path) -> None:
    target = make_table(birds.client, "name")
    words = ("--wcu", "1000", "--rcu", "1000", "--checkpoint", tmp_path / "copy.state")

    result = birds.run("copy", birds.table, target, *words, "--json")

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["items_written"] == COUNT
    assert result.stderr.startswith(f"copying table {birds.table} at {birds.url}")
    assert "read units of table" in result.stderr
    assert _sorted(scanned(birds.client, target)) == _sorted(
        scanned(birds.client, birds.table)
    )


def test_a_copy_reads_by_the_transport_that_was_named_as_well(
    birds: Birds, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[str | None] = []

    async def opened(*words: Any, **options: Any) -> Transport:  # noqa: ANN401 -- handed on
        wanted.append(options["wanted"])
        return await open_transport(*words, **options)

    monkeypatch.setattr("ddbbulk.reading.opening.open_transport", opened)
    target = make_table(birds.client, "name")

    result = birds.run("copy", birds.table, target, "--transport", "aioboto3")

    assert result.exit_code == 0, result.stderr
    assert set(wanted) == {"aioboto3"}


def test_a_table_is_not_copied_into_itself_by_another_name_of_its_server(
    birds: Birds,
) -> None:
    for url in (birds.url, birds.url.replace("127.0.0.1", "localhost")):
        result = birds.run("copy", birds.table, birds.table, "--to-endpoint-url", url)

        assert result.exit_code == 2, result.output
        assert "copied into itself" in said(result.stderr)


def test_an_unload_that_fails_says_where_what_was_read_is(
    birds: Birds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "birds.jsonl.gz"

    def fail(output: OutputFile, data: bytes) -> None:
        raise ConfigurationError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(OutputFile, "finish", lambda output: fail(output, b""))
        read = birds.run("unload", birds.table, file)
    with monkeypatch.context() as patch:
        patch.setattr(OutputFile, "write", fail)
        nothing_read = birds.run("unload", birds.table, tmp_path / "none.jsonl")

    assert (read.exit_code, nothing_read.exit_code) == (3, 3)
    assert f"what was read is in {file}.part" in said(read.stderr)
    part = gzip.decompress(Path(f"{file}.part").read_bytes())
    assert part.count(b"\n") == COUNT
    assert "what was read" not in nothing_read.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["birds.jsonl.gz.part"]


@pytest.mark.parametrize(
    "words",
    [
        ("unload", "birds", "same.jsonl"),
        ("load", "same.jsonl", "--table", "birds"),
        ("load", "other.jsonl", "--table", "birds", "--failures", "same.jsonl"),
        ("copy", "birds", "copy", "--checkpoint", "same.jsonl"),
        ("retry", "same.jsonl"),
    ],
)
def test_a_report_does_not_replace_another_file_of_the_command(
    words: tuple[str, ...],
    birds: Birds,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("same.jsonl").write_text('{"name": "bird"}\n')
    named = (birds.table if word == "birds" else word for word in words)

    result = birds.run(*named, "--report", tmp_path / "same.jsonl")

    assert result.exit_code == 2, result.output
    assert "name another file, so that it is not overwritten" in said(result.stderr)
    assert Path("same.jsonl").read_text() == '{"name": "bird"}\n'


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("unload", "nothing", "x.jsonl"), "there is no table nothing"),
        (("unload", "birds", "no/such/x.jsonl"), "cannot be opened"),
        (("unload", "birds", "-", "--json"), "--report FILE instead"),
        (("unload", "birds", "x", "--format", "csv"), "'csv': give dynamodb-json"),
        (("unload", "birds", "x", "--rcu", "fast"), "'fast': give a number or 'table'"),
        (("unload", "birds", "x", "--rcu", "0"), "read units a second are a number"),
        (("unload", "birds", "x", "--filter", "a > :b"), "--value ':b=N:5'"),
        (
            ("unload", "birds", "x", "--filter", "size > :b", "--value", ":b=N:5"),
            "--name '#n=ATTRIBUTE'",
        ),
        (("copy", "birds", "birds"), "copied into itself"),
        (("copy", "birds", "nothing"), "there is no table nothing"),
        (("copy", "nothing", "birds"), "there is no table nothing"),
    ],
)
def test_a_mistake_is_explained(
    words: tuple[str, ...],
    reason: str,
    birds: Birds,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    result = birds.run(*(birds.table if word == "birds" else word for word in words))

    assert result.exit_code == 2, result.output
    assert reason in said(result.stderr)
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words", [("unload", "users", "x.jsonl"), ("copy", "users", "copy", "--wcu", "5")]
)
def test_at_aws_a_budget_has_to_be_named(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, list(words))

    assert result.exit_code == 2
    assert "say what it may use: --rcu N" in said(result.stderr)


@pytest.mark.parametrize("command", ["unload", "copy"])
def test_the_help_teaches_by_examples(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])

    assert result.exit_code == 0
    _, _, examples = result.stdout.partition(" Examples ")
    assert examples.count(f"ddbbulk {command} ") >= 3


def _sorted(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(
        ({**item, "songs": {"SS": sorted(item["songs"]["SS"])}} for item in items),
        key=lambda item: str(item["name"]["S"]),
    )
