"""AWS SDK for pandas: ``put_items``."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import awswrangler
import boto3

from contest import TABLE, Task, Write


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a session."""
    awswrangler.config.dynamodb_endpoint_url = task.endpoint_url
    session = boto3.Session()

    async def write(items: Iterator[Any]) -> None:
        awswrangler.dynamodb.put_items(list(items), TABLE, boto3_session=session)

    yield write
