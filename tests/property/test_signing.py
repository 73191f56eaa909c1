"""Signatures of the direct transport: those of botocore, byte for byte."""

from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore import auth as botocore_auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.aws import AccessKey, NoRouteError
from ddbbulk.aws.routing import Route, route_of
from ddbbulk.transport.direct.signing import Signer

TIMES = st.floats(min_value=946_684_800, max_value=4_102_444_799)  # 2000 to 2099
PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
NAMES = st.from_regex(r"[A-Za-z0-9]{1,32}", fullmatch=True)
KEYS = st.builds(
    AccessKey,
    NAMES,
    st.text(min_size=1, max_size=60),
    st.none() | st.text(PRINTABLE, min_size=1, max_size=900),
)
REGIONS = st.from_regex(r"[a-z]{2}(-[a-z]{3,8}){1,2}-[0-9]", fullmatch=True)
SERVICES = st.sampled_from(["dynamodb", "dax"])
HOSTS = (
    st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?", fullmatch=True)
    | st.ip_addresses(v=4).map(str)
    | st.ip_addresses(v=6).map(lambda address: f"[{address}]")
    | st.sampled_from(["123456789012.ddb.eu-west-1.amazonaws.com", "dynamodb_local"])
)
PORTS = st.sampled_from(["", ":80", ":443", ":8000", ":8443"])
PATHS = st.sampled_from(["", "/", "/stage", "/a/b.c/~d-e_f/"])
URLS = st.tuples(st.sampled_from(["http://", "https://"]), HOSTS, PORTS, PATHS).map(
    "".join
)
OPERATIONS = st.sampled_from(["BatchWriteItem", "PutItem"])


def of_botocore(
    url: str, key: AccessKey, place: tuple[str, str], request: tuple[str, bytes, float]
) -> dict[str, str]:
    """Return the headers with which botocore sends a request."""
    region, service = place
    operation, body, now = request
    sent = AWSRequest(
        method="POST",
        url=url or "/",
        data=body,
        headers={
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "User-Agent": "theirs",
        },
    )
    held = ReadOnlyCredentials(key.name, key.secret, key.token)
    moment = datetime.fromtimestamp(int(now), UTC)
    with patch.object(botocore_auth, "get_current_datetime", lambda: moment):
        SigV4Auth(held, service, region).add_auth(sent)
    return {name.lower(): str(value) for name, value in sent.headers.items()}


def headers_of(head: bytes) -> dict[str, str]:
    lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines[1:]]
    assert len({name.lower() for name, _ in pairs}) == len(pairs)
    return {name.lower(): value for name, value in pairs}


@given(
    url=URLS,
    key=KEYS,
    region=REGIONS,
    service=SERVICES,
    requests=st.lists(
        st.tuples(OPERATIONS, st.binary(max_size=300), TIMES),
        min_size=1,
        max_size=4,
    ),
)
def test_signatures_are_those_of_botocore(
    url: str,
    key: AccessKey,
    region: str,
    service: str,
    requests: list[tuple[str, bytes, float]],
) -> None:
    signer = None
    for request in requests:
        theirs = of_botocore(url, key, (region, service), request)
        signer = signer or Signer(route_of(url, theirs), key)
        ours = headers_of(signer.head(*request))
        assert {name: ours[name] for name in theirs} == theirs
        added = {"host", "accept-encoding", "content-length"}
        assert set(ours) - set(theirs) == added
        assert ours["accept-encoding"] == "identity"
        assert ours["content-length"] == str(len(request[1]))


@given(url=URLS)
def test_the_host_that_is_sent_is_the_one_that_botocore_signs(url: str) -> None:
    request = AWSRequest(method="POST", url=url, data=b"")
    signed = SigV4Auth(
        ReadOnlyCredentials("a", "b", None), "dynamodb", "r"
    ).headers_to_sign(request)
    route = route_of(url, {"authorization": authorization()})
    assert route.authority == signed["host"]
    assert route.host == urlsplit(url).hostname


def authorization() -> str:
    return "AWS4-HMAC-SHA256 Credential=k/20000101/r/dynamodb/aws4_request, Signed"


@pytest.mark.parametrize(
    "url",
    [
        "http://h/?query=1",
        "http://h/a//b",
        "http://h/../b",
        "http://h/%41",
        "http://h/ü",
    ],
)
def test_urls_that_would_have_to_be_normalised_are_left_to_botocore(url: str) -> None:
    with pytest.raises(NoRouteError, match="unusual"):
        route_of(url, {"authorization": authorization()})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "AWS4-ECDSA-P256-SHA256 Credential=k/20000101/dynamodb/a, "},
        {"authorization": "Bearer token"},
        {"authorization": authorization(), "x-of-a-hook": "1"},
    ],
)
def test_what_the_client_alone_knows_to_sign_is_left_to_it(
    headers: dict[str, str],
) -> None:
    with pytest.raises(NoRouteError):
        route_of("https://h/", headers)


@pytest.mark.parametrize("token", ["a\r\nX-Other: b", "a\n", "\u00e9", "a\0b"])
def test_credentials_cannot_add_headers(token: str) -> None:
    route = Route("h", 80, "h", "/", "r", "dynamodb")
    with pytest.raises(ValueError, match="characters"):
        Signer(route, AccessKey("k", "s", token))


def test_what_is_signed_with_shows_in_no_representation() -> None:
    key = AccessKey("AKIAname", "theSecret", "theToken")
    signer = Signer(Route("h", 80, "h", "/", "r", "dynamodb"), key)
    assert repr(key) == "AccessKey()"
    assert "AKIA" not in repr(signer)
