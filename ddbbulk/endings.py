"""Which of several exceptions has really ended a load."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import cast

from ddbbulk.errors import ConfigurationError, WriterClosedError

_LOG = logging.getLogger(__name__)


def is_consequence(ending: BaseException | None) -> bool:
    """Say whether there is no exception but what tells that a writer had ended.

    Once a request has failed for good, the writer's block is cancelled, and whoever
    puts in another task learns that it is closed. The block may also have come to its
    end in that very moment.
    """
    if isinstance(ending, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", ending)
        return group.split(WriterClosedError)[1] is None
    return ending is None or isinstance(
        ending, (asyncio.CancelledError, WriterClosedError)
    )


async def closed(
    closing: Awaitable[None], ending: BaseException | None
) -> BaseException | None:
    """Close a file; return what ended the load, where it had no end before."""
    try:
        await closing
    except ConfigurationError as error:
        if ending is None:
            return error
        if ending is not error:
            _LOG.warning("%s", error)
    return ending
