"""Loads that are stopped, killed and gone on with, on the simulator.

What is ended by a signal is a process of its own.
"""

import gzip
import json
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ddbbulk.report import LoadReport
from ddbbulk.simulator import Simulator
from tests.support.command_line import ended, started_ddbbulk, typed
from tests.support.making_tables import drop_table, make_table

COUNT = 3000
TEXT = "alias,age\n" + "".join(f"@donald{n},{n}\n" for n in range(COUNT))
ALL = {f"@donald{n}": str(n) for n in range(COUNT)}


class Users:
    """A new table of the simulator, and loads of ``users.csv`` into it."""

    def __init__(self, simulator: Simulator, client: Any, home: Path) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
        self.table: str = make_table(client, "alias")
        self.home = home
        self._simulator = simulator
        self._client = client

    def found(self) -> dict[str, str]:
        pages = self._client.get_paginator("scan").paginate(TableName=self.table)
        return {
            item["alias"]["S"]: item["age"]["S"]
            for page in pages
            for item in page["Items"]
        }

    def words(self, *more: str, source: str = "users.csv") -> list[str]:
        url = self._simulator.endpoint_url
        words = ["load", source, "-t", self.table, "--endpoint-url", url, "--json"]
        return [*words, "--checkpoint", "done.state", *more]

    def load(
        self, *more: str, source: str = "users.csv"
    ) -> subprocess.CompletedProcess[str]:
        return typed(*self.words(*more, source=source), home=self.home)

    def stopped(self, *more: str, signals: list[signal.Signals]) -> tuple[int, str]:
        """Send signals to a load once it writes; return its exit code and messages."""
        with started_ddbbulk(*self.words(*more), home=self.home) as process:
            until = time.monotonic() + 15
            before = self.write_units()
            while self.write_units() < before + 200:
                assert time.monotonic() < until, "nothing was written"
                time.sleep(0.02)
            for number in signals:
                process.send_signal(number)
            code, _, err = ended(process)
        return code, err

    def write_units(self) -> float:
        units: float = self._simulator.stats()["tables"][self.table]["write_units"]
        return units

    def drop(self) -> None:
        drop_table(self._client, self.table)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(latency_ms=5) as running:
        yield running


@pytest.fixture
def users(
    simulator: Simulator, dynamodb: Callable[[Simulator], Any], tmp_path: Path
) -> Iterator[Users]:
    (tmp_path / "users.csv").write_text(TEXT)
    made = Users(simulator, dynamodb(simulator), tmp_path)
    yield made
    made.drop()


def report_of(done: subprocess.CompletedProcess[str]) -> LoadReport:
    return LoadReport.model_validate_json(done.stdout)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_load_prints_the_command_that_goes_on(
    users: Users, number: signal.Signals
) -> None:
    code, err = users.stopped("--wcu", "400", signals=[number])

    assert code == 130, err
    command = err.strip().splitlines()[-1]
    assert command.startswith("ddbbulk load users.csv")
    again = typed(*shlex.split(command)[1:], home=users.home)
    assert again.returncode == 0, again.stderr
    report = report_of(again)
    assert report.items_read == report.items_written == COUNT
    assert 0 < report.items_resumed < COUNT
    assert users.write_units() == COUNT  # nothing was written twice
    assert users.found() == ALL


def test_a_killed_load_goes_on_and_skips_nothing(users: Users) -> None:
    for _ in range(3):
        code, _ = users.stopped("--wcu", "400", signals=[signal.SIGKILL])
        assert code == -signal.SIGKILL

    again = users.load("--wcu", "4000")

    assert again.returncode == 0, again.stderr
    assert report_of(again).items_written == COUNT
    assert users.found() == ALL


def test_a_second_interrupt_ends_at_once_and_a_resume_loses_nothing(
    users: Users,
) -> None:
    code, _ = users.stopped("--wcu", "400", signals=[signal.SIGINT] * 2)
    again = users.load("--wcu", "4000")

    assert code in (130, -signal.SIGINT)
    assert again.returncode == 0, again.stderr
    assert users.found() == ALL


def test_a_load_stops_in_time_and_goes_on(users: Users) -> None:
    done = users.load("--wcu", "400", "--stop-after", "2s")

    assert done.returncode == 3, done.stderr
    assert "note: the time for this load is over" in done.stderr
    assert "error:" not in done.stderr
    assert "--stop-after 2s" in done.stderr.splitlines()[-1]
    first = report_of(done)
    again = users.load("--wcu", "4000")
    assert again.returncode == 0, again.stderr
    assert report_of(again).items_resumed == first.items_written
    assert f"{first.items_written:,} items are done already" in again.stderr
    assert users.write_units() == COUNT
    assert users.found() == ALL


