import asyncio
from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock

import pytest
from botocore.exceptions import ClientError

import ddbbulk
from ddbbulk.aws.credentials import Credentials
from ddbbulk.examples.requests import Requests


def _error(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": "no"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "Scan",
    )


THROTTLED = "ProvisionedThroughputExceededException"


class Answers:
    """A client whose scans are answered as a test says; remembers what was asked."""

    def __init__(self, answers: Iterator[dict[str, Any] | ClientError]) -> None:
        self._answers = answers
        self.asked: list[dict[str, Any]] = []

    async def scan(self, **request: object) -> dict[str, Any]:
        self.asked.append(request)
        answer = next(self._answers)
        if isinstance(answer, ClientError):
            raise answer
        return answer


def _requests(client: Answers, throttled: list[str]) -> Requests:
    connection = ddbbulk.connect(endpoint_url="http://127.0.0.1:1", region="us-east-1")
    connection.client = client
    connection._is_open = True
    connection.credentials = Credentials(None, AsyncMock())
    return Requests(connection, on_throttle=throttled.append)


async def test_throttled_reads_are_waited_out_and_told() -> None:
    client = Answers(iter([*[_error(THROTTLED)] * 20, {"Count": 3}]))
    throttled: list[str] = []

    answer = await _requests(client, throttled).send("scan", TableName="users")

    assert answer == {"Count": 3}
    assert throttled == ["users"] * 20


async def test_a_table_that_throttles_for_minutes_is_given_up() -> None:
    client = Answers(iter(lambda: _error(THROTTLED), None))
    before = asyncio.get_running_loop().time()

    with pytest.raises(ddbbulk.ThrottledError):
        await _requests(client, []).send("scan", TableName="users")

    assert 300 <= asyncio.get_running_loop().time() - before < 320


async def test_a_server_that_fails_is_given_up_after_seconds() -> None:
    client = Answers(iter(lambda: _error("InternalServerError", 500), None))
    before = asyncio.get_running_loop().time()

    with pytest.raises(ddbbulk.ServiceUnavailableError):
        await _requests(client, []).send("scan", TableName="users")

    assert 10 <= asyncio.get_running_loop().time() - before < 20


async def test_a_refusal_is_not_asked_again() -> None:
    client = Answers(iter([_error("AccessDeniedException")]))

    with pytest.raises(ddbbulk.AccessDeniedError, match="dynamodb:Scan"):
        await _requests(client, []).send("scan", TableName="users")

    assert len(client.asked) == 1


async def test_pages_are_followed_to_the_last() -> None:
    client = Answers(
        iter([{"Count": 2, "LastEvaluatedKey": {"id": {"S": "b"}}}, {"Count": 1}])
    )
    pages = _requests(client, []).pages("scan", TableName="users")

    assert [page["Count"] async for page in pages] == [2, 1]
    assert client.asked == [
        {"TableName": "users"},
        {"TableName": "users", "ExclusiveStartKey": {"id": {"S": "b"}}},
    ]
