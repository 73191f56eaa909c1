"""The server that is written to: the simulator, in a process of its own."""

import gc
import http.client
import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
import orjson

from ddbbulk.simulator import Simulator
from workloads import Workload

# What a client in the table's region sees.
LATENCY_MS: Final = 10.0
LATENCY_JITTER_MS: Final = 5.0
# The simulator asks for no real key.
ACCESS_KEY: Final = "benchmark"
REGION: Final = "us-east-1"
_SCAN: Final = {
    "X-Amz-Target": "DynamoDB_20120810.Scan",
    "Content-Type": "application/x-amz-json-1.0",
}
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0


class Server:
    """A running simulator: its tables, and what it counted."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
        self._client = boto3.client(
            "dynamodb",
            endpoint_url=endpoint_url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=ACCESS_KEY,
        )

    def create(self, name: str, workload: Workload, *, wcu: int, rcu: int = 5) -> None:
        """Create a table for a workload at a rate; return when it can be used."""
        definition = _definition(workload, wcu, rcu)
        self._client.create_table(TableName=name, **definition)
        self._client.get_waiter("table_exists").wait(
            TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )

    @contextmanager
    def table(
        self, name: str, workload: Workload, *, wcu: int, rcu: int = 5
    ) -> Iterator[None]:
        """Create a table for a workload at a rate, and drop it in the end."""
        self.create(name, workload, wcu=wcu, rcu=rcu)
        try:
            yield
        finally:
            self._client.delete_table(TableName=name)

    def described(self, table: str) -> dict[str, Any]:
        """Return what DescribeTable says of a table."""
        described: dict[str, Any] = self._client.describe_table(TableName=table)
        table_described: dict[str, Any] = described["Table"]
        return table_described

    def change(self, name: str, *, wcu: int, rcu: int = 5) -> None:
        """Give a table another rate; return when it is in force."""
        self._client.update_table(
            TableName=name, ProvisionedThroughput=_throughput(wcu, rcu)
        )
        while self.described(name)["TableStatus"] != "ACTIVE":
            time.sleep(0.02)

    def stats(self, table: str) -> dict[str, Any]:
        """Return what the simulator counted for a table."""
        tables: dict[str, dict[str, Any]] = self._statistics()["tables"]
        return tables[table]

    def faults(self) -> dict[str, int]:
        """Return how often each fault has happened, on all tables."""
        faults: dict[str, int] = self._statistics()["faults"]
        return faults

    def items(self, table: str) -> Iterator[dict[str, dict[str, str]]]:
        """Yield all that is in a table, as it stands on the wire."""
        request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
        connection = self._connection()
        try:
            while True:
                connection.request("POST", "/", orjson.dumps(request), _SCAN)
                response = connection.getresponse()
                page = orjson.loads(response.read())
                if response.status != http.HTTPStatus.OK:
                    message = f"{table} cannot be read: {page}"
                    raise ValueError(message)
                yield from page["Items"]
                if "LastEvaluatedKey" not in page:
                    return
                request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        finally:
            connection.close()

    def _statistics(self) -> dict[str, Any]:
        connection = self._connection()
        try:
            connection.request("GET", "/_simulator/stats")
            statistics: dict[str, Any] = json.load(connection.getresponse())
        finally:
            connection.close()
        return statistics

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.endpoint_url).netloc)


@contextmanager
def running_simulator(
    *,
    faults: str | None = None,
    seed: int = 0,
    update_seconds: float = 0.2,
    data: Path | None = None,
) -> Iterator[Server]:
    """Run the simulator in another process; it ends with the block.

    Args:
        faults: what goes wrong, in the simulator's words.
        seed: of the faults.
        update_seconds: how long a change of a table takes.
        data: file in which its tables survive; None: they end with it.
    """
    # A proxy for the world outside cannot reach a server on loopback.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    settings = (theirs, faults, seed, update_seconds, data)
    process = context.Process(target=_serve, args=settings, daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_SECONDS):
            message = f"the simulator did not start within {_START_SECONDS:.0f} s"
            raise TimeoutError(message)
        yield Server(ours.recv())
    finally:
        ours.close()
        process.join(_STOP_SECONDS)
        if process.is_alive():
            process.kill()


def _serve(
    pipe: Connection,
    faults: str | None,
    seed: int,
    update_seconds: float,
    data: Path | None,
) -> None:
    with Simulator(
        latency_ms=LATENCY_MS,
        latency_jitter_ms=LATENCY_JITTER_MS,
        faults=faults,
        seed=seed,
        update_seconds=update_seconds,
        data=data,
    ) as simulator:
        # Else a second's requests may wait for the garbage collector, and come at once.
        gc.collect()
        gc.freeze()
        pipe.send(simulator.endpoint_url)
        # The other end closes when the benchmark is done, or dead.
        pipe.poll(None)


def _definition(workload: Workload, wcu: int, rcu: int) -> dict[str, Any]:
    attributes = sorted({*workload.keys, *workload.index_keys})
    definition: dict[str, Any] = {
        "KeySchema": _key_schema(workload.keys),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in attributes
        ],
        "ProvisionedThroughput": _throughput(wcu, rcu),
    }
    index_wcu = workload.index_wcu(wcu)
    if index_wcu is not None:
        definition["GlobalSecondaryIndexes"] = [
            {
                "IndexName": "index",
                "KeySchema": _key_schema(workload.index_keys),
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": _throughput(index_wcu, rcu),
            }
        ]
    return definition


def _key_schema(names: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": kind}
        for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
    ]


def _throughput(wcu: int, rcu: int) -> dict[str, int]:
    return {"ReadCapacityUnits": rcu, "WriteCapacityUnits": wcu}
