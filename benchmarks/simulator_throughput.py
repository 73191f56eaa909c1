"""How many items a second the simulator accepts, and how much memory they take.

A raw client on plain sockets sends BatchWriteItem requests of 25 items of 250 bytes,
every key new, to a simulator in a process of its own whose capacity is no limit. The
bodies are built before the clock runs.

    python benchmarks/simulator_throughput.py
"""

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from ddbbulk.sizing import item_size
from recording import FOLDER, table, write_results

BATCH: Final = 25
ITEMS: Final = 1_000_000
KEYS: Final = ("ascending", "random")
ROUND: Final = 4000  # requests that are built before each stretch of sending
SERVER: Final = """
import sys
from ddbbulk.simulator import Simulator
with Simulator() as simulator:
    print(simulator.endpoint_url, flush=True)
    sys.stdin.read()
"""
TABLE: Final = {
    "TableName": "bench",
    "KeySchema": [{"AttributeName": "alias", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "alias", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
    "OnDemandThroughput": {"MaxWriteRequestUnits": 10_000_000},
}


@dataclass(frozen=True)
class Result:
    """One run.

    Attributes:
        keys: in which order the keys came.
        items: how many items were written.
        seconds: how long the sending took.
        items_per_second: their quotient.
        rss_megabytes: the server's memory at the end.
        rss_megabytes_empty: its memory before the first item.
    """

    keys: str
    items: int
    seconds: float
    items_per_second: float
    rss_megabytes: float
    rss_megabytes_empty: float


def build_item(number: int) -> dict[str, dict[str, str]]:
    """An item of 250 bytes with a user's eight attributes."""
    item = {
        "alias": {"S": f"@donald{number:012d}"},
        "first_name": {"S": f"Donald_{number}"},
        "last_name": {"S": f"Duck_{number}"},
        "password_hash": {"S": "$2b$10$" + "x" * 53},
        "image_url": {"S": ""},
        "follower_count": {"N": "0"},
        "followee_count": {"N": "1"},
    }
    item["image_url"]["S"] = "h" * (250 - item_size(item))
    return item


def build_requests(numbers: list[int], host: str) -> list[bytes]:
    """HTTP requests, complete, for items of these numbers."""
    requests: list[bytes] = []
    for start in range(0, len(numbers), BATCH):
        entries = [
            {"PutRequest": {"Item": build_item(number)}}
            for number in numbers[start : start + BATCH]
        ]
        content = {
            "RequestItems": {"bench": entries},
            "ReturnConsumedCapacity": "INDEXES",
        }
        body = json.dumps(content, separators=(",", ":")).encode()
        requests.append(_request("BatchWriteItem", body, host))
    return requests


def _request(operation: str, body: bytes, host: str) -> bytes:
    head = (
        f"POST / HTTP/1.1\r\nHost: {host}\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n"
        f"X-Amz-Target: DynamoDB_20120810.{operation}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection:
    """One keep-alive connection that knows just enough HTTP."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, host: str) -> "Connection":
        address, _, port = host.partition(":")
        return cls(*await asyncio.open_connection(address, int(port)))

    async def exchange(self, request: bytes) -> bytes:
        """The body of the answer to a request."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        _, _, rest = head.partition(b"content-length:")
        body = await self._reader.readexactly(int(rest.partition(b"\r\n")[0]))
        if not head.startswith(b"http/1.1 200") or b'"UnprocessedItems":{"' in body:
            raise SystemExit(f"the simulator refused a request: {body.decode()}")
        return body

    def close(self) -> None:
        self._writer.close()


async def send_all(requests: list[bytes], connections: list[Connection]) -> float:
    """Send requests over all connections; how many seconds it took."""
    queue = iter(requests)

    async def work(connection: Connection) -> None:
        for request in queue:
            await connection.exchange(request)

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for connection in connections:
            group.create_task(work(connection))
    return time.perf_counter() - start


async def fill(host: str, numbers: list[int], *, connections: int) -> float:
    """Write the items of these numbers; how many seconds the sending took."""
    pool = [await Connection.to(host) for _ in range(connections)]
    await pool[0].exchange(_request("CreateTable", json.dumps(TABLE).encode(), host))
    step = ROUND * BATCH
    seconds = 0.0
    for start in range(0, len(numbers), step):
        requests = build_requests(numbers[start : start + step], host)
        seconds += await send_all(requests, pool)
    for connection in pool:
        connection.close()
    return seconds


@contextmanager
def server_process() -> Generator[tuple[str, int]]:
    """A simulator in a process of its own: its host with port, and its process id."""
    with subprocess.Popen(  # noqa: S603 -- this interpreter
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None:
            raise SystemExit("the server has no standard output")
        url = process.stdout.readline().strip()
        yield url.removeprefix("http://"), process.pid
        process.communicate()  # the end of its input ends it


def resident_megabytes(pid: int) -> float:
    """The memory that a process has now."""
    answer = subprocess.run(  # noqa: S603 -- a number of ours
        ["ps", "-o", "rss=", "-p", str(pid)],  # noqa: S607 -- wherever it is
        capture_output=True,
        text=True,
        check=True,
    )
    return int(answer.stdout) / 1024


def run(keys: str, items: int, connections: int) -> Result:
    """One run against a fresh simulator."""
    numbers = list(range(items))
    if keys == "random":
        random.Random(0).shuffle(numbers)
    with server_process() as (host, pid):
        empty = resident_megabytes(pid)
        seconds = asyncio.run(fill(host, numbers, connections=connections))
        full = resident_megabytes(pid)
    return Result(keys, items, seconds, items / seconds, full, empty)


def sheet(results: Sequence[Result]) -> str:
    """Return the medians by the order of keys, as a table."""
    headers = ("keys", "all runs, items/s", "items", "median items/s", "RSS MB")
    rows: list[Sequence[str]] = []
    for keys in dict.fromkeys(result.keys for result in results):
        runs = [result for result in results if result.keys == keys]
        speeds = [result.items_per_second for result in runs]
        rows.append(
            (
                keys,
                " ".join(f"{speed:,.0f}" for speed in speeds),
                f"{runs[0].items:,}",
                f"{statistics.median(speeds):,.0f}",
                f"{max(result.rss_megabytes for result in runs):.0f}",
            )
        )
    return table(headers, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keys", choices=KEYS, action="append", default=None)
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    results: list[Result] = []
    for keys in options.keys or KEYS:
        for _ in range(options.runs):
            results.append(run(keys, options.items, options.connections))
            print(f"{keys}: {results[-1].items_per_second:,.0f} items/s", flush=True)
    is_whole = options.items == ITEMS and options.keys is None
    print(f"\n{sheet(results)}")
    write_results(
        options.results or (FOLDER if is_whole else None),
        "simulator_throughput",
        options={"items": options.items, "connections": options.connections},
        results={"runs": [asdict(result) for result in results]},
        sheet=sheet(results),
    )


if __name__ == "__main__":
    main()
