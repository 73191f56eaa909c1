"""``ddbbulk table …`` and ``ddbbulk delete``, run in this process."""

import asyncio
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

import ddbbulk
import ddbbulk.recreation.inspection
import ddbbulk.recreation.recreating
import ddbbulk.tables
import ddbbulk.tables.creating
from ddbbulk.cli import (
    app,
    table_creating,
    table_dropping,
    table_listing,
    table_recreating,
)
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.errors import AccessDeniedError, ConnectionFailedError
from ddbbulk.simulator import Simulator
from ddbbulk.tables import TableDefinition, create_request
from tests.support.making_tables import drop_table, scanned, wait_until_active

pytestmark = pytest.mark.integration

SCHEMA = """
table = "users"
partition_key = "alias"
billing = "provisioned"
write_capacity = 4000
read_capacity = 2000
ttl_attribute = "expires_at"

[[global_indexes]]
name = "by_city"
partition_key = "city"
sort_key = "born:N"
projection = "KEYS_ONLY"
"""
ROWS = [{"alias": f"@donald{n}", "city": "Duckburg", "note": "x"} for n in range(60)]
USERS = "alias,city,note\n" + "".join(f"{','.join(row.values())}\n" for row in ROWS)


class Tables:
    """A simulator, and the command on it."""

    def __init__(self, simulator: Simulator, home: Path) -> None:
        self.home = home
        self.client: Any = boto3.client("dynamodb", endpoint_url=simulator.endpoint_url)
        self._url = simulator.endpoint_url
        self.file = home / "users.toml"
        self.file.write_text(SCHEMA)
        self.users = home / "users.csv"
        self.users.write_text(USERS)

    def run(self, *words: str | Path) -> Result:
        """Run a command, whatever comes of it."""
        arguments = [*map(str, words), "--endpoint-url", self._url]
        return CliRunner().invoke(app, arguments)

    def done(self, *words: str | Path) -> str:
        """Run a command that does all; return what it shows."""
        result = self.run(*words)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def refused(self, *words: str | Path) -> str:
        """Run a command that is refused; return why, on one line."""
        result = self.run(*words)
        assert result.exit_code == ExitCode.WRONG_SETTINGS, result.stderr
        assert "Traceback" not in result.stderr
        return " ".join(result.stderr.split())

    def names(self) -> list[str]:
        names: list[str] = self.client.list_tables()["TableNames"]
        return names

    def count(self, table: str = "users") -> int:
        return len(scanned(self.client, table))


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(update_seconds=0.05) as running:
        yield running


@pytest.fixture
def tables(simulator: Simulator, tmp_path: Path) -> Iterator[Tables]:
    """Have no tables in the end."""
    tables = Tables(simulator, tmp_path)
    yield tables
    for name in tables.names():
        if _is_protected(tables.client, name):
            tables.client.update_table(TableName=name, DeletionProtectionEnabled=False)
            wait_until_active(tables.client, name)
        drop_table(tables.client, name)
    tables.client.close()


def _is_protected(client: Any, name: str) -> bool:  # noqa: ANN401 -- boto3 makes its classes up at run time
    table = client.describe_table(TableName=name)["Table"]
    return bool(table["DeletionProtectionEnabled"])


@pytest.fixture
def users(tables: Tables) -> Tables:
    """Have a table of users that is full."""
    definition = TableDefinition.read(tables.file)
    tables.client.create_table(**create_request(definition, "users"))
    items = [{name: {"S": text} for name, text in row.items()} for row in ROWS]
    for start in range(0, len(items), 20):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 20]]
        tables.client.batch_write_item(RequestItems={"users": puts})
    return tables


def test_a_table_is_created_and_shown(tables: Tables) -> None:
    shown = tables.done("table", "create", tables.file)
    assert "users: ACTIVE" in shown
    assert "4,000 WCU, 2,000 RCU" in shown
    assert "expires_at" in shown
    assert "by_city" in shown
    made = tables.client.describe_table(TableName="users")["Table"]
    assert made["ProvisionedThroughput"]["WriteCapacityUnits"] == 4000


