"""One call: a source into a table, and the account of it."""

import asyncio
from collections.abc import AsyncIterable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing, suppress
from typing import Any, Unpack, cast

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.progress import ProgressDisplay
from ddbbulk.report import LoadReport
from ddbbulk.sources import ItemSource, as_source
from ddbbulk.target import WriterOptions
from ddbbulk.writer import BulkWriter


class LoadOptions(WriterOptions, total=False):
    """The options of ``load`` and ``load_sync``: those of the writer, and two more.

    Attributes:
        progress: True for a live bar on the error stream, or a display that several
            loads share.
        title: what the display calls this load; by default the source's name.
    """

    progress: bool | ProgressDisplay
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

    An exception that ends a load carries its ``report``.

    Example:
        >>> async def seed() -> None:
        ...     users = ({"alias": f"@donald{n}"} for n in range(1, 10_001))
        ...     report = await load("tweeter_user", users, wcu=200)
        ...     print(report.verdict)
    """
    plug = as_source(source)
    progress = options.get("progress", False)
    title = options.get("title") or plug.name
    writer = BulkWriter(table, **_writer_options(options))
    writer.length = plug.length
    with ExitStack() as stack:
        if progress:
            display = ProgressDisplay() if progress is True else progress
            stack.enter_context(display)
            display.track(writer.snapshot, title=title)
        async with writer:
            try:
                async with aclosing(plug.read()) as chunks:
                    async for chunk in chunks:
                        await writer.put_chunk(chunk)
            except (SourceError, ConfigurationError):
                # What the source gave before it failed is written all the same.
                await writer.flush()
                raise
    return writer.report


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
    return _in_a_thread(load(table, source, **options))


def _writer_options(options: LoadOptions) -> WriterOptions:
    own = ("progress", "title")
    return cast(
        "WriterOptions",
        {name: options[name] for name in options if name not in own},  # type: ignore[literal-required] # the names are the dictionary's own
    )


def _in_a_thread(load_coroutine: Coroutine[Any, Any, LoadReport]) -> LoadReport:
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[LoadReport]]] = []

    def run() -> LoadReport:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            task = loop.create_task(load_coroutine)
            running.append((loop, task))
            return loop.run_until_complete(task)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ddbbulk") as thread:
        outcome = thread.submit(run)
        try:
            return outcome.result()
        except BaseException:
            # The load's own error, or an interrupt of this thread while it waited. The
            # executor waits for the thread; a plain Thread.join that was interrupted
            # takes its thread for ended (bpo-45274).
            for loop, task in running:
                with suppress(RuntimeError):  # the load has ended, its loop is closed
                    loop.call_soon_threadsafe(task.cancel)
            raise
