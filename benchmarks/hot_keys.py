"""What becomes of a load whose items go to few partition keys, or to one at a time?

``python benchmarks/hot_keys.py``: sorted input, 100 partition keys of 2,000 items each,
at 5,000 WCU; and 10,000 follows of one user at 4,000 WCU on table and index. A
partition takes 1,000 a second, whatever is provisioned. Five minutes.
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import aioboto3
import boto3
from boto3.dynamodb.types import TypeSerializer
from botocore.config import Config

import ddbbulk
from contest import IN_FLIGHT, batches, requests
from measurement import Run, measured_run
from recording import FOLDER, table, write_results
from servers import ACCESS_KEY, REGION, Server, running_simulator
from workloads import WORKLOADS, Item, Workload
from writers import Job

NAME: Final = "hot_keys"
PARTITION_WCU: Final = 1_000
SORTED: Final = "sorted"
FOLLOWS: Final = "follows"
DAISY: Final = "@daisy"
ITEMS_OF_A_KEY: Final = 2_000
QUICK_ITEMS_OF_A_KEY: Final = 200
# A client that is throttled with all that it sent is to try again, not to give up.
PATIENT: Final = {"total_max_attempts": 1_000, "mode": "standard"}
HEADERS: Final = (
    "input",
    "writer",
    "verdict",
    "WCU",
    "items",
    "floor s",
    "elapsed s",
    "/ floor",
    "all runs",
    "throttled",
    "unproc.",
)


def visits(each: int) -> Iterator[Item]:
    """Yield visits to ponds as an export has them: one pond after the other."""
    for number in count():
        yield {"pond": f"pond-{number // each:05}", "visitor": f"@donald{number:07}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What is written, and what is promised of it.

    Args:
        name: ``sorted`` or ``follows``.
        wcu: of table and index, and the budget.
        items: how many.
        hottest: how many of them go to one partition key.
        bound: how much longer than the floor it may take.
        workload: the items, and the table for them.
    """

    name: str
    wcu: int
    items: int
    hottest: int
    bound: float
    workload: Workload

    @property
    def floor_seconds(self) -> float:
        """The least that it can take: by the budget, and by the hottest key."""
        return max(self.items / self.wcu, self.hottest / PARTITION_WCU)


def inputs(*, is_quick: bool) -> dict[str, Input]:
    """Return what is written, by its name."""
    each = QUICK_ITEMS_OF_A_KEY if is_quick else ITEMS_OF_A_KEY
    keys, followers = (10, 500) if is_quick else (100, 10_000)
    ponds = Workload(
        name=SORTED,
        about="visits, sorted by pond",
        items=partial(visits, each),
        keys=("pond", "visitor"),
    )
    return {
        one.name: one
        for one in (
            Input(
                name=SORTED,
                wcu=5_000,
                items=keys * each,
                hottest=each,
                bound=1.15,
                workload=ponds,
            ),
            Input(
                name=FOLLOWS,
                wcu=4_000,
                items=followers,
                hottest=followers,
                bound=1.05,
                workload=WORKLOADS[FOLLOWS],
            ),
        )
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The runs of one writer on one input."""

    of: Input
    writer: str
    runs: Sequence[Run]

    @property
    def elapsed_seconds(self) -> float:
        """The median."""
        return median(run.elapsed_seconds for run in self.runs)

    @property
    def ending(self) -> str:
        """Why a run ended too early, or what was lost; empty where all is well."""
        ending = next((run.ending for run in self.runs if run.ending), "")
        missing = self.of.items - min(run.items for run in self.runs)
        return ending or (f"{missing:,} items missing" if missing else "")

    @property
    def throttled_requests(self) -> int:
        """Of all runs: answered with an exception or with UnprocessedItems."""
        return sum(run.throttled_requests for run in self.runs)

    @property
    def unprocessed_items(self) -> int:
        """Of all runs."""
        return sum(run.unprocessed_items for run in self.runs)

    def broken_promise(self) -> str:
        """Return what was not kept of what ddbbulk promises; empty where all was."""
        if self.ending or self.writer != "ddbbulk":
            return self.ending
        if self.elapsed_seconds > self.of.bound * self.of.floor_seconds:
            return "too slow"
        if self.throttled_requests + self.unprocessed_items > self.of.items / 1_000:
            return "throttled"
        return ""


async def _load(job: Job, source: Iterator[Item], *, is_interleaving: bool) -> None:
    report = await ddbbulk.load(
        job.table,
        source,
        wcu=job.wcu,
        endpoint_url=job.endpoint_url,
        region=REGION,
        interleave=is_interleaving,
    )
    # What was too few to be hot need not be named.
    if job.workload == FOLLOWS and job.count > PARTITION_WCU:
        assert f"hot key {DAISY} of index" in report.verdict, report.verdict  # noqa: S101 -- what a run ends with is a result


async def _write_side_by_side(job: Job, source: Iterator[Item]) -> None:
    """Write as aioboto3's client does with some requests in flight, as they come."""
    config = Config(max_pool_connections=IN_FLIGHT, retries=PATIENT)
    session = aioboto3.Session(**_identity())
    async with session.client(
        "dynamodb", endpoint_url=job.endpoint_url, config=config
    ) as client:
        serialize = TypeSerializer().serialize
        groups = batches(source)

        async def work() -> None:
            for group in groups:
                items = (
                    {name: serialize(value) for name, value in item.items()}
                    for item in group
                )
                pending = {job.table: requests(items)}
                while pending:
                    answer = await client.batch_write_item(RequestItems=pending)
                    pending = answer["UnprocessedItems"]

        async with asyncio.TaskGroup() as tasks:
            for _ in range(IN_FLIGHT):
                tasks.create_task(work())


def _write_batches(job: Job, source: Iterator[Item]) -> None:
    """Write as boto3's ``batch_writer`` does."""
    resource = boto3.session.Session(**_identity()).resource(
        "dynamodb", endpoint_url=job.endpoint_url, config=Config(retries=PATIENT)
    )
    with resource.Table(job.table).batch_writer() as batch:
        for item in source:
            batch.put_item(Item=item)


def _identity() -> dict[str, Any]:
    return {
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": ACCESS_KEY,
        "region_name": REGION,
    }


WRITERS: Final[Mapping[str, Callable[[Job, Iterator[Item]], None]]] = {
    "ddbbulk": lambda job, source: asyncio.run(
        _load(job, source, is_interleaving=True)
    ),
    "ddbbulk, no window": lambda job, source: asyncio.run(
        _load(job, source, is_interleaving=False)
    ),
    "boto3": _write_batches,
    "aioboto3, 16": lambda job, source: asyncio.run(_write_side_by_side(job, source)),
}
QUICK_WRITERS: Final = ("ddbbulk", "aioboto3, 16")


def write(job: Job) -> None:
    """Do a job in its own process."""
    is_quick = job.count < min(one.items for one in inputs(is_quick=False).values())
    source = inputs(is_quick=is_quick)[job.workload].workload.items()
    WRITERS[job.writer](job, islice(source, job.count))


def main() -> int:
    """Measure, print, write; return 1 where a promise was not kept."""
    options = _options()
    with running_simulator() as server:
        scores = [
            _measured(server, one, writer, options)
            for one in inputs(is_quick=options.quick).values()
            for writer in options.writers
            if not options.quick or one.name == SORTED or writer == "ddbbulk"
        ]
    sheet = table(
        HEADERS, [_row(score, is_judged=not options.quick) for score in scores]
    )
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"runs": options.runs, "writers": options.writers},
        results={"scores": [_as_json(score) for score in scores]},
        sheet=sheet,
    )
    ours = [score for score in scores if score.writer == "ddbbulk"]
    if options.quick:
        return int(any(score.ending for score in ours))
    return int(any(score.broken_promise() for score in ours))


