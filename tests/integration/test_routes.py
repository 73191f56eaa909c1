"""Where requests go, whom they trust, and when only aioboto3's client will do."""

import logging
import socket
import ssl
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aioboto3
import pytest

import ddbbulk
from ddbbulk.aws import NoRouteError, Route, find_route
from ddbbulk.aws import connection as connection_module
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport import DirectTransport, Outcome, Reply, open_transport
from tests.support.certificates import make_certificate
from tests.support.raw_http import ANSWER, raw_server, writing
from tests.support.scripted_server import Script, scripted

BODY = b'{"RequestItems":{"users":[]}}'
ARN = "arn:aws:dynamodb:us-east-1:222222222222:table/users"


async def route(table: str = "users", **options: Any) -> Route:  # noqa: ANN401 -- those of connect
    async with ddbbulk.connect(**options) as connection:
        return await find_route(connection, table)


@pytest.mark.parametrize(
    ("region", "environment", "table", "host"),
    [
        ("us-east-1", {}, "users", "dynamodb.us-east-1.amazonaws.com"),
        ("cn-north-1", {}, "users", "dynamodb.cn-north-1.amazonaws.com.cn"),
        (
            "us-west-2",
            {"AWS_USE_FIPS_ENDPOINT": "true"},
            "users",
            "dynamodb-fips.us-west-2.amazonaws.com",
        ),
        (
            "eu-west-1",
            {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
            "users",
            "dynamodb.eu-west-1.api.aws",
        ),
        (
            "us-east-1",
            {"AWS_ACCOUNT_ID": "111111111111"},
            "users",
            "111111111111.ddb.us-east-1.amazonaws.com",
        ),
        (
            "us-east-1",
            {"AWS_ACCOUNT_ID": "111111111111"},
            ARN,
            "222222222222.ddb.us-east-1.amazonaws.com",
        ),
    ],
)
async def test_requests_go_where_botocore_would_send_them(
    region: str,
    environment: dict[str, str],
    table: str,
    host: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = await route(table, region=region)
    assert (found.host, found.port, found.authority) == (host, 443, host)
    assert (found.path, found.region, found.service) == ("/", region, "dynamodb")
    assert found.tls is not None
    assert found.tls.verify_mode is ssl.CERT_REQUIRED
    assert found.tls.check_hostname
    assert ("x-amzn-trace-id", "") not in found.headers
    assert dict(found.headers)["user-agent"].startswith("ddbbulk/")


async def test_a_custom_endpoint_keeps_its_port_and_path() -> None:
    found = await route(endpoint_url="http://127.0.0.1:8000/stage")
    assert (found.authority, found.path) == ("127.0.0.1:8000", "/stage")
    assert found.tls is None


async def outcome_over_tls(
    folder: Path, name: str, trusted: Path | None = None
) -> Outcome:
    certificate, serving = make_certificate(folder, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(trusted or certificate))
        async with (
            raw_server(writing(ANSWER), tls=serving) as server,
            ddbbulk.connect(
                endpoint_url=f"https://127.0.0.1:{server.port}"
            ) as connection,
            DirectTransport(
                connection, await find_route(connection, "users")
            ) as carrier,
        ):
            outcome = await carrier.batch_write(BODY)
            assert await carrier.batch_write(BODY) == outcome
        assert len(server.heads) <= 1
        return outcome


async def test_a_certificate_that_the_settings_name_is_trusted(tmp_path: Path) -> None:
    outcome = await outcome_over_tls(tmp_path, "IP:127.0.0.1")
    assert outcome == Reply({"UnprocessedItems": {}})


async def test_a_certificate_of_another_name_is_not(tmp_path: Path) -> None:
    outcome = await outcome_over_tls(tmp_path, "DNS:dynamodb.example")
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.code) == (FailureKind.FATAL, "TLS")
    assert "IP address mismatch" in outcome.message


async def test_a_certificate_that_nobody_vouches_for_is_not(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other, _ = make_certificate(tmp_path / "other", "IP:127.0.0.1")
    outcome = await outcome_over_tls(tmp_path, "IP:127.0.0.1", trusted=other)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.code) == (FailureKind.FATAL, "TLS")


async def test_a_bundle_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/bundle.pem")
    with pytest.raises(ddbbulk.ConfigurationError, match=r"/nowhere/bundle\.pem"):
        await route(region="us-east-1")


async def test_a_server_that_never_greets_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection_module, "CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        async with (
            ddbbulk.connect(endpoint_url=url) as connection,
            DirectTransport(
                connection, await find_route(connection, "users")
            ) as carrier,
        ):
            outcome = await carrier.batch_write(BODY)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.code) == (FailureKind.FAULT, "Timeout")


