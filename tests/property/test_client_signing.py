"""Signatures of the client's prepared requests: those of botocore, byte for byte."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from aiobotocore.credentials import AioCredentials
from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.signers import AioRequestSigner
from botocore import UNSIGNED
from botocore import auth as botocore_auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.hooks import EventAliaser
from botocore.model import ServiceId
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.aws import AccessKey, Credentials, client_signing
from ddbbulk.aws.client_signing import ClientSigning
from ddbbulk.aws.credentials import from_new_session
from ddbbulk.aws.prepared import PREPARED_BODY
from tests.property.test_signing import KEYS, OPERATIONS, REGIONS, SERVICES, TIMES, URLS

KEY = AccessKey("AKIAname", "secret", "token")
NOW = 1_800_000_000.25
HEADERS = st.dictionaries(
    st.sampled_from(["X-Of-A-Handler", "X-Amzn-Trace-Id", "X-Amz-Content-SHA256"]),
    st.from_regex(r"[a-z]{1,5}(  ?[a-z]{1,5})?", fullmatch=True),
    max_size=2,
)
REQUESTS = st.lists(
    st.tuples(OPERATIONS, st.binary(max_size=300), st.sampled_from([0, 0.4, 1])),
    min_size=1,
    max_size=8,
)


class Signers:
    """A client's signer as botocore has it, and one with our handlers."""

    def __init__(
        self,
        key: AccessKey | None = KEY,
        place: tuple[str, str] = ("dynamodb", "eu-west-1"),
        version: object = "v4",
    ) -> None:
        self.held: Any = key and AioCredentials(key.name, key.secret, key.token)
        self.credentials = Credentials(
            self.held, lambda: from_new_session(profile=None, region=None)
        )
        self.events = EventAliaser(AioHierarchicalEmitter())
        self.ours = self._signer(self.events, place, version)
        self._plain = AioHierarchicalEmitter()  # a signer holds it weakly
        self.theirs = self._signer(self._plain, place, version)
        client = SimpleNamespace(meta=SimpleNamespace(events=self.events))
        ClientSigning(client, self.credentials).register()
        self._ask = AsyncMock(wraps=self.ours.get_auth_instance)
        self.ours.get_auth_instance = self._ask

    @property
    def asked(self) -> int:
        """How often botocore's way was gone on our side."""
        return self._ask.await_count

    def _signer(
        self, events: object, place: tuple[str, str], version: object
    ) -> AioRequestSigner:
        service, region = place
        return AioRequestSigner(
            ServiceId("DynamoDB"), region, service, version, self.held, events
        )

    def both(self, **request: Any) -> tuple[dict[str, str], dict[str, str]]:  # noqa: ANN401 -- as ``signed`` has it
        """Return the headers of a request that each of them has signed."""
        return signed(self.ours, **request), signed(self.theirs, **request)


def signed(
    signer: AioRequestSigner,
    *,
    url: str = "https://dynamodb.eu-west-1.amazonaws.com/",
    operation: str = "PutItem",
    body: bytes = b"{}",
    more: dict[str, str] | None = None,
    context: dict[str, Any] | None = None,
) -> dict[str, str]:
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "User-Agent": "theirs",
        **(more or {}),
    }
    request = AWSRequest(method="POST", url=url or "/", data=body, headers=headers)
    request.context = dict(context or {})
    token = PREPARED_BODY.set(body)
    try:
        asyncio.run(signer.sign(operation, request))
    finally:
        PREPARED_BODY.reset(token)
    pairs = [(str(name), str(value)) for name, value in request.headers.items()]
    assert len(pairs) == len({name.lower() for name, _ in pairs})
    return dict(pairs)


@contextmanager
def at(now: float) -> Iterator[None]:
    moment = datetime.fromtimestamp(int(now), UTC)
    with (
        patch.object(botocore_auth, "get_current_datetime", lambda: moment),
        patch.object(client_signing, "time", SimpleNamespace(time=lambda: now)),
    ):
        yield


