"""How near to the floor is a table emptied item by item, at 1,000 WCU?

``python benchmarks/clear.py``: 100,000 users by a scan of their keys, the same by a
file of their keys, and items of many sizes, whose deletes cost what the items were.
Each may take 1.02 of its floor. Six minutes.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson

import ddbbulk
from measurement import Outcome, measure
from recording import FOLDER, table, write_results
from servers import REGION, Server, running_simulator
from workloads import WORKLOADS, Workload
from writers import Job

NAME: Final = "clear"
ITEMS: Final = 100_000
QUICK_ITEMS: Final = 1_000
WCU: Final = 1_000
RCU: Final = 200
# What a table takes while it is filled, which is no part of the question.
FILLING_WCU: Final = 40_000
BOUND: Final = 1.02
WINDOW_BOUND: Final = 1.05
CLEAR: Final = "clear"
DELETE: Final = "delete"
# Of the items of many sizes, of five units on the average, one in ten.
CASES: Final = ((CLEAR, "users", 1), (DELETE, "users", 1), (CLEAR, "mixed", 10))
LIMIT_FLOORS: Final = 2.0
LIMIT_SECONDS: Final = 30.0
HEADERS: Final = (
    "by",
    "items",
    "verdict",
    "deleted",
    "left",
    "floor s",
    "elapsed s",
    "/ floor",
    "window",
    "throttled",
    "unproc.",
    "RCU used",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """One run.

    Args:
        by: ``clear`` or ``delete``.
        workload: of what items.
        count: how many there were.
        left: how many there are yet.
        floor_seconds: of the units that the simulator counted.
        window: highest consumption in one second, in units.
        read_units: what the scan for the keys took.
    """

    by: str
    workload: str
    count: int
    left: int
    floor_seconds: float
    window: float
    throttled_requests: int
    unprocessed_items: int
    read_units: float
    outcome: Outcome

    @property
    def by_floor(self) -> float:
        """How often the floor goes into the time that it took."""
        return self.outcome.elapsed_seconds / (self.floor_seconds or 1.0)

    def broken_promise(self) -> str:
        """Return what was not kept; empty where all was."""
        if self.outcome.ending or self.left:
            return self.outcome.ending or f"{self.left:,} items left"
        if self.by_floor > BOUND:
            return "too slow"
        largest = 20 if self.workload == "mixed" else 1
        if self.window > max(WINDOW_BOUND * WCU, WCU + largest):
            return "too much in one second"
        return ""


def main() -> int:
    """Measure, print, write; return 1 where it took too long."""
    options = _options()
    runs = [
        _run(by, WORKLOADS[workload], options.items // share)
        for by, workload, share in CASES
    ]
    rows = [_row(run, is_judged=not options.quick) for run in runs]
    sheet = table(HEADERS, rows)
    print(f"\n{sheet}")
    scores = [_as_json(run) for run in runs]
    write_results(
        options.results,
        NAME,
        options={"items": options.items, "wcu": WCU},
        results={"bound": BOUND, "scores": scores},
        sheet=sheet,
    )
    return int(any(score["broken_promise"] for score in scores) and not options.quick)


def empty(job: Job) -> None:
    """Delete what is in the job's table; for ``delete`` its workload is a file."""
    asyncio.run(_empty(job))


async def _empty(job: Job) -> None:
    if job.writer == DELETE:
        await ddbbulk.load(
            job.table,
            _deletes(Path(job.workload)),
            wcu=job.wcu,
            endpoint_url=job.endpoint_url,
            region=REGION,
        )
        return
    async with ddbbulk.connect(
        endpoint_url=job.endpoint_url, region=REGION
    ) as connection:
        await ddbbulk.clear_table(job.table, connection=connection, wcu=job.wcu)


def _deletes(file: Path) -> Iterator[ddbbulk.Delete]:
    with file.open("rb") as lines:
        for line in lines:
            yield ddbbulk.Delete(orjson.loads(line))


def _run(by: str, workload: Workload, count: int) -> Clearance:
    """Fill a table, give it its rate, and empty it in a process of its own."""
    name = f"{by}-{workload.name}"
    print(f"{name}: filling the table with {count:,} items …", flush=True)
    with (
        TemporaryDirectory() as folder,
        _filled(name, workload, count, Path(folder)) as server,
    ):
        keys = Path(folder) / "keys.jsonl"
        _write_keys(keys, workload, count)
        print(f"{name}: emptying it at {WCU:,} WCU …", flush=True)
        job = Job(
            endpoint_url=server.endpoint_url,
            table=name,
            writer=by,
            workload=str(keys),
            count=count,
            wcu=WCU,
        )
        units = sum(islice(workload.units(), count))
        limit = LIMIT_SECONDS + LIMIT_FLOORS * units / WCU
        outcome = measure(job, limit_seconds=limit, write=empty)
        stats = server.stats(name)
    return Clearance(
        by=by,
        workload=workload.name,
        count=count,
        left=stats["items"],
        floor_seconds=stats["write_units"] / WCU,
        window=stats["max_window_units"],
        throttled_requests=stats["throttled_requests"],
        unprocessed_items=stats["unprocessed_items"],
        read_units=stats.get("read_units", 0.0),
        outcome=outcome,
    )


@contextmanager
def _filled(
    name: str, workload: Workload, count: int, folder: Path
) -> Iterator[Server]:
    """Serve a table that is full, by a simulator that has counted nothing yet."""
    data = folder / "data.sqlite"
    with running_simulator(data=data) as server:
        server.create(name, workload, wcu=FILLING_WCU, rcu=RCU)
        ddbbulk.load_sync(
            name,
            islice(workload.items(), count),
            wcu=FILLING_WCU,
            endpoint_url=server.endpoint_url,
            region=REGION,
        )
        server.change(name, wcu=WCU, rcu=RCU)
    with running_simulator(data=data) as server:
        yield server


def _write_keys(file: Path, workload: Workload, count: int) -> None:
    with file.open("wb") as lines:
        for item in islice(workload.items(), count):
            key = {name: item[name] for name in workload.keys}
            lines.write(orjson.dumps(key) + b"\n")


def _row(run: Clearance, *, is_judged: bool) -> Sequence[str]:
    verdict = run.broken_promise() or "kept"
    return (
        run.by,
        run.workload,
        verdict if is_judged else "",
        f"{run.count - run.left:,}",
        f"{run.left:,}",
        f"{run.floor_seconds:.2f}",
        f"{run.outcome.elapsed_seconds:.2f}",
        f"{run.by_floor:.3f}",
        f"{run.window / WCU:.3f}",
        f"{run.throttled_requests:,}",
        f"{run.unprocessed_items:,}",
        f"{run.read_units:,.0f}",
    )


def _as_json(run: Clearance) -> dict[str, Any]:
    return {
        **asdict(run),
        "elapsed_by_floor": run.by_floor,
        "broken_promise": run.broken_promise(),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few items, no judgement")
    parser.add_argument("--items", type=int, help="of each run (100,000; quick: 1,000)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.items is None:
        options.items = QUICK_ITEMS if options.quick else ITEMS
    is_whole = options.items >= ITEMS and not options.quick
    if options.results is None and is_whole:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
