"""Servers that are no DynamoDB: an endpoint that was mistyped, a port of another."""

import pytest

import ddbbulk
from tests.support.scripted_server import Script, scripted

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    "script",
    [
        Script(),
        Script(body={"message": "It works!"}),
        Script(body=b"<html>It works!</html>"),
        Script(body=b""),
        Script(body=b"[]"),
        Script(body=b"null"),
        Script(body=b'"ok"'),
        Script(status=404, body={"detail": "Not Found"}),
        Script(status=404, body=b'["not", "found"]'),
        Script(status=405, body=b"<html>POST?</html>"),
        Script(status=301, body=b""),
    ],
    ids=lambda script: f"{script.status} {script.body!r}",
)
async def test_what_is_no_dynamodb_is_told_with_the_option_to_check(
    script: Script,
) -> None:
    refused = r"is no DynamoDB \(.*\): check --endpoint-url"
    async with (
        scripted(lambda _operation, _body: script) as server,
        ddbbulk.connect(endpoint_url=server.endpoint_url) as connection,
    ):
        with pytest.raises(ddbbulk.RequestError, match=refused):
            await ddbbulk.describe_table(connection, "users")
        with pytest.raises(ddbbulk.RequestError, match=refused):
            await anext(ddbbulk.list_tables(connection))