def _measured(
    server: Server, one: Input, writer: str, options: argparse.Namespace
) -> Score:
    runs: list[Run] = []
    number_of_runs = options.runs if writer == "ddbbulk" else 1
    for number in range(number_of_runs):
        print(f"{one.name} by {writer} …", flush=True)
        job = Job(
            endpoint_url=server.endpoint_url,
            table=f"{one.name}-{re.sub('[^a-z0-9]+', '-', writer)}-{number}",
            writer=writer,
            workload=one.name,
            count=one.items,
            wcu=one.wcu,
        )
        run = measured_run(
            server,
            job,
            provisioned_wcu=one.wcu,
            # More time would tell nothing more.
            limit_seconds=max(10.0, 1.5 * one.floor_seconds),
            write=write,
            workload=one.workload,
        )
        runs.append(replace(run, floor_seconds=one.floor_seconds))
    return Score(of=one, writer=writer, runs=runs)


def _row(score: Score, *, is_judged: bool) -> Sequence[str]:
    verdict = score.broken_promise()
    if not verdict and score.writer == "ddbbulk":
        verdict = "kept" if is_judged else "not judged"
    return (
        score.of.name,
        score.writer,
        verdict if is_judged else score.ending or "not judged",
        f"{score.of.wcu:,}",
        f"{min(run.items for run in score.runs):,}",
        f"{score.of.floor_seconds:.2f}",
        f"{score.elapsed_seconds:.2f}",
        f"{score.elapsed_seconds / score.of.floor_seconds:.3f}",
        " ".join(f"{run.elapsed_seconds:.2f}" for run in score.runs),
        f"{score.throttled_requests:,}",
        f"{score.unprocessed_items:,}",
    )


def _as_json(score: Score) -> dict[str, Any]:
    return {
        "input": score.of.name,
        "writer": score.writer,
        "wcu": score.of.wcu,
        "items": score.of.items,
        "bound": score.of.bound,
        "floor_seconds": score.of.floor_seconds,
        "elapsed_seconds": score.elapsed_seconds,
        "throttled_requests": score.throttled_requests,
        "unprocessed_items": score.unprocessed_items,
        "broken_promise": score.broken_promise(),
        "runs": [asdict(run) for run in score.runs],
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--quick", action="store_true", help="few items, no judgement")
    add("--runs", type=int, default=1, help="of ddbbulk; the median counts (1)")
    add("--writers", nargs="+", choices=WRITERS, help="who writes (all)")
    add("--results", type=Path, help="folder (benchmarks/results; quick: nowhere)")
    options = parser.parse_args()
    if options.writers is None:
        options.writers = list(QUICK_WRITERS if options.quick else WRITERS)
    if options.results is None and not options.quick and len(options.writers) > 1:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
