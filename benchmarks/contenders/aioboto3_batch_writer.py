"""aioboto3: the ``batch_writer`` of a table."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aioboto3

from contest import TABLE, Task, Write


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a resource."""
    session = aioboto3.Session()
    async with session.resource("dynamodb", endpoint_url=task.endpoint_url) as resource:
        table = await resource.Table(TABLE)

        async def write(items: Iterator[Any]) -> None:
            async with table.batch_writer() as batch:
                for item in items:
                    await batch.put_item(Item=item)

        yield write
