"""Where requests go: to AWS, where they cost money, or to a simulator of our own."""

import aioboto3

import ddbbulk


def is_aws_host(endpoint_url: str) -> bool:
    """Say whether requests go to AWS, where they cost money."""
    host = endpoint_url.partition("://")[2].partition("/")[0].partition(":")[0]
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def simulator_connection(endpoint_url: str) -> ddbbulk.Connection:
    """Return the connection to a simulator that a command has started itself."""
    # Credentials of its own: an expired login must not keep it from running.
    session = aioboto3.Session(
        aws_access_key_id="simulator",
        aws_secret_access_key="simulator",  # noqa: S106 - what anybody may know
        region_name="us-east-1",
    )
    return ddbbulk.connect(session=session, endpoint_url=endpoint_url)
