"""What does an item cost a client, beside what it costs others, on one core?

``python benchmarks/client_cost.py``: ddbbulk and its peers write to a server that takes
everything (nginx), each in a fresh process with one core to itself; nginx has another.
The writers take turns, in several rounds, and the medians count. It needs Linux, nginx
and the extra ``bench``; it takes an hour.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Final

from contest import MAKERS, Task
from contest_rehearsal import LeftOut, rehearse
from contest_scores import OURS, TLS, Run, Scores, sheet
from contest_writers import (
    IDLE,
    WRITERS,
    Arena,
    Writer,
    WriterFailedError,
    opened_arena,
)
from plots import plot_contest
from recording import FOLDER, write_results
from servers import running_simulator
from sink import Sink, running_sink

NAME: Final = "client_cost"
ROUNDS: Final = 5
SECONDS: Final = 2.0
QUICK_SECONDS: Final = 0.02
FEW: Final = 10_000
MANY: Final = 1_000_000
# Only ddbbulk has to: of some others it would take an hour.
MOST: Final = 10_000_000
MEMORY_ROUNDS: Final = 3
# Of the time is ddbbulk busy, where nothing else runs on its core.
SHARE_WANTED: Final = 0.95


def main() -> int:
    """Measure, print, write; return 1 where a promise is broken, 2 without nginx."""
    options = _options()
    writers = [WRITERS[name] for name in options.writers]
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        try:
            sink = stack.enter_context(running_sink(core=cores[-1]))
        except FileNotFoundError as error:
            print(error, file=sys.stderr)
            return 2
        arena = stack.enter_context(opened_arena(sink.certificate))
        with running_simulator() as server:
            left_out = rehearse(arena, server, writers, options.workloads)
        os.sched_setaffinity(0, {cores[0]})
        runs = _speeds(arena, sink, writers, options, left_out)
        memory = _memories(arena, sink, writers, options, left_out)
    scores = Scores(runs, memory)
    promises = [] if options.quick else scores.promises()
    text = sheet(scores, writers, promises, left_out)
    print(f"\n{text}")
    write_results(
        options.results,
        NAME,
        options={"rounds": options.rounds, "seconds": options.seconds},
        results={
            "versions": {writer.name: writer.version() for writer in writers},
            "left_out": left_out,
            "promises": [{**asdict(one), "verdict": one.verdict} for one in promises],
            "runs": [run.row() for run in runs],
            "memory": [run.row() for run in memory],
        },
        sheet=text,
    )
    if not options.quick:
        _warn_where_disturbed(scores)
    if options.results is not None:
        plot_contest(options.results / f"{NAME}.png", scores, writers)
    return int(any(one.is_kept is False for one in promises))


def _warn_where_disturbed(scores: Scores) -> None:
    share = scores.core_share("ddbbulk", "users")
    if share is not None and share < SHARE_WANTED:
        print(
            f"ddbbulk had its core for {share:.0%} of the time: something else ran "
            "there, of which writers with several threads suffer less. Measure again.",
            file=sys.stderr,
        )


def _speeds(
    arena: Arena,
    sink: Sink,
    writers: Sequence[Writer],
    options: argparse.Namespace,
    left_out: LeftOut,
) -> list[Run]:
    runs = []
    for _ in range(options.rounds):
        for writer, column, task in _cases(sink, writers, options):
            run = _tried(arena, writer, column, task, left_out)
            if run is not None:
                runs.append(run)
                rate, time = run.figures.items_per_second, run.figures.microseconds
                print(
                    f"{column}: {writer.name}: {rate:,.0f} items/s, {time:.2f} µs",
                    flush=True,
                )
    return runs


def _cases(
    sink: Sink, writers: Sequence[Writer], options: argparse.Namespace
) -> Iterator[tuple[Writer, str, Task]]:
    for workload in options.workloads:
        for writer in writers:
            if workload in writer.workloads:
                task = writer.task(
                    endpoint_url=sink.plain_url,
                    workload=workload,
                    seconds=options.seconds,
                )
                yield writer, workload, task
    for writer in writers:
        if writer.name in OURS:
            task = writer.task(endpoint_url=sink.tls_url, seconds=options.seconds)
            yield writer, TLS, task


def _memories(
    arena: Arena,
    sink: Sink,
    writers: Sequence[Writer],
    options: argparse.Namespace,
    left_out: LeftOut,
) -> list[Run]:
    """Return the runs whose memory counts; some writers have the time for one only."""
    runs = []
    for number in range(options.memory_rounds):
        for count in (0, *sorted(options.memory)):
            for writer in (IDLE,) if not count else writers:
                is_one = writer.name in OURS or writer is IDLE
                if not is_one and (number or count > MANY):
                    continue
                task = writer.task(
                    endpoint_url=sink.plain_url, count=count, is_streamed=True
                )
                run = _tried(arena, writer, "", task, left_out)
                if run is not None:
                    runs.append(run)
                    peak = run.figures.peak_bytes / 1e6
                    print(f"{count:,} items: {writer.name}: {peak:.1f} MB", flush=True)
    return runs


def _tried(
    arena: Arena, writer: Writer, column: str, task: Task, left_out: LeftOut
) -> Run | None:
    """Return a run; None where the writer is left out, or fails and is from now on."""
    name = f"{writer.name}: {column or 'users'}"
    if name in left_out:
        return None
    try:
        return Run(writer=writer.name, column=column, figures=arena.run(task))
    except WriterFailedError as failure:
        print(f"{name}: {failure}", flush=True)
        left_out[name] = str(failure)
        return None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run")
    parser.add_argument("--writers", nargs="+", choices=WRITERS, default=[*WRITERS])
    parser.add_argument("--workloads", nargs="+", choices=MAKERS, default=[*MAKERS])
    parser.add_argument(
        "--memory",
        nargs="*",
        type=int,
        default=[FEW, MANY, MOST],
        help="of so many items, measured last",
    )
    parser.add_argument("--quick", action="store_true", help="show that it works")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    options.memory_rounds = min(MEMORY_ROUNDS, options.rounds)
    is_whole = (options.writers, options.workloads) == ([*WRITERS], [*MAKERS])
    if options.quick:
        options.rounds = options.memory_rounds = 1
        options.seconds, options.memory = QUICK_SECONDS, [FEW // 10]
    elif options.results is None and is_whole:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
