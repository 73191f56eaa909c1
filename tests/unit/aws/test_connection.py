"""A connection that is asked for, or used, in a way that cannot work."""

from typing import Any

import boto3
import pytest

import ddbbulk
from ddbbulk.aws import failure_of
from ddbbulk.diagnosis import request_error


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000",
        "http://",
        "ftp://host",
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
    ],
)
def test_an_endpoint_that_is_none_is_told_how_to_be_written(url: str) -> None:
    with pytest.raises(ddbbulk.ConfigurationError, match=r"write it as http://host"):
        ddbbulk.connect(endpoint_url=url)


def test_a_session_of_another_library_is_named() -> None:
    session: Any = boto3.Session()
    with pytest.raises(ddbbulk.ConfigurationError, match=r"boto3\.session.*aioboto3"):
        ddbbulk.connect(session=session)


@pytest.mark.parametrize("wcu", [None, 10], ids=["asked", "told"])
async def test_a_connection_outside_its_block_is_told_to_be_opened(
    wcu: float | None,
) -> None:
    connection = ddbbulk.connect(endpoint_url="http://127.0.0.1:8000")
    with pytest.raises(ddbbulk.ConfigurationError, match="async with"):
        await ddbbulk.load("users", [], connection=connection, wcu=wcu, schema="pk")
    async with connection:
        pass
    with pytest.raises(ddbbulk.ConfigurationError, match="async with"):
        await ddbbulk.load("users", [], connection=connection, wcu=wcu, schema="pk")


def test_a_refused_connection_is_told_in_words() -> None:
    refused = ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 9)")
    told = str(request_error(failure_of(refused)))
    assert told.startswith("the endpoint could not be reached: Connection refused. ")
