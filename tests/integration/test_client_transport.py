"""The transports: what each kind of answer means, and that they agree on it."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from botocore import auth as botocore_auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import ddbbulk
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport import (
    DeletingTransport,
    Outcome,
    Reply,
    Transport,
    TransportName,
    Unmet,
    open_transport,
)
from tests.support.scripted_server import Script, ScriptedServer, scripted

BODY = b'{"RequestItems":{"users":[{"PutRequest":{"Item":{"pk":{"S":"\xc3\xa9"}}}}]}}'
REASONS = [{"reason": "TableWriteProvisionedThroughputExceeded", "resource": "arn:t"}]


@asynccontextmanager
async def opened(
    script: Script, transport: str
) -> AsyncIterator[tuple[Transport, ScriptedServer]]:
    async with (
        scripted(lambda *_: script) as server,
        ddbbulk.connect(endpoint_url=server.endpoint_url) as connection,
        AsyncExitStack() as stack,
    ):
        carrier = await open_transport(
            connection, table="users", wanted=transport, stack=stack
        )
        assert carrier.name == transport
        yield carrier, server


async def outcome_of(script: Script, transport: str) -> tuple[Outcome, ScriptedServer]:
    async with opened(script, transport) as (carrier, server):
        return await carrier.batch_write(BODY), server


async def test_the_body_is_sent_as_it_was_prepared_and_signed(transport: str) -> None:
    answer = Script(body={"UnprocessedItems": {}})
    outcome, server = await outcome_of(answer, transport)
    assert outcome == Reply({"UnprocessedItems": {}})
    assert server.requests == [("BatchWriteItem", orjson.loads(BODY))]
    (headers,) = server.headers
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
    assert headers["Content-Type"] == "application/x-amz-json-1.0"


async def test_every_request_is_signed_as_botocore_would(transport: str) -> None:
    sent = [BODY, BODY + b" ", BODY.replace(b"pk", b"sk")]
    async with opened(Script(body={}), transport) as (carrier, server):
        for body in sent:
            await carrier.batch_write(body)
            await carrier.put_item(body)
    for number, headers in enumerate(server.headers):
        assert headers["Authorization"] == signature_of(headers, sent[number // 2])
    assert len({headers["Authorization"] for headers in server.headers}) == 6


def signature_of(headers: dict[str, str], body: bytes) -> str:
    """Return what botocore's signer makes of a request that was received."""
    signed = headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    request = AWSRequest(
        method="POST",
        url=f"http://{headers['Host']}/",
        data=body,
        headers={
            name: value
            for name, value in headers.items()
            if name.lower() in signed.split(";")
        },
    )
    moment = datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%S%z")
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    key = Credentials(*(os.environ[name] for name in names))
    with patch.object(botocore_auth, "get_current_datetime", lambda: moment):
        botocore_auth.SigV4Auth(key, "dynamodb", "us-east-1").add_auth(request)
    return str(request.headers["Authorization"])


@pytest.mark.parametrize(
    ("script", "kind", "code"),
    [
        (
            Script.error("ProvisionedThroughputExceededException"),
            FailureKind.THROTTLED,
            "ProvisionedThroughputExceededException",
        ),
        (
            Script.error("InternalServerError", status=500),
            FailureKind.FAULT,
            "InternalServerError",
        ),
        (Script(status=503, body=b"busy"), FailureKind.FAULT, "503"),
        (Script(status=413, body=b""), FailureKind.REFUSED, "413"),
        (
            Script.error("ValidationException"),
            FailureKind.REFUSED,
            "ValidationException",
        ),
        (
            Script.error("AccessDeniedException"),
            FailureKind.FATAL,
            "AccessDeniedException",
        ),
        (Script(hangs_up=True), FailureKind.FAULT, "ConnectionFailed"),
        (Script(body={"ok": 1}, checksum="1"), FailureKind.FAULT, "ChecksumMismatch"),
        (Script(body=b"{half"), FailureKind.FAULT, "MalformedAnswer"),
        (Script(body=b"[]"), FailureKind.FAULT, "MalformedAnswer"),
    ],
)
async def test_each_answer_is_classified(
    script: Script, kind: FailureKind, code: str, transport: str
) -> None:
    outcome, server = await outcome_of(script, transport)
    assert isinstance(outcome, Failure)
    assert outcome.kind is kind
    assert outcome.code == code
    assert len(server.requests) == 1, "the client sent again behind the budget's back"