def test_another_name_goes_before_the_one_in_the_file(tables: Tables) -> None:
    tables.done("table", "create", tables.file, "--table", "users-dev")
    assert tables.names() == ["users-dev"]
    nameless = tables.home / "nameless.toml"
    nameless.write_text('partition_key = "pk"\n')
    assert "the table has no name" in tables.refused("table", "create", nameless)


def test_a_table_that_is_there_is_taken_only_if_that_was_asked_for(
    tables: Tables,
) -> None:
    tables.done("table", "create", tables.file)
    told = tables.refused("table", "create", tables.file)
    assert "there is a table users already, with this very definition" in told
    assert "--if-not-exists takes it as it is" in told
    assert "users: ACTIVE" in tables.done(
        "table", "create", tables.file, "--if-not-exists"
    )
    tables.file.write_text(SCHEMA.replace("2000", "2001"))
    again = tables.run("table", "create", tables.file, "--if-not-exists")
    assert again.exit_code == 0
    assert "2,000 RCU there, and 4,000 WCU and 2,001 RCU is wanted" in " ".join(
        again.stderr.split()
    )


def test_a_table_with_other_keys_is_never_taken(tables: Tables) -> None:
    tables.done("table", "create", tables.file)
    tables.file.write_text(SCHEMA.replace("born:N", "born:S"))
    told = tables.refused("table", "create", tables.file, "--if-not-exists")
    assert "index by_city is global by city (S) and born (N)" in told


def test_what_is_described_can_be_created_again(tables: Tables) -> None:
    tables.done("table", "create", tables.file)
    text = tables.done("table", "describe", "users", "--schema")
    other = tables.home / "other.toml"
    other.write_text(text)
    assert TableDefinition.read(other) == TableDefinition.read(tables.file)


