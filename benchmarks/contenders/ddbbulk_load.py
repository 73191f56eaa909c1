"""ddbbulk: one load, with all that it checks and guards."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

import ddbbulk
from contest import KEY, TABLE, Task, Write

TAKES_MODELS: Final = True
# Far above what one core sends: the budget is kept, and never waited for.
WCU: Final = 10_000_000


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Open a connection for the loads."""
    async with ddbbulk.connect(endpoint_url=task.endpoint_url) as connection:

        async def write(items: Iterator[Any]) -> None:
            report = await ddbbulk.load(
                TABLE,
                items,
                wcu=WCU,
                schema=KEY,
                connection=connection,
                transport="aioboto3" if task.transport == "aioboto3" else "direct",
            )
            if report.items_written != report.items_read:
                raise RuntimeError(report.verdict)

        yield write
