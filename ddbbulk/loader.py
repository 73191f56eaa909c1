"""One call: a source into a table, and the account of it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from os import PathLike
from typing import Unpack, cast

from ddbbulk.checkpoint import Checkpoint
from ddbbulk.errors import ConfigurationError, DeadlineReachedError, SourceError
from ddbbulk.events import Display
from ddbbulk.own_thread import in_own_thread
from ddbbulk.report import LoadReport
from ddbbulk.sources import Chunk, ItemSource, as_source
from ddbbulk.target import WriterOptions
from ddbbulk.writer import BulkWriter


class LoadOptions(WriterOptions, total=False):
    """The options of ``load`` and ``load_sync``: those of the writer, and some more.

    Attributes:
        checkpoint: a file that knows what is done, so that the same call goes on where
            this one ended, however that was. It needs a source that can be read from
            its middle: files, ``@generator``, any ``SeekableSource``.
        deadline: when to stop, as a time with its zone or as so much time from now.
            What is on its way is finished, within 15 seconds.
        progress: True for a live bar on the error stream, or a display that several
            loads share: a ``ProgressDisplay``, or one of your own.
        title: what the display calls this load; by default the source's name.
    """

    checkpoint: str | PathLike[str] | None
    deadline: datetime | timedelta | None
    progress: bool | Display
    title: str | None


async def load(
    table: str,
    source: ItemSource | Iterable[object] | AsyncIterable[object],
    **options: Unpack[LoadOptions],
) -> LoadReport:
    """Write every item of a source to a table, and return the account of it.

    Args:
        table: name or ARN of the table.
        source: anything iterable, sync or async, or an ``ItemSource``. Its items are
            mappings, pydantic models or dataclasses; ``Delete(key)`` deletes.
        options: see ``LoadOptions``.

    Raises:
        ConfigurationError: an option cannot work, or contradicts the table.
        SourceError: the source failed; what it gave before that is written.
        RequestError: the table cannot be reached, described or written to.
        TooManyFailuresError: more items were rejected than ``max_failures``, or the
            first 1,000 were all.
        DeadlineReachedError: not all was done by the deadline.

    An exception that ends a load carries its ``report``.

    Example:
        >>> async def seed() -> None:
        ...     users = ({"alias": f"@donald{n}"} for n in range(1, 10_001))
        ...     report = await load("tweeter_user", users, wcu=200)
        ...     print(report.verdict)
    """
    plug = as_source(source)
    seconds = _seconds_until(options.get("deadline"))
    async with AsyncExitStack() as stack:
        checkpoint = None
        path = options.get("checkpoint")
        if path is not None:
            checkpoint = await stack.enter_async_context(Checkpoint(path, plug))
        writer = BulkWriter(table, checkpoint=checkpoint, **_writer_options(options))
        writer.length = plug.length
        progress = options.get("progress", False)
        if progress:
            display = _new_display() if progress is True else progress
            stack.enter_context(display)
            display.track(writer.snapshot, title=options.get("title") or plug.name)
        async with writer:
            await _transfer((checkpoint or plug).read(), writer, seconds)
    return writer.report


def _new_display() -> Display:
    from ddbbulk.progress import ProgressDisplay  # noqa: PLC0415 -- rich is not light

    return ProgressDisplay()


async def _transfer(
    chunks: AsyncGenerator[Chunk, None], writer: BulkWriter, seconds: float | None
) -> None:
    """Put all chunks, and settle them: in so many seconds, where there is a limit."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            try:
                async with aclosing(chunks):
                    async for chunk in chunks:
                        await writer.put_chunk(chunk)
            except (SourceError, ConfigurationError):
                # What the source gave before it failed is written all the same.
                await writer.flush()
                raise
            await writer.flush()
    except TimeoutError:
        if not limit.expired():
            raise
        raise DeadlineReachedError(
            f"the time for this load is over, and not all of {writer.table} is loaded"
        ) from None


def load_sync(
    table: str,
    source: ItemSource | Iterable[object] | AsyncIterable[object],
    **options: Unpack[LoadOptions],
) -> LoadReport:
    """Do what ``load`` does, and return when it is done.

    The load runs in an event loop and a thread of its own, so this works in scripts,
    Lambda handlers and notebooks (whose own loop it blocks meanwhile). An interrupt
    cancels the load before it is raised again.
    """
    return in_own_thread(load(table, source, **options))


def _writer_options(options: LoadOptions) -> WriterOptions:
    own = ("checkpoint", "deadline", "progress", "title")
    return cast(
        "WriterOptions",
        {name: options[name] for name in options if name not in own},  # type: ignore[literal-required] # the names are the dictionary's own
    )


def _seconds_until(deadline: datetime | timedelta | None) -> float | None:
    if isinstance(deadline, datetime):
        if deadline.tzinfo is None:
            raise ConfigurationError(
                f"the deadline {deadline} has no time zone: give it one, such as "
                "datetime.now().astimezone() has"
            )
        deadline -= datetime.now(UTC)
    return None if deadline is None else max(0.0, deadline.total_seconds())
