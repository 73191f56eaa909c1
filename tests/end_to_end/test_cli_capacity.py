"""Loads that raise capacity, however they end, and ``ddbbulk capacity`` after them."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ddbbulk.capacity import NotePlace, read_note
from ddbbulk.capacity.note import written_out
from ddbbulk.cli import app
from ddbbulk.simulator import Simulator
from tests.support.capacity import note, raised
from tests.support.command_line import ddbbulk, ended, started_ddbbulk
from tests.support.making_tables import drop_table, make_table, wait_until_active

TEXT = "alias,team\n" + "".join(f"@donald{n},ducks\n" for n in range(3000))
FOUND = {"": 5, "by_team": 10}


class Users:
    """A table of the simulator, 5 WCU and an index of 10, and loads into it."""

    def __init__(self, simulator: Simulator, client: Any, home: Path) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
        self.table = make_table(
            client, "alias", wcu=5, index=("by_team", "team"), index_wcu=10
        )
        self.home = home
        self.url = simulator.endpoint_url
        self.client = client
        self._simulator = simulator

    def write(self) -> dict[str, int]:
        wait_until_active(self.client, self.table)
        table = self.client.describe_table(TableName=self.table)["Table"]
        (index,) = table["GlobalSecondaryIndexes"]
        return {
            "": table["ProvisionedThroughput"]["WriteCapacityUnits"],
            "by_team": index["ProvisionedThroughput"]["WriteCapacityUnits"],
        }

    def set(self, write: int) -> None:
        wait_until_active(self.client, self.table)
        units = {"ReadCapacityUnits": 1000, "WriteCapacityUnits": write}
        self.client.update_table(TableName=self.table, ProvisionedThroughput=units)
        wait_until_active(self.client, self.table)

    def words(self, *more: str) -> list[str]:
        words = ["load", "users.csv", "-t", self.table, "--endpoint-url", self.url]
        return [*words, "--raise-to", "400", *more]

    def run(self, *words: str) -> Result:
        """Run a command in this process: it is cheaper."""
        return CliRunner().invoke(app, list(words))

    def stopped(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal to a load that writes; return how it ended and what it said."""
        with started_ddbbulk(*self.words(), home=self.home) as process:
            until = time.monotonic() + 15
            stats = self._simulator.stats
            while stats()["tables"][self.table]["write_units"] < 200:
                assert time.monotonic() < until, "nothing was written"
                time.sleep(0.02)
            process.send_signal(number)
            code, _, err = ended(process)
        return code, err


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(update_seconds=0.05) as running:
        yield running


