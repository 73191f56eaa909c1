"""Work that goes on to its end while whoever waits for it is cancelled."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

_LOG = logging.getLogger(__name__)

Result = TypeVar("Result")


async def uninterrupted(work: Coroutine[Any, Any, Result]) -> Result:
    """Await something to its end, also where this is cancelled meanwhile.

    The cancellation is raised then. (A TaskGroup would hand it to the work.)
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled() and (failure := task.exception()) is not None:
        _LOG.debug("cancelled, and failed as well", exc_info=failure)
    raise cancelled