async def test_behind_a_proxy_the_client_carries_the_load(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    caplog.set_level(logging.INFO, logger="ddbbulk")
    async with (
        ddbbulk.connect(region="us-east-1") as connection,
        AsyncExitStack() as stack,
    ):
        carrier = await open_transport(
            connection, table="users", wanted=None, stack=stack
        )
        assert carrier.name == "aioboto3"
        with pytest.raises(ddbbulk.ConfigurationError, match="a proxy is configured"):
            await open_transport(
                connection, table="users", wanted="direct", stack=stack
            )
    assert "a proxy is configured" in caplog.text


async def test_this_machine_is_reached_past_any_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy")
    found = await route(endpoint_url="http://127.0.0.1:8000")
    assert found.authority == "127.0.0.1:8000"


@pytest.mark.parametrize(
    "event",
    [
        "before-sign.dynamodb",
        "before-send.dynamodb.PutItem",
        "before-call",
        "after-call.dynamodb.BatchWriteItem",
    ],
)
async def test_a_session_with_a_handler_of_its_own_keeps_the_client(event: str) -> None:
    called: list[str] = []
    async with scripted(lambda *_: Script(body={"UnprocessedItems": {}})) as server:
        session = aioboto3.Session()
        async with ddbbulk.connect(
            session=session, endpoint_url=server.endpoint_url
        ) as connection:
            connection.client.meta.events.register(
                event, lambda event_name, **_: called.append(event_name)
            )
            report = await ddbbulk.load(
                "users", [{"pk": "a"}], wcu=10, schema="pk", connection=connection
            )
    assert report.transport == "aioboto3"
    assert bool(called) is (event != "before-send.dynamodb.PutItem")


async def test_a_handler_for_other_operations_changes_nothing() -> None:
    async with ddbbulk.connect(endpoint_url="http://127.0.0.1:8000") as connection:
        connection.client.meta.events.register(
            "before-call.dynamodb.DescribeTable", lambda **_: None
        )
        assert (await find_route(connection, "users")).port == 8000


async def test_finding_a_route_leaves_no_trace_on_the_client() -> None:
    async with scripted(lambda *_: Script(body={"UnprocessedItems": {}})) as server:
        async with ddbbulk.connect(endpoint_url=server.endpoint_url) as connection:
            await find_route(connection, "users")
            assert server.requests == []
            await connection.client.batch_write_item(RequestItems={"users": []})
        assert len(server.requests) == 1


async def test_without_credentials_the_client_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NoRouteError, match="NoCredentialsError"):
        await route(region="us-east-1")
    with pytest.raises(ddbbulk.CredentialsError):
        await ddbbulk.load(
            "t",
            [{"pk": "a"}],
            wcu=10,
            schema="pk",
            region="us-east-1",
            transport="direct",
        )


async def test_a_transport_that_does_not_exist_is_named() -> None:
    wrong: Any = "carrier pigeon"
    with pytest.raises(ddbbulk.ConfigurationError, match="aioboto3 or direct"):
        await ddbbulk.load(
            "t",
            [],
            wcu=10,
            schema="pk",
            transport=wrong,
            endpoint_url="http://127.0.0.1:8000",
        )


async def test_loads_use_the_transport_of_their_connection() -> None:
    async with (
        scripted(lambda *_: Script(body={"UnprocessedItems": {}})) as server,
        ddbbulk.connect(
            endpoint_url=server.endpoint_url, transport="aioboto3"
        ) as connection,
    ):
        report = await ddbbulk.load(
            "users", [{"pk": "a"}], wcu=10, schema="pk", connection=connection
        )
    assert report.transport == "aioboto3"
