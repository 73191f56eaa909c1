"""The table that a load writes to: settled in full before the first write."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Literal, TypedDict

import aioboto3

from ddbbulk.aws import Connection, connect_by
from ddbbulk.budget import Budget
from ddbbulk.conditions import Condition, Mode, WriteCondition, check_mode
from ddbbulk.errors import ConfigurationError, TableNotFoundError
from ddbbulk.events import Listener
from ddbbulk.failures import FailureLimit, OnFailure
from ddbbulk.retry import RetryPolicy
from ddbbulk.schema import TableSchema
from ddbbulk.table_share import TableShare, TableWatch
from ddbbulk.tables import TableDescription, describe_table, describe_target
from ddbbulk.transport import Transport, TransportName, open_transport

_WRITABLE = frozenset({"ACTIVE", "UPDATING"})


class WriterOptions(TypedDict, total=False):
    """The options that ``BulkWriter``, ``load`` and ``load_sync`` share.

    Attributes:
        wcu: write units a second on the table, a ``Budget`` that several writers
            share, ``"adaptive"``: as much as the table gives, found out on the way, or
            None (default): what the table has provisioned, read again every minute (on
            demand: adaptive, up to its warm throughput, or 4,000).
        index_wcu: write units a second of global indexes, by name; one that is not
            named gets the smaller of the table's budget and what it has provisioned,
            or what is found out.
        max_wcu: write units a second that an adaptive budget, or the table's, never
            exceeds.
        reserve: the share of what the table and each index have that is left to
            others, such as ``"20%"`` or 0.2; for budgets that are the table's.
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
        failures: a file that each rejected item is appended to, with its reason, as a
            line of JSON; it is made with mode 0600 where it is not there yet.
        on_failure: called with every ``FailedItem``, in the event loop; it must not
            block.
        max_failures: how many items may be rejected before the load is stopped: a
            number, or a share such as ``"1%"``, judged once 1,000 items were read.
        mode: ``"put"`` (default) replaces what is there; ``"insert"`` writes only where
            the table has no item of the key, and the first item of a key wins;
            ``"newer"`` writes only over an item without a version or with a smaller
            one. The last two send one PutItem for each item, and do not delete.
        version_attribute: the attribute that mode ``"newer"`` compares, such as
            ``updated_at``: a string, a number or bytes.
        interleave: whether writes of partition keys that get more than 1,000 units a
            second are spread over time, while others pass them; default True. Up to
            50,000 items (or 32 MB of them) wait for that.
        redact_keys: keep hot keys out of events, report and verdict.
        manifest: a file that tells of each item that the load is known to have created,
            by its key and a digest, so that ``undo`` can take it back. It needs mode
            ``"insert"``, or a table that is empty when the load begins.
        transport: what carries the requests: ``"direct"``, ``"aioboto3"`` (its client),
            or an object of your own; by default that of the connection, and else the
            direct one, where no proxy, hook or the like needs the client.
    """

    wcu: float | Literal["adaptive"] | Budget | None
    index_wcu: Mapping[str, float] | None
    max_wcu: float | None
    reserve: float | str
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
    failures: str | PathLike[str] | None
    on_failure: OnFailure | None
    max_failures: int | str | None
    mode: Mode
    version_attribute: str | None
    interleave: bool
    redact_keys: bool
    manifest: str | PathLike[str] | None
    transport: Transport | TransportName | None


@dataclass(frozen=True, slots=True)
class Target:
    """A table that can be written to, what carries the writes, and their budget.

    Attributes:
        described: name, ARN, id and the rest, where the table was asked for them;
            None where ``schema`` and ``wcu`` spared that.
        condition: on which items are written, if on any.
        watch: lets the budget follow what the table has; None: it is given.
    """

    table: str
    schema: TableSchema
    budget: Budget
    transport: Transport
    max_connections: int
    described: TableDescription | None = None
    condition: WriteCondition | None = None
    watch: TableWatch | None = None


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
    limit = options.get("max_connections", 64)
    schema = _schema(options.get("schema"))
    share = TableShare.of(
        options.get("wcu"),
        max_wcu=options.get("max_wcu"),
        reserve=options.get("reserve", 0.0),
        index_wcu=options.get("index_wcu"),
    )
    budget = _given_budget(options)
    wanted = options.get("transport")
    transport = None if isinstance(wanted, str) else wanted
    if transport is not None and schema is not None and budget is not None:
        _complete(budget, table, schema, options)
        condition = _condition(table, schema, options)
        return Target(table, schema, budget, transport, limit, condition=condition)
    connection = await _connection(options, stack)
    described: TableDescription | None = None
    if schema is None or budget is None or options.get("manifest") is not None:
        described = await describe_target(connection, table)
        _check_status(described)
        schema = schema or described.schema
    watch: TableWatch | None = None
    if budget is None and described is not None and share is not None:
        describe = partial(describe_table, connection, table)
        watch = TableWatch.begin(table, share, described, describe)
        budget = watch.budget
    assert budget is not None  # noqa: S101 -- given, or else the table's
    _complete(budget, table, schema, options, described)
    condition = _condition(table, schema, options)
    if transport is None:
        name = wanted if isinstance(wanted, str) else connection.transport
        transport = await open_transport(
            connection, table=table, wanted=name, stack=stack
        )
    limit = min(limit, connection.max_connections)
    return Target(table, schema, budget, transport, limit, described, condition, watch)


def _check(table: str, options: WriterOptions) -> None:
    if not table:
        raise ConfigurationError("the table has no name: give its name or ARN")
    linger = options.get("linger", 0.0)
    if linger < 0:
        raise ConfigurationError(f"linger is {linger}: give seconds, 0 or more")
    limit = options.get("max_connections", 1)
    if limit < 1:
        raise ConfigurationError(f"max_connections is {limit}: give at least 1")
    check_mode(options.get("mode", "put"), options.get("version_attribute"))
    max_failures = options.get("max_failures")
    if max_failures is not None:
        FailureLimit.parse(max_failures)
    unknown = sorted(set(options) - set(WriterOptions.__annotations__))
    if unknown:
        raise ConfigurationError(
            f"unknown option {', '.join(unknown)}: there are "
            f"{', '.join(WriterOptions.__annotations__)}"
        )


def _condition(
    table: str, schema: TableSchema, options: WriterOptions
) -> Condition | None:
    mode, version = options.get("mode", "put"), options.get("version_attribute")
    return Condition.of(mode, version, table=table, schema=schema)


async def _connection(options: WriterOptions, stack: AsyncExitStack) -> Connection:
    given = options.get("connection")
    if given is not None:
        return given
    limit = options.get("max_connections", 64)
    own = connect_by(options, max_connections=limit)
    return await stack.enter_async_context(own)


def _schema(schema: TableSchema | str | tuple[str, str] | None) -> TableSchema | None:
    if schema is None or isinstance(schema, TableSchema):
        return schema
    if isinstance(schema, str):
        return TableSchema.of(schema)
    return TableSchema.of(*schema)


def _given_budget(options: WriterOptions) -> Budget | None:
    """Return the budget that needs no look at the table; None: it has to be asked."""
    wcu = options.get("wcu")
    if isinstance(wcu, Budget):
        for name, rate in (options.get("index_wcu") or {}).items():
            wcu.add_index(name, rate)
        return wcu
    if isinstance(wcu, str):
        if wcu != "adaptive":
            raise ConfigurationError(
                f"wcu is {wcu!r}: give write units a second, 'adaptive', a Budget, or "
                "nothing for what the table has"
            )
        if options.get("schema") is None or options.get("reserve"):
            return None
        return Budget.adaptive(
            max_wcu=options.get("max_wcu"), index_wcu=options.get("index_wcu")
        )
    return None if wcu is None else Budget(wcu, index_wcu=options.get("index_wcu"))


def _check_status(described: TableDescription) -> None:
    if described.status not in _WRITABLE:
        raise TableNotFoundError(
            f"table {described.name} is {described.status}: wait until it is ACTIVE",
            table=described.name,
            code="ResourceNotFoundException",
        )


def _complete(
    budget: Budget,
    table: str,
    schema: TableSchema,
    options: WriterOptions,
    described: TableDescription | None = None,
) -> None:
    """Give every global index a budget, and refuse one for an index there is not."""
    named = budget.named_indexes | set(options.get("index_wcu") or ())
    _check_indexes(table, named, schema)
    provisioned: Mapping[str, float | None] = {}
    if described is not None:
        provisioned = described.index_write_capacity
    search = budget.searches.get("")
    for index in schema.global_indexes:
        known = provisioned.get(index.name)
        rate = min(budget.rates[""], known or float("inf"))
        if search is None:
            budget.add_index(index.name, rate)
        else:
            budget.search_index(
                index.name, start=rate, ceiling=search.ceiling, known=known
            )


def _check_indexes(table: str, named: frozenset[str], schema: TableSchema) -> None:
    known = {index.name for index in schema.global_indexes}
    unknown = sorted(named - known)
    if unknown:
        has = ", ".join(sorted(known)) or "none"
        raise ConfigurationError(
            f"index_wcu names {', '.join(unknown)}, but table {table} has no such "
            f"global index (it has: {has})"
        )
