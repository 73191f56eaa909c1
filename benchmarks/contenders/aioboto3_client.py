"""aioboto3: its client, with 16 requests in flight."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aioboto3
from boto3.dynamodb.types import TypeSerializer
from botocore.config import Config

from contest import IN_FLIGHT, TABLE, Task, Write, batches, requests


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a client."""
    config = Config(max_pool_connections=IN_FLIGHT)
    async with aioboto3.Session().client(
        "dynamodb", endpoint_url=task.endpoint_url, config=config
    ) as client:
        serialize = TypeSerializer().serialize

        async def work(groups: Iterator[list[Any]]) -> None:
            for group in groups:
                items = (
                    {name: serialize(value) for name, value in item.items()}
                    for item in group
                )
                pending = {TABLE: requests(items)}
                while pending:
                    answer = await client.batch_write_item(RequestItems=pending)
                    pending = answer["UnprocessedItems"]

        async def write(items: Iterator[Any]) -> None:
            groups = batches(items)
            async with asyncio.TaskGroup() as tasks:
                for _ in range(IN_FLIGHT):
                    tasks.create_task(work(groups))

        yield write
