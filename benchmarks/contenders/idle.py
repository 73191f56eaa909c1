"""Nobody: a process that holds one idle client of aioboto3."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aioboto3

from contest import Task, Write


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a client, and leave it alone."""
    async with aioboto3.Session().client("dynamodb", endpoint_url=task.endpoint_url):
        yield _nothing


async def _nothing(items: Iterator[Any]) -> None:
    del items
