"""Waits for tables to become what they were asked to be."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from tenacity import (
    AsyncRetrying,
    RetryError,
    retry_if_result,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from ddbbulk.aws import Connection
from ddbbulk.errors import ServiceUnavailableError, TableNotFoundError
from ddbbulk.tables.description import TableDescription
from ddbbulk.tables.looking import table_element
from ddbbulk.tables.requests import BUSY

# A large index is filled for hours; without items no table takes so long.
_SECONDS: Final = 1800.0
# DescribeTable may not know a new table yet:
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
_UNSEEN_SECONDS: Final = 15.0
# In these a table comes to rest by itself.
_PASSING: Final = frozenset({"ACTIVE", "CREATING", "UPDATING"})

Found = TypeVar("Found")


async def wait_until_active(connection: Connection, name: str) -> TableDescription:
    """Return what a table is once it is ACTIVE, and its indexes are.

    Args:
        connection: an open connection.
        name: the table's name or ARN.

    Raises:
        TableNotFoundError: there is no such table, or it is on its way out.
        ServiceUnavailableError: it took more than half an hour.
    """

    async def active() -> TableDescription | None:
        table = await table_element(connection, name)
        status = table.get("TableStatus", "ACTIVE")
        if status not in _PASSING:
            raise TableNotFoundError(
                f"table {name} is {status}, and does not become ACTIVE",
                table=name,
                code="ResourceNotFoundException",
            )
        return None if is_busy(table) else TableDescription.parse(table)

    return await _awaited(active, table=name, still="is not ACTIVE", seconds=_SECONDS)


async def wait_until_seen(connection: Connection, name: str) -> None:
    """Return once the service knows a table that was created just now.

    Raises:
        ServiceUnavailableError: it does not know it after a while.
    """

    async def seen() -> bool:
        try:
            await table_element(connection, name)
        except TableNotFoundError:
            return False
        return True

    await _awaited(seen, table=name, still="is not to be seen", seconds=_UNSEEN_SECONDS)


async def wait_until_gone(
    connection: Connection, name: str, *, table_id: str | None
) -> None:
    """Return once there is no such table; another may have its name by then.

    Args:
        connection: an open connection.
        name: the table's name or ARN.
        table_id: what tells it from others of that name; None: no server says.

    Raises:
        ServiceUnavailableError: it took more than half an hour.
    """

    async def gone() -> bool:
        try:
            table = await table_element(connection, name)
        except TableNotFoundError:
            return True
        return table_id is not None and table.get("TableId") not in (None, table_id)

    await _awaited(gone, table=name, still="is still there", seconds=_SECONDS)


async def _awaited(
    step: Callable[[], Awaitable[Found | None]],
    *,
    table: str,
    still: str,
    seconds: float,
) -> Found:
    """Repeat a step until it returns something, with waits that grow."""
    retrying = AsyncRetrying(
        retry=retry_if_result(_is_nothing),
        wait=wait_exponential(multiplier=0.05, max=2) + wait_random(0, 0.05),
        stop=stop_after_delay(seconds),
    )
    try:
        found: Found | None = await retrying(step)
    except RetryError as error:
        raise ServiceUnavailableError(
            f"table {table} {still} after {seconds:,.0f} s", table=table, code=BUSY
        ) from error
    assert found is not None  # noqa: S101 -- that is what was waited for
    return found


def _is_nothing(found: object) -> bool:
    return not found


def is_busy(table: Mapping[str, Any]) -> bool:
    """Say whether a table, or one of its indexes, is being made or changed."""
    indexes = table.get("GlobalSecondaryIndexes") or ()
    states = [table.get("TableStatus"), *(one.get("IndexStatus") for one in indexes)]
    return any(state not in (None, "ACTIVE") for state in states)