@pytest.mark.parametrize(
    ("code", "member"),
    [
        ("ProvisionedThroughputExceededException", "ThrottlingReasons"),
        ("ThrottlingException", "throttlingReasons"),
        ("ThrottlingException", "ThrottlingReasons"),
        ("ProvisionedThroughputExceededException", "throttlingReasons"),
    ],
)
async def test_throttling_reasons_are_read_in_both_spellings(
    code: str, member: str, transport: str
) -> None:
    script = Script.error(code, more={member: REASONS})
    outcome, _ = await outcome_of(script, transport)
    assert isinstance(outcome, Failure)
    assert outcome.reasons == (("TableWriteProvisionedThroughputExceeded", "arn:t"),)


@pytest.mark.parametrize("reasons", [3, ["hot"], {"reason": "hot"}, [None, *REASONS]])
async def test_throttling_reasons_of_another_form_are_none(
    reasons: object, transport: str
) -> None:
    more = {"ThrottlingReasons": reasons}
    outcome, _ = await outcome_of(
        Script.error("ThrottlingException", more=more), transport
    )
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.THROTTLED


async def test_without_a_checksum_none_is_checked(transport: str) -> None:
    outcome, _ = await outcome_of(Script(body={}, checksum=""), transport)
    assert outcome == Reply({})


async def test_answers_to_other_operations_are_left_as_they_are() -> None:
    described: dict[str, Any] = {"Table": {"TableName": "users"}}
    async with (
        scripted(lambda *_: Script(body=described)) as server,
        ddbbulk.connect(endpoint_url=server.endpoint_url) as connection,
    ):
        answer = await connection.client.describe_table(TableName="users")
    assert set(answer) == {"Table", "ResponseMetadata"}


async def test_a_caller_of_the_same_client_gets_its_unprocessed_items() -> None:
    left = {"users": [{"PutRequest": {"Item": {"pk": {"S": "a"}}}}]}
    async with (
        scripted(lambda *_: Script(body={"UnprocessedItems": left})) as server,
        ddbbulk.connect(endpoint_url=server.endpoint_url) as connection,
    ):
        answer = await connection.client.batch_write_item(RequestItems=left)
    assert answer["UnprocessedItems"] == left
    assert server.requests == [("BatchWriteItem", {"RequestItems": left})]


async def test_a_denied_describe_table_names_the_action_and_the_alternative() -> None:
    async with scripted(lambda *_: Script.error("AccessDeniedException")) as server:
        with pytest.raises(ddbbulk.AccessDeniedError) as caught:
            await ddbbulk.load("users", [], wcu=10, endpoint_url=server.endpoint_url)
    assert "dynamodb:DescribeTable" in str(caught.value)
    assert "schema=" in str(caught.value)
    assert "wcu=" in str(caught.value)


async def test_a_denied_batch_write_names_the_action_and_the_pending_items() -> None:
    async with scripted(lambda *_: Script.error("AccessDeniedException")) as server:
        with pytest.raises(ddbbulk.AccessDeniedError) as caught:
            await ddbbulk.load(
                "users",
                [{"pk": "a"}],
                wcu=10,
                schema="pk",
                endpoint_url=server.endpoint_url,
            )
    assert "dynamodb:BatchWriteItem" in str(caught.value)
    assert caught.value.report.items_pending == 1


PUT = b'{"TableName":"users","Item":{"pk":{"S":"\xc3\xa9"}}}'
UNMET = "ConditionalCheckFailedException"


async def put_outcome_of(
    script: Script, transport: str
) -> tuple[Outcome | Unmet, ScriptedServer]:
    async with opened(script, transport) as (carrier, server):
        return await carrier.put_item(PUT), server


async def test_a_put_is_sent_as_it_was_prepared(transport: str) -> None:
    answer = Script(body={"ConsumedCapacity": {}})
    outcome, server = await put_outcome_of(answer, transport)
    assert outcome == Reply({"ConsumedCapacity": {}})
    assert server.requests == [("PutItem", orjson.loads(PUT))]


async def test_a_delete_is_sent_as_it_was_prepared(transport: str) -> None:
    body = b'{"TableName":"users","Key":{"pk":{"S":"a"}}}'
    async with opened(Script(body={"ConsumedCapacity": {}}), transport) as (
        carrier,
        server,
    ):
        assert isinstance(carrier, DeletingTransport)
        assert await carrier.delete_item(body) == Reply({"ConsumedCapacity": {}})
    assert server.requests == [("DeleteItem", orjson.loads(body))]


