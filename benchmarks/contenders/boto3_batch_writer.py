"""boto3: the ``batch_writer`` of a table."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import boto3

from contest import TABLE, Task, Write


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a resource."""
    table = boto3.resource("dynamodb", endpoint_url=task.endpoint_url).Table(TABLE)

    async def write(items: Iterator[Any]) -> None:
        with table.batch_writer() as batch:
            for item in items:
                batch.put_item(Item=item)

    yield write
