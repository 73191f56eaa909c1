"""The conversations example as processes of their own, as a student runs it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ddbbulk.examples.conversations.moments import START
from ddbbulk.examples.conversations.rows import TABLE
from ddbbulk.examples.conversations.running import run
from ddbbulk.examples.conversations.schema import create_request
from ddbbulk.examples.conversations.script import own_script
from ddbbulk.examples.conversations.seeding import Seeding
from ddbbulk.examples.conversations.users import DAISY, DONALD
from ddbbulk.examples.conversations.where import Where
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import Screen
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint
from tests.support.servers import Server

# Four interpreters that start take long on a busy machine.
pytestmark = pytest.mark.timeout(60)
Client = Callable[[HasEndpoint], Any]


def _conversations(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 -- our own module under our own interpreter
        [sys.executable, "-m", "ddbbulk.examples.conversations", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _play(*where: str, folder: Path) -> list[str]:
    """Run the four commands of a first visit, and return what each said."""
    said: list[str] = []
    for command in (
        ["schema-load"],
        ["seed", "--wcu", "1000"],
        ["scan"],
        ["get-conversation"],
    ):
        ran = _conversations(*command, *where, folder=folder)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        said.append(ran.stdout)
    return said


@pytest.mark.parametrize("place", ["simulator", "dynoxide"])
def test_four_processes_make_seed_scan_and_read_one_table(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if place == "simulator":
        where = ["--data", str(tmp_path / "pond.db")]
    else:
        server: Server = request.getfixturevalue(place)
        where = ["--endpoint-url", server.endpoint_url]

    created, seeded, scanned, read = _play(*where, folder=tmp_path)

    count = len(own_script())
    assert f"created {TABLE} (5 RCU, 5 WCU)" in created
    assert f"{count} messages between Daisy Duck (@daisy) and Donald" in seeded
    assert f"\n{count + 2} rows\n" in scanned
    assert "it was very good bread." in read
    assert "─ Daisy Duck · 10:18 ─╮" in read
    for output in (seeded, scanned, read):
        assert output.splitlines()[-1].startswith("consumed: ")


def _items(client: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- boto3 makes its classes up at run time
    items: list[dict[str, Any]] = client.scan(TableName=TABLE)["Items"]
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def _seed(simulator: Simulator) -> None:
    job = Seeding(script=own_script(), users=(DAISY, DONALD), start=START, wcu=1000)
    where = Where(endpoint_url=simulator.endpoint_url)
    assert run(job, where, Screen(), table=TABLE) is ExitCode.COMPLETE


def test_a_seed_that_was_killed_and_run_again_is_one_clean_seed(
    dynamodb: Client, tmp_path: Path
) -> None:
    with Simulator() as clean, Simulator() as other:
        for simulator in (clean, other):
            request = create_request(TABLE, rcu=1000, wcu=1000)
            dynamodb(simulator).create_table(**request)
        _seed(clean)
        expected = _items(dynamodb(clean))
        with subprocess.Popen(  # noqa: S603 -- our own module under our own interpreter
            [
                *(sys.executable, "-m", "ddbbulk.examples.conversations", "seed"),
                *("--wcu", "20", "--endpoint-url", other.endpoint_url),
            ],
            stdout=subprocess.DEVNULL,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:
            while other.stats()["tables"][TABLE]["write_units"] < 10:
                assert process.poll() is None
            process.send_signal(signal.SIGKILL)
        left = _items(dynamodb(other))
        _seed(other)
        _seed(other)
        found = _items(dynamodb(other))

    assert 0 < len(left) < len(expected)
    assert found == expected
