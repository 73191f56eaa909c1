"""The commands of conversations, in this process, on servers over HTTP."""

import asyncio
import itertools
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest

import ddbbulk
from ddbbulk.examples.conversations.conversing import Conversing
from ddbbulk.examples.conversations.forgetting import Forgetting
from ddbbulk.examples.conversations.generating import Generating
from ddbbulk.examples.conversations.inbox import Inbox
from ddbbulk.examples.conversations.meter import Meter
from ddbbulk.examples.conversations.moments import START
from ddbbulk.examples.conversations.rows import TABLE
from ddbbulk.examples.conversations.running import Job, run
from ddbbulk.examples.conversations.scanning import Scanning
from ddbbulk.examples.conversations.schema import create_request
from ddbbulk.examples.conversations.script import Line
from ddbbulk.examples.conversations.seeding import Seeding
from ddbbulk.examples.conversations.sending import Sending
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.tables import (
    Dropping,
    SchemaLoading,
    TableListing,
)
from ddbbulk.examples.conversations.users import DAISY, DONALD, User, group_uuid_of
from ddbbulk.examples.conversations.where import DATA_FILE, Where
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import Screen
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint
from tests.support.servers import Server

pytestmark = pytest.mark.integration

NOWHERE = "http://127.0.0.1:9"
GUSTAV = User(str(UUID(int=3)), "gustav", "Gustav Goose")
GROUP = group_uuid_of(DAISY.uuid, DONALD.uuid)
SCRIPT = [Line(0, "Quack?"), Line(1, "Quack!"), Line(0, "Bread?"), Line(1, "Later.")]
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Pond:
    """A table on a server, and both ways to it."""

    url: str
    table: str
    client: Any

    def run(self, job: Job, **where: Any) -> ExitCode:
        """Run a command to its end."""
        place = Where(endpoint_url=self.url, **where)
        return run(job, place, Screen(), table=self.table)

    def rows(self) -> list[dict[str, str]]:
        """Return all rows, in the order of their keys."""
        items = self.client.scan(TableName=self.table, ConsistentRead=True)["Items"]
        rows = [{name: value["S"] for name, value in item.items()} for item in items]
        return sorted(rows, key=lambda row: (row["pk"], row["sk"]))

    def group_rows(self) -> list[tuple[str, str, str]]:
        """Return owner, time and text of the group rows."""
        return [
            (row["pk"].removeprefix("GRP#"), row["sk"], row["message"])
            for row in self.rows()
            if row["pk"].startswith("GRP#")
        ]

    def texts(self) -> list[str]:
        """Return the messages."""
        return [
            row["message"] for row in self.rows() if row["pk"].startswith("MSG#")
        ]

    @asynccontextmanager
    async def stage(self) -> AsyncIterator[Stage]:
        """Give what commands work with, for several at a time."""
        async with ddbbulk.connect(endpoint_url=self.url) as connection:
            yield Stage(
                table=self.table,
                connection=connection,
                requests=Requests(connection, on_throttle=lambda _: None),
                meter=Meter(),
                screen=Screen(),
                is_aws=False,
                is_confirmed=True,
            )


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(burst_seconds=300.0) as running:
        yield running


def _pond(server: HasEndpoint, dynamodb: Callable[[HasEndpoint], Any]) -> Pond:
    table = f"conversations-{next(NUMBERS)}"
    client = dynamodb(server)
    client.create_table(**create_request(table, rcu=100, wcu=100))
    return Pond(server.endpoint_url, table, client)


@pytest.fixture
def pond(simulator: Simulator, dynamodb: Callable[[HasEndpoint], Any]) -> Pond:
    """A new table in the simulator."""
    return _pond(simulator, dynamodb)


@pytest.fixture(params=["simulator", "dynoxide"])
def any_pond(
    request: pytest.FixtureRequest, dynamodb: Callable[[HasEndpoint], Any]
) -> Pond:
    """A new table in the simulator, and one on a server of others."""
    return _pond(request.getfixturevalue(request.param), dynamodb)


def _seeding(script: list[Line], *users: User) -> Seeding:
    one, other = users or (DAISY, DONALD)
    return Seeding(script=script, users=(one, other), start=START, wcu=1000)


