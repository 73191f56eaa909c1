"""What those who read a whole table may ask for, and the table opened by it."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, TypedDict

import aioboto3

from ddbbulk.aws import Connection, connect_by
from ddbbulk.errors import AccessDeniedError, ConfigurationError, TableNotFoundError
from ddbbulk.events import Display
from ddbbulk.reading.budget import ReadBudget
from ddbbulk.reading.filters import Filter
from ddbbulk.reading.opening import open_reader
from ddbbulk.reading.reader import Reader
from ddbbulk.retry import RetryPolicy
from ddbbulk.tables import TableDescription, describe_table
from ddbbulk.transport import Transport, TransportName

_UNREADABLE: Final = frozenset({"CREATING", "DELETING"})


class ReadOptions(TypedDict, total=False):
    """What all who read a whole table may ask for; a ``TableSource`` takes these.

    Attributes:
        rcu: read units a second, a ``ReadBudget`` that several share, or None
            (default): what the table has provisioned (on demand: its limit or warm
            throughput, or 12,000).
        segments: into how many parts the table is divided, to be read side by side;
            default 4.
        filter: which items are wanted; the others are read and paid for all the same.
        consistent: read strongly consistently, at double the cost.
        session: an ``aioboto3.Session``.
        region: AWS region.
        profile: profile of the shared AWS configuration.
        endpoint_url: a server other than AWS.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
        retry: when to send again, and when to give up.
        transport: what carries the requests, as for ``load``.
    """

    rcu: float | ReadBudget | None
    segments: int
    filter: Filter | None
    consistent: bool
    session: aioboto3.Session | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    allow_insecure_endpoint: bool
    retry: RetryPolicy | None
    transport: Transport | TransportName | None


class CountOptions(ReadOptions, total=False):
    """The options of ``count_items`` and ``count_items_sync``.

    Attributes:
        connection: an open connection from ``ddbbulk.connect``; otherwise one is opened
            from the other options.
        progress: True for a live bar on the error stream, or a display that several
            share.
    """

    connection: Connection | None
    progress: bool | Display


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A table that can be read.

    Args:
        reader: reads it.
        described: what it is; None: the caller may not ask.
    """

    reader: Reader
    described: TableDescription | None

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of its key attributes, as far as they are known."""
        if self.described is None:
            return ()
        return tuple(key.name for key in self.described.schema.keys)


def check_options(options: Mapping[str, object], known: type) -> None:
    """Refuse an option that there is not.

    Args:
        options: what was given.
        known: the typed dictionary of what may be.

    Raises:
        ConfigurationError: there is no such option.
    """
    unknown = sorted(set(options) - set(known.__annotations__))
    if unknown:
        raise ConfigurationError(
            f"unknown option {', '.join(unknown)}: there are "
            f"{', '.join(known.__annotations__)}"
        )


async def open_table(
    table: str,
    options: ReadOptions,
    stack: AsyncExitStack,
    *,
    connection: Connection | None = None,
    budget: ReadBudget | None = None,
) -> OpenedTable:
    """Return a table ready to be read.

    Args:
        table: name or ARN.
        options: what was asked for.
        stack: closes what is opened for it.
        connection: an open one; None: one is opened, by the options.
        budget: in the place of ``rcu``.

    Raises:
        ConfigurationError: an option cannot work.
        RequestError: the table cannot be reached or described.
    """
    if not table:
        raise ConfigurationError("the table has no name: give its name or ARN")
    if connection is None:
        connection = await stack.enter_async_context(open_connection(options))
    rcu = options.get("rcu") if budget is None else budget
    described = await _described(connection, table, rcu=rcu)
    reader = await open_reader(
        table,
        connection=connection,
        rcu=rcu,
        is_consistent=options.get("consistent", False),
        transport=options.get("transport"),
        retry=options.get("retry"),
        stack=stack,
        described=described,
    )
    return OpenedTable(reader, described)


def open_connection(options: ReadOptions) -> Connection:
    """Return a connection that is to be opened, by the options."""
    return connect_by(options)


async def _described(
    connection: Connection, table: str, *, rcu: float | ReadBudget | None
) -> TableDescription | None:
    """Return what the table is; None: it may not be asked, and need not be."""
    try:
        described = await describe_table(connection, table)
    except AccessDeniedError:
        if rcu is None:
            raise
        return None
    if described.status in _UNREADABLE:
        raise TableNotFoundError(
            f"table {described.name} is {described.status}: it can be read only while "
            "it is ACTIVE",
            table=described.name,
            code="ResourceNotFoundException",
        )
    return described
