"""Time to live that is set, whatever becomes of the answer."""

from typing import Any

import pytest

from ddbbulk import RequestRejectedError, connect
from ddbbulk.tables import set_time_to_live
from tests.support.scripted_server import Script, scripted

THERE = Script.error("ValidationException", "TimeToLive is already enabled")


async def given(attribute: str) -> None:
    """Set it at a server whose first answer is lost, and whose table has one."""
    answers = iter([Script(hangs_up=True), THERE])
    told = {"TimeToLiveStatus": "ENABLING", "AttributeName": attribute}

    def answer(operation: str, body: dict[str, Any]) -> Script:
        assert body["TableName"] == "ducks"
        if operation == "DescribeTimeToLive":
            return Script(body={"TimeToLiveDescription": told})
        return next(answers)

    async with (
        scripted(answer) as server,
        connect(endpoint_url=server.endpoint_url) as connection,
    ):
        await set_time_to_live(connection, "ducks", "expires_at")


async def test_a_lost_answer_was_a_change() -> None:
    await given("expires_at")


async def test_a_table_that_expires_by_another_attribute_is_told() -> None:
    with pytest.raises(RequestRejectedError, match="already enabled"):
        await given("gone_at")
