"""How many conditional puts a second does one core send through aioboto3's client?

``python benchmarks/conditional_puts.py``: the writer has one core to itself, the
simulator another. Users are inserted into an empty table; inserted again with another
content, so that all stay; and replaced in mode ``newer``. It takes a minute.
"""

import argparse
import asyncio
import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, Final

import ddbbulk
from recording import FOLDER, table, write_results
from servers import ACCESS_KEY, REGION, running_simulator
from workloads import WORKLOADS, Item

NAME: Final = "conditional_puts"
ITEMS: Final = 10_000
BOUND: Final = 2_500
# Far above what one core sends: the budget is not the question.
WCU: Final = 40_000
# What the bound takes at the simulator's latency, and some to spare.
CONNECTIONS: Final = 32
HEADERS: Final = (
    "what",
    "verdict",
    "items",
    "puts/s",
    "CPU µs/put",
    "core busy",
    "all runs, puts/s",
)
_START_SECONDS: Final = 60.0
_LIMIT_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One of the loads that follow one another on a table.

    Args:
        name: what it is.
        version: of every item.
        options: of the load.
        is_written: the items are written; else all stay.
    """

    name: str
    version: int
    options: dict[str, Any]
    is_written: bool


PHASES: Final = (
    Phase(
        name="insert, absent", version=1, options={"mode": "insert"}, is_written=True
    ),
    Phase(
        name="insert, existing", version=2, options={"mode": "insert"}, is_written=False
    ),
    Phase(
        name="newer, older there",
        version=3,
        options={"mode": "newer", "version_attribute": "updated_at"},
        is_written=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One phase, as its own process saw it."""

    phase: str
    items: int
    written: int
    existing: int
    elapsed_seconds: float
    cpu_seconds: float

    @property
    def puts_per_second(self) -> float:
        return self.items / self.elapsed_seconds

    @property
    def cpu_microseconds(self) -> float:
        return self.cpu_seconds / self.items * 1e6


def main() -> int:
    """Measure, print, write; return 1 where it was too slow."""
    options = _options()
    runs: list[Run] = []
    cores = _cores()
    _pin(cores[-1:])
    with running_simulator() as server:
        _pin(cores[:1])
        for number in range(options.runs):
            name = f"puts-{number}"
            with server.table(name, WORKLOADS["users"], wcu=WCU):
                runs += _in_a_process(server.endpoint_url, name, options.items)
            for run in runs[-len(PHASES) :]:
                print(f"{run.phase}: {run.puts_per_second:,.0f} puts/s", flush=True)
    verdicts = {phase.name: _broken(phase, runs) for phase in PHASES}
    sheet = table(HEADERS, [_row(phase, verdicts, runs) for phase in PHASES])
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"items": options.items, "runs": options.runs},
        results={
            "bound": BOUND,
            "broken_promises": verdicts,
            "runs": [asdict(run) for run in runs],
        },
        sheet=sheet,
    )
    return int(options.items >= ITEMS and any(verdicts.values()))


def _in_a_process(endpoint_url: str, name: str, count: int) -> Sequence[Run]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    arguments = (endpoint_url, name, count, theirs)
    process = context.Process(target=_work, args=arguments, daemon=True)
    process.start()
    theirs.close()
    try:
        runs: list[Run] = []
        for _ in PHASES:
            if not ours.poll(_START_SECONDS + _LIMIT_SECONDS):
                raise TimeoutError("the writer takes too long")
            runs.append(ours.recv())
        return runs
    finally:
        process.kill()
        process.join()


def _work(endpoint_url: str, name: str, count: int, pipe: Connection) -> None:
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = ACCESS_KEY
    os.environ["AWS_DEFAULT_REGION"] = REGION
    asyncio.run(_phases(endpoint_url, name, count, pipe.send))


async def _phases(
    endpoint_url: str, name: str, count: int, tell: Callable[[Run], None]
) -> None:
    async with ddbbulk.connect(endpoint_url=endpoint_url) as connection:
        await ddbbulk.describe_table(connection, name)
        # As the command line does: what is here stays, and is no garbage.
        gc.collect()
        gc.freeze()
        for phase in PHASES:
            cpu, started = time.process_time(), time.perf_counter()
            report = await ddbbulk.load(
                name,
                _users(count, phase.version),
                wcu=WCU,
                schema="alias",
                connection=connection,
                max_connections=CONNECTIONS,
                transport="aioboto3",
                **phase.options,
            )
            tell(
                Run(
                    phase=phase.name,
                    items=report.items_read,
                    written=report.items_written,
                    existing=report.items_existing,
                    elapsed_seconds=time.perf_counter() - started,
                    cpu_seconds=time.process_time() - cpu,
                )
            )


def _users(count: int, version: int) -> Iterator[Item]:
    for user in islice(WORKLOADS["users"].items(), count):
        yield user | {"updated_at": version}


def _broken(phase: Phase, runs: Sequence[Run]) -> str:
    """Return which promise was broken; empty where none was."""
    of_phase = [run for run in runs if run.phase == phase.name]
    for run in of_phase:
        if (run.written if phase.is_written else run.existing) != run.items:
            return "wrong counts"
    speed = median(run.puts_per_second for run in of_phase)
    return "too slow" if speed < BOUND else ""


def _row(phase: Phase, verdicts: dict[str, str], runs: Sequence[Run]) -> Sequence[str]:
    of_phase = [run for run in runs if run.phase == phase.name]
    return (
        phase.name,
        verdicts[phase.name] or "kept",
        f"{of_phase[0].items:,}",
        f"{median(run.puts_per_second for run in of_phase):,.0f}",
        f"{median(run.cpu_microseconds for run in of_phase):,.0f}",
        f"{median(run.cpu_seconds / run.elapsed_seconds for run in of_phase):.0%}",
        " ".join(f"{run.puts_per_second:,.0f}" for run in of_phase),
    )


def _cores() -> Sequence[int]:
    """Return the cores that there are; none where they cannot be chosen."""
    if sys.platform != "linux":
        return ()
    return sorted(os.sched_getaffinity(0))


def _pin(cores: Sequence[int]) -> None:
    """Let this process, and those that it starts, run on these cores only."""
    if sys.platform == "linux" and cores:
        os.sched_setaffinity(0, cores)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=ITEMS, help="in each load")
    parser.add_argument(
        "--runs", type=int, default=3, help="of which the median counts"
    )
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.results is None and options.items >= ITEMS:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
