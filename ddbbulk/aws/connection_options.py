"""The options by which every call that needs AWS can be told how to reach it."""

from typing import TypedDict

import aioboto3

from ddbbulk.aws.connection import Connection, connect


class ConnectionOptions(TypedDict, total=False):
    """How AWS, or another server, is reached; see ``connect``.

    Attributes:
        session: an ``aioboto3.Session``.
        region: AWS region.
        profile: profile of the shared AWS configuration.
        endpoint_url: a server other than AWS.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
    """

    session: aioboto3.Session | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    allow_insecure_endpoint: bool


def connect_by(options: ConnectionOptions, *, max_connections: int = 64) -> Connection:
    """Return a connection that is to be opened, by the options."""
    return connect(
        session=options.get("session"),
        region=options.get("region"),
        profile=options.get("profile"),
        endpoint_url=options.get("endpoint_url"),
        max_connections=max_connections,
        allow_insecure_endpoint=options.get("allow_insecure_endpoint", False),
    )