@pytest.fixture
def users(
    simulator: Simulator,
    dynamodb: Callable[[Simulator], Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Users]:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").write_text(TEXT)
    made = Users(simulator, dynamodb(simulator), tmp_path)
    yield made
    drop_table(made.client, made.table)


def test_a_load_raises_uses_and_puts_back_what_it_needs(users: Users) -> None:
    (users.home / "users.csv").write_text("alias,team\n@daisy,ducks\n")

    done = users.run(*users.words("--json"))

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["budget"] == 400
    assert users.write() == FOUND
    table = users.table
    assert (
        f"raised: table {table} from 5 WCU to 400 WCU, index by_team from 10 WCU to "
        "400 WCU. This costs $0.510"
    ) in done.stderr
    assert (
        f"put back: table {table} from 400 WCU to 5 WCU, index by_team from 400 WCU to "
        "10 WCU. The raise has cost about $0.0"
    ) in done.stderr
    assert "will throttle" not in done.stderr
    assert "may set the pace" not in done.stderr


def test_a_load_that_is_terminated_puts_back(users: Users) -> None:
    code, err = users.stopped(signal.SIGTERM)

    assert code == 130, err
    assert "put back: " in err
    assert "interrupted: " in err
    assert users.write() == FOUND


def test_what_a_killed_load_owes_is_said_and_put_back_by_command(users: Users) -> None:
    code, _ = users.stopped(signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert users.write() == {"": 400, "by_team": 400}

    words = ("capacity", "show", users.table, "--endpoint-url", users.url, "--json")
    shown = users.run(*words)
    assert "was raised and not put back" in shown.stderr
    document = json.loads(shown.stdout)
    assert document["resources"][0]["found_write_units"] == 5
    assert document["restore_note"].endswith(".json")
    other = users.run("load", "nothing.csv", "-t", "x", "--wcu", "1")
    assert (
        f"warning: table {users.table} at {users.url} was raised and not put back "
        f"({users.table} 5 WCU, by_team 10 WCU before): 'ddbbulk capacity restore "
        f"{users.table}'"
    ) in other.stderr
    restored = ddbbulk("capacity", "restore", home=users.home)
    assert restored.returncode == 0, restored.stderr
    assert f"put back: table {users.table} from 400 WCU to 5 WCU" in restored.stderr
    assert restored.stdout == ""
    assert users.write() == FOUND
    assert "nothing is raised" in users.run("capacity", "restore").stderr


def test_a_load_that_is_stopped_goes_on_with_its_checkpoint(users: Users) -> None:
    words = users.words("--checkpoint", "done.state", "--raise-index", "by_team=4000")

    stopped = users.run(*words, "--stop-after", "3s")
    words[words.index("400")] = "4000"
    done = users.run(*words)

    assert (stopped.exit_code, done.exit_code) == (3, 0), stopped.stderr + done.stderr
    assert "put back: " in stopped.stderr
    assert "items are done already: going on" in done.stderr
    assert users.write() == FOUND


def test_what_cannot_be_put_back_yet_ends_with_a_code_of_its_own(users: Users) -> None:
    (users.home / "users.csv").write_text("alias,team\n@daisy,ducks\n")
    for write in (9, 8, 7, 6, 5):
        users.set(write)

    done = users.run(*users.words())
    owed = users.run("capacity", "restore", users.table)
    refused = users.run(
        "capacity", "set", users.table, "--wcu", "9", "--endpoint-url", users.url
    )
    forgotten = users.run("capacity", "restore", users.table, "--forget")

    assert done.exit_code == 4, done.stderr
    assert f"error: table {users.table} is still raised: the service allows" in (
        done.stderr
    )
    assert "UTC. To put it back: ddbbulk capacity restore" in done.stderr
    assert owed.exit_code == 4
    assert "--wait-restore waits for it" in owed.stderr
    assert refused.exit_code == 2
    assert forgotten.exit_code == 0
    assert f"It had found: {users.table} 5, by_team 10" in forgotten.stderr
    assert users.write() == {"": 400, "by_team": 10}
    assert users.run("capacity", "restore", users.table).exit_code == 2


def test_capacity_is_shown_to_people_and_programs(users: Users) -> None:
    words = ("capacity", "show", users.table, "--endpoint-url", users.url)

    shown, told = users.run(*words), users.run(*words, "--json")

    assert shown.exit_code == told.exit_code == 0, shown.stderr + told.stderr
    lines = shown.stdout.splitlines()
    assert lines[1].split() == [users.table, "5", "1,000", "$0.1332"]
    assert lines[2].split() == ["by_team", "10", "1,000", "$0.1365"]
    document = json.loads(told.stdout)
    assert document["restore_note"] is None
    assert document["resources"][1] == {
        "index": "by_team",
        "read_units": 1000,
        "write_units": 10,
        "auto_scaling": None,
        "found_write_units": None,
    }


def test_capacity_is_set_to_stay(users: Users) -> None:
    words = ("capacity", "set", users.table, "--endpoint-url", users.url)

    done = users.run(*words, "--wcu", "25", "--index", "by_team=10")
    again = users.run(*words, "--wcu", "25")
    unknown = users.run(*words, "--index", "by_age=10")

    assert done.exit_code == 0, done.stderr
    assert f"setting the capacity of table {users.table} at {users.url}" in done.stderr
    assert f"set: table {users.table} from 5 WCU to 25 WCU. This costs $0.0130" in (
        done.stderr
    )
    assert "has that capacity already" in again.stderr
    assert unknown.exit_code == 2
    assert users.write() == {"": 25, "by_team": 10}


def test_a_table_on_demand_needs_a_budget_or_a_switch(users: Users) -> None:
    (users.home / "users.csv").write_text("alias,team\n@daisy,ducks\n")
    users.client.update_table(TableName=users.table, BillingMode="PAY_PER_REQUEST")
    wait_until_active(users.client, users.table)

    refused = users.run(*users.words())
    budgeted = users.run(*users.words("--wcu", "100"))
    switched = users.run(*users.words("--switch-on-demand", "20"))

    assert refused.exit_code == 2
    assert "is on demand: there is nothing to raise. Say by --wcu N" in refused.stderr
    assert budgeted.exit_code == 0, budgeted.stderr
    assert switched.exit_code == 0, switched.stderr
    assert "from on demand to 400 WCU" in switched.stderr
    assert users.write() == {"": 0, "by_team": 0}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--wait-restore"], "--wait-restore: only with --raise-to or --raise-index"),
        (["--raise-to", "0"], "write units a second are a number above 0"),
        (["--raise-index", "a=1", "--raise-index", "a=2"], "names a twice"),
        (["--raise-to", "5", "--prices", "none.toml"], "none.toml: cannot be read"),
    ],
)
def test_options_that_cannot_work_are_told(words: list[str], reason: str) -> None:
    done = CliRunner().invoke(app, ["load", "x", "-t", "users", "--wcu", "5", *words])

    assert done.exit_code == 2
    assert reason in " ".join(done.stderr.replace("│", " ").split())


def test_a_running_load_keeps_its_capacity_unless_forced(users: Users) -> None:
    with started_ddbbulk(*users.words(), home=users.home) as process:
        until = time.monotonic() + 15
        while users.write()[""] < 400:
            assert time.monotonic() < until, "it was not raised"
            time.sleep(0.02)
        kept = users.run("capacity", "restore")
        assert users.write()[""] == 400
        forced = users.run("capacity", "restore", "--force")
        assert users.write() == FOUND
        process.send_signal(signal.SIGINT)
        _, _, err = ended(process)

    assert kept.exit_code == 4
    assert f"stays raised for process {process.pid} on" in kept.stderr
    assert forced.exit_code == 0, forced.stderr
    assert "Traceback" not in err


def test_a_server_that_is_gone_is_told_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path))
    monkeypatch.setattr("ddbbulk.capacity.restoring._PATIENCE_SECONDS", 0.1)
    gone = note(raised(5, 1000))
    place = NotePlace.of(table="users", arn=gone.arn, endpoint_url=gone.endpoint_url)
    place.path.parent.mkdir()
    place.path.write_bytes(written_out(gone))

    words = ["capacity", "restore", "users"]
    done = CliRunner().invoke(app, words)
    forgotten = CliRunner().invoke(app, [*words, "--forget"])

    assert done.exit_code == 4
    assert f"putting back table users at {gone.endpoint_url}" in done.stderr
    assert "could not be reached" in done.stderr
    assert "ddbbulk capacity restore users --forget" in done.stderr
    assert forgotten.exit_code == 0
    assert read_note(place.path) is None
