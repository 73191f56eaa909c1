"""The commands of conversations, in this process, on servers over HTTP."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aioboto3
import pytest

import ddbbulk
from ddbbulk.examples.conversations.conversing import Conversing
from ddbbulk.examples.conversations.forgetting import Forgetting
from ddbbulk.examples.conversations.generating import Generating
from ddbbulk.examples.conversations.inbox import Inbox
from ddbbulk.examples.conversations.meter import Meter
from ddbbulk.examples.conversations.moments import START
from ddbbulk.examples.conversations.rows import TABLE
from ddbbulk.examples.conversations.running import Job
from ddbbulk.examples.conversations.scanning import Scanning
from ddbbulk.examples.conversations.schema import create_request
from ddbbulk.examples.conversations.script import Line
from ddbbulk.examples.conversations.seeding import Seeding
from ddbbulk.examples.conversations.sending import Sending
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.tables import (
    Dropping,
    SchemaLoading,
)
from ddbbulk.examples.conversations.users import DAISY, DONALD, User, group_uuid_of
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import Screen
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint

pytestmark = pytest.mark.integration

NOWHERE = "http://127.0.0.1:9"
GUSTAV = User(str(UUID(int=3)), "gustav", "Gustav Goose")
GROUP = group_uuid_of(DAISY.uuid, DONALD.uuid)
SCRIPT = [Line(0, "Quack?"), Line(1, "Quack!"), Line(0, "Bread?"), Line(1, "Later.")]
NUMBERS = itertools.count()
# It parses what botocore knows of DynamoDB once for all tests.
SESSION = aioboto3.Session("none", "none", region_name="us-east-1")
Client = Callable[[HasEndpoint], Any]


@dataclass(frozen=True)
class Pond:
    """A table on a server, and both ways to it."""

    stage: Stage
    client: Any

    @property
    def table(self) -> str:
        """Its name."""
        return self.stage.table

    async def do(self, job: Job, *, is_confirmed: bool = False) -> ExitCode:
        """Do what a command does, on the connection that is open."""
        return await job(replace(self.stage, is_confirmed=is_confirmed))

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
        return [row["message"] for row in self.rows() if row["pk"].startswith("MSG#")]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(burst_seconds=300.0) as running:
        yield running


@asynccontextmanager
async def _pond(
    server: HasEndpoint, dynamodb: Client, *, request: dict[str, Any] | None = None
) -> AsyncIterator[Pond]:
    client = dynamodb(server)
    table = f"conversations-{next(NUMBERS)}"
    made = request or create_request(table, rcu=100, wcu=100)
    client.create_table(**made | {"TableName": table})
    async with ddbbulk.connect(
        session=SESSION, endpoint_url=server.endpoint_url
    ) as connection:
        meter = Meter()
        requests = Requests(
            connection, on_throttle=lambda _: None, on_answer=meter.record
        )
        stage = Stage(
            table=table,
            place="a pond",
            connection=connection,
            requests=requests,
            meter=meter,
            screen=Screen(),
            is_aws=False,
            is_confirmed=False,
        )
        yield Pond(stage, client)


@pytest.fixture
async def pond(simulator: Simulator, dynamodb: Client) -> AsyncIterator[Pond]:
    """A new table in the simulator."""
    async with _pond(simulator, dynamodb) as made:
        yield made


@pytest.fixture(params=["simulator", "dynoxide"])
async def any_pond(
    request: pytest.FixtureRequest, dynamodb: Client
) -> AsyncIterator[Pond]:
    """A new table in the simulator, and one on a server of others."""
    server: HasEndpoint = request.getfixturevalue(request.param)
    async with _pond(server, dynamodb) as made:
        yield made


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


def _answering(text: str, sender: User) -> Sending:
    return Sending(
        text=text,
        uuid=uuid4(),
        moment=datetime.now(UTC),
        sender=sender,
        receiver=None,
        group_uuid=GROUP,
    )


def _conversing(**options: object) -> Conversing:
    defaults: dict[str, Any] = {
        "group_uuid": GROUP,
        "limit": 20,
        "page": 1,
        "since": None,
        "until": None,
        "is_json": False,
    }
    return Conversing(**defaults | options)


async def test_to_seed_twice_changes_nothing(pond: Pond) -> None:
    assert await pond.do(_seeding(SCRIPT)) is ExitCode.COMPLETE
    before = pond.rows()

    assert await pond.do(_seeding(SCRIPT)) is ExitCode.COMPLETE

    assert pond.rows() == before
    assert len(before) == len(SCRIPT) + 2
    at = "2026-01-05T08:33:00.000000+00:00"
    assert sorted(pond.group_rows()) == sorted(
        [(DAISY.uuid, at, "Later."), (DONALD.uuid, at, "Later.")]
    )


async def test_a_pair_with_a_group_by_another_id_keeps_it(
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

    assert await pond.do(_seeding(SCRIPT)) is ExitCode.COMPLETE

    assert f"have the conversation {theirs} already" in capsys.readouterr().err
    assert {row["pk"] for row in pond.rows() if "message_uuid" in row} == {
        f"MSG#{theirs}"
    }
    assert len(pond.group_rows()) == 2


async def test_a_conversation_is_read_from_its_end_page_by_page(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    await pond.do(_seeding(SCRIPT))
    capsys.readouterr()

    assert await pond.do(_conversing(group_uuid=None, limit=3)) is ExitCode.COMPLETE
    newest = capsys.readouterr().out
    assert "Daisy Duck (@daisy) and Donald Duck (@donald), in UTC" in newest
    assert newest.index("Quack!") < newest.index("Bread?") < newest.index("Later.")
    assert "Quack?" not in newest
    until = "2026-01-05T08:30:59.999999+00:00"
    assert f"older ones: get-conversation {GROUP} --until {until}" in newest
    assert "RCU of message-group-sk-index" in str(pond.stage.meter)

    assert await pond.do(_conversing(limit=3, page=2)) is ExitCode.COMPLETE
    assert "Quack?" in capsys.readouterr().out
    assert await pond.do(_conversing(limit=3, page=9)) is ExitCode.COMPLETE
    assert "there is no page after 2" in capsys.readouterr().err

    since = START + timedelta(minutes=1)
    assert await pond.do(_conversing(limit=3, since=since)) is ExitCode.COMPLETE
    assert "older ones" not in capsys.readouterr().out


async def test_a_conversation_is_read_between_two_times_in_json(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    await pond.do(_seeding(SCRIPT))
    capsys.readouterr()
    minute = timedelta(minutes=1)
    job = _conversing(since=START + minute, until=START + 2 * minute, is_json=True)

    assert await pond.do(job) is ExitCode.COMPLETE

    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["message"]["S"] for line in lines] == ["Bread?", "Quack!"]


async def test_conversations_are_listed_newest_first_and_by_year(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    await pond.do(_seeding(SCRIPT[:2]))
    await pond.do(_seeding(SCRIPT, DAISY, GUSTAV))
    capsys.readouterr()

    inbox = Inbox(user_uuid=DAISY.uuid, limit=20, year=None, is_json=False)
    assert await pond.do(inbox) is ExitCode.COMPLETE
    said = capsys.readouterr().out
    assert said.index("Gustav Goose (@gustav)") < said.index("Donald Duck (@donald)")
    assert f"get-conversation {GROUP}" in said

    inbox = Inbox(user_uuid=DAISY.uuid, limit=1, year=2026, is_json=False)
    assert await pond.do(inbox) is ExitCode.COMPLETE
    assert "a larger --limit" in capsys.readouterr().out
    inbox = Inbox(user_uuid=DAISY.uuid, limit=1, year=2025, is_json=False)
    assert await pond.do(inbox) is ExitCode.COMPLETE
    assert "has no conversations of 2025 here" in capsys.readouterr().out


async def test_a_scan_shows_rows_and_ends_where_it_is_told(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    await pond.do(_seeding(SCRIPT))
    capsys.readouterr()

    assert await pond.do(Scanning(limit=None, is_json=False)) is ExitCode.COMPLETE
    said = capsys.readouterr().out
    assert f"GRP#{DAISY.uuid}  2026-01-05T08:33:00.000000+00:00\n" in said
    assert "    with Donald Duck (@donald): Later.\n" in said
    assert "    Donald Duck (@donald): Quack!\n" in said
    assert "\n6 rows\n" in said

    assert await pond.do(Scanning(limit=2, is_json=False)) is ExitCode.COMPLETE
    assert "\n2 rows; there is more" in capsys.readouterr().out


async def test_generated_conversations_can_be_listed_and_read(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Generating(groups=6, messages=5, start=START, wcu=1000)

    assert await pond.do(job) is ExitCode.COMPLETE

    said = capsys.readouterr().out
    assert "30 messages in 6 conversations of 4 users: 42 rows" in said
    assert len(pond.rows()) == 42
    assert len(pond.group_rows()) == 12


async def test_a_message_replaces_both_group_rows(any_pond: Pond) -> None:
    await any_pond.do(_seeding(SCRIPT))

    assert await any_pond.do(_sending("Now?", DONALD, DAISY)) is ExitCode.COMPLETE

    rows = any_pond.group_rows()
    assert {(owner, text) for owner, _, text in rows} == {
        (DAISY.uuid, "Now?"),
        (DONALD.uuid, "Now?"),
    }
    assert len(rows) == 2
    assert any_pond.texts()[-1] == "Now?"
    before = any_pond.rows()
    await any_pond.do(_seeding(SCRIPT))
    assert any_pond.rows() == before


async def test_a_first_message_makes_a_conversation(any_pond: Pond) -> None:
    nameless = User(GUSTAV.uuid)

    with pytest.raises(ddbbulk.ConfigurationError, match="write it as UUID,HANDLE,NAM"):
        await any_pond.do(_sending("Honk", DAISY, nameless))
    assert await any_pond.do(_sending("Honk", GUSTAV, DAISY)) is ExitCode.COMPLETE
    assert await any_pond.do(_sending("Quack", DAISY, nameless)) is ExitCode.COMPLETE

    assert {(owner, text) for owner, _, text in any_pond.group_rows()} == {
        (DAISY.uuid, "Quack"),
        (GUSTAV.uuid, "Quack"),
    }
    assert any_pond.texts() == ["Honk", "Quack"]


async def test_whoever_is_no_side_of_a_conversation_cannot_send_there(
    pond: Pond,
) -> None:
    await pond.do(_seeding(SCRIPT))

    with pytest.raises(ddbbulk.ConfigurationError, match=f"no conversation {GROUP}"):
        await pond.do(_answering("Let me in", GUSTAV))
    assert pond.texts() == [line.text for line in SCRIPT]


@pytest.mark.parametrize("script", [[], SCRIPT], ids=["new", "old"])
async def test_messages_sent_at_once_all_arrive_and_leave_one_row_on_each_side(
    any_pond: Pond, script: list[Line]
) -> None:
    if script:
        await any_pond.do(_seeding(script))
    texts = [f"{number}" for number in range(4)]
    sides = [(DAISY, DONALD), (DONALD, DAISY)] * 2

    jobs = [_sending(text, *two) for text, two in zip(texts, sides, strict=True)]
    await asyncio.gather(*(any_pond.do(job) for job in jobs))

    assert sorted(any_pond.texts()[len(script) :]) == texts
    rows = any_pond.group_rows()
    assert sorted(owner for owner, _, _ in rows) == sorted([DAISY.uuid, DONALD.uuid])
    newest = max(row["sk"] for row in any_pond.rows() if "message_uuid" in row)
    assert {at for _, at, _ in rows} == {newest}


async def test_a_forgotten_user_is_in_no_list_and_says_nothing_any_more(
    pond: Pond, capsys: pytest.CaptureFixture[str]
) -> None:
    await pond.do(_seeding(SCRIPT))
    await pond.do(_seeding(SCRIPT, DAISY, GUSTAV))
    forgetting = Forgetting(user_uuid=DONALD.uuid, is_whole=False, wcu=1000)

    with pytest.raises(ddbbulk.ConfigurationError, match="say --yes"):
        await pond.do(forgetting)
    assert len(pond.rows()) == 12
    assert await pond.do(forgetting, is_confirmed=True) is ExitCode.COMPLETE

    said = capsys.readouterr()
    assert "2 group rows and 2 messages" in said.out
    assert "what others sent to them stays, 2 messages" in said.err
    assert not [row for row in pond.rows() if DONALD.uuid in row.values()]
    assert {owner for owner, _, _ in pond.group_rows()} == {DAISY.uuid, GUSTAV.uuid}
    assert len(pond.rows()) == 12 - 4
    assert await pond.do(forgetting) is ExitCode.COMPLETE
    assert "has no conversations here" in capsys.readouterr().out


async def test_whole_conversations_are_forgotten_on_demand(pond: Pond) -> None:
    await pond.do(_seeding(SCRIPT))
    forgetting = Forgetting(user_uuid=DONALD.uuid, is_whole=True, wcu=1000)

    assert await pond.do(forgetting, is_confirmed=True) is ExitCode.COMPLETE
    assert pond.rows() == []


async def test_who_is_forgotten_while_messages_are_sent_leaves_nothing(
    any_pond: Pond,
) -> None:
    await any_pond.do(_seeding(SCRIPT * 10))

    async def go_on_sending() -> None:
        for number in itertools.count():
            await any_pond.do(_answering(f"Are you there? {number}", DAISY))

    forgetting = Forgetting(user_uuid=DAISY.uuid, is_whole=False, wcu=1000)
    sending = asyncio.create_task(go_on_sending())
    assert await any_pond.do(forgetting, is_confirmed=True) is ExitCode.COMPLETE
    # The conversation is gone, and with it whoever could send there.
    with pytest.raises(ddbbulk.ConfigurationError, match="has no conversation"):
        await sending

    assert not [row for row in any_pond.rows() if DAISY.uuid in row.values()]
    assert any_pond.group_rows() == []


async def test_a_table_is_dropped_when_somebody_says_so(pond: Pond) -> None:
    with pytest.raises(ddbbulk.ConfigurationError, match="this deletes a table and no"):
        await pond.do(Dropping())
    assert pond.table in pond.client.list_tables()["TableNames"]

    assert await pond.do(Dropping(), is_confirmed=True) is ExitCode.COMPLETE
    assert pond.table not in pond.client.list_tables()["TableNames"]


async def test_a_table_of_another_kind_is_refused(
    simulator: Simulator, dynamodb: Client
) -> None:
    request = create_request(TABLE, rcu=5, wcu=5)
    del request["GlobalSecondaryIndexes"], request["AttributeDefinitions"][0]

    async with _pond(simulator, dynamodb, request=request) as pond:
        for job in (SchemaLoading(rcu=5, wcu=5), _seeding(SCRIPT)):
            with pytest.raises(ddbbulk.ConfigurationError, match="no index message-gr"):
                await pond.do(job)
