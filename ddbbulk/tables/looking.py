"""What tables there are, and what one of them is now."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, cast

from ddbbulk.aws import Connection
from ddbbulk.errors import AccessDeniedError, ConfigurationError
from ddbbulk.tables.description import TableDescription
from ddbbulk.tables.requests import look


async def describe_table(connection: Connection, name: str) -> TableDescription:
    """Return what a table is now.

    Args:
        connection: an open connection.
        name: the table's name or ARN.

    Raises:
        TableNotFoundError: there is none of this name.
        AccessDeniedError: the caller may not call DescribeTable.
        ConnectionFailedError: nobody answers at the endpoint.
    """
    return TableDescription.parse(await table_element(connection, name))


async def describe_target(connection: Connection, name: str) -> TableDescription:
    """Return what a table is that shall be written to.

    Raises:
        RequestError: as ``describe_table``; where it may not be described, the message
            says how to write to it all the same.
    """
    try:
        return await describe_table(connection, name)
    except AccessDeniedError as error:
        raise AccessDeniedError(
            f"{error}; or do without it: give the key attributes (schema=, --key) and "
            f"the budget as a number (wcu=, --wcu)",
            table=name,
            code=error.code,
        ) from error


async def table_element(connection: Connection, name: str) -> Mapping[str, Any]:
    """Return the ``Table`` element of a DescribeTable answer, with all that is in it.

    Raises:
        ConfigurationError: the name is empty.
        RequestError: there is no such table, it may not be described, or nobody
            answers.
    """
    if not name:
        raise ConfigurationError("the table has no name: give its name or ARN")
    answer = await look(connection, "describe_table", TableName=name)
    return cast("Mapping[str, Any]", answer["Table"])


async def list_tables(connection: Connection) -> AsyncGenerator[str, None]:
    """Yield the names of all tables of an account in a region, in their order.

    Raises:
        AccessDeniedError: the caller may not call ListTables.
        ConnectionFailedError: nobody answers at the endpoint.

    Example:
        >>> async def show(connection: Connection) -> None:
        ...     async for name in list_tables(connection):
        ...         print(name)
    """
    start: dict[str, str] = {}
    while True:
        page = await look(connection, "list_tables", **start)
        for name in page["TableNames"]:
            yield name
        last = page.get("LastEvaluatedTableName")
        if not last:
            return
        start = {"ExclusiveStartTableName": last}
