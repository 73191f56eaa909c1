"""Tables for tests, made through boto3 on any server."""

import time
import uuid
from typing import Any

ACTIVE_SECONDS = 10.0


def make_table(
    client: Any,  # noqa: ANN401 -- boto3 makes its classes up at run time
    *keys: str,
    wcu: int = 1000,
    index: tuple[str, ...] = (),
    index_wcu: int | None = None,
    name: str | None = None,
) -> str:
    """Create a table of string keys, ``index``: a name, then its keys; name it."""
    name = name or f"table-{uuid.uuid4().hex[:12]}"
    throughput = {"ReadCapacityUnits": 1000, "WriteCapacityUnits": wcu}
    settings: dict[str, Any] = {}
    if index:
        settings["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index[0],
                "KeySchema": _key_schema(index[1:]),
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": throughput
                | {"WriteCapacityUnits": index_wcu or wcu},
            }
        ]
    client.create_table(
        TableName=name,
        KeySchema=_key_schema(keys),
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"}
            for key in sorted({*keys, *index[1:]})
        ],
        ProvisionedThroughput=throughput,
        **settings,
    )
    wait_until_active(client, name)
    return name


def wait_until_active(client: Any, name: str) -> None:  # noqa: ANN401 -- as above
    """Wait until a table is neither being created nor being changed."""
    deadline = time.monotonic() + ACTIVE_SECONDS
    while client.describe_table(TableName=name)["Table"]["TableStatus"] != "ACTIVE":
        assert time.monotonic() < deadline, f"{name} did not become ACTIVE"
        time.sleep(0.02)


def drop_table(client: Any, name: str) -> None:  # noqa: ANN401 -- as above
    """Delete a table, and wait until it is gone."""
    client.delete_table(TableName=name)
    deadline = time.monotonic() + ACTIVE_SECONDS
    while name in client.list_tables()["TableNames"]:
        assert time.monotonic() < deadline, f"{name} was not deleted"
        time.sleep(0.02)


def scanned(client: Any, table: str) -> list[dict[str, Any]]:  # noqa: ANN401 -- as above
    """Return every item of a table, as DynamoDB JSON."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def _key_schema(keys: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"AttributeName": key, "KeyType": kind}
        for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
    ]
