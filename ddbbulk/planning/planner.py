"""One call: what a load would come to, before anything is written or paid."""

import time
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, TypedDict, Unpack

import aioboto3

from ddbbulk.aws import Connection, connect_by
from ddbbulk.errors import ConfigurationError
from ddbbulk.own_thread import in_own_thread
from ddbbulk.planning.account import Account
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.reading import Reader
from ddbbulk.planning.report import PlanReport
from ddbbulk.planning.survey import Survey
from ddbbulk.prices import Prices
from ddbbulk.schema import TableSchema
from ddbbulk.schema_file import TableDefinition
from ddbbulk.sources import ItemSource, as_source, generator
from ddbbulk.tables import describe_table

_SEED: Final = 1
_UNNAMED: Final = "(new table)"

Source = ItemSource | Iterable[object] | AsyncIterable[object]


class PlanOptions(TypedDict, total=False):
    """The options of ``plan`` and ``plan_sync``.

    Attributes:
        sample: about how many items to read, spread over the source where that can be
            read from anywhere; None (default): all of them.
        finish_in: how long the load may take.
        wcu: write units a second on the table to compare the present ones with.
        prices: of capacity, requests and storage; by default those that come with
            ddbbulk.
        ttl_attribute: the attribute that says when an item expires.
        redact_keys: leave the values of keys out of the report.
        name: of a table that only its schema tells of.
        on_items: called with the number of items that were read so far.
        connection: an open connection from ``ddbbulk.connect``; otherwise one is opened
            from the next five, where the table has to be asked for.
        session: an ``aioboto3.Session``.
        region: AWS region.
        profile: profile of the shared AWS configuration.
        endpoint_url: a server other than AWS.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
    """

    sample: int | None
    finish_in: timedelta | None
    wcu: Sequence[float] | None
    prices: Prices | None
    ttl_attribute: str | None
    redact_keys: bool
    name: str | None
    on_items: Callable[[int], None] | None
    connection: Connection | None
    session: aioboto3.Session | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    allow_insecure_endpoint: bool


async def plan(
    table: str | TableSchema | TableDefinition,
    source: Source,
    **options: Unpack[PlanOptions],
) -> PlanReport:
    """Read a source, write nothing, and return what loading it would come to.

    Args:
        table: name or ARN of a table, which is asked what it is (DescribeTable); or
            its schema, and then nothing is sent at all.
        source: what ``load`` takes.
        options: see ``PlanOptions``.

    Raises:
        ConfigurationError: an option cannot work, or the source cannot be opened.
        SourceError: the source failed.
        RequestError: the table cannot be reached or described.

    Example:
        >>> async def look() -> None:
        ...     users = [{"alias": f"@donald{n}"} for n in range(1, 10_001)]
        ...     report = await plan(TableSchema.of("alias"), users)
        ...     print(report.verdict)
    """
    _check(options)
    started = time.perf_counter()
    planned_at = datetime.now(UTC)
    planned = await _planned_table(table, options)
    plug = as_source(source)
    redact_keys = options.get("redact_keys", False)
    reader = Reader(
        plug if options.get("sample") is None else _from_anywhere(source, plug),
        new_survey=lambda is_sampled: Survey(
            planned.schema,
            ttl_attribute=planned.ttl_attribute,
            now=planned_at.timestamp(),
            redact_keys=redact_keys,
            is_sampled=is_sampled,
        ),
        on_items=options.get("on_items") or _tell_nobody,
        # The same places each time: two plans of one source are to agree.
        dice=Random(_SEED),  # noqa: S311 -- nothing is kept secret by it
    )
    reading = await reader.read(options.get("sample"))
    finish_in = options.get("finish_in")
    account = Account(
        reading,
        planned,
        prices=options.get("prices") or Prices.standard(),
        wcu=options.get("wcu"),
        finish_seconds=None if finish_in is None else finish_in.total_seconds(),
        redact_keys=redact_keys,
    )
    return account.report(
        source=plug.name,
        planned_at=planned_at,
        elapsed_seconds=time.perf_counter() - started,
    )


def plan_sync(
    table: str | TableSchema | TableDefinition,
    source: Source,
    **options: Unpack[PlanOptions],
) -> PlanReport:
    """Do what ``plan`` does, and return when it is done: see ``load_sync``."""
    return in_own_thread(plan(table, source, **options))


def _check(options: PlanOptions) -> None:
    sample, finish_in = options.get("sample"), options.get("finish_in")
    if sample is not None and sample < 1:
        raise ConfigurationError(f"a sample has 1 item or more, not {sample:,}")
    if finish_in is not None and finish_in <= timedelta():
        raise ConfigurationError(f"finish_in is {finish_in}: give a time above 0")
    if any(not 0 < units < float("inf") for units in options.get("wcu") or ()):
        raise ConfigurationError("wcu holds write units a second: numbers above 0")


async def _planned_table(
    table: str | TableSchema | TableDefinition, options: PlanOptions
) -> PlannedTable:
    """Return what is known of the table, having asked where its name is all we have."""
    name = options.get("name")
    if isinstance(table, TableDefinition):
        planned = PlannedTable.defined(table, name or table.table or _UNNAMED)
    elif isinstance(table, TableSchema):
        planned = PlannedTable(name=name or _UNNAMED, schema=table)
    else:
        async with AsyncExitStack() as stack:
            connection = options.get("connection")
            if connection is None:
                connection = await stack.enter_async_context(connect_by(options))
            planned = PlannedTable.described(await describe_table(connection, table))
    attribute = options.get("ttl_attribute")
    return planned if attribute is None else replace(planned, ttl_attribute=attribute)


def _from_anywhere(source: Source, plug: ItemSource) -> ItemSource:
    """Return the source; a list as one that can begin anywhere."""
    if isinstance(source, Sequence):
        return generator(count=len(source))(source.__getitem__)
    return plug


def _tell_nobody(_items: int) -> None:
    pass