@given(
    url=URLS,
    key=KEYS,
    place=st.tuples(SERVICES, REGIONS),
    more=HEADERS,
    start=TIMES,
    requests=REQUESTS,
)
def test_signatures_are_those_of_botocore(
    url: str,
    key: AccessKey,
    place: tuple[str, str],
    more: dict[str, str],
    start: float,
    requests: Sequence[tuple[str, bytes, float]],
) -> None:
    signers = Signers(key, place)
    now = start
    for operation, body, passed in requests:
        now += passed
        with at(now):
            ours, theirs = signers.both(
                url=url, operation=operation, body=body, more=more
            )
        assert list(ours.items()) == list(theirs.items())


def test_botocore_signs_once_a_second() -> None:
    signers = Signers()
    for passed, asked in ((0, 1), (0.5, 1), (0.74, 1), (0.76, 2), (1.7, 2), (9, 3)):
        with at(NOW + passed):
            ours, theirs = signers.both(body=str(passed).encode())
        assert ours == theirs
        assert signers.asked == asked


def test_each_request_is_signed_for_its_own_region_and_endpoint() -> None:
    signers = Signers()
    there = {"signing": {"region": "us-west-2", "signing_name": "dax"}}
    for _ in range(2):
        for context in ({}, there):
            for url in ("https://here/", "https://there/"):
                with at(NOW):
                    ours, theirs = signers.both(url=url, context=context)
                assert ours == theirs
    assert signers.asked == 4


def test_credentials_that_were_renewed_are_used_at_once() -> None:
    signers = Signers()
    with at(NOW):
        old, _ = signers.both()
        signers.held.token = "newer"  # noqa: S105 -- made up
        signers.credentials.round += 1
        ours, theirs = signers.both()
    assert ours == theirs != old
    assert ours["X-Amz-Security-Token"] == "newer"


def test_without_credentials_it_fails_as_with_botocore() -> None:
    signers = Signers(None)
    with at(NOW), pytest.raises(NoCredentialsError):
        signed(signers.ours)


@pytest.mark.parametrize("event", ["before-sign", "choose-signer.dynamodb.PutItem"])
def test_where_others_have_a_handler_botocore_signs(event: str) -> None:
    signers = Signers()
    seen: list[object] = []
    with at(NOW):
        signers.both()
    signers.events.register(
        event, lambda signature_version, **_: seen.append(signature_version)
    )
    for passed in (1, 1.1):
        with at(NOW + passed):
            ours, theirs = signers.both()
        assert ours == theirs
    assert seen == ["v4", "v4"]
    assert signers.asked == 3


@pytest.mark.parametrize(
    "context",
    [
        {"payload_signing_enabled": False},
        {"signing": {"request_credentials": AioCredentials("other", "key")}},
        {"auth_type": "v4a"},
    ],
)
def test_what_is_signed_in_another_way_is_left_to_botocore(
    context: dict[str, Any],
) -> None:
    if context.get("auth_type") == "v4a" and "v4a" not in botocore_auth.AUTH_TYPE_MAPS:
        context = {"auth_type": "s3v4"}
    signers = Signers()
    for _ in range(2):
        with at(NOW):
            ours, theirs = signers.both(context=context)
        assert ours == theirs
    assert signers.asked == 2


def test_a_client_that_does_not_sign_is_left_alone() -> None:
    ours, theirs = Signers(version=UNSIGNED).both()
    assert ours == theirs
    assert "Authorization" not in ours


def test_what_nobody_prepared_is_left_to_botocore() -> None:
    signers = Signers()
    request = AWSRequest(method="POST", url="https://h/", data=b"{}")
    with at(NOW):
        asyncio.run(signers.ours.sign("PutItem", request))
        asyncio.run(signers.ours.sign("PutItem", request))
    assert signers.asked == 2


def test_a_signature_that_is_not_the_expected_one_is_never_imitated() -> None:
    made = {"signature": lambda *_: "0" * 64}
    others = type("Others", (botocore_auth.SigV4Auth,), made)
    for changed in (
        patch.dict(botocore_auth.AUTH_TYPE_MAPS, {"v4": others}),
        patch.object(botocore_auth.SigV4Auth, "signature", made["signature"]),
    ):
        signers = Signers()
        with changed, at(NOW):
            for _ in range(2):
                ours, theirs = signers.both()
                assert ours == theirs
                assert ours["Authorization"].endswith("0" * 64)
        assert signers.asked == 2