def test_a_finished_load_is_not_done_again(users: Users) -> None:
    assert users.load("--wcu", "4000").returncode == 0
    again = users.load("--wcu", "4000")

    assert again.returncode == 0
    assert report_of(again).requests == 0
    assert "note: done.state says that this load is done; remove it" in again.stderr
    assert users.write_units() == COUNT


def test_a_checkpoint_is_for_one_process_at_a_time(users: Users) -> None:
    with started_ddbbulk(*users.words("--wcu", "400"), home=users.home) as process:
        while users.write_units() < 200:
            assert process.poll() is None
            time.sleep(0.02)
        second = users.load("--wcu", "400")
        process.send_signal(signal.SIGTERM)
        ended(process)

    assert second.returncode == 2
    assert "checkpoint done.state is in use by another load" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_gzipped_file_is_read_again_and_skipped(users: Users) -> None:
    (users.home / "users.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    done = users.load("--wcu", "400", "--stop-after", "2s", source="users.csv.gz")
    again = users.load("--wcu", "4000", source="users.csv.gz")

    assert (done.returncode, again.returncode) == (3, 0)
    assert users.write_units() == COUNT
    assert users.found() == ALL


def test_rejected_items_are_counted_once_over_all_runs(users: Users) -> None:
    (users.home / "users.csv").write_text(TEXT + "too,many,cells\n" * 7)
    failures = ("--failures", "failed.jsonl")
    done = users.load("--wcu", "400", *failures, "--stop-after", "2s")
    again = users.load("--wcu", "4000", *failures)

    assert (done.returncode, again.returncode) == (3, 1)
    report = report_of(again)
    assert (report.items_read, report.items_rejected) == (COUNT + 7, 7)
    lines = (users.home / "failed.jsonl").read_text().splitlines()
    assert [json.loads(line)["position"] for line in lines] == [
        *range(COUNT, COUNT + 7)
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("--types", "age=N"), "another source (its types changed)"),
        (("--table", "others"), "is of table"),
        (("--empty", "null"), "another source (its empty was omit, and is null)"),
    ],
    ids=["types", "table", "empty"],
)
def test_what_is_not_the_same_load_is_refused(
    users: Users,
    change: tuple[str, ...],
    says: str,
    simulator: Simulator,
    dynamodb: Callable[[Simulator], Any],
) -> None:
    client = dynamodb(simulator)
    make_table(client, "alias", name="others")
    users.load("--wcu", "400", "--stop-after", "1s")
    state = (users.home / "done.state").read_bytes()
    done = users.load("--wcu", "400", *change)
    drop_table(client, "others")

    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert says in done.stderr
    assert (users.home / "done.state").read_bytes() == state


def test_a_table_that_was_created_anew_is_not_the_same(
    users: Users, simulator: Simulator, dynamodb: Callable[[Simulator], Any]
) -> None:
    users.load("--wcu", "400", "--stop-after", "1s")
    client = dynamodb(simulator)
    drop_table(client, users.table)
    make_table(client, "alias", name=users.table)
    done = users.load("--wcu", "400")

    assert done.returncode == 2
    assert "was created anew since" in done.stderr


def test_standard_input_is_refused_before_anybody_waits(users: Users) -> None:
    words = users.words("--format", "csv", "--wcu", "400", source="-")
    with started_ddbbulk(*words, home=users.home) as process:
        # The pipe stays open.
        assert process.wait(10) == 2
        assert process.stderr is not None
        assert "can be read only once" in process.stderr.read()
    assert not (users.home / "done.state").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--stop-after soon", "write it like 6h"),
        ("--stop-after 0s", "a time above 0"),
        ("--stop-at tomorrow", "write it like 06:00"),
        ("--stop-at 2001-01-01T00:00", "is over"),
        ("--checkpoint no/done.state", "cannot be opened: No such file"),
    ],
)
def test_a_mistake_is_told_with_its_mending(
    users: Users, words: str, says: str
) -> None:
    done = users.load("--wcu", "400", *words.split())

    assert done.returncode == 2
    # The box that typer draws breaks lines.
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert users.write_units() == 0
