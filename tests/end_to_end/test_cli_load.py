"""``ddbbulk load`` as people and scripts run it, against the simulator."""

import gzip
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Protocol

import pytest

from ddbbulk.progress import PatientConsole
from ddbbulk.report import LoadReport
from ddbbulk.simulator import Simulator
from tests.support.command_line import ddbbulk, ended, started_ddbbulk, typed
from tests.support.simulator_in_process import attribute_definitions, index, key_schema

CSV = "alias,age\n" + "".join(f"@donald{n},{n}\n" for n in range(1, 101))


@dataclass(frozen=True, slots=True)
class Users:
    """The table ``users`` of the simulator."""

    client: Any

    def items(self) -> dict[str, dict[str, Any]]:
        """Return what is in it, by alias."""
        found = self.client.scan(TableName="users", ConsistentRead=True)["Items"]
        return {item["alias"]["S"]: item for item in found}


class Run(Protocol):
    """Runs ``ddbbulk load --table users``, in ``tmp_path``, on the simulator."""

    def __call__(self, *arguments: str, stdin: bytes = b"") -> CompletedProcess[str]:
        """Return how it ended and what it printed."""
        ...


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def users(
    simulator: Simulator, dynamodb: Callable[[Simulator], Any]
) -> Iterator[Users]:
    """The table, just created: 400 WCU, and the index ``by_age`` with as many."""
    client = dynamodb(simulator)
    units = {"ReadCapacityUnits": 400, "WriteCapacityUnits": 400}
    by_age = index("by_age", key_schema("age")) | {"ProvisionedThroughput": units}
    client.create_table(
        TableName="users",
        KeySchema=key_schema("alias"),
        AttributeDefinitions=attribute_definitions(alias="S", age="N"),
        ProvisionedThroughput=units,
        GlobalSecondaryIndexes=[by_age],
    )
    yield Users(client)
    client.delete_table(TableName="users")


@pytest.fixture
def load_in_a_process(users: Users, simulator: Simulator, tmp_path: Path) -> Run:
    def run(*arguments: str, stdin: bytes = b"") -> CompletedProcess[str]:
        return ddbbulk(
            *("load", "--table", "users", *arguments),
            home=tmp_path,
            stdin=stdin,
            settings={"AWS_ENDPOINT_URL_DYNAMODB": simulator.endpoint_url},
        )

    return run


