"""The tables of tweeter: their keys, the requests that make them, and the commands."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ddbbulk import Connection, IndexSchema, KeyAttribute, TableSchema
from ddbbulk.examples.places import is_aws_host
from ddbbulk.examples.tweeter.names import Names


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the example needs it.

    Args:
        name: what it is called.
        option: the option that names another one.
        schema: keys and indexes.
        attributes: what its items have, with the types; these decide which further
            indexes of the real table cost something.
    """

    name: str
    option: str
    schema: TableSchema
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Capacity:
    """Units a second to provision on a table and on each of its indexes."""

    write: float
    index_write: float
    read: float


def users_table(names: Names) -> Table:
    """Return the table of users."""
    numbers = (names.follower_count, names.followee_count)
    types = {name: "N" if name in numbers else "S" for name in names.of_a_user}
    return Table(names.users_table, "--users-table", TableSchema.of(names.alias), types)


def follows_table(names: Names) -> Table:
    """Return the table of follows, with its index by followee."""
    follower = KeyAttribute(names.follower_alias)
    followee = KeyAttribute(names.followee_alias)
    index = IndexSchema(names.index, (followee,), (follower,))
    return Table(
        names.follows_table,
        "--follows-table",
        TableSchema(follower, followee, (index,)),
        dict.fromkeys(names.of_a_follow, "S"),
    )


def feed_table(names: Names) -> Table:
    """Return the table of feeds: posts by the follower who sees them, and by time."""
    types = dict.fromkeys(names.of_a_feed, "S") | {names.timestamp: "N"}
    schema = TableSchema.of(names.follower_alias, f"{names.timestamp}:N")
    return Table(names.feed_table, "--feed-table", schema, types)


def create_request(table: Table, capacity: Capacity) -> dict[str, Any]:
    """Return the CreateTable request for a table."""
    schema = table.schema
    keys = {*schema.keys, *(key for index in schema.indexes for key in index.keys)}
    request: dict[str, Any] = {
        "TableName": table.name,
        "AttributeDefinitions": [
            {"AttributeName": key.name, "AttributeType": key.type}
            for key in sorted(keys, key=lambda key: key.name)
        ],
        "KeySchema": _key_schema(*schema.keys),
        "ProvisionedThroughput": _throughput(capacity.read, capacity.write),
    }
    if schema.indexes:
        request["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": _key_schema(*index.keys),
                "Projection": {"ProjectionType": index.projection},
                "ProvisionedThroughput": _throughput(
                    capacity.read, capacity.index_write
                ),
            }
            for index in schema.indexes
        ]
    return request


def update_request(
    described: Mapping[str, Any], write: Mapping[str, float]
) -> dict[str, Any]:
    """Return the UpdateTable request that changes write capacity; empty: nothing to do.

    Read capacity stays, and what has the wanted capacity is left out: DynamoDB refuses
    a change that is none.

    Args:
        described: the ``Table`` element of a DescribeTable answer.
        write: wanted units a second by resource; the table's name is ``""``.
    """
    changes: dict[str, Any] = {}
    throughput = _changed(described, write.get(""))
    if throughput:
        changes["ProvisionedThroughput"] = throughput
    updates = [
        {"Update": {"IndexName": name, "ProvisionedThroughput": throughput}}
        for index in described.get("GlobalSecondaryIndexes") or ()
        if (throughput := _changed(index, write.get(name := index["IndexName"])))
    ]
    if updates:
        changes["GlobalSecondaryIndexUpdates"] = updates
    return {"TableName": described["TableName"], **changes} if changes else {}


def command(operation: str, request: Mapping[str, Any], connection: Connection) -> str:
    """Return the ``aws`` command that makes a request here.

    Args:
        operation: such as ``update-table``.
        request: its parameters.
        connection: says which region and endpoint.
    """
    words = ["aws", "dynamodb", operation, "--region", connection.region]
    if not is_aws_host(connection.endpoint_url):
        words += ["--endpoint-url", connection.endpoint_url]
    words += ["--cli-input-json", json.dumps(request)]
    return shlex.join(words)


def _key_schema(partition: KeyAttribute, *sort: KeyAttribute) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition.name, "KeyType": "HASH"},
        *({"AttributeName": key.name, "KeyType": "RANGE"} for key in sort),
    ]


def _throughput(read: float, write: float) -> dict[str, int]:
    # Capacity is provisioned in whole units.
    return {
        "ReadCapacityUnits": -int(-read // 1),
        "WriteCapacityUnits": -int(-write // 1),
    }


def _changed(described: Mapping[str, Any], write: float | None) -> dict[str, int]:
    provisioned = described["ProvisionedThroughput"]
    if write is None:
        return {}
    throughput = _throughput(provisioned["ReadCapacityUnits"], write)
    is_same = throughput["WriteCapacityUnits"] == provisioned["WriteCapacityUnits"]
    return {} if is_same else throughput