def _sending(text: str, sender: User = DAISY, receiver: User = DONALD) -> Sending:
    return Sending(
        text=text,
        uuid=uuid4(),
        moment=datetime.now(UTC),
        sender=sender,
        receiver=receiver,
        group_uuid=None,
    )


def _conversing(**options: Any) -> Conversing:
    defaults: dict[str, Any] = {
        "group_uuid": GROUP,
        "limit": 20,
        "page": 1,
        "since": None,
        "until": None,
        "is_json": False,
    }
    return Conversing(**defaults | options)


def test_the_schema_is_the_courses_and_loaded_once(
    simulator: Simulator,
    dynamodb: Callable[[HasEndpoint], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    pond = Pond(simulator.endpoint_url, TABLE, dynamodb(simulator))

    assert pond.run(SchemaLoading(rcu=5, wcu=5)) is ExitCode.COMPLETE
    assert pond.run(SchemaLoading(rcu=5, wcu=5)) is ExitCode.COMPLETE
    assert pond.run(TableListing()) is ExitCode.COMPLETE

    said = capsys.readouterr().out
    assert said.startswith(f"{simulator.endpoint_url}, us-east-1: table {TABLE}\n")
    assert "is there already" in said
    assert f"\n{TABLE}\n" in said
    described = pond.client.describe_table(TableName="cruddur-messages")["Table"]
    (index,) = described["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "message-group-sk-index"
    for part in (described, index):
        assert part["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
        assert part["ProvisionedThroughput"]["WriteCapacityUnits"] == 5


def test_a_table_of_another_kind_is_refused(
    simulator: Simulator,
    dynamodb: Callable[[HasEndpoint], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    pond = Pond(simulator.endpoint_url, "another-kind", dynamodb(simulator))
    request = create_request("another-kind", rcu=5, wcu=5)
    del request["GlobalSecondaryIndexes"], request["AttributeDefinitions"][0]
    pond.client.create_table(**request)

    assert pond.run(SchemaLoading(rcu=5, wcu=5)) is ExitCode.WRONG_SETTINGS
    assert pond.run(_seeding(SCRIPT)) is ExitCode.WRONG_SETTINGS
    assert capsys.readouterr().err.count("no index message-group-sk-index") == 2


def test_a_missing_table_is_told_with_the_command_that_creates_it(
    simulator: Simulator,
    dynamodb: Callable[[HasEndpoint], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    pond = Pond(simulator.endpoint_url, "not-there", dynamodb(simulator))

    for job in (_seeding(SCRIPT), Scanning(limit=None, is_json=False), Dropping()):
        assert pond.run(job) is ExitCode.WRONG_SETTINGS
        assert "schema-load" in capsys.readouterr().err


def test_to_seed_twice_changes_nothing(pond: Pond) -> None:
    assert pond.run(_seeding(SCRIPT)) is ExitCode.COMPLETE
    before = pond.rows()

    assert pond.run(_seeding(SCRIPT)) is ExitCode.COMPLETE

    assert pond.rows() == before
    assert len(before) == len(SCRIPT) + 2
    at = "2026-01-05T08:33:00.000000+00:00"
    assert sorted(pond.group_rows()) == sorted(
        [(DAISY.uuid, at, "Later."), (DONALD.uuid, at, "Later.")]
    )


def test_a_pair_with_a_group_by_another_id_keeps_it(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
    for owner, other in ((DAISY, DONALD), (DONALD, DAISY)):
        pond.client.put_item(
            TableName=pond.table,
            Item={
                "pk": {"S": f"GRP#{owner.uuid}"},
                "sk": {"S": "2025-03-01T10:00:00.000000+00:00"},
                "message_group_uuid": {"S": theirs},
                "message": {"S": "this is a filler message"},
                "user_uuid": {"S": other.uuid},
                "user_handle": {"S": other.handle},
                "user_display_name": {"S": other.name},
            },
        )

    assert pond.run(_seeding(SCRIPT)) is ExitCode.COMPLETE

    assert f"have the conversation {theirs} already" in capsys.readouterr().err
    assert {row["pk"] for row in pond.rows() if "message_uuid" in row} == {
        f"MSG#{theirs}"
    }
    assert len(pond.group_rows()) == 2


def test_a_conversation_is_read_from_its_end_page_by_page(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    pond.run(_seeding(SCRIPT))
    capsys.readouterr()

    assert pond.run(_conversing(group_uuid=None, limit=3)) is ExitCode.COMPLETE
    newest = capsys.readouterr().out
    assert "Daisy Duck (@daisy) and Donald Duck (@donald), in UTC" in newest
    assert newest.index("Quack!") < newest.index("Bread?") < newest.index("Later.")
    assert "Quack?" not in newest
    until = "2026-01-05T08:30:59.999999+00:00"
    assert f"older ones: get-conversation {GROUP} --until {until}" in newest
    assert newest.splitlines()[-1].startswith("consumed: ")
    assert "RCU of message-group-sk-index" in newest.splitlines()[-1]

    assert pond.run(_conversing(limit=3, page=2)) is ExitCode.COMPLETE
    assert "Quack?" in capsys.readouterr().out
    assert pond.run(_conversing(limit=3, page=9)) is ExitCode.COMPLETE
    assert "there is no page after 2" in capsys.readouterr().err


def test_a_conversation_is_read_between_two_times_in_json(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    pond.run(_seeding(SCRIPT))
    capsys.readouterr()
    minute = timedelta(minutes=1)
    place = Where(endpoint_url=pond.url)
    job = _conversing(since=START + minute, until=START + 2 * minute, is_json=True)

    assert run(job, place, Screen(), table=pond.table, is_data=True) == 0

    lines = capsys.readouterr().out.splitlines()
    assert ["Bread?" in line for line in lines] == [True, False]
    assert ["Quack!" in line for line in lines] == [False, True]


def test_conversations_are_listed_newest_first_and_by_year(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    pond.run(_seeding(SCRIPT[:2]))
    pond.run(_seeding(SCRIPT, DAISY, GUSTAV))
    capsys.readouterr()

    inbox = Inbox(user_uuid=DAISY.uuid, limit=20, year=None, is_json=False)
    assert pond.run(inbox) is ExitCode.COMPLETE
    said = capsys.readouterr().out
    assert said.index("Gustav Goose (@gustav)") < said.index("Donald Duck (@donald)")
    assert f"get-conversation {GROUP}" in said

    inbox = Inbox(user_uuid=DAISY.uuid, limit=1, year=2026, is_json=False)
    assert pond.run(inbox) is ExitCode.COMPLETE
    assert "a larger --limit" in capsys.readouterr().out
    inbox = Inbox(user_uuid=DAISY.uuid, limit=1, year=2025, is_json=False)
    assert pond.run(inbox) is ExitCode.COMPLETE
    assert "has no conversations of 2025 here" in capsys.readouterr().out


def test_a_scan_shows_rows_and_ends_where_it_is_told(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    pond.run(_seeding(SCRIPT))
    capsys.readouterr()

    assert pond.run(Scanning(limit=None, is_json=False)) is ExitCode.COMPLETE
    said = capsys.readouterr().out
    assert f"GRP#{DAISY.uuid}  2026-01-05T08:33:00.000000+00:00\n" in said
    assert "    with Donald Duck (@donald): Later.\n" in said
    assert "    Donald Duck (@donald): Quack!\n" in said
    assert "\n6 rows\n" in said

    assert pond.run(Scanning(limit=2, is_json=False)) is ExitCode.COMPLETE
    assert "\n2 rows; there is more" in capsys.readouterr().out


def test_generated_conversations_can_be_listed_and_read(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Generating(groups=6, messages=5, start=START, wcu=1000)

    assert pond.run(job) is ExitCode.COMPLETE

    said = capsys.readouterr().out
    assert "30 messages in 6 conversations of 4 users: 42 rows" in said
    assert len(pond.rows()) == 42
    assert len(pond.group_rows()) == 12


def test_a_message_replaces_both_group_rows(any_pond: Pond) -> None:
    any_pond.run(_seeding(SCRIPT))

    assert any_pond.run(_sending("Now?", DONALD, DAISY)) is ExitCode.COMPLETE

    rows = any_pond.group_rows()
    assert {(owner, text) for owner, _, text in rows} == {
        (DAISY.uuid, "Now?"),
        (DONALD.uuid, "Now?"),
    }
    assert len(rows) == 2
    assert any_pond.texts()[-1] == "Now?"
    before = any_pond.rows()
    any_pond.run(_seeding(SCRIPT))
    assert any_pond.rows() == before


def test_a_first_message_makes_a_conversation(
    any_pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    nameless = User(GUSTAV.uuid)

    assert any_pond.run(_sending("Honk", DAISY, nameless)) is ExitCode.WRONG_SETTINGS
    assert "write it as UUID,HANDLE,NAME" in capsys.readouterr().err
    assert any_pond.run(_sending("Honk", GUSTAV, DAISY)) is ExitCode.COMPLETE
    assert any_pond.run(_sending("Quack", DAISY, nameless)) is ExitCode.COMPLETE

    assert {(owner, text) for owner, _, text in any_pond.group_rows()} == {
        (DAISY.uuid, "Quack"),
        (GUSTAV.uuid, "Quack"),
    }
    assert any_pond.texts() == ["Honk", "Quack"]


def test_whoever_is_no_side_of_a_conversation_cannot_send_there(
    any_pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    any_pond.run(_seeding(SCRIPT))
    job = Sending(
        text="Let me in",
        uuid=uuid4(),
        moment=datetime.now(UTC),
        sender=GUSTAV,
        receiver=None,
        group_uuid=GROUP,
    )

    assert any_pond.run(job) is ExitCode.WRONG_SETTINGS
    assert f"has no conversation {GROUP} here" in capsys.readouterr().err
    assert any_pond.texts() == [line.text for line in SCRIPT]


async def test_messages_sent_at_once_all_arrive_and_leave_one_row_on_each_side(
    any_pond: Pond,
) -> None:
    texts = [f"{number}" for number in range(6)]
    sides = [(DAISY, DONALD), (DONALD, DAISY)] * 3

    async with any_pond.stage() as stage:
        jobs = [_sending(text, *two) for text, two in zip(texts, sides, strict=True)]
        await asyncio.gather(*(job(stage) for job in jobs))

    assert sorted(any_pond.texts()) == texts
    rows = any_pond.group_rows()
    assert {owner for owner, _, _ in rows} == {DAISY.uuid, DONALD.uuid}
    assert len(rows) == 2
    newest = max(row["sk"] for row in any_pond.rows() if "message_uuid" in row)
    assert {at for _, at, _ in rows} == {newest}


def test_a_forgotten_user_is_in_no_list_and_says_nothing_any_more(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    pond.run(_seeding(SCRIPT))
    pond.run(_seeding(SCRIPT, DAISY, GUSTAV))
    forgetting = Forgetting(user_uuid=DONALD.uuid, is_whole=False, wcu=1000)

    assert pond.run(forgetting) is ExitCode.WRONG_SETTINGS
    assert "say --yes" in capsys.readouterr().err
    assert len(pond.rows()) == 12
    assert pond.run(forgetting, is_confirmed=True) is ExitCode.COMPLETE

    said = capsys.readouterr()
    assert "2 group rows and 2 messages" in said.out
    assert "2 messages that others sent to them stay" in said.err
    assert not [row for row in pond.rows() if DONALD.uuid in row.values()]
    assert {owner for owner, _, _ in pond.group_rows()} == {DAISY.uuid, GUSTAV.uuid}
    assert len(pond.rows()) == 12 - 4
    assert pond.run(forgetting, is_confirmed=True) is ExitCode.COMPLETE
    assert "has no conversations here" in capsys.readouterr().out


def test_whole_conversations_are_forgotten_on_demand(pond: Pond) -> None:
    pond.run(_seeding(SCRIPT))
    forgetting = Forgetting(user_uuid=DONALD.uuid, is_whole=True, wcu=1000)

    assert pond.run(forgetting, is_confirmed=True) is ExitCode.COMPLETE
    assert pond.rows() == []


async def test_who_is_forgotten_while_messages_are_sent_leaves_nothing(
    any_pond: Pond,
) -> None:
    await asyncio.to_thread(any_pond.run, _seeding(SCRIPT * 10))
    async with any_pond.stage() as stage:

        async def go_on_sending() -> None:
            for number in itertools.count():
                job = Sending(
                    text=f"Are you there? {number}",
                    uuid=uuid4(),
                    moment=datetime.now(UTC),
                    sender=DAISY,
                    receiver=None,
                    group_uuid=GROUP,
                )
                await job(stage)

        forgetting = Forgetting(user_uuid=DAISY.uuid, is_whole=False, wcu=1000)
        sending = asyncio.create_task(go_on_sending())
        assert await forgetting(stage) is ExitCode.COMPLETE
        # The conversation is gone, and with it whoever could send there.
        with pytest.raises(ddbbulk.ConfigurationError, match="has no conversation"):
            await sending

    assert not [row for row in any_pond.rows() if DAISY.uuid in row.values()]
    assert any_pond.group_rows() == []


def test_a_table_is_dropped_when_somebody_says_so(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pond.run(Dropping()) is ExitCode.WRONG_SETTINGS
    assert "this deletes a table and nobody can be asked" in capsys.readouterr().err
    assert pond.table in pond.client.list_tables()["TableNames"]

    assert pond.run(Dropping(), is_confirmed=True) is ExitCode.COMPLETE
    assert pond.table not in pond.client.list_tables()["TableNames"]


def test_what_the_aws_settings_name_is_asked_about_first(
    pond: Pond, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", pond.url)

    code = run(_seeding(SCRIPT), Where(is_aws=True), Screen(), table=pond.table)

    assert code is ExitCode.WRONG_SETTINGS
    said = capsys.readouterr()
    assert "lead to" in said.err
    assert "this costs money and nobody can be asked: say --yes" in said.err
    assert "AWS account 000000000000, region us-east-1: write the 4 mess" in said.out
    assert pond.rows() == []


def test_the_dynamodb_of_this_machine_is_used_where_nothing_is_named(
    pond: Pond, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    where = Where(local_url=pond.url)

    assert run(_seeding(SCRIPT), where, Screen(), table=pond.table) == 0
    assert len(pond.rows()) == 6
    assert list(tmp_path.iterdir()) == []


class _Page(BaseHTTPRequestHandler):
    """Some other server that is often found at this port."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Hello</html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def other_server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_another_server_is_no_dynamodb_and_a_file_of_our_own_serves(
    other_server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    job = SchemaLoading(rcu=5, wcu=5)
    founding = Where(local_url=other_server, is_founding=True)

    assert run(job, founding, Screen(), table=TABLE) is ExitCode.COMPLETE

    said = capsys.readouterr()
    assert f"what answers at {other_server} is no DynamoDB: it is not used" in said.err
    assert f"made {DATA_FILE}" in said.err
    assert said.out.startswith(f"{DATA_FILE} (simulator), us-east-1: table ")
    assert stat.S_IMODE((tmp_path / DATA_FILE).stat().st_mode) == 0o600

    assert run(TableListing(), Where(local_url=NOWHERE), Screen(), table=TABLE) == 0
    assert f"\n{TABLE}\n" in capsys.readouterr().out


def test_a_first_command_that_has_nothing_to_look_at_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run(
        Scanning(limit=None, is_json=False),
        Where(local_url=NOWHERE),
        Screen(),
        table=TABLE,
    )

    assert code is ExitCode.WRONG_SETTINGS
    assert "begin with 'schema-load'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_another_command_uses_is_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pond.db"
    first = Simulator(data=file)
    first.start()
    told = Screen.tell
    place = Where(data=file)

    class Listener(Screen):
        def tell(self, kind: str, text: str) -> None:
            told(self, kind, text)
            first.stop()

    assert run(TableListing(), place, Listener(), table=TABLE) is ExitCode.COMPLETE
    assert f"another command uses {file}: waiting" in capsys.readouterr().err


def test_a_file_that_is_no_simulators_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE accounts(name)")
    database.close()
    before = file.read_bytes()

    code = run(
        SchemaLoading(rcu=5, wcu=5),
        Where(data=file, is_founding=True),
        Screen(),
        table=TABLE,
    )

    assert code is ExitCode.WRONG_SETTINGS
    assert "another program's database" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_the_server_of_others_is_used_alike(
    dynoxide: Server,
    dynamodb: Callable[[HasEndpoint], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    pond = _pond(dynoxide, dynamodb)

    for job in (_seeding(SCRIPT), _seeding(SCRIPT), _conversing()):
        assert pond.run(job) is ExitCode.COMPLETE

    assert len(pond.rows()) == 6
    assert "Later." in capsys.readouterr().out
