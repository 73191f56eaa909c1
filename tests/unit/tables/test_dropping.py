"""Tables that are dropped: answers that get lost, and others who are at it as well."""

from collections.abc import Iterator
from typing import Any

import pytest

from ddbbulk import AccessDeniedError, connect, drop_table
from tests.support.scripted_server import Script, scripted

BUSY = Script.error("ResourceInUseException", "Table is being changed: ducks")
NONE = Script.error("ResourceNotFoundException")
LOST = Script(hangs_up=True)
DONE = Script()


def ducks(status: str = "ACTIVE", *, table_id: str = "1") -> Script:
    table = {
        "TableName": "ducks",
        "TableStatus": status,
        "TableId": table_id,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    }
    return Script(body={"Table": table})


async def dropped(*, described: list[Script], deleted: list[Script]) -> list[str]:
    """Drop a table at a server that answers so; return what it was asked."""
    answers: dict[str, Iterator[Script]] = {
        "DescribeTable": iter(described),
        "DeleteTable": iter(deleted),
    }

    def answer(operation: str, body: dict[str, Any]) -> Script:
        assert body == {"TableName": "ducks"}
        return next(answers[operation])

    async with (
        scripted(answer) as server,
        connect(endpoint_url=server.endpoint_url) as connection,
    ):
        await drop_table(connection, "ducks")
    assert all(next(rest, None) is None for rest in answers.values())
    return [operation for operation, _ in server.requests]


async def test_a_lost_answer_was_a_drop() -> None:
    await dropped(described=[ducks(), NONE], deleted=[LOST, NONE])


async def test_a_table_that_is_going_already_is_no_error() -> None:
    await dropped(
        described=[ducks(), ducks("DELETING"), ducks("DELETING"), NONE],
        deleted=[LOST, BUSY],
    )


async def test_a_table_that_is_changed_is_dropped_afterwards() -> None:
    asked = await dropped(
        described=[ducks(), ducks("UPDATING"), ducks("UPDATING"), ducks(), NONE],
        deleted=[BUSY, LOST, NONE],
    )
    assert asked.count("DeleteTable") == 3


async def test_a_table_that_goes_while_its_change_is_awaited_is_gone() -> None:
    await dropped(
        described=[ducks(), ducks("UPDATING"), ducks("DELETING"), NONE],
        deleted=[BUSY, NONE],
    )


async def test_another_table_of_its_name_is_not_waited_for() -> None:
    await dropped(
        described=[ducks(), ducks("DELETING"), ducks("CREATING", table_id="2")],
        deleted=[DONE],
    )


async def test_who_may_not_look_at_a_table_is_told_no_way_that_writing_has() -> None:
    denied = Script.error("AccessDeniedException")
    with pytest.raises(AccessDeniedError) as caught:
        await dropped(described=[denied], deleted=[])
    assert "dynamodb:DescribeTable on table ducks is not allowed" in str(caught.value)
    assert "--key" not in str(caught.value)