def test_a_schema_file_says_what_it_lacks(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deny(*arguments: object) -> None:
        raise AccessDeniedError("dynamodb:DescribeTimeToLive is not allowed")

    monkeypatch.setattr(ddbbulk.recreation.inspection, "time_to_live", deny)
    result = users.run("table", "describe", "users", "--schema")
    assert (result.exit_code, "ttl_attribute" in result.stdout) == (0, False)
    assert "warning: left out: its time to live (if it has one: dynamodb:D" in (
        result.stderr
    )


def test_a_table_is_described_to_programs(users: Tables) -> None:
    document = json.loads(users.done("table", "describe", "users", "--json"))
    assert document["keys"] == [{"name": "alias", "type": "S"}]
    assert (document["items"], document["write_capacity"]) == (60, 4000)
    (index,) = document["indexes"]
    assert (index["name"], index["read_capacity"]) == ("by_city", 2000)
    assert document["also"] == {}


def test_tables_are_listed(users: Tables) -> None:
    assert users.done("table", "list") == "users\n"
    assert json.loads(users.done("table", "list", "--json")) == ["users"]
    assert "4,000" in users.done("table", "list", "--long")
    (one,) = json.loads(users.done("table", "list", "--long", "--json"))
    assert (one["table"], one["items"], one["indexes"]) == ("users", 60, ["by_city"])


def test_tables_that_may_not_be_described_do_not_hide_the_others(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def describe(
        connection: ddbbulk.Connection, name: str
    ) -> ddbbulk.TableDescription:
        if name == "secrets":
            raise AccessDeniedError("dynamodb:DescribeTable on table secrets")
        return await ddbbulk.describe_table(connection, name)

    users.done("table", "create", users.file, "--table", "secrets")
    monkeypatch.setattr(table_listing, "describe_table", describe)
    result = users.run("table", "list", "--long")
    assert result.exit_code == 0
    assert "users" in result.stdout
    assert "warning: dynamodb:DescribeTable on table secrets" in result.stderr


def test_no_tables_are_no_error(tables: Tables) -> None:
    result = tables.run("table", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "there are no tables at http://127.0.0.1" in result.stderr


def test_a_table_without_a_name_is_none(tables: Tables) -> None:
    assert "the table has no name" in tables.refused("table", "describe", "")


def test_nothing_is_dropped_without_a_word(users: Tables) -> None:
    told = users.refused("table", "drop", "users")
    assert "60 items" in told
    assert "say by --yes" in told
    assert "there is no table ghosts" in users.refused(
        "table", "drop", "users", "ghosts", "--yes"
    )
    assert users.count() == 60
    users.done("table", "drop", "users", "--yes")
    assert users.names() == []


def test_what_was_dropped_before_an_error_is_told(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = ddbbulk.tables.drop_table

    async def drop_users_only(connection: ddbbulk.Connection, name: str) -> None:
        if name != "users":
            raise AccessDeniedError(f"{name} may not be dropped")
        await drop(connection, name)

    users.done("table", "create", users.file, "--table", "other")
    monkeypatch.setattr(table_dropping, "drop_table", drop_users_only)
    result = users.run("table", "drop", "users", "other", "--yes")
    assert result.exit_code == ExitCode.STOPPED_EARLY
    assert "other may not be dropped" in result.stderr
    assert "users had been dropped before" in result.stderr
    assert users.names() == ["other"]


def test_an_interrupted_command_says_what_may_have_come_of_it(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupt(*arguments: object, **options: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(table_dropping, "drop_table", interrupt)
    monkeypatch.setattr(table_creating, "create_table", interrupt)
    dropped = users.run("table", "drop", "users", "--yes")
    created = users.run("table", "create", users.file, "--table", "other")
    assert dropped.exit_code == created.exit_code == ExitCode.INTERRUPTED
    assert "table users may go all the same" in dropped.stderr
    assert "table other may be there all the same, and its items not expire by" in (
        created.stderr
    )


def test_a_table_is_made_anew(users: Tables) -> None:
    assert "say by --yes" in users.refused("table", "recreate", "users")
    assert users.count() == 60
    result = users.run("table", "recreate", "users", "--yes")
    assert result.exit_code == 0
    told = " ".join(result.stderr.split())
    assert "carried over: keys, capacity, index by_city" in told
    assert "the definition of users is kept in" in told
    assert "users: ACTIVE" in result.stdout
    assert users.count() == 0


def test_what_a_table_has_got_while_it_was_asked_for_is_not_lost(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def confirm(name: str, **options: object) -> None:
        await asyncio.to_thread(
            users.client.update_continuous_backups,
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )

    monkeypatch.setattr(table_recreating, "confirm_name", confirm)
    assert "--lose pitr" in users.refused("table", "recreate", "users")
    assert users.count() == 60


def test_a_recreation_that_fails_midway_says_how_to_go_on(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*arguments: object) -> None:
        raise ConnectionFailedError("nobody answers")

    monkeypatch.setenv("DDBBULK_STATE_DIR", str(users.home / "state"))
    with monkeypatch.context() as patch:
        patch.setattr(ddbbulk.recreation.recreating, "create_table", fail)
        result = users.run("table", "recreate", "users", "--yes")
    assert result.exit_code == ExitCode.STOPPED_EARLY
    assert "error: nobody answers" in result.stderr
    assert users.names() == []
    command = result.stderr.splitlines()[-1].removeprefix("ddbbulk ")
    assert "users: ACTIVE" in users.done(*shlex.split(command))


def test_a_recreation_cut_off_before_the_time_to_live_loses_it_never(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*arguments: object) -> None:
        raise ConnectionFailedError("nobody answers")

    expiry = {"Enabled": True, "AttributeName": "expires_at"}
    users.client.update_time_to_live(TableName="users", TimeToLiveSpecification=expiry)
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(users.home / "state"))
    with monkeypatch.context() as patch:
        patch.setattr(ddbbulk.tables.creating, "set_time_to_live", fail)
        result = users.run("table", "recreate", "users", "--yes")
    assert result.exit_code == ExitCode.STOPPED_EARLY
    told = users.refused("table", "recreate", "users", "--yes")
    assert "ttl_attribute is nothing there, and expires_at is wanted" in told
    command = result.stderr.splitlines()[-1].removeprefix("ddbbulk ")
    assert "expire by" in users.done(*shlex.split(command))
    found = users.client.describe_time_to_live(TableName="users")
    assert found["TimeToLiveDescription"]["AttributeName"] == "expires_at"
    assert list((users.home / "state/tables").iterdir()) == []
    users.done("table", "recreate", "users", "--yes")


def test_a_drop_that_is_refused_keeps_no_definition(
    users: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*arguments: object) -> None:
        raise AccessDeniedError("dynamodb:DeleteTable is not allowed")

    monkeypatch.setenv("DDBBULK_STATE_DIR", str(users.home / "state"))
    monkeypatch.setattr(ddbbulk.recreation.recreating, "drop_table", refuse)
    told = users.refused("table", "recreate", "users", "--yes")
    assert told.endswith("error: dynamodb:DeleteTable is not allowed")
    assert list((users.home / "state/tables").iterdir()) == []


def test_a_table_is_cleared(users: Tables) -> None:
    told = users.refused("table", "clear", "users")
    assert "by a count up to six hours old) will be deleted from table users" in told
    assert "say by --yes" in told
    assert users.count() == 60
    result = users.run("table", "clear", "users", "--yes", "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["items_read"], report["items_written"]) == (60, 60)
    assert "read units in" in result.stderr
    assert users.count() == 0
    assert users.names() == ["users"]


def test_a_protected_table_is_left_alone(tables: Tables) -> None:
    tables.file.write_text(f"deletion_protection = true\n{SCHEMA}")
    tables.done("table", "create", tables.file)
    for command in ("drop", "recreate", "clear"):
        told = tables.refused("table", command, "users", "--yes")
        assert "table users has deletion protection" in told
    assert tables.names() == ["users"]


def test_the_items_whose_keys_are_in_a_file_are_deleted(users: Tables) -> None:
    gone = users.home / "gone.csv"
    gone.write_text("note,alias\na,@donald1\nb,@donald2\nc,@donald2\nd,@ghost\ne,\n")
    words = ("delete", gone, "-t", "users", "--failures", users.home / "failed.jsonl")
    assert "say by --yes" in users.refused(*words)
    assert users.count() == 60
    result = users.run(*words, "--yes")
    assert result.exit_code == ExitCode.SOME_REJECTED, result.stderr
    assert users.count() == 58
    assert "deleted" in result.stdout
    (line,) = (users.home / "failed.jsonl").read_text().splitlines()
    failed = json.loads(line)
    assert (failed["operation"], failed["position"]) == ("delete", 4)


def test_a_file_without_the_keys_is_refused_before_anybody_is_asked(
    users: Tables,
) -> None:
    gone = users.home / "gone.csv"
    gone.write_text("handle\n@donald1\n")
    told = users.refused("delete", gone, "-t", "users", "--yes")
    assert "no alias (S) in the first items" in told


def test_deletes_that_are_done_are_not_done_again(users: Tables) -> None:
    state = users.home / "gone.state"
    words = ("delete", users.users, "-t", "users", "--yes", "--checkpoint", state)
    users.done(*words)
    assert users.count() == 0
    assert "is done; remove it" in users.run(*words).stderr
    load = ("load", users.users, "-t", "users", "--checkpoint", state)
    assert "its purpose was delete, and is none" in users.refused(*load)


def test_at_aws_deletes_need_a_budget() -> None:
    runner = CliRunner()
    for words in (
        ["delete", "users.csv", "-t", "users"],
        ["table", "clear", "users"],
        ["table", "clear", "users", "--wcu", "5"],
    ):
        result = runner.invoke(app, words)
        assert result.exit_code == ExitCode.WRONG_SETTINGS
        assert "AWS, so say what it may use: --" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "command", ["create", "list", "describe", "drop", "recreate", "clear"]
)
def test_the_help_of_each_command_has_examples(command: str) -> None:
    result = CliRunner().invoke(app, ["table", command, "--help"])
    assert result.exit_code == 0
    _, _, examples = result.stdout.partition("Examples")
    assert examples.count(f"ddbbulk table {command} ") >= 2


def test_the_schema_file_of_the_help_is_one(tables: Tables) -> None:
    shown = CliRunner().invoke(app, ["table", "create", "--help"]).stdout
    _, _, rest = shown.partition("A schema file")
    sample, _, _ = rest.partition("'ddbbulk table describe")
    tables.file.write_text("\n".join(line.strip() for line in sample.splitlines()))
    definition = TableDefinition.read(tables.file)
    assert definition.partition_key.name == "alias"
    assert definition.global_indexes[0].name == "by_city"


def test_the_note_to_restore_by_is_told_as_what_it_is() -> None:
    shown = CliRunner().invoke(app, ["capacity", "restore", "--help"]).stdout
    text = " ".join(shown.replace("│", " ").split())
    assert "--restore-note FILE Put back what this note says" in text
