import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import pytest
from botocore.exceptions import ClientError

import ddbbulk
from ddbbulk.aws.credentials import Credentials
from ddbbulk.examples.conversations.meter import Meter
from ddbbulk.examples.conversations.moments import START
from ddbbulk.examples.conversations.rows import GroupRow, Message, wire
from ddbbulk.examples.conversations.sending import (
    Conversation,
    Sending,
    transaction,
)
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.users import DAISY, DONALD
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import Screen

MESSAGE = Message("group", "2026-01-05T08:31", "uuid", "Quack", DAISY)
AT = "2026-01-05T08:30:00.000000+00:00"
ROWS = [
    GroupRow(DAISY.uuid, AT, "group", "Bread?", DONALD),
    GroupRow(DONALD.uuid, AT, "group", "Bread?", DAISY),
]
SENDING = Sending(
    text="Quack",
    uuid=UUID(int=7),
    moment=START + timedelta(minutes=5),
    sender=DAISY,
    receiver=None,
    group_uuid="group",
)


def _cancelled(*codes: str) -> ClientError:
    reasons = ", ".join(codes)
    message = f"Transaction cancelled, please refer … specific reasons [{reasons}]"
    return ClientError(
        {"Error": {"Code": "TransactionCanceledException", "Message": message}},
        "TransactWriteItems",
    )


class Table:
    """A client whose index and transactions answer as a test says.

    Args:
        views: what the index holds at each look; the last one stays.
        outcomes: of the transactions, likewise.
        stored: what stands where a message was to be put.
    """

    def __init__(
        self,
        views: list[list[GroupRow]],
        outcomes: list[ClientError | None],
        stored: Mapping[str, Any] | None = None,
    ) -> None:
        self._views = views
        self._outcomes = outcomes
        self._stored = stored
        self.transactions: list[dict[str, Any]] = []

    async def query(self, **_: object) -> dict[str, Any]:
        rows = self._views.pop(0) if len(self._views) > 1 else self._views[0]
        return {"Items": [wire(row.row) for row in rows]}

    async def get_item(self, **_: object) -> dict[str, Any]:
        return {"Item": self._stored} if self._stored else {}

    async def transact_write_items(self, **request: object) -> dict[str, Any]:
        self.transactions.append(request)
        outcome = (
            self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        )
        if outcome is not None:
            raise outcome
        return {}


def _stage(table: Table) -> Stage:
    connection = ddbbulk.connect(endpoint_url="http://127.0.0.1:1", region="us-east-1")
    connection.client = table
    connection._is_open = True
    connection.credentials = Credentials(None, AsyncMock())
    return Stage(
        table="t",
        place="nowhere",
        connection=connection,
        requests=Requests(connection, on_throttle=lambda _: None),
        meter=Meter(),
        screen=Screen(),
        is_aws=False,
        is_confirmed=False,
    )


def _times(table: Table) -> list[str]:
    return [
        request["TransactItems"][0]["Put"]["Item"]["sk"]["S"]
        for request in table.transactions
    ]


def test_a_message_replaces_both_group_rows() -> None:
    changes = transaction("t", MESSAGE, Conversation("group", (DAISY, DONALD), ROWS))

    assert [next(iter(change)) for change in changes] == [
        "Put",
        "Delete",
        "Delete",
        "Put",
        "Put",
    ]
    deleted = [change["Delete"]["Key"] for change in changes[1:3]]
    assert deleted == [
        {"pk": {"S": f"GRP#{user.uuid}"}, "sk": {"S": AT}} for user in (DAISY, DONALD)
    ]
    put = [change["Put"]["Item"] for change in changes[3:]]
    assert [item["user_uuid"]["S"] for item in put] == [DONALD.uuid, DAISY.uuid]
    assert {item["sk"]["S"] for item in put} == {"2026-01-05T08:31"}


def test_nothing_is_done_where_a_row_is_gone_or_a_key_is_taken() -> None:
    changes = transaction("t", MESSAGE, Conversation("group", (DAISY, DONALD), ROWS))

    conditions = [
        (kind, change["ConditionExpression"])
        for one in changes
        for kind, change in one.items()
    ]
    assert set(conditions) == {
        ("Put", "attribute_not_exists(pk)"),
        ("Delete", "attribute_exists(pk)"),
    }


async def test_whoever_was_slower_looks_again_and_sends_later() -> None:
    newer = [
        GroupRow(row.owner_uuid, "2026-01-05T08:40:00.000000+00:00", "group", "", user)
        for row, user in zip(ROWS, (DONALD, DAISY), strict=True)
    ]
    table = Table(
        [ROWS, newer], [_cancelled("None", "ConditionalCheckFailed", "None"), None]
    )

    assert await SENDING(_stage(table)) is ExitCode.COMPLETE

    assert _times(table) == [
        "2026-01-05T08:35:00.000000+00:00",
        "2026-01-05T08:40:00.000002+00:00",
    ]
    tokens = {request["ClientRequestToken"] for request in table.transactions}
    assert len(tokens) == 2


async def test_an_index_that_shows_one_side_alone_is_asked_again() -> None:
    table = Table([ROWS[:1], ROWS[1:], ROWS], [None])

    assert await SENDING(_stage(table)) is ExitCode.COMPLETE
    assert len(table.transactions) == 1


async def test_what_has_arrived_without_an_answer_is_not_sent_again() -> None:
    stored = {"message_uuid": {"S": str(SENDING.uuid)}}
    table = Table([ROWS], [_cancelled("ConditionalCheckFailed")], stored)

    assert await SENDING(_stage(table)) is ExitCode.COMPLETE
    assert len(table.transactions) == 1


async def test_what_no_other_time_would_change_is_said_at_once() -> None:
    table = Table([ROWS], [_cancelled("ValidationError", "None")])

    with pytest.raises(ddbbulk.RequestRejectedError, match="ValidationError"):
        await SENDING(_stage(table))
    assert len(table.transactions) == 1


async def test_a_writer_that_is_always_slower_gives_up_after_seconds() -> None:
    table = Table([ROWS], [_cancelled("None", "ConditionalCheckFailed")])
    before = asyncio.get_running_loop().time()

    with pytest.raises(ddbbulk.ConfigurationError, match="nothing was sent"):
        await SENDING(_stage(table))

    assert 20 <= asyncio.get_running_loop().time() - before < 25


async def test_a_conversation_of_others_is_no_place_to_send_to() -> None:
    table = Table([[]], [None])

    with pytest.raises(ddbbulk.ConfigurationError, match="has no conversation group"):
        await SENDING(_stage(table))
    assert table.transactions == []
