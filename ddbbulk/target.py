"""The table that a load writes to: settled in full before the first write."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypedDict

import aioboto3

from ddbbulk.aws import Connection, connect
from ddbbulk.budget import Budget
from ddbbulk.errors import ConfigurationError, TableNotFoundError
from ddbbulk.events import Listener
from ddbbulk.retry import RetryPolicy
from ddbbulk.schema import TableSchema
from ddbbulk.tables import TableDescription, describe_table

_WRITABLE = frozenset({"ACTIVE", "UPDATING"})


class WriterOptions(TypedDict, total=False):
    """The options that ``BulkWriter``, ``load`` and ``load_sync`` share.

    Attributes:
        wcu: write units a second on the table, a ``Budget`` that several writers
            share, or None (default): what the table has provisioned (on demand: its
            MaxWriteRequestUnits, or 4,000).
        index_wcu: write units a second of global indexes, by name; one that is not
            named gets the smaller of the table's budget and what it has provisioned.
        schema: keys and indexes, which spares DescribeTable: a ``TableSchema``, or the
            key attributes as ``"alias"`` or ``("follower", "created:N")``.
        connection: an open connection from ``ddbbulk.connect``; otherwise one is
            opened for this load from the next five.
        session: an ``aioboto3.Session``.
        region: AWS region.
        profile: profile of the shared AWS configuration.
        endpoint_url: a server other than AWS.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
        max_connections: requests in flight at the most; default 64.
        linger: seconds that a partial batch waits for company; default 0.05.
        retry: when to send again, and when to give up.
        on_event: called with every event, in the event loop; it must not block.
    """

    wcu: float | Budget | None
    index_wcu: Mapping[str, float] | None
    schema: TableSchema | str | tuple[str, str] | None
    connection: Connection | None
    session: aioboto3.Session | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    allow_insecure_endpoint: bool
    max_connections: int
    linger: float
    retry: RetryPolicy
    on_event: Listener | None


@dataclass(frozen=True, slots=True)
class Target:
    """An open connection, a table that can be written to, and its budget."""

    table: str
    connection: Connection
    schema: TableSchema
    budget: Budget


async def open_target(
    table: str, options: WriterOptions, stack: AsyncExitStack
) -> Target:
    """Return the table ready to be written to.

    Args:
        table: name or ARN.
        options: what the caller asked for.
        stack: closes the connection, where it is this load's own.

    Raises:
        ConfigurationError: an option cannot work, or contradicts the table.
        RequestError: the table cannot be reached, described or written to.
    """
    _check(table, options)
    connection = options.get("connection")
    if connection is None:
        connection = await stack.enter_async_context(_connection(options))
    schema = _schema(options.get("schema"))
    budget = _budget(options)
    described: TableDescription | None = None
    if schema is None or budget is None:
        described = await describe_table(connection, table)
        _check_status(described)
        schema = schema or described.schema
    budget = budget or Budget(
        described.write_rate if described else 0, index_wcu=options.get("index_wcu")
    )
    _check_indexes(table, budget, schema)
    for index in schema.global_indexes:
        provisioned = (
            described.index_write_capacity.get(index.name) if described else None
        )
        budget.add_index(index.name, min(budget.rates[""], provisioned or float("inf")))
    return Target(table, connection, schema, budget)


def _check(table: str, options: WriterOptions) -> None:
    if not table:
        raise ConfigurationError("the table has no name: give its name or ARN")
    linger = options.get("linger", 0.0)
    if linger < 0:
        raise ConfigurationError(f"linger is {linger}: give seconds, 0 or more")
    unknown = sorted(set(options) - set(WriterOptions.__annotations__))
    if unknown:
        raise ConfigurationError(
            f"unknown option {', '.join(unknown)}: there are "
            f"{', '.join(WriterOptions.__annotations__)}"
        )


def _connection(options: WriterOptions) -> Connection:
    return connect(
        session=options.get("session"),
        region=options.get("region"),
        profile=options.get("profile"),
        endpoint_url=options.get("endpoint_url"),
        max_connections=options.get("max_connections", 64),
        allow_insecure_endpoint=options.get("allow_insecure_endpoint", False),
    )


def _schema(schema: TableSchema | str | tuple[str, str] | None) -> TableSchema | None:
    if schema is None or isinstance(schema, TableSchema):
        return schema
    if isinstance(schema, str):
        return TableSchema.of(schema)
    return TableSchema.of(*schema)


def _budget(options: WriterOptions) -> Budget | None:
    wcu = options.get("wcu")
    if wcu is None:
        return None
    if isinstance(wcu, Budget):
        for name, rate in (options.get("index_wcu") or {}).items():
            wcu.add_index(name, rate)
        return wcu
    return Budget(wcu, index_wcu=options.get("index_wcu"))


def _check_status(described: TableDescription) -> None:
    if described.status not in _WRITABLE:
        raise TableNotFoundError(
            f"table {described.name} is {described.status}: wait until it is ACTIVE",
            table=described.name,
            code="ResourceNotFoundException",
        )


def _check_indexes(table: str, budget: Budget, schema: TableSchema) -> None:
    known = set(schema.resources)
    unknown = sorted(set(budget.rates) - known)
    if unknown:
        has = ", ".join(sorted(known - {""})) or "none"
        raise ConfigurationError(
            f"index_wcu names {', '.join(unknown)}, but table {table} has no such "
            f"global index (it has: {has})"
        )
