"""What an undo may be told."""

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Literal, TypedDict, cast

import aioboto3

from ddbbulk.aws import Connection
from ddbbulk.budget import Budget
from ddbbulk.events import Listener
from ddbbulk.reading import ReadBudget
from ddbbulk.retry import RetryPolicy
from ddbbulk.target import WriterOptions
from ddbbulk.transport import Transport, TransportName

_OF_THE_WRITER = (
    "wcu",
    "index_wcu",
    "max_wcu",
    "reserve",
    "max_connections",
    "retry",
    "on_event",
    "redact_keys",
    "transport",
)


class UndoOptions(TypedDict, total=False):
    """The options of ``undo`` and ``undo_sync``.

    Attributes:
        rcu: read units a second on the table, a ``ReadBudget`` that is shared, or None
            (default): what the table has provisioned (on demand: its limit or warm
            throughput, or 12,000).
        wcu: write units a second, as for ``load``; so are the next five.
        index_wcu: those of global indexes, by name.
        max_wcu: what an adaptive budget, or the table's, never exceeds.
        reserve: the share of what the table has that is left to others.
        max_connections: requests in flight at the most; default 64.
        retry: when to send again, and when to give up.
        dry_run: look everything up, and delete nothing.
        left_file: takes the keys of all items that are left, with the reason, a line of
            JSON each, in the place of what is in the file.
        redact_keys: leave the values of keys out of the report.
        on_items: called with the number of items that were looked up so far.
        on_event: called with the events of the deletes, as by ``load``.
        transport: as for ``load``.
        connection: an open connection from ``ddbbulk.connect``; otherwise one is opened
            from the next five.
        session: an ``aioboto3.Session``.
        region: AWS region.
        profile: profile of the shared AWS configuration.
        endpoint_url: a server other than AWS.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
    """

    rcu: float | ReadBudget | None
    wcu: float | Literal["adaptive"] | Budget | None
    index_wcu: Mapping[str, float] | None
    max_wcu: float | None
    reserve: float | str
    max_connections: int
    retry: RetryPolicy
    dry_run: bool
    left_file: str | PathLike[str] | None
    redact_keys: bool
    on_items: Callable[[int], None] | None
    on_event: Listener | None
    transport: Transport | TransportName | None
    connection: Connection | None
    session: aioboto3.Session | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    allow_insecure_endpoint: bool


def writer_options(options: UndoOptions) -> WriterOptions:
    """Return those that are the writer's."""
    return cast(
        "WriterOptions",
        {name: options[name] for name in _OF_THE_WRITER if name in options},  # type: ignore[literal-required] # the names are the dictionary's own
    )
