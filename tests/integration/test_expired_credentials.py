"""Credentials that end while a load runs: renewed once, or a clean stop."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aioboto3
import pytest
from tenacity import wait_fixed

import ddbbulk
from ddbbulk.simulator import Simulator
from ddbbulk.transport import TransportName
from tests.support.credential_gate import Gate, gated
from tests.support.raw_dynamodb import connected

OLD, NEW = "oldTokenOfDaisy", "newTokenOfDaisy"
SECRET = "secretKeyOfDaisy"  # noqa: S105 -- of a simulator
SOON = ddbbulk.RetryPolicy(fault_wait=wait_fixed(0.01))
SOURCE = [{"pk": f"@{number}"} for number in range(500)]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running, connected(running.endpoint_url) as client:
        client.must(
            "CreateTable",
            TableName="ducks",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield running


class Wallet:
    """Where credentials come from: a shared file, or a process of the configuration."""

    def __init__(self, folder: Path) -> None:
        self.shared = folder / "credentials"
        self.printed = folder / "printed.json"
        script = "import sys; print(open(sys.argv[1]).read())"
        (folder / "config").write_text(
            "[profile process]\n"
            f"credential_process = {sys.executable} -c '{script}' {self.printed}\n"
            "[profile role]\n"
            "role_arn = arn:aws:iam::000000000000:role/loader\n"
            "source_profile = default\n"
        )
        self.put(OLD)

    def put(self, token: str, *, expiration: str = "2999-01-01T00:00:00Z") -> None:
        """Have the sources give this token from now on."""
        _replace(
            self.shared,
            f"[default]\naws_access_key_id = AKIA{token}\n"
            f"aws_secret_access_key = {SECRET}\naws_session_token = {token}\n",
        )
        printed = {
            "Version": 1,
            "AccessKeyId": f"AKIA{token}",
            "SecretAccessKey": SECRET,
            "SessionToken": token,
        }
        if expiration:
            printed["Expiration"] = expiration
        _replace(self.printed, json.dumps(printed))


def _replace(file: Path, text: str) -> None:
    # Whoever reads it meanwhile finds the whole of the old text, or of the new one.
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(file)


@pytest.fixture
def wallet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wallet:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    made = Wallet(tmp_path)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(made.shared))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return made


async def load(connection: ddbbulk.Connection) -> ddbbulk.LoadReport:
    return await ddbbulk.load(
        "ducks", SOURCE, wcu=4000, connection=connection, retry=SOON
    )


def stored(simulator: Simulator) -> int:
    count: int = simulator.stats()["tables"]["ducks"]["items"]
    return count


def changing(wallet: Wallet, *, at_write: int) -> Any:  # noqa: ANN401 -- a lambda of Gate
    """Let the token end after some writes; the sources have the new one already."""

    def change(gate: Gate) -> None:
        if gate.writes == at_write:
            wallet.put(NEW)
            gate.token = NEW

    return change


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"profile": "process"},
        {"session": "default"},
        {"session": "process"},
    ],
    ids=str,
)
async def test_a_load_whose_credentials_expire_goes_on_with_those_of_the_provider(
    simulator: Simulator,
    wallet: Wallet,
    settings: dict[str, Any],
    transport: TransportName,
) -> None:
    if "session" in settings:
        settings = {"session": aioboto3.Session(profile_name=settings["session"])}
    gate = Gate(simulator, OLD, refuse_together=4)
    gate.on_write = changing(wallet, at_write=3)
    async with (
        gated(gate),
        ddbbulk.connect(
            transport=transport, endpoint_url=gate.endpoint_url, **settings
        ) as connection,
    ):
        report = await load(connection)
        assert connection.credentials.round == 1, (
            "asked once, however many were refused"
        )
    assert stored(simulator) == report.items_written == 500
    assert len(gate.refused) >= 4
    # What was refused was sent again by the scheduler, which counts and pays it. (A
    # connection that took too long to open is counted, too, and never gets here.)
    assert report.requests >= gate.writes + len(gate.refused)
    assert report.retried_items >= 4


async def test_a_process_that_names_no_end_is_asked_again_too(
    simulator: Simulator, wallet: Wallet, transport: TransportName
) -> None:
    wallet.put(OLD, expiration="")
    gate = Gate(simulator, OLD)

    def change(gate: Gate) -> None:
        if gate.writes == 2:
            wallet.put(NEW, expiration="")
            gate.token = NEW

    gate.on_write = change
    async with (
        gated(gate),
        ddbbulk.connect(
            transport=transport, endpoint_url=gate.endpoint_url, profile="process"
        ) as connection,
    ):
        report = await load(connection)
    assert stored(simulator) == report.items_written == 500


async def test_a_role_is_assumed_anew_with_the_newest_source(
    simulator: Simulator,
    wallet: Wallet,
    monkeypatch: pytest.MonkeyPatch,
    transport: TransportName,
) -> None:
    gate = Gate(simulator, "first session", source_token=OLD)

    def change(gate: Gate) -> None:
        if gate.writes == 3:
            wallet.put(NEW)
            gate.source_token, gate.token = NEW, "second session"

    gate.on_write = change
    async with gated(gate):
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", gate.endpoint_url)
        async with ddbbulk.connect(
            transport=transport, endpoint_url=gate.endpoint_url, profile="role"
        ) as connection:
            report = await load(connection)
            assert connection.credentials.round == 1
    assert stored(simulator) == report.items_written == 500


async def test_credentials_may_expire_again_and_again(
    simulator: Simulator, wallet: Wallet, transport: TransportName
) -> None:
    gate = Gate(simulator, OLD)

    def change(gate: Gate) -> None:
        if gate.writes in (4, 8, 12):
            gate.token = f"token{gate.writes}"
            wallet.put(gate.token)

    gate.on_write = change
    async with (
        gated(gate),
        ddbbulk.connect(
            transport=transport, endpoint_url=gate.endpoint_url
        ) as connection,
    ):
        report = await load(connection)
        assert connection.credentials.round == 3
    assert stored(simulator) == report.items_written == 500


@pytest.mark.parametrize("code", ["ExpiredToken", "UnrecognizedClientException"])
async def test_a_table_is_described_with_renewed_credentials(
    simulator: Simulator, wallet: Wallet, code: str
) -> None:
    gate = Gate(simulator, NEW, code)
    async with (
        gated(gate),
        ddbbulk.connect(endpoint_url=gate.endpoint_url) as connection,
    ):
        wallet.put(NEW)
        table = await ddbbulk.describe_table(connection, "ducks")
    assert table.name == "ducks"
    assert gate.refused == ["DescribeTable"]


async def test_without_newer_credentials_the_load_stops_and_says_so(
    simulator: Simulator,
    wallet: Wallet,
    caplog: pytest.LogCaptureFixture,
    transport: TransportName,
) -> None:
    caplog.set_level(logging.DEBUG, logger="ddbbulk")
    gate = Gate(simulator, OLD)

    def end(gate: Gate) -> None:
        if gate.writes == 3:
            gate.token = NEW

    gate.on_write = end
    async with (
        gated(gate),
        ddbbulk.connect(
            transport=transport, endpoint_url=gate.endpoint_url
        ) as connection,
    ):
        with pytest.raises(ddbbulk.CredentialsError) as caught:
            await load(connection)
    report = caught.value.report
    told = str(caught.value)
    assert "read again from shared-credentials-file, they are the same" in told
    assert "renew them" in told
    assert report.items_written == stored(simulator) == 75
    assert report.items_read == report.items_written + report.items_pending
    for secret in (OLD, SECRET, f"AKIA{OLD}"):
        assert secret not in told + caplog.text


async def test_newer_credentials_that_are_refused_as_well_end_the_load(
    simulator: Simulator, wallet: Wallet
) -> None:
    gate = Gate(simulator, "another token")
    async with (
        gated(gate),
        ddbbulk.connect(endpoint_url=gate.endpoint_url) as connection,
    ):
        wallet.put(NEW)
        with pytest.raises(ddbbulk.CredentialsError, match="they are the same"):
            await load(connection)
    assert gate.refused == ["DescribeTable"] * 2


async def test_a_provider_that_always_has_others_is_not_asked_for_ever(
    simulator: Simulator, wallet: Wallet
) -> None:
    gate = Gate(simulator, "another token")
    async with (
        gated(gate),
        ddbbulk.connect(endpoint_url=gate.endpoint_url) as connection,
    ):
        gate.on_refusal = lambda gate: wallet.put(f"token{len(gate.refused)}")
        with pytest.raises(ddbbulk.CredentialsError, match="gave newer ones"):
            await load(connection)
    assert gate.refused == ["DescribeTable"] * 4


async def test_credentials_that_were_given_are_not_replaced_by_others(
    simulator: Simulator, wallet: Wallet
) -> None:
    """The shared file has some, but of another account perhaps."""
    wallet.put(NEW)
    session = aioboto3.Session("AKIAgiven", SECRET, OLD)
    gate = Gate(simulator, NEW)
    async with (
        gated(gate),
        ddbbulk.connect(session=session, endpoint_url=gate.endpoint_url) as connection,
    ):
        with pytest.raises(
            ddbbulk.CredentialsError, match="there is no provider to ask"
        ):
            await ddbbulk.describe_table(connection, "ducks")


async def test_a_provider_that_fails_is_named(
    simulator: Simulator, wallet: Wallet
) -> None:
    gate = Gate(simulator, NEW)
    async with (
        gated(gate),
        ddbbulk.connect(
            endpoint_url=gate.endpoint_url, profile="process"
        ) as connection,
    ):
        wallet.printed.unlink()
        with pytest.raises(
            ddbbulk.CredentialsError,
            match=r"asking custom-process again failed \(CredentialRetrievalError\)",
        ):
            await ddbbulk.describe_table(connection, "ducks")


async def test_a_provider_that_fails_for_a_while_is_waited_for(
    simulator: Simulator, wallet: Wallet, transport: TransportName
) -> None:
    """botocore asks it before every request, for the end is near; we, once a second."""
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    wallet.put(OLD, expiration=soon)
    gate = Gate(simulator, OLD)

    def fail(gate: Gate) -> None:
        if gate.writes == 3:
            wallet.printed.unlink()
            loop = asyncio.get_running_loop()
            loop.call_later(0.3, wallet.put, OLD)

    gate.on_write = fail
    async with (
        gated(gate),
        ddbbulk.connect(
            transport=transport,
            endpoint_url=gate.endpoint_url,
            profile="process",
            max_connections=4,
        ) as connection,
    ):
        report = await load(connection)
    assert stored(simulator) == report.items_written == 500
    assert report.retried_items > 0 or transport == "direct"
    assert gate.refused == []


async def test_a_provider_that_has_only_expired_ones_is_a_credentials_error(
    simulator: Simulator, wallet: Wallet
) -> None:
    wallet.put(OLD, expiration="2020-01-01T00:00:00Z")
    gate = Gate(simulator, OLD)
    async with (
        gated(gate),
        ddbbulk.connect(
            endpoint_url=gate.endpoint_url, profile="process"
        ) as connection,
    ):
        with pytest.raises(ddbbulk.CredentialsError, match="still expired"):
            await ddbbulk.describe_table(connection, "ducks")


async def test_a_load_that_stopped_goes_on_with_new_credentials(
    simulator: Simulator, wallet: Wallet, tmp_path: Path, transport: TransportName
) -> None:
    gate = Gate(simulator, OLD)

    def end(gate: Gate) -> None:
        if gate.writes == 3:
            gate.token = NEW

    async def run() -> ddbbulk.LoadReport:
        return await ddbbulk.load(
            "ducks",
            ddbbulk.generator(count=500, version="1")(lambda n: {"pk": f"@{n}"}),
            wcu=4000,
            transport=transport,
            endpoint_url=gate.endpoint_url,
            checkpoint=tmp_path / "ducks.checkpoint",
            retry=SOON,
        )

    gate.on_write = end
    async with gated(gate):
        with pytest.raises(ddbbulk.CredentialsError):
            await run()
        assert stored(simulator) == 75
        wallet.put(NEW)
        report = await run()
    assert stored(simulator) == report.items_read == report.items_written == 500
    text = (tmp_path / "ducks.checkpoint").read_text()
    assert not any(secret in text for secret in (OLD, NEW, SECRET))