@pytest.fixture
def load(
    users: Users, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", simulator.endpoint_url)

    def run(*arguments: str, stdin: bytes = b"") -> CompletedProcess[str]:
        return typed("load", "--table", "users", *arguments, home=tmp_path, stdin=stdin)

    return run


# What is loaded


@pytest.mark.parametrize("transport", ["direct", "aioboto3"])
def test_either_transport_carries_a_load(
    load: Run, users: Users, tmp_path: Path, transport: str
) -> None:
    (tmp_path / "users.csv").write_text(CSV)
    done = load("users.csv", "--types", "age=N", "--transport", transport, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["transport"] == transport
    assert len(users.items()) == 100


def test_a_csv_is_loaded_and_accounted_for(
    load_in_a_process: Run, users: Users, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text(CSV)

    done = load_in_a_process("users.csv", "--types", "age=N")

    assert done.returncode == 0, done.stderr
    assert users.items()["@donald7"] == {"alias": {"S": "@donald7"}, "age": {"N": "7"}}
    assert len(users.items()) == 100
    assert done.stdout.startswith("users: all 100 items written in ")
    first, second, *_ = done.stderr.splitlines()
    assert first == (
        f"loading users.csv into table users at {simulator.endpoint_url}, "
        "region us-east-1"
    )
    assert second == "table users: provisioned 400 WCU, by_age 400 WCU"


def test_several_files_are_loaded_one_after_the_other(
    load: Run, users: Users, tmp_path: Path
) -> None:
    lines = [json.dumps({"alias": "@a", "n": n}) + "\n" for n in range(30)]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress("".join(lines).encode()))
    (tmp_path / "b.jsonl").write_text('{"alias": "@a", "n": 1e400000}\n{"alias":"@b"}')

    done = load("a.jsonl.gz", "b.jsonl", "--json")

    report = LoadReport.model_validate_json(done.stdout)
    assert done.returncode == 1, done.stderr
    assert set(users.items()) == {"@a", "@b"}
    assert users.items()["@a"]["n"] == {"N": "29"}
    assert report.items_read == 32
    [rejection] = report.rejections
    assert rejection.where == "b.jsonl, line 1"


def test_standard_input_is_looked_at_without_losing_anything(
    load_in_a_process: Run, users: Users
) -> None:
    arguments = ("-", "--format", "csv", "--types", "age=N", "--json")

    done = load_in_a_process(*arguments, stdin=CSV.encode())

    assert done.returncode == 0, done.stderr
    assert LoadReport.model_validate_json(done.stdout).items_written == 100
    assert len(users.items()) == 100


def test_the_report_file_says_what_standard_output_says(
    load: Run, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text(CSV)

    done = load(
        "users.csv", "--types", "age=N", "--json", "--report", "r.json", "--wcu", "300"
    )

    report = LoadReport.model_validate_json((tmp_path / "r.json").read_text())
    assert report == LoadReport.model_validate_json(done.stdout)
    assert report.budget == 300
    assert report.index_budgets == {"by_age": 300}


def test_a_report_that_gets_lost_is_no_success_and_hides_nothing(
    load: Run, users: Users, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text(CSV)
    # What is to be replaced by the report becomes a folder once the load began.
    draft = tmp_path / f".report.json.{os.getpid()}.tmp"
    draft.mkdir()

    done = load("users.csv", "--types", "age=N", "--report", "report.json")

    assert done.returncode == 2
    assert done.stdout.startswith("users: all 100 items written")
    assert "error: --report report.json could not be written" in done.stderr
    assert len(users.items()) == 100


def test_an_account_that_nobody_can_be_given_is_no_success_and_no_bug(
    load: Run, users: Users, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "users.csv").write_text(CSV)

    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(
            "ddbbulk.cli.load.PatientConsole", lambda: PatientConsole(file=full)
        )
        done = load("users.csv", "--types", "age=N", "--report", "report.json")

    assert done.returncode == 2
    assert "error: standard output cannot be written: No space" in done.stderr
    assert "Traceback" not in done.stderr
    report = LoadReport.model_validate_json((tmp_path / "report.json").read_text())
    assert report.items_written == len(users.items()) == 100


def test_a_reader_who_hangs_up_changes_nothing(
    users: Users, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text(CSV)
    arguments = ("load", "users.csv", "-t", "users", "--types", "age=N")
    url = simulator.endpoint_url

    with started_ddbbulk(*arguments, "--endpoint-url", url, home=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=15) == 0

    assert len(users.items()) == 100


def test_keys_from_the_options_do_without_describetable(
    load: Run, users: Users, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text("alias\n@a\n")

    done = load("users.csv", "--key", "alias", "--wcu", "100")

    assert done.returncode == 0, done.stderr
    assert "table users: provisioned" not in done.stderr
    assert set(users.items()) == {"@a"}


def test_items_outside_an_index_are_noted(load: Run, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("alias\n@a\n")

    done = load("users.csv")

    assert done.returncode == 0
    assert (
        "note: none of the first items has age: such items do not appear in index"
        in (done.stderr)
    )


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ((), {"@a": "late", "@b": "late", "@c": "late"}),
        (("--mode", "insert"), {"@a": "early", "@b": "early", "@c": "late"}),
        (
            ("--mode", "newer", "--version-attribute", "age"),
            {"@a": "late", "@b": "early", "@c": "late"},
        ),
    ],
    ids=["put", "insert", "newer"],
)
def test_the_mode_says_what_becomes_of_items_that_are_there(
    mode: tuple[str, ...],
    names: dict[str, str],
    load: Run,
    users: Users,
    tmp_path: Path,
) -> None:
    rows = {"early": ["@a,1", "@b,5"], "late": ["@a,2", "@b,3", "@c,4"]}
    for name, lines in rows.items():
        content = "\n".join(f"{line},{name}" for line in lines)
        (tmp_path / f"{name}.csv").write_text(f"alias,age,name\n{content}\n")
    load("early.csv", "--types", "age=N")

    done = load("late.csv", "--types", "age=N", *mode, "--json")

    report = LoadReport.model_validate_json(done.stdout)
    assert done.returncode == 0, done.stderr
    stored = {alias: item["name"]["S"] for alias, item in users.items().items()}
    assert stored == names
    assert report.items_existing == list(names.values()).count("early")
    assert report.items_written == list(names.values()).count("late")


def test_an_empty_source_is_complete_and_noted(load: Run, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("alias,age\n")

    done = load("users.csv")

    assert done.returncode == 0, done.stderr
    assert "warning: users.csv has no items" in done.stderr
    assert done.stdout.startswith("users: 0 items written")


def test_progress_without_a_terminal_is_plain_lines(load: Run, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(CSV)

    done = load("users.csv", "--types", "age=N")

    assert all(line.isprintable() for line in done.stderr.splitlines())
    assert "users.csv: 100 items written, " in done.stderr


def test_the_name_of_a_file_steers_no_terminal(
    load_in_a_process: Run, tmp_path: Path
) -> None:
    name = b"\x1b[31m\xff.csv".decode(errors="surrogateescape")
    (tmp_path / name).write_text("alias\n@a\n@b,5\n")

    done = load_in_a_process(name, "--json")

    assert done.returncode == 1, done.stderr
    assert all(line.isprintable() for line in done.stderr.splitlines())
    [rejection] = LoadReport.model_validate_json(done.stdout).rejections
    assert rejection.where == r"\x1b[31m\udcff.csv, line 3"


# What cannot be loaded


def test_bad_rows_are_told_by_file_and_line_and_stop_nothing(
    load: Run, users: Users, tmp_path: Path
) -> None:
    text = b"alias,age\n@a,1\n@b\n@c,\xe9\n@d,4\n"
    (tmp_path / "users.csv").write_bytes(text)

    done = load("users.csv", "--types", "age=N")

    assert done.returncode == 1
    assert set(users.items()) == {"@a", "@d"}
    assert "4 read = 2 written + 2 rejected" in done.stdout
    assert "users.csv, line 3:" in done.stdout
    assert "users.csv, line 4:" in done.stdout


def test_a_broken_line_of_json_is_told_and_stops_nothing(
    load: Run, users: Users, tmp_path: Path
) -> None:
    (tmp_path / "users.jsonl").write_text('{"alias":"@a"}\n{"alias":\n{"alias":"@b"}\n')

    done = load("users.jsonl")

    assert done.returncode == 1
    assert set(users.items()) == {"@a", "@b"}
    assert "users.jsonl, line 2:" in done.stdout


def test_a_file_that_ends_midway_counts_what_was_before(
    load: Run, users: Users, tmp_path: Path
) -> None:
    whole = gzip.compress(CSV.encode())
    (tmp_path / "users.csv.gz").write_bytes(whole[: len(whole) // 2])

    done = load("users.csv.gz", "--types", "age=N", "--json")

    assert done.returncode == 3, done.stderr
    report = LoadReport.model_validate_json(done.stdout)
    assert report.items_written == report.items_read == len(users.items()) > 0
    assert "error: users.csv.gz cannot be read to its end" in done.stderr
    assert "Run the same command again" in done.stderr


def test_a_load_of_nothing_but_rejections_is_stopped(load: Run, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("alias,age\n" + "@a,old\n" * 5_000)

    done = load("users.csv", "--types", "age=N", "--json")

    assert done.returncode == 3
    report = LoadReport.model_validate_json(done.stdout)
    assert (report.items_rejected, report.items_written) == (1000, 0)
    assert "error: all of the first 1,000 items were rejected" in done.stderr


REFUSALS = {
    "no such table": ("load users.csv -t nobody", "there is no table nobody"),
    "no such file": ("load nobody.csv", "there is no file nobody.csv"),
    "no such index": (
        "load users.csv --types age=N --index-wcu by_name=5",
        "by_name, but table users has no such global index (it has: by_age)",
    ),
    "nobody listens": (
        "load users.csv --endpoint-url http://127.0.0.1:1",
        "127.0.0.1:1",
    ),
    "no endpoint": ("load users.csv --endpoint-url x", "http://host:port"),
    "wrong key": ("load other.csv", "What they have is: name, years"),
    "wrong type of an index key": ("load users.csv", "--types age=N"),
    "no such format": ("load users.csv --format xlsx", "no format 'xlsx'"),
    "no such type": ("load users.csv --types age=INT", "age"),
    "nowhere to report": ("load users.csv --report no/r.json", "no directory"),
    "no such mode": ("load users.csv --mode upsert", "give put, insert or newer"),
    "no version": ("load users.csv --mode newer", "--version-attribute"),
    "version of a key": (
        "load users.csv --types age=N --mode newer --version-attribute alias",
        "part of the key of users",
    ),
    "no such profile": ("load users.csv --profile nobody", "nobody"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_begin_says_why_in_one_line_and_writes_nothing(
    name: str, load: Run, simulator: Simulator, tmp_path: Path
) -> None:
    command, reason = REFUSALS[name]
    (tmp_path / "users.csv").write_text(CSV)
    (tmp_path / "other.csv").write_text("name,years\nDonald,90\n")

    done = load(*command.split()[1:])

    assert done.returncode == 2
    assert done.stdout == ""
    [error] = [line for line in done.stderr.splitlines() if "error: " in line]
    assert reason in error
    assert "Traceback" not in done.stderr
    assert simulator.stats()["tables"]["users"]["write_units"] == 0


def test_a_table_that_is_not_ready_is_not_written_to(
    dynamodb: Callable[[Simulator], Any], tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text(CSV)
    with Simulator(create_seconds=60) as simulator:
        dynamodb(simulator).create_table(
            TableName="users",
            KeySchema=key_schema("alias"),
            AttributeDefinitions=attribute_definitions(alias="S"),
            BillingMode="PAY_PER_REQUEST",
        )
        url = simulator.endpoint_url
        done = ddbbulk(
            "load", "users.csv", "-t", "users", "--endpoint-url", url, home=tmp_path
        )

    assert done.returncode == 2
    assert "error: table users is CREATING: wait until it is ACTIVE" in done.stderr


def test_aws_needs_a_budget_and_credentials(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(CSV)

    unasked = ddbbulk("load", "users.csv", "-t", "users", home=tmp_path)
    unknown = ddbbulk(
        *("load", "users.csv", "-t", "users", "--wcu", "5"),
        home=tmp_path,
        settings={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
    )

    assert unasked.returncode == unknown.returncode == 2
    assert "--wcu N" in unasked.stderr
    assert "--wcu table" in unasked.stderr
    assert "error: no usable AWS credentials" in unknown.stderr


# Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_load_is_accounted_for(
    number: signal.Signals, users: Users, simulator: Simulator, tmp_path: Path
) -> None:
    rows = "".join(f"@donald{n}\n" for n in range(10_000))
    (tmp_path / "users.csv").write_text("alias\n" + rows)
    arguments = ("load", "users.csv", "-t", "users", "--wcu", "100", "--json")
    url = simulator.endpoint_url

    with started_ddbbulk(*arguments, "--endpoint-url", url, home=tmp_path) as process:
        _wait_for_writes(simulator)
        process.send_signal(number)
        code, out, err = ended(process)

    report = LoadReport.model_validate_json(out)
    assert code == 130, err
    assert 0 < report.items_written < 10_000
    assert report.items_read == report.items_written + report.items_pending
    landed = simulator.stats()["tables"]["users"]["items"]
    assert report.items_written <= landed <= report.items_read
    assert f"interrupted: {report.items_written:,} items are written, " in err


def test_an_interrupt_ends_the_wait_for_standard_input(
    users: Users, simulator: Simulator, tmp_path: Path
) -> None:
    arguments = ("load", "-", "--format", "csv", "-t", "users", "--json")
    url = simulator.endpoint_url

    with started_ddbbulk(*arguments, "--endpoint-url", url, home=tmp_path) as process:
        assert process.stdin is not None
        process.stdin.write("alias\n@a\n@b\n@")
        process.stdin.flush()
        _wait_for_writes(simulator, units=2)
        process.send_signal(signal.SIGINT)
        # The pipe stays open: nothing but the signal can end this.
        code, out, err = ended(process)

    report = LoadReport.model_validate_json(out)
    assert code == 130, err
    assert (report.items_read, report.items_written) == (2, 2)


def _wait_for_writes(simulator: Simulator, *, units: int = 1) -> None:
    deadline = time.monotonic() + 15
    while simulator.stats()["tables"]["users"]["write_units"] < units:
        assert time.monotonic() < deadline, "nothing was written"
        time.sleep(0.02)
