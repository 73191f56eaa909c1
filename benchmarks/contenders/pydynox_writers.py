"""pydynox: 16 of its batch writers."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

from pydynox import BatchWriter, DynamoDBClient

from contest import ACCESS_KEY, IN_FLIGHT, REGION, TABLE, Task, Write, batches

# A writer holds what it is given until it is left, and sends that in requests of 25,
# one after the other.
HELD: Final = 400


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a client."""
    client = DynamoDBClient(
        region=REGION,
        access_key=ACCESS_KEY,
        secret_key=ACCESS_KEY,
        endpoint_url=task.endpoint_url,
    )

    async def work(groups: Iterator[list[Any]]) -> None:
        for group in groups:
            async with BatchWriter(client, TABLE) as batch:
                for item in group:
                    batch.put(item)

    async def write(items: Iterator[Any]) -> None:
        groups = batches(items, HELD)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(IN_FLIGHT):
                tasks.create_task(work(groups))

    yield write
