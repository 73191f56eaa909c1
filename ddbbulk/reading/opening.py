"""A reader for a table: its transport, and what it may consume."""

from contextlib import AsyncExitStack

from ddbbulk.aws import Connection
from ddbbulk.errors import ConfigurationError
from ddbbulk.limits import ON_DEMAND_READ_UNITS_PER_SECOND
from ddbbulk.reading.budget import ReadBudget
from ddbbulk.reading.reader import Reader
from ddbbulk.retry import RetryPolicy
from ddbbulk.tables import TableDescription, describe_table
from ddbbulk.transport import ReadingTransport, Transport, open_transport


async def open_reader(
    table: str,
    *,
    connection: Connection,
    rcu: float | ReadBudget | None,
    stack: AsyncExitStack,
    is_consistent: bool = False,
    transport: Transport | str | None = None,
    retry: RetryPolicy | None = None,
    described: TableDescription | None = None,
) -> Reader:
    """Return what reads a table.

    Args:
        table: name or ARN.
        connection: an open connection.
        rcu: read units a second, a budget that several readers share, or None: what the
            table has provisioned (on demand: its limit or warm throughput, or 12,000).
        stack: closes what is opened for it.
        is_consistent: whether reads are strongly consistent, at double the cost.
        transport: what carries the requests; by default that of the connection, and
            else the direct one where it can.
        retry: when to send again, and when to give up.
        described: the table, where it was described already.

    Raises:
        ConfigurationError: an option cannot work.
        RequestError: the table cannot be described.
    """
    if rcu is None:
        described = described or await describe_table(connection, table)
        rcu = described.read_rate or ON_DEMAND_READ_UNITS_PER_SECOND
    budget = rcu if isinstance(rcu, ReadBudget) else ReadBudget(rcu)
    if transport is None or isinstance(transport, str):
        wanted = transport or connection.transport
        transport = await open_transport(
            connection, table=table, wanted=wanted, stack=stack
        )
    if not isinstance(transport, ReadingTransport):
        raise ConfigurationError(
            f"the transport {transport.name} cannot read: it needs a method read(), "
            "or leave the choice open"
        )
    return Reader(
        transport,
        table=table,
        budget=budget,
        retry=retry,
        is_consistent=is_consistent,
    )
