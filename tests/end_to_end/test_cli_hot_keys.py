"""``ddbbulk load`` of items that all go to one partition key, on the simulator."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from ddbbulk.simulator import Simulator
from tests.support.command_line import ddbbulk
from tests.support.making_tables import make_table, scanned

COUNT = 2000
FOLLOWS = "follower,followee\n" + "".join(f"@donald{n},@daisy\n" for n in range(COUNT))


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def client(simulator: Simulator, dynamodb: Callable[[Simulator], Any]) -> Any:  # noqa: ANN401 -- boto3 makes its classes up at run time
    return dynamodb(simulator)


@pytest.fixture
def load(
    simulator: Simulator,
    client: Any,  # noqa: ANN401 -- as above
    tmp_path: Path,
) -> Callable[..., CompletedProcess[str]]:
    table = make_table(
        client,
        *("follower", "followee"),
        wcu=4000,
        index=("follows_index", "followee", "follower"),
    )
    (tmp_path / "follows.csv").write_text(FOLLOWS, encoding="utf-8")

    def run(*options: str) -> CompletedProcess[str]:
        done = ddbbulk(
            *("load", "follows.csv", "--table", table, *options),
            home=tmp_path,
            settings={"AWS_ENDPOINT_URL_DYNAMODB": simulator.endpoint_url},
        )
        assert len(scanned(client, table)) == COUNT
        return done

    return run


def test_follows_of_one_duck_are_paced_and_she_is_named(
    load: Callable[..., CompletedProcess[str]],
) -> None:
    done = load("--report", "report.json")
    assert done.returncode == 0, done.stderr
    assert "note: hot key @daisy of follows_index gets more than the 1,000 WCU" in (
        done.stderr
    )
    assert "bound by hot key @daisy of follows_index" in done.stdout
    assert "@daisy of follows_index: 100.0% of its units, 2.0 s at the least" in (
        " ".join(done.stdout.split())
    )
    assert "0 of them throttled" in done.stdout


def test_redacted_keys_and_their_order_are_left_alone(
    load: Callable[..., CompletedProcess[str]],
) -> None:
    done = load("--json", "--no-interleave", "--redact-keys")
    assert done.returncode == 0, done.stderr
    assert "hot key [redacted] of follows_index" in done.stderr
    assert "some of its writes will be throttled" in done.stderr
    report = json.loads(done.stdout)
    assert report["hot_keys"][0]["key"] == "[redacted]"
    assert report["hot_keys"][0]["write_units"] == COUNT
    assert report["throttled_requests"] > 0
    assert "daisy" not in done.stdout + done.stderr