@pytest.mark.parametrize(
    ("more", "item"),
    [({}, None), ({"Item": {"pk": {"B": "/w=="}}}, {"pk": {"B": "/w=="}})],
)
async def test_an_unmet_condition_is_no_failure_and_shows_the_item(
    more: dict[str, object], item: dict[str, object] | None, transport: str
) -> None:
    outcome, server = await put_outcome_of(Script.error(UNMET, more=more), transport)
    assert outcome == Unmet(item)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("script", "kind", "code"),
    [
        (Script.error("ThrottlingException"), FailureKind.THROTTLED, "Throttling"),
        (
            Script.error("InternalServerError", status=500),
            FailureKind.FAULT,
            "Internal",
        ),
        (Script.error("ValidationException"), FailureKind.REFUSED, "Validation"),
        (Script(hangs_up=True), FailureKind.FAULT, "ConnectionFailed"),
        (Script(body={}, checksum="1"), FailureKind.FAULT, "ChecksumMismatch"),
        (
            replace(Script.error(UNMET), checksum="1"),
            FailureKind.FAULT,
            "ChecksumMismatch",
        ),
    ],
)
async def test_a_put_that_failed_is_classified(
    script: Script, kind: FailureKind, code: str, transport: str
) -> None:
    outcome, server = await put_outcome_of(script, transport)
    assert isinstance(outcome, Failure)
    assert outcome.kind is kind
    assert outcome.code.startswith(code)
    assert len(server.requests) == 1


async def test_a_damaged_answer_is_asked_for_again(transport: TransportName) -> None:
    answers = [Script(body={}, checksum="5"), Script(body=b"?"), Script(hangs_up=True)]

    def answer(operation: str, body: dict[str, Any]) -> Script:
        return answers.pop(0) if answers else Script(body={"UnprocessedItems": {}})

    async with scripted(answer) as server:
        report = await ddbbulk.load(
            "users",
            [{"pk": "a"}],
            wcu=10,
            schema="pk",
            endpoint_url=server.endpoint_url,
            transport=transport,
        )
    assert report.items_written == 1
    assert report.requests == 4
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "returned",
    [{"Put": 1}, {"PutRequest": {"Item": {"x": {"S": "a"}}}}, {"PutRequest": []}],
)
async def test_an_answer_of_unknown_form_is_no_success(
    returned: dict[str, object],
) -> None:
    answers = [Script(body={"UnprocessedItems": {"users": [returned]}})]

    def answer(operation: str, body: dict[str, Any]) -> Script:
        return answers.pop(0) if answers else Script(body={})

    async with scripted(answer) as server:
        report = await ddbbulk.load(
            "users",
            [{"pk": "a"}],
            wcu=10,
            schema="pk",
            endpoint_url=server.endpoint_url,
        )
    assert report.items_written == 1
    assert report.requests == 2


async def test_a_table_that_is_not_ready_is_named_with_its_status() -> None:
    description = {
        "TableName": "users",
        "TableStatus": "CREATING",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    }
    async with scripted(lambda *_: Script(body={"Table": description})) as server:
        with pytest.raises(ddbbulk.TableNotFoundError, match="CREATING"):
            await ddbbulk.load("users", [], wcu=10, endpoint_url=server.endpoint_url)


@pytest.mark.parametrize(
    ("table", "rate"),
    [
        ({"OnDemandThroughput": {"MaxWriteRequestUnits": 700}}, 700),
        ({"OnDemandThroughput": {"MaxWriteRequestUnits": -1}}, 4000),
        ({}, 4000),
    ],
)
async def test_an_on_demand_table_gives_its_limit_or_4000(
    table: dict[str, Any], rate: float
) -> None:
    description = {
        "TableName": "users",
        "TableStatus": "ACTIVE",
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        **table,
    }

    def answer(operation: str, body: dict[str, Any]) -> Script:
        is_describe = operation == "DescribeTable"
        return Script(body={"Table": description} if is_describe else {})

    async with scripted(answer) as server:
        report = await ddbbulk.load(
            "users", [{"pk": "a"}], endpoint_url=server.endpoint_url
        )
    assert report.budget == rate
