"""How fast ``ddbbulk load`` and ``retry`` are told to be, against the simulator."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Protocol

import pytest

from ddbbulk.simulator import Simulator
from tests.support.command_line import typed

ITEMS = "".join(f'{{"alias": "@donald{n}"}}\n' for n in range(300))
FAILED = {
    "table": "users",
    "item": {"alias": {"S": "@daisy"}},
    "operation": "put",
    "reason": "x",
    "message": "x",
    "attempts": 1,
    "position": 0,
}


class Run(Protocol):
    """Runs a command of ddbbulk in ``tmp_path``, on the simulator."""

    def __call__(self, *arguments: str) -> CompletedProcess[str]:
        """Return how it ended and what it printed."""
        ...


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def run(
    simulator: Simulator, dynamodb: Callable[[Simulator], Any], tmp_path: Path
) -> Iterator[Run]:
    client = dynamodb(simulator)
    client.create_table(
        TableName="users",
        KeySchema=[{"AttributeName": "alias", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "alias", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 400},
    )
    (tmp_path / "users.jsonl").write_text(ITEMS)

    def run(*arguments: str) -> CompletedProcess[str]:
        return typed(
            *arguments,
            home=tmp_path,
            settings={"AWS_ENDPOINT_URL_DYNAMODB": simulator.endpoint_url},
        )

    yield run
    client.delete_table(TableName="users")


def test_a_reserve_is_left_of_what_the_table_has(run: Run) -> None:
    done = run(
        *("load", "users.jsonl", "--table", "users", "--json"),
        *("--wcu", "table", "--reserve", "25%"),
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["budget"] == 300
    assert report["items_written"] == 300
    assert report["throttled_requests"] == 0
    assert report["verdict"] == "bound by the budget of the table: 300 WCU"


def test_an_adaptive_load_keeps_to_its_cap(run: Run) -> None:
    done = run(
        *("load", "users.jsonl", "--table", "users", "--json"),
        *("--wcu", "adaptive", "--max-wcu", "350"),
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["budget"] == 350
    assert report["items_written"] == 300


def test_without_a_cap_it_finds_out_what_there_is(run: Run) -> None:
    done = run("load", "users.jsonl", "--table", "users", "--json", "--wcu", "adaptive")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["items_written"] == 300
    assert report["budget"] > 400


def test_a_cap_on_a_rate_that_is_given_is_refused_before_anything_is_written(
    run: Run,
) -> None:
    refused = run(
        *("load", "users.jsonl", "--table", "users"), *("--wcu", "5", "--max-wcu", "9")
    )
    assert refused.returncode == 2
    assert "max_wcu bounds what is read from the table or found out" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_retry_takes_the_same_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "failed.jsonl"
    file.write_text(json.dumps(FAILED) + "\n")
    done = run("retry", "failed.jsonl", "--wcu", "adaptive", "--max-wcu", "50")
    assert done.returncode == 0, done.stderr
    assert file.read_text() == ""


@pytest.mark.parametrize("command", ["load", "retry"])
def test_a_load_at_aws_that_nothing_caps_is_not_begun_unasked(
    tmp_path: Path, command: str
) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text(json.dumps(FAILED) + "\n" if command == "retry" else ITEMS)
    where = ("--table", "users", "--key", "alias", "--region", "us-east-1")
    refused = typed(
        *(command, "users.jsonl", *where, "--wcu", "adaptive"), home=tmp_path
    )
    assert refused.returncode == 2
    assert "if table users is on demand" in refused.stderr
    assert "give --max-wcu N, or --yes" in refused.stderr
    assert "Traceback" not in refused.stderr
