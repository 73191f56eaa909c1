"""A copy that is killed goes on, also where its source has changed meanwhile."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ddbbulk.report import LoadReport
from ddbbulk.simulator import Simulator
from tests.support.command_line import ddbbulk, ended, started_ddbbulk
from tests.support.making_tables import make_table, scanned

COUNT = 900


@pytest.fixture(scope="module", name="simulator")
def _simulator() -> Iterator[Simulator]:
    with Simulator(latency_ms=5) as running:
        yield running


def test_a_killed_copy_loses_nothing_of_a_table_in_use(
    simulator: Simulator, dynamodb: Callable[[Simulator], Any], tmp_path: Path
) -> None:
    client = dynamodb(simulator)
    source, target = make_table(client, "name"), make_table(client, "name")
    write(client, source, [put(f"bird{n}") for n in range(COUNT)])
    words = ["copy", source, target, "--endpoint-url", simulator.endpoint_url]
    words += ["--rcu", "400", "--checkpoint", "copy.state", "--json"]

    with started_ddbbulk(*words, "--wcu", "200", home=tmp_path) as process:
        until = time.monotonic() + 15
        while not bookmarked(tmp_path / "copy.state"):
            assert time.monotonic() < until, "no bookmark was kept"
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        code, _, _ = ended(process)
    gone = {item["name"]["S"] for item in scanned(client, target)[::3]}
    write(client, source, [delete(name) for name in sorted(gone)])
    write(client, source, [put(f"new{n}") for n in range(50)])
    again = ddbbulk(*words, "--wcu", "1000", home=tmp_path)

    assert code == -signal.SIGKILL
    assert again.returncode == 0, again.stderr
    report = LoadReport.model_validate_json(again.stdout)
    assert 0 < report.items_resumed < COUNT
    found = {item["name"]["S"] for item in scanned(client, target)}
    assert found >= {f"bird{n}" for n in range(COUNT)} - gone


def bookmarked(checkpoint: Path) -> int:
    """Return up to which position a checkpoint knows that all is done."""
    text = checkpoint.read_text() if checkpoint.exists() else ""
    bookmark = json.loads(text)["state"]["bookmark"] if text else None
    return bookmark["position"] if bookmark else 0


def write(client: Any, table: str, requests: list[dict[str, Any]]) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
    for first in range(0, len(requests), 25):
        left = {table: requests[first : first + 25]}
        while left:
            left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]


def put(name: str) -> dict[str, Any]:
    return {"PutRequest": {"Item": {"name": {"S": name}, "size": {"N": "1"}}}}


def delete(name: str) -> dict[str, Any]:
    return {"DeleteRequest": {"Key": {"name": {"S": name}}}}
