"""How many conditional puts a second does one core send, by each transport?

``python benchmarks/conditional_puts.py``: the writer has one core to itself, the server
another: the simulator for aioboto3's client; nginx for the direct transport, which is
faster than the simulator. Users are inserted into an empty table; inserted again with
another content, so that all stay; and replaced in mode ``newer``. It takes two minutes.
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
from itertools import islice, product
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, Final

import ddbbulk
from ddbbulk.transport import TransportName
from recording import FOLDER, table, write_results
from servers import ACCESS_KEY, REGION, running_simulator
from sink import TABLE, running_sink
from workloads import WORKLOADS, Item

NAME: Final = "conditional_puts"
ITEMS: Final = 10_000
# Per second, by transport; and how many more of them the fast one gets.
BOUNDS: Final[dict[TransportName, int]] = {"aioboto3": 2_500, "direct": 10_000}
TIMES: Final[dict[TransportName, int]] = {"aioboto3": 1, "direct": 4}
# Far above what one core sends: the budget is not the question.
WCU: Final = 40_000
# What the bound takes at the simulator's latency, and some to spare.
CONNECTIONS: Final = 48
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
class Way:
    """What is written through, and where to.

    Args:
        transport: its name.
        table: the name of the table.
        urls: of the server, for each phase.
        items: in each phase.
    """

    transport: TransportName
    table: str
    urls: Sequence[str]
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One phase, as its own process saw it."""

    phase: str
    transport: str
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
    cores = _cores()
    _pin(cores[-1:])
    runs: list[Run] = []
    with (
        running_simulator() as server,
        running_sink(core=cores[-1] if cores else None) as sink,
    ):
        _pin(cores[:1])
        for number in range(options.runs):
            name = f"puts-{number}"
            with server.table(name, WORKLOADS["users"], wcu=WCU):
                urls = [server.endpoint_url] * len(PHASES)
                runs += _in_a_process("aioboto3", name, urls, options.items)
            urls = [
                sink.plain_url if phase.is_written else sink.unmet_url
                for phase in PHASES
            ]
            runs += _in_a_process("direct", TABLE, urls, options.items)
    cases = [
        (phase, transport, _runs_of(runs, phase, transport))
        for transport, phase in product(BOUNDS, PHASES)
    ]
    verdicts = {
        f"{transport}: {phase.name}": _broken(phase, transport, of_case)
        for phase, transport, of_case in cases
    }
    rows = [
        _row(name, verdict, of_case)
        for (name, verdict), (*_, of_case) in zip(verdicts.items(), cases, strict=True)
    ]
    sheet = table(HEADERS, rows)
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"items": options.items, "runs": options.runs},
        results={
            "bounds": BOUNDS,
            "broken_promises": verdicts,
            "runs": [asdict(run) for run in runs],
        },
        sheet=sheet,
    )
    return int(options.items >= ITEMS and any(verdicts.values()))


def _in_a_process(
    transport: TransportName, name: str, urls: Sequence[str], items: int
) -> Sequence[Run]:
    way = Way(
        transport=transport, table=name, urls=urls, items=items * TIMES[transport]
    )
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(way, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        runs: list[Run] = []
        for _ in PHASES:
            if not ours.poll(_START_SECONDS + _LIMIT_SECONDS):
                raise TimeoutError("the writer takes too long")
            run: Run = ours.recv()
            runs.append(run)
            speed = f"{run.puts_per_second:,.0f} puts/s"
            print(f"{transport}, {run.phase}: {speed}", flush=True)
        return runs
    finally:
        process.kill()
        process.join()


def _work(way: Way, pipe: Connection) -> None:
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = ACCESS_KEY
    os.environ["AWS_DEFAULT_REGION"] = REGION
    asyncio.run(_phases(way, pipe.send))


async def _phases(way: Way, tell: Callable[[Run], None]) -> None:
    for phase, url in zip(PHASES, way.urls, strict=True):
        async with ddbbulk.connect(endpoint_url=url) as connection:
            await ddbbulk.describe_table(connection, way.table)
            # As the command line does: what is here stays, and is no garbage.
            gc.collect()
            gc.freeze()
            tell(await _measured(phase, way, connection))


async def _measured(phase: Phase, way: Way, connection: ddbbulk.Connection) -> Run:
    cpu, started = time.process_time(), time.perf_counter()
    report = await ddbbulk.load(
        way.table,
        _users(way.items, phase.version),
        wcu=WCU,
        schema="alias",
        connection=connection,
        max_connections=CONNECTIONS,
        transport=way.transport,
        **phase.options,
    )
    return Run(
        phase=phase.name,
        transport=report.transport,
        items=report.items_read,
        written=report.items_written,
        existing=report.items_existing,
        elapsed_seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - cpu,
    )


def _users(count: int, version: int) -> Iterator[Item]:
    for user in islice(WORKLOADS["users"].items(), count):
        yield user | {"updated_at": version}


def _runs_of(
    runs: Sequence[Run], phase: Phase, transport: TransportName
) -> Sequence[Run]:
    return [
        run for run in runs if (run.phase, run.transport) == (phase.name, transport)
    ]


def _broken(phase: Phase, transport: TransportName, runs: Sequence[Run]) -> str:
    """Return which promise was broken; empty where none was."""
    for run in runs:
        if (run.written if phase.is_written else run.existing) != run.items:
            return "wrong counts"
    speed = median(run.puts_per_second for run in runs)
    return "too slow" if speed < BOUNDS[transport] else ""


def _row(name: str, verdict: str, runs: Sequence[Run]) -> Sequence[str]:
    return (
        name,
        verdict or "kept",
        f"{runs[0].items:,}",
        f"{median(run.puts_per_second for run in runs):,.0f}",
        f"{median(run.cpu_microseconds for run in runs):,.0f}",
        f"{median(run.cpu_seconds / run.elapsed_seconds for run in runs):.0%}",
        " ".join(f"{run.puts_per_second:,.0f}" for run in runs),
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
