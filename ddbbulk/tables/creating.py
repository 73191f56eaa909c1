"""CreateTable, from a definition."""

from collections.abc import Mapping
from typing import Any, Final

from ddbbulk.aws import Connection
from ddbbulk.errors import (
    ConfigurationError,
    RequestError,
    RequestRejectedError,
    ServiceUnavailableError,
    TableNotFoundError,
)
from ddbbulk.schema import IndexSchema, KeyAttribute
from ddbbulk.schema_file import GlobalIndexDefinition, TableDefinition
from ddbbulk.tables.description import TableDescription
from ddbbulk.tables.looking import describe_table, table_element
from ddbbulk.tables.requests import BUSY, TRANSIENT, changing, is_unknown
from ddbbulk.tables.time_to_live import set_time_to_live
from ddbbulk.tables.waiting import wait_until_active, wait_until_seen

_MODES: Final = {"on-demand": "PAY_PER_REQUEST", "provisioned": "PROVISIONED"}


async def create_table(
    connection: Connection,
    definition: TableDefinition,
    *,
    name: str | None = None,
    is_waiting: bool = True,
) -> TableDescription:
    """Create a table with its indexes, tags and time to live.

    Args:
        connection: an open connection.
        definition: what it shall be, such as ``TableDefinition.read(path)``.
        name: its name, where that is not the definition's.
        is_waiting: return when it is ACTIVE, and so can be written to. Without that
            its time to live is not set yet: ``set_time_to_live`` does that.

    Returns:
        What it is now.

    Raises:
        ConfigurationError: neither the definition nor the call names it.
        RequestRejectedError: there is one of this name (its code is
            ``ResourceInUseException``), or the service refuses the definition.
        RequestError: the caller may not create it, or nobody answers.

    Example:
        >>> async def make(connection: Connection) -> None:
        ...     users = TableDefinition(table="users", partition_key="alias")
        ...     await create_table(connection, users)
    """
    table = name or definition.table
    if table is None:
        raise ConfigurationError(
            "the table has no name: give one (name=, --table), or say table = in its "
            "schema file"
        )
    await _refuse_existing(connection, table)
    await _create(connection, create_request(definition, table))
    await wait_until_seen(connection, table)
    if not is_waiting:
        return await describe_table(connection, table)
    described = await wait_until_active(connection, table)
    if definition.ttl_attribute is not None:
        await _let_expire(connection, table, definition.ttl_attribute)
    return described


def create_request(definition: TableDefinition, table: str) -> dict[str, Any]:
    """Return the CreateTable request for a table of this name."""
    schema = definition.keys_and_indexes
    keys = {*schema.keys, *(key for index in schema.indexes for key in index.keys)}
    request: dict[str, Any] = {
        "TableName": table,
        "AttributeDefinitions": [
            {"AttributeName": key.name, "AttributeType": key.type}
            for key in sorted(keys, key=lambda key: key.name)
        ],
        "KeySchema": _key_schema(schema.keys[:1], schema.keys[1:]),
        "BillingMode": _MODES[definition.billing],
        **_throughput(definition, definition),
    }
    if schema.local_indexes:
        request["LocalSecondaryIndexes"] = [*map(_index, schema.local_indexes)]
    if schema.global_indexes:
        request["GlobalSecondaryIndexes"] = [
            {**_index(index), **_throughput(definition, defined)}
            for index, defined in zip(
                schema.global_indexes, definition.global_indexes, strict=True
            )
        ]
    if definition.deletion_protection:
        request["DeletionProtectionEnabled"] = True
    if definition.tags:
        request["Tags"] = [
            {"Key": key, "Value": value} for key, value in definition.tags.items()
        ]
    return request


async def _refuse_existing(connection: Connection, table: str) -> None:
    """Find out at once where nobody answers, or the name is taken."""
    try:
        found = await table_element(connection, table)
    except TableNotFoundError:
        return
    status = found.get("TableStatus", "ACTIVE")
    raise RequestRejectedError(
        f"there is a table {table} already, and it is {status}", table=table, code=BUSY
    )


async def _create(connection: Connection, request: Mapping[str, Any]) -> None:
    """Send the request until it is answered."""
    table = request["TableName"]
    has_lost_answers = False
    async for attempt in changing():
        with attempt:
            try:
                await connection.request("create_table", **request)
            except RequestRejectedError as error:
                if error.code != BUSY:
                    raise
                # Where an answer got lost, the table is ours.
                if not has_lost_answers:
                    await _refuse_existing(connection, table)
                    # One of this name has just gone, and not everywhere yet.
                    raise ServiceUnavailableError(
                        str(error), table=table, code=BUSY
                    ) from error
            except TRANSIENT:
                has_lost_answers = True
                raise


async def _let_expire(connection: Connection, table: str, attribute: str) -> None:
    try:
        await set_time_to_live(connection, table, attribute)
    except RequestError as error:
        why = "this server has no time to live" if is_unknown(error) else str(error)
        raise type(error)(
            f"table {table} is created, but its items will not expire by {attribute}: "
            f"{why}",
            table=table,
            code=error.code,
        ) from error


def _index(index: IndexSchema) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.non_key_attributes:
        projection["NonKeyAttributes"] = [*index.non_key_attributes]
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.partition_keys, index.sort_keys),
        "Projection": projection,
    }


def _key_schema(
    partition: tuple[KeyAttribute, ...], sort: tuple[KeyAttribute, ...]
) -> list[dict[str, str]]:
    return [
        *({"AttributeName": key.name, "KeyType": "HASH"} for key in partition),
        *({"AttributeName": key.name, "KeyType": "RANGE"} for key in sort),
    ]


def _throughput(
    table: TableDefinition, part: TableDefinition | GlobalIndexDefinition
) -> dict[str, Any]:
    """Return the capacity of a table, or of one of its global indexes."""
    if table.billing == "provisioned":
        return {
            "ProvisionedThroughput": {
                "ReadCapacityUnits": part.read_capacity or table.read_capacity,
                "WriteCapacityUnits": part.write_capacity or table.write_capacity,
            }
        }
    ceilings = {
        "MaxReadRequestUnits": part.max_read_units,
        "MaxWriteRequestUnits": part.max_write_units,
    }
    named = {name: units for name, units in ceilings.items() if units is not None}
    return {"OnDemandThroughput": named} if named else {}
