"""aiodynamo: its client over aiohttp, with 16 requests in flight."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiodynamo.client import Client
from aiodynamo.credentials import Key, StaticCredentials
from aiodynamo.http.aiohttp import AIOHTTP
from aiodynamo.models import BatchWriteRequest
from yarl import URL

from contest import ACCESS_KEY, IN_FLIGHT, REGION, TABLE, Task, Write, batches


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a session of aiohttp: over httpx, the other choice, it is slower."""
    async with aiohttp.ClientSession() as session:
        client = Client(
            AIOHTTP(session),
            StaticCredentials(Key(ACCESS_KEY, ACCESS_KEY)),
            REGION,
            endpoint=URL(task.endpoint_url),
        )

        async def work(groups: Iterator[list[Any]]) -> None:
            for group in groups:
                pending = group
                while pending:
                    request = BatchWriteRequest(items_to_put=pending)
                    result = await client.batch_write({TABLE: request})
                    pending = result[TABLE].unput_items if result else []

        async def write(items: Iterator[Any]) -> None:
            groups = batches(items)
            async with asyncio.TaskGroup() as tasks:
                for _ in range(IN_FLIGHT):
                    tasks.create_task(work(groups))

        yield write
