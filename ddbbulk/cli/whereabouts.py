"""Where a table is and how much is in it, in words."""

import shlex
from typing import Final, Protocol

from ddbbulk.aws import Connection
from ddbbulk.counted import counted
from ddbbulk.printable import printable
from ddbbulk.tables import TableDescription

_KILOBYTE: Final = 1024
_UNITS: Final = ("KB", "MB", "GB", "TB")


def account_of(arn: str) -> str:
    """Return the account of ``arn:aws:dynamodb:REGION:ACCOUNT:table/NAME``.

    Local servers have none, or write zeros.
    """
    fields = arn.split(":")
    return fields[-2] if fields[-2:-1] and fields[-2].strip("0") else ""


def whereabouts(connection: Connection, arn: str = "") -> str:
    """Return the endpoint, the region and, where it is known, the account."""
    place = f"at {connection.endpoint_url}, region {connection.region}"
    account = account_of(arn)
    return f"{place}, account {account}" if account else place


class Place(Protocol):
    """What says where a table is, as it was typed."""

    @property
    def endpoint_url(self) -> str | None:
        """A server other than AWS."""
        ...

    @property
    def region(self) -> str | None:
        """AWS region."""
        ...

    @property
    def profile(self) -> str | None:
        """Profile of the shared AWS configuration."""
        ...

    @property
    def allow_insecure_endpoint(self) -> bool:
        """Whether real credentials go over plain HTTP."""
        ...


def command_there(place: Place, *words: str) -> str:
    """Return a command to be typed next, for the same place."""
    options = {
        "--endpoint-url": place.endpoint_url,
        "--region": place.region,
        "--profile": place.profile,
    }
    given = [word for option in options.items() if option[1] for word in option if word]
    if place.allow_insecure_endpoint:
        given.append("--allow-insecure-endpoint")
    return printable(shlex.join(("ddbbulk", *words, *given)))


def contents(described: TableDescription) -> str:
    """Return how many items a table has, by a count that may be hours old."""
    items = counted(described.item_count, "item")
    return f"{items} of {byte_size(described.item_bytes)}"


def byte_size(size: float) -> str:
    """Return ``512 bytes``, ``2.4 MB`` and the like."""
    if size < _KILOBYTE:
        return f"{size:,.0f} bytes"
    for unit in _UNITS[:-1]:
        size /= _KILOBYTE
        if size < _KILOBYTE:
            return f"{size:,.1f} {unit}"
    return f"{size / _KILOBYTE:,.1f} {_UNITS[-1]}"
