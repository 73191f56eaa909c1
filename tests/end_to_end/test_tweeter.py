"""The tweeter example as a process of its own, as `make demo` runs it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import ddbbulk
from ddbbulk.examples.tweeter.app import app
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.tables import (
    Capacity,
    create_request,
    follows_table,
    users_table,
)
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint
from tests.support.command_line import typed

Client = Callable[[HasEndpoint], Any]
# A run of Python's own handler, also where the tests run in the background of a shell.
INTERRUPTIBLE = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('ddbbulk.examples.tweeter', run_name='__main__')"
)


@dataclass(frozen=True)
class Loaded:
    """What a load of 1,000 left behind."""

    file: Path
    report: Path
    output: str


def _tweeter(
    *arguments: str, environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 -- our own module under our own interpreter
        [sys.executable, "-m", "ddbbulk.examples.tweeter", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("tweeter")
    file, report = folder / "tweeter.db", folder / "report.json"
    ran = _tweeter(
        *("--count", "1000", "--wcu", "1000", "--hash-per", "run"),
        *("--keep", str(file), "--report", str(report), "--latency-ms", "1"),
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Loaded(file, report, ran.stdout)


@pytest.fixture
def kept(loaded: Loaded, tmp_path: Path) -> Path:
    """A copy of the loaded tables, to be changed."""
    return Path(shutil.copy(loaded.file, tmp_path / "kept.db"))


@pytest.fixture
def look(dynamodb: Client) -> Callable[[Path, str], list[dict[str, Any]]]:
    """Scan a table of a kept file."""

    def scan(file: Path, table: str) -> list[dict[str, Any]]:
        with Simulator(data=file) as simulator:
            pages = dynamodb(simulator).get_paginator("scan").paginate(TableName=table)
            return [item for page in pages for item in page["Items"]]

    return scan


Look = Callable[[Path, str], list[dict[str, Any]]]


def _daisy(users: list[dict[str, Any]]) -> dict[str, Any]:
    (daisy,) = (user for user in users if user["alias"] == {"S": "@daisy"})
    return daisy


def test_the_first_line_names_endpoint_region_tables_and_budget(loaded: Loaded) -> None:
    first = loaded.output.splitlines()[0]

    assert first.startswith("http://127.0.0.1:")
    for part in ("us-east-1", "tweeter_user at 1000 WCU", "follows_index at 1000 WCU"):
        assert part in first


def test_without_a_terminal_a_line_comes_each_thousand(loaded: Loaded) -> None:
    lines = loaded.output.splitlines()

    assert lines.count("Created 1000 users") == 1
    assert lines.count("Created 1000 follows") == 1


def test_the_report_file_holds_both_loads(loaded: Loaded) -> None:
    reports = json.loads(loaded.report.read_text(encoding="utf-8"))

    assert list(reports) == ["users", "follows"]
    for report in reports.values():
        read = ddbbulk.LoadReport.model_validate(report)
        assert read.items_written == read.items_read == 1000
        assert read.budget == 1000


def test_it_says_what_the_simulator_counted_and_how_to_look(loaded: Loaded) -> None:
    assert "the simulator counted" in loaded.output
    assert f"ddbbulk simulate --data {loaded.file}" in loaded.output


def test_tables_are_raised_for_the_load_and_put_back() -> None:
    ran = _tweeter(
        *("--count", "100", "--wcu", "5", "--raise-to", "1000", "--index-wcu", "900"),
        *("--hash-per", "run", "--latency-ms", "1"),
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert any(
        line.startswith(
            "raised: tweeter_follow from 5 to 1,000 WCU, follows_index from 5 to 900 "
            "WCU. This costs $1.2285 an hour more"
        )
        for line in lines
    )
    usage = [line.split() for line in lines if line.startswith("  follows_index ")]
    assert usage[-1][3] == "900"  # units, highest second, budget
    assert any(
        line.startswith(
            "put back: tweeter_follow from 1,000 to 5 WCU, follows_index from 900 to 5"
        )
        for line in lines
    )


def test_users_follows_and_daisy_are_there(
    loaded: Loaded, kept: Path, look: Look
) -> None:
    users, follows = look(kept, "tweeter_user"), look(kept, "tweeter_follow")

    assert len(users) == 1001
    assert len(follows) == 1000
    daisy = _daisy(users)
    assert daisy["follower_count"] == {"N": "1000"}
    assert daisy["followee_count"] == {"N": "0"}
    assert daisy["first_name"] == {"S": "Daisy"}
    assert daisy["password_hash"]["S"].startswith("$2b$10$")


def test_a_second_run_doubles_nothing(kept: Path, look: Look) -> None:
    before = look(kept, "tweeter_user")

    ran = _tweeter(
        *("--count", "1000", "--wcu", "1000", "--hash-per", "run"),
        *("--keep", str(kept), "--latency-ms", "1"),
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert look(kept, "tweeter_user") == before


def test_clear_deletes_what_load_makes_and_counts_anew(kept: Path, look: Look) -> None:
    ran = _tweeter(
        *("clear", "--count", "900", "--wcu", "1000"),
        *("--keep", str(kept), "--latency-ms", "1"),
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    users = look(kept, "tweeter_user")
    assert {user["alias"]["S"] for user in users} == {
        "@daisy",
        *(f"@donald{number}" for number in range(901, 1001)),
    }
    assert _daisy(users)["follower_count"] == {"N": "100"}
    assert len(look(kept, "tweeter_follow")) == 100


def test_a_post_reaches_every_follower(kept: Path, look: Look) -> None:
    ran = _tweeter(
        *("post", "Quack!", "--wcu", "1000"),
        *("--keep", str(kept), "--latency-ms", "1"),
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "@daisy's status is in 1,000 feeds; that took" in ran.stdout
    feeds = look(kept, "tweeter_feed")
    assert {feed["follower_alias"]["S"] for feed in feeds} == {
        f"@donald{number}" for number in range(1, 1001)
    }
    assert {feed["post"]["S"] for feed in feeds} == {"Quack!"}


@pytest.mark.parametrize("command", [["clear"], ["post", "Quack!"]])
def test_a_command_for_tables_that_are_there_needs_to_know_where(
    command: list[str], tmp_path: Path
) -> None:
    ran = typed(*command, home=tmp_path, app=app)

    assert ran.returncode == 2
    assert "--keep" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["load", "--wcu", "0"], "--wcu 0"),
        (["load", "--raise-to", "0"], "--raise-to 0"),
        (["load", "--count", "-1"], "--count -1"),
        (["load", "--followee", "@donald7"], "one of the users"),
        (["load", "--keep", "a.db", "--aws"], "--aws and --keep"),
        (["load", "--report", "/nowhere/at/all.json"], "--report"),
        (["load", "--keep", "/nowhere/at/all.db"], "/nowhere/at"),
        (["load", "--endpoint-url", "http://127.0.0.1:9"], "could not be reached"),
        (["load", "--attribute", "alias"], "NAME=OTHER"),
        (["load", "--password", "x" * 73], "1 to 72"),
        (["post", "Quack!", "--wcu", "0", "--aws"], "--wcu 0"),
        (["laod"], "laod"),
    ],
    ids=lambda value: " ".join(value)[:24] if isinstance(value, list) else "",
)
def test_a_mistake_is_one_clear_message(
    arguments: list[str], complaint: str, tmp_path: Path
) -> None:
    ran = typed(*arguments, home=tmp_path, app=app)

    assert ran.returncode == 2
    assert complaint in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_proxy_for_the_world_outside_is_not_asked_for_the_simulator() -> None:
    proxy = "http://127.0.0.1:9"

    ran = _tweeter(
        *("--count", "10", "--hash-per", "run"),
        environment={"HTTP_PROXY": proxy, "http_proxy": proxy, "NO_PROXY": ""}
        | {"no_proxy": ""},
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def _create_tables(client: Any, *, index_wcu: float) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
    for table in (users_table(Names()), follows_table(Names())):
        client.create_table(**create_request(table, Capacity(200, index_wcu, 1000)))


def test_at_aws_it_says_account_and_cost_and_the_command_that_lowers_it(
    dynamodb: Client,
) -> None:
    with Simulator() as simulator:
        _create_tables(dynamodb(simulator), index_wcu=50)
        ran = _tweeter(
            *("--aws", "--yes", "--count", "50", "--hash-per", "run"),
            environment={"AWS_ENDPOINT_URL_DYNAMODB": simulator.endpoint_url},
        )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "AWS account 000000000000, region us-east-1: load 50 users" in ran.stdout
    assert "follows_index has 50 WCU" in ran.stderr
    assert "$0.2925 an hour" in ran.stdout
    assert "aws dynamodb update-table" in ran.stdout


def test_at_aws_nothing_is_written_unless_somebody_says_yes(
    dynamodb: Client, tmp_path: Path
) -> None:
    with Simulator() as simulator:
        client = dynamodb(simulator)
        _create_tables(client, index_wcu=50)
        settings = {"AWS_ENDPOINT_URL_DYNAMODB": simulator.endpoint_url}
        ran = typed("load", "--aws", home=tmp_path, settings=settings, app=app)
        items = client.scan(TableName="tweeter_user")["Count"]

    assert ran.returncode == 2
    assert "say --yes" in ran.stderr
    assert items == 0


def test_a_missing_table_is_told_with_the_command_that_creates_it(
    tmp_path: Path,
) -> None:
    with Simulator() as simulator:
        words = ("load", "--endpoint-url", simulator.endpoint_url)
        ran = typed(*words, home=tmp_path, app=app)

    assert ran.returncode == 2
    assert "aws dynamodb create-table" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_an_interrupt_reports_what_was_done_and_leaves_nothing_running(
    number: signal.Signals, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    with subprocess.Popen(  # noqa: S603 -- our own module under our own interpreter
        [
            *(sys.executable, "-c", INTERRUPTIBLE, "--count", "5000", "--wcu", "1000"),
            *("--hash-per", "run", "--report", str(report)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(maxsplit=1)[0]
        while process.stdout.readline() != "Created 1000 follows\n":
            assert process.poll() is None
        process.send_signal(number)
        output, errors = process.communicate()

    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    reports = json.loads(report.read_text(encoding="utf-8"))
    assert 1000 <= reports["follows"]["items_written"] < 5000
    assert "follows" in output
    address = urlsplit(url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname or "", address.port or 0)).close()


# What nothing can be told any more: kill -9, a machine that is short of memory.
KILLED = """
import os, pathlib, signal, sys
from ddbbulk.examples.tweeter.simulation import simulation
with simulation(file=pathlib.Path(sys.argv[1]), latency_ms=0):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_simulator_of_a_run_that_was_killed_leaves_its_file(tmp_path: Path) -> None:
    file = tmp_path / "tweeter.db"

    ran = subprocess.run(  # noqa: S603 -- the script is ours
        [sys.executable, "-c", KILLED, str(file)], check=False
    )

    assert ran.returncode == -signal.SIGKILL
    while _is_in_use(file):
        time.sleep(0.02)


def _is_in_use(file: Path) -> bool:
    try:
        with Simulator(data=file):
            return False
    except ddbbulk.ConfigurationError as error:
        return "locked" in str(error)
