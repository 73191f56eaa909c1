"""The endpoint that a user names: what is said of it before anything is sent."""

import ipaddress
import os
from urllib.parse import urlsplit

from ddbbulk.errors import ConfigurationError

_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def is_aws_endpoint(url: str) -> bool:
    """Say whether an endpoint is one of AWS's, where requests cost money."""
    return (urlsplit(url).hostname or "").endswith(_AWS_DOMAINS)


def is_loopback(url: str) -> bool:
    """Say whether an endpoint is on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def configured_endpoint() -> str | None:
    """Return what the environment names; None: AWS itself, or what a profile says."""
    return (
        os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
        or os.environ.get("AWS_ENDPOINT_URL")
        or None
    )


def checked(url: str | None) -> str | None:
    """Return an endpoint as it was given.

    Raises:
        ConfigurationError: it is no URL of a server.
    """
    if url is None:
        return None
    if not _is_of_server(url):
        raise ConfigurationError(
            f"endpoint {url!r}: write it as http://host:port or https://host"
        )
    return url


def _is_of_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        )
    except ValueError:  # of the port, or of brackets that are not closed
        return False
