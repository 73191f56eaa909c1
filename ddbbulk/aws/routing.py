"""Where and how botocore would send a request to a table: asked once, not guessed.

Regions, endpoints of accounts, FIPS, dual-stack and tables named by ARN are botocore's
business. A request is let through all of it and caught just before it leaves.
"""

import re
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore import utils as botocore_utils

from ddbbulk.aws.connection import Connection
from ddbbulk.aws.hooks import foreign_hooks

_CAUGHT: ContextVar[list[Any] | None] = ContextVar("ddbbulk_caught", default=None)
_SCOPE: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^,]*/\d{8}/([\w-]+)/([\w-]+)/aws4_request, "
)
_PLAIN_PATH: Final = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*/?")
# What we send as well, by a value of our own; and what tells of botocore's own retries.
_OURS: Final = frozenset(
    {
        "authorization",
        "content-length",
        "content-type",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-target",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
    }
)
_CARRIED: Final = ("user-agent", "x-amzn-trace-id")
_EVENTS: Final = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "before-parse",
    "needs-retry",
    "after-call",
    "after-call-error",
)


@dataclass(frozen=True, slots=True)
class Route:
    """How requests to one table travel.

    Attributes:
        host: to connect to; and for the certificate.
        port: to connect to.
        authority: the ``Host`` header.
        path: of the endpoint, nearly always ``/``.
        region: that requests are signed for.
        service: the same.
        headers: more of them, which are not signed.
        tls: None over plain HTTP.
    """

    host: str
    port: int
    authority: str
    path: str
    region: str
    service: str
    headers: tuple[tuple[str, str], ...] = ()
    tls: ssl.SSLContext | None = None


class NoRouteError(Exception):
    """Only botocore's client can send these requests; the text says why."""


class _CaughtError(Exception):
    """Carries a request out of the client."""


async def find_route(connection: Connection, table: str) -> Route:
    """Return how the client would send a BatchWriteItem to this table.

    Raises:
        NoRouteError: something stands between, which only the client knows to handle.
    """
    client = connection.client
    _check_settings(client)
    request = await _prepared_request(client, table)
    url = str(request.url)
    if _proxy(client, url):
        raise NoRouteError("a proxy is configured")
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    route = route_of(url, headers)
    if urlsplit(url).scheme == "http":
        return route
    return replace(route, tls=connection.trust)


def route_of(url: str, headers: Mapping[str, str]) -> Route:
    """Return the route of a request that botocore has signed.

    Args:
        url: where it is sent.
        headers: all of them, by their names in lower case.

    Raises:
        NoRouteError: it has something that we would not send.
    """
    parts = urlsplit(url)
    host = parts.hostname
    if host is None or parts.query or not _PLAIN_PATH.fullmatch(parts.path):
        raise NoRouteError("the endpoint's URL is an unusual one")
    strange = sorted(set(headers) - _OURS - {*_CARRIED})
    if strange:
        raise NoRouteError(f"the client adds headers ({', '.join(strange)})")
    scope = _SCOPE.match(headers.get("authorization", ""))
    if scope is None:
        raise NoRouteError("the client signs in another way")
    usual = 443 if parts.scheme == "https" else 80
    port = parts.port or usual
    named = f"[{host}]" if ":" in host else host
    return Route(
        host=host,
        port=port,
        authority=named if port == usual else f"{named}:{port}",
        path=parts.path or "/",
        region=scope[1],
        service=scope[2],
        headers=tuple((name, headers[name]) for name in _CARRIED if name in headers),
    )


def _check_settings(client: Any) -> None:  # noqa: ANN401 # botocore ships no types
    config = client.meta.config
    if config.client_cert:
        raise NoRouteError("a client certificate is configured")
    if config.signature_version is UNSIGNED:
        raise NoRouteError("requests are not signed")
    for hook in foreign_hooks(client, _EVENTS):
        raise NoRouteError(f"the session has a handler of its own ({hook})")


async def _prepared_request(client: Any, table: str) -> Any:  # noqa: ANN401 # as above
    """Let a request through the client, and catch it before it is sent."""
    caught: list[Any] = []
    events = client.meta.events
    token = _CAUGHT.set(caught)
    events.register("before-send.dynamodb.BatchWriteItem", _catch)
    try:
        await client.batch_write_item(RequestItems={table: [{}]})
    except _CaughtError:
        return caught[0]
    except Exception as error:
        # The client's own requests will meet it as well, and tell.
        raise NoRouteError(
            f"no request can be made ({type(error).__name__})"
        ) from error
    finally:
        events.unregister("before-send.dynamodb.BatchWriteItem", _catch)
        _CAUGHT.reset(token)
    raise NoRouteError("the client sends in another way")


def _catch(request: Any, **_: object) -> None:  # noqa: ANN401 # as above
    caught = _CAUGHT.get()
    if caught is not None:
        caught.append(request)
        raise _CaughtError


def _proxy(client: Any, url: str) -> bool:  # noqa: ANN401 # as above
    proxies = client.meta.config.proxies
    if proxies is None:
        environment = cast("Any", botocore_utils).get_environ_proxies
        proxies = cast("dict[str, str]", environment(url))
    return bool(proxies.get(urlsplit(url).scheme))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
