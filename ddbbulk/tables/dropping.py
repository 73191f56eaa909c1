"""DeleteTable."""

from contextlib import suppress

from ddbbulk.aws import Connection
from ddbbulk.errors import (
    ConfigurationError,
    RequestRejectedError,
    ServiceUnavailableError,
    TableNotFoundError,
)
from ddbbulk.tables.description import TableDescription
from ddbbulk.tables.looking import describe_table, table_element
from ddbbulk.tables.requests import BUSY, changing
from ddbbulk.tables.waiting import is_busy, wait_until_active, wait_until_gone


async def drop_table(
    connection: Connection, name: str, *, is_waiting: bool = True
) -> None:
    """Delete a table with all its items, for good; nobody is asked.

    Args:
        connection: an open connection.
        name: the table's name or ARN.
        is_waiting: return when it is gone.

    Raises:
        ConfigurationError: it is protected from deletion.
        TableNotFoundError: there is none of this name.
        RequestError: the caller may not delete it, or nobody answers.
    """
    described = await describe_table(connection, name)
    refuse_protected(described)
    if described.status != "DELETING":
        await _drop(connection, name)
    if is_waiting:
        await wait_until_gone(connection, name, table_id=described.table_id)


def refuse_protected(described: TableDescription) -> None:
    """Refuse to do away with a table whose owner has ruled that out.

    Raises:
        ConfigurationError: it is protected; the message says how to lift that.
    """
    if described.is_protected:
        raise ConfigurationError(
            f"table {described.name} has deletion protection, so nothing of it is "
            "deleted. Lift it first, where that is meant: aws dynamodb update-table "
            f"--table-name {described.name} --no-deletion-protection-enabled"
        )


async def _drop(connection: Connection, name: str) -> None:
    """Return once the table is on its way out, or gone."""
    while not await _is_going(connection, name):
        # Somebody is changing it. Who drops it meanwhile does what is wanted.
        with suppress(TableNotFoundError):
            await wait_until_active(connection, name)


async def _is_going(connection: Connection, name: str) -> bool:
    """Ask for the deletion; say whether that, or another, was accepted."""
    async for attempt in changing():
        with attempt:
            try:
                await connection.request("delete_table", TableName=name)
            except TableNotFoundError:
                # It was there before: an answer got lost, or somebody else is at it.
                return True
            except RequestRejectedError as error:
                if error.code != BUSY:
                    raise
                return await _is_going_already(connection, name, error)
    return True


async def _is_going_already(
    connection: Connection, name: str, refusal: RequestRejectedError
) -> bool:
    """Say why a deletion was refused: the table is going, or else is changed.

    Raises:
        ServiceUnavailableError: neither, by now: it may be asked for again.
    """
    try:
        table = await table_element(connection, name)
    except TableNotFoundError:
        return True
    if not is_busy(table):
        raise ServiceUnavailableError(str(refusal), table=name, code=BUSY) from refusal
    return bool(table["TableStatus"] == "DELETING")
