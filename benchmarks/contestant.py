"""One writer in a process of its own: it is given a task, and prints what that took."""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from itertools import cycle, islice
from typing import Any, Final, cast

from contest import MAKERS, MODELS, POOL, Contender, Figures, Task, Write, item_pool
from peak_memory import peak_bytes

FIRST_ITEMS: Final = 1_000
_TO_SPARE: Final = 1.15
_GROWTH: Final = 10


def main() -> None:
    """Do what the first argument says, in JSON; print ``Figures`` as JSON."""
    task = Task(**json.loads(sys.argv[1]))
    run = asyncio.run
    if task.loop != "asyncio":
        run = import_module(task.loop).run
    contender = cast("Contender", import_module(f"contenders.{task.writer}"))
    print(json.dumps(asdict(run(_measured(task, contender)))))


async def _measured(task: Task, contender: Contender) -> Figures:
    feed = _streamed if task.is_streamed else _pooled(task, contender)
    # What was made so far is not the writer's to look after.
    gc.collect()
    gc.freeze()
    async with contender.opened(task) as write:
        if task.seconds:
            await write(feed(FIRST_ITEMS))  # imports, connects
            figures = await _timed_for(task.seconds, write, feed)
        else:
            figures = await _timed(task.count, write, feed)
    return replace(figures, peak_bytes=peak_bytes())


async def _timed_for(
    seconds: float, write: Write, feed: Callable[[int], Iterator[Any]]
) -> Figures:
    """Write more and more at once, until that takes so long; what is less warms up."""
    count = FIRST_ITEMS
    while True:
        figures = await _timed(count, write, feed)
        missing = seconds / figures.elapsed_seconds
        if missing <= 1:
            return figures
        count = int(count * min(missing * _TO_SPARE, _GROWTH)) + 1


async def _timed(
    count: int, write: Write, feed: Callable[[int], Iterator[Any]]
) -> Figures:
    items = feed(count)
    cpu, started = time.process_time(), time.perf_counter()
    await write(items)
    return Figures(
        items=count,
        elapsed_seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - cpu,
        peak_bytes=0,
    )


def _streamed(count: int) -> Iterator[Any]:
    return map(MAKERS["users"], range(count))


def _pooled(task: Task, contender: Contender) -> Callable[[int], Iterator[Any]]:
    """Return what yields so many items, which were made before."""
    pool: Sequence[Any] = item_pool(task.workload, min(task.count or POOL, POOL))
    takes_models = getattr(contender, "TAKES_MODELS", False)
    prepare = getattr(contender, "prepared", None)
    if prepare is not None:
        pool = [prepare(item) for item in pool]
    if task.workload != MODELS:
        return lambda count: islice(cycle(pool), count)
    model = import_module("contest_models").User
    pool = [model(**item) for item in pool]
    if takes_models:
        return lambda count: islice(cycle(pool), count)
    return lambda count: (one.model_dump() for one in islice(cycle(pool), count))


if __name__ == "__main__":
    main()
