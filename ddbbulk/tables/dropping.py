"""DeleteTable."""

from ddbbulk.aws import Connection
from ddbbulk.errors import (
    ConfigurationError,
    RequestRejectedError,
    TableNotFoundError,
)
from ddbbulk.tables.description import TableDescription
from ddbbulk.tables.looking import describe_table
from ddbbulk.tables.requests import BUSY, TRANSIENT, changing
from ddbbulk.tables.waiting import wait_until_active, wait_until_gone


async def drop_table(
    connection: Connection, name: str, *, is_waiting: bool = True
) -> None:
    """Delete a table with all its items, for good; nobody is asked.

    Args:
        connection: an open connection.
        name: the table's name or ARN.
        is_waiting: return when its name is free again.

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
        await wait_until_gone(connection, name)


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
    """Send the request until it is answered, and the table not busy."""
    has_lost_answers = False
    async for attempt in changing():
        with attempt:
            try:
                await connection.request("delete_table", TableName=name)
            except TableNotFoundError:
                # Where an answer got lost, the table did with it.
                if not has_lost_answers:
                    raise
            except RequestRejectedError as error:
                if error.code != BUSY:
                    raise
                await wait_until_active(connection, name)
                await connection.request("delete_table", TableName=name)
            except TRANSIENT:
                has_lost_answers = True
                raise
