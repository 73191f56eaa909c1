"""Coroutines for callers that have no event loop to give, or a busy one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")


def in_own_thread(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in an event loop and a thread of its own, and return its result.

    An interrupt of the caller cancels it before it is raised again.
    """
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Result]]] = []

    def run() -> Result:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            task = loop.create_task(coroutine)
            running.append((loop, task))
            return loop.run_until_complete(task)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ddbbulk") as thread:
        outcome = thread.submit(run)
        try:
            return outcome.result()
        except BaseException:
            # The coroutine's own error, or an interrupt of this thread while it waited.
            # The executor waits for the thread; a plain Thread.join that was
            # interrupted takes its thread for ended (bpo-45274).
            for loop, task in running:
                with suppress(RuntimeError):  # it has ended, its loop is closed
                    loop.call_soon_threadsafe(task.cancel)
            raise
