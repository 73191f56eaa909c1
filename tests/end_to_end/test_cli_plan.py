"""``ddbbulk plan`` as people and scripts run it."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Protocol

import pytest

from ddbbulk import PlanReport
from ddbbulk.simulator import Simulator
from tests.support.command_line import ddbbulk, ended, started_ddbbulk, typed
from tests.support.simulator_in_process import attribute_definitions, index, key_schema

FOLLOWS = "".join(
    json.dumps({"follower": f"@donald{n}", "followee": "@daisy"}) + "\n"
    for n in range(1_000)
)
SCHEMA = """
table = "follows"
partition_key = "follower"
[[global_indexes]]
name = "by_followee"
partition_key = "followee"
"""


class Run(Protocol):
    """Runs ``ddbbulk plan`` in ``tmp_path``, where ``follows.jsonl`` is."""

    def __call__(self, *arguments: str, stdin: bytes = b"") -> CompletedProcess[str]:
        """Return how it ended and what it printed."""
        ...


@pytest.fixture(name="simulator", scope="module")
def _simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture(name="client")
def _client(simulator: Simulator, dynamodb: Callable[[Simulator], Any]) -> Any:  # noqa: ANN401 -- boto3 makes its classes up
    """Give a client, and the table ``follows``: 200 WCU, its index 50."""
    client = dynamodb(simulator)
    if "follows" not in client.list_tables()["TableNames"]:
        by_followee = index("by_followee", key_schema("followee"))
        client.create_table(
            TableName="follows",
            KeySchema=key_schema("follower"),
            AttributeDefinitions=attribute_definitions(follower="S", followee="S"),
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 200},
            GlobalSecondaryIndexes=[
                by_followee
                | {
                    "ProvisionedThroughput": {
                        "ReadCapacityUnits": 5,
                        "WriteCapacityUnits": 50,
                    }
                }
            ],
        )
    return client


@pytest.fixture(name="plan")
def _plan(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", simulator.endpoint_url)
    (tmp_path / "follows.jsonl").write_text(FOLLOWS)
    (tmp_path / "follows.toml").write_text(SCHEMA)

    def run(*arguments: str, stdin: bytes = b"") -> CompletedProcess[str]:
        return typed("plan", *arguments, home=tmp_path, stdin=stdin)

    return run


def test_a_table_is_asked_what_it_is_and_nothing_is_written(
    plan: Run,
    client: Any,  # noqa: ANN401 -- boto3 makes its classes up
    simulator: Simulator,
) -> None:
    done = plan("follows.jsonl", "--table", "follows", "--json")
    assert done.returncode == 0, done.stderr
    report = PlanReport.model_validate_json(done.stdout)
    table, by_followee = report.resources
    assert (table.write_units.value, table.write_capacity) == (1_000, 200)
    assert (by_followee.write_units.value, by_followee.write_capacity) == (1_000, 50)
    assert by_followee.hot_keys[0].key == "@daisy"
    assert report.scenarios[0].seconds == 20
    assert report.scenarios[0].bound_by == "index by_followee"
    assert f"table follows at {simulator.endpoint_url}" in done.stderr
    assert client.scan(TableName="follows")["Count"] == 0


def test_a_process_plans_and_prints_a_sheet(
    plan: Run, client: object, simulator: Simulator, tmp_path: Path
) -> None:
    settings = {"AWS_ENDPOINT_URL_DYNAMODB": simulator.endpoint_url}
    words = ("plan", "follows.jsonl", "-t", "follows", "--finish-in", "10s")
    done = ddbbulk(*words, home=tmp_path, settings=settings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("follows.jsonl into follows\n1,000 items cost 1,000")
    assert "10.0 s: raise index by_followee to 104 WCU" in done.stdout
    assert "nothing is written" in done.stderr


def test_a_schema_file_needs_no_server(
    plan: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    file = tmp_path / "plan.json"
    done = plan("follows.jsonl", "--schema", "follows.toml", "--report", str(file))
    assert done.returncode == 0, done.stderr
    report = PlanReport.model_validate_json(file.read_text())
    assert [one.name for one in report.resources] == ["", "by_followee"]
    assert report.table == "follows"


def test_keys_alone_need_no_server_either(
    plan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    words = ("--key", "followee", "--key", "follower", "--wcu", "10", "--json")
    done = plan("-", "--format", "jsonl", *words, stdin=FOLLOWS.encode())
    assert done.returncode == 0, done.stderr
    report = PlanReport.model_validate_json(done.stdout)
    assert [one.wcu for one in report.scenarios] == [10]
    assert report.resources[0].hot_keys[0].key == "@daisy"


def test_rejected_items_make_the_exit_code_1(plan: Run, tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("follower,followee\na,b\n,c\nd\n")
    done = plan("some.csv", "--schema", "follows.toml")
    assert done.returncode == 1
    assert "1 rejected: MissingKey; some.csv, line 3: " in done.stdout
    assert "1 rejected: RaggedRow; some.csv, line 4: " in done.stdout


def test_a_sample_says_how_it_was_read(plan: Run) -> None:
    words = ("--key", "follower", "--sample", "100")
    done = plan("-", "--format", "jsonl", *words, stdin=FOLLOWS.encode())
    assert done.returncode == 0
    assert "100 items, read at its beginning" in done.stdout


def test_prices_can_be_replaced(plan: Run, tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("million_write_requests = 1000000\n")
    words = ("--schema", "follows.toml", "--prices", "prices.toml")
    done = plan("follows.jsonl", *words)
    assert "$2,000.00 for the write requests" in done.stdout


def test_keys_are_not_shown_where_that_is_asked(plan: Run) -> None:
    words = ("--schema", "follows.toml", "--redact-keys")
    sheet, document = (
        plan("follows.jsonl", *words),
        plan("follows.jsonl", *words, "--json"),
    )
    assert "(not shown)" in sheet.stdout
    assert "@daisy" not in sheet.stdout + document.stdout


def test_an_empty_file_is_told(plan: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    done = plan("empty.jsonl", "--schema", "follows.toml")
    assert done.returncode == 0
    assert "warning: empty.jsonl has no items" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "which table? Give --table NAME"),
        (("--schema", "follows.toml", "--key", "a"), "--schema and --key both say"),
        (("--schema", "no.toml"), "no.toml: cannot be read"),
        (("--table", "nowhere"), "nowhere"),
        (("--key", "a", "--wcu", "0"), "numbers above 0"),
        (("--key", "a", "--prices", "follows.toml"), "follows.toml: "),
        (("--key", "a", "--report", "none/plan.json"), "there is no directory"),
    ],
)
def test_what_cannot_work_is_said_without_a_traceback(
    plan: Run, words: tuple[str, ...], message: str
) -> None:
    done = plan("follows.jsonl", *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_source_that_breaks_off_is_told(plan: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00" + b"\x00" * 20)
    done = plan("cut.jsonl.gz", "--key", "a")
    assert done.returncode == 2
    assert "error: cut.jsonl.gz cannot be read to its end" in done.stderr


def test_ctrl_c_ends_a_plan_that_waits(plan: Run, tmp_path: Path) -> None:
    words = ("plan", "-", "--format", "jsonl", "--key", "follower")
    with started_ddbbulk(*words, home=tmp_path) as process:
        assert process.stderr is not None
        assert "nothing is written" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        code, _, err = ended(process)
    assert code == 130
    assert "interrupted; a plan writes nothing" in err
