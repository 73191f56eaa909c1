"""The table: what makes it, what it has to be, what it costs."""

from typing import Any, Final

from ddbbulk import (
    ConfigurationError,
    IndexSchema,
    KeyAttribute,
    Prices,
    TableDescription,
    TableSchema,
)
from ddbbulk.examples.conversations.rows import INDEX, TABLE

SCHEMA: Final = TableSchema(
    KeyAttribute("pk"),
    KeyAttribute("sk"),
    (IndexSchema(INDEX, (KeyAttribute("message_group_uuid"),), (KeyAttribute("sk"),)),),
)


def create_request(table: str, *, rcu: int, wcu: int) -> dict[str, Any]:
    """Return the CreateTable request, with so much for the table and for its index."""
    throughput = {"ReadCapacityUnits": rcu, "WriteCapacityUnits": wcu}
    return {
        "TableName": table,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("message_group_uuid", "pk", "sk")
        ],
        "KeySchema": _key_schema("pk", "sk"),
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": throughput,
        "GlobalSecondaryIndexes": [
            {
                "IndexName": INDEX,
                "KeySchema": _key_schema("message_group_uuid", "sk"),
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": throughput,
            }
        ],
    }


def check_schema(description: TableDescription) -> None:
    """Refuse a table that is another one than conversations need.

    Raises:
        ConfigurationError: its keys differ, or it lacks the index.
    """
    found = description.schema
    advice = "name another table by --table, or 'drop' this one and 'schema-load' anew"
    if found.keys != SCHEMA.keys:
        names = " and ".join(key.name for key in found.keys)
        raise ConfigurationError(
            f"table {description.name} has the key {names}, and conversations need pk "
            f"and sk: {advice}"
        )
    (wanted,) = SCHEMA.indexes
    if all(index.keys != wanted.keys for index in found.indexes if index.name == INDEX):
        raise ConfigurationError(
            f"table {description.name} has no index {INDEX} by message_group_uuid and "
            f"sk: {advice}"
        )


def loading_command(table: str) -> str:
    """Return the command that creates a table of this name."""
    return "schema-load" if table == TABLE else f"schema-load --table {table}"


def dollars_an_hour(*, rcu: float, wcu: float) -> float:
    """Return what a table and its index cost while they have so much each."""
    prices = Prices.standard()
    return 2 * (rcu * prices.read_unit_hour + wcu * prices.write_unit_hour)


def cost_of_writes(rows: int, description: TableDescription) -> str:
    """Say what it costs at AWS to write so many rows, of less than a kilobyte each."""
    if not description.is_on_demand:
        return "within the capacity that it has, which is paid for already"
    dollars = rows * Prices.standard().million_write_requests / 1_000_000
    return f"which costs about ${dollars:.4f} (the price of us-east-1)"


def _key_schema(partition_key: str, sort_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition_key, "KeyType": "HASH"},
        {"AttributeName": sort_key, "KeyType": "RANGE"},
    ]
