"""Does ``wcu="adaptive"`` find what a table gives, and follow it when it changes?

``python benchmarks/adaptive.py``: tables of 300, 1,000 and 3,000 WCU, which the loader
is not told; one that is halved midway, one that is doubled, one with a tight index. A
load may take 1.10 times what a perfect client would, and 2 % of its requests may be
throttled. Ten minutes.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aioboto3

import ddbbulk
from measurement import Outcome, measure
from recording import FOLDER, table, write_results
from servers import REGION, Server, running_simulator
from workloads import WORKLOADS
from writers import Job, identity, write_with_boto3

NAME: Final = "adaptive"
SECONDS: Final = 60.0
QUICK_SECONDS: Final = 1.0
TIME_BOUND: Final = 1.10
THROTTLED_BOUND: Final = 0.02
IN_FLIGHT: Final = 16
PATIENCE: Final = 3.0
POLL_SECONDS: Final = 0.05
HEADERS: Final = (
    "what the table gives",
    "writer",
    "verdict",
    "items",
    "perfect s",
    "elapsed s",
    "/ perfect",
    "requests",
    "throttled",
    "share",
    "measured WCU",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A table whose capacity may change, and who writes to it.

    Args:
        name: for the reader.
        wcu: what the table has, phase by phase.
        workload: what is written.
        writer: who writes.
    """

    name: str
    wcu: Sequence[int]
    workload: str = "users"
    writer: str = "ddbbulk"

    def limit(self, wcu: int) -> int:
        """Return what can be written a second: what the table or its index has."""
        return WORKLOADS[self.workload].index_wcu(wcu) or wcu

    def count(self, seconds: float) -> int:
        """Return how many items take a perfect client so long in each phase."""
        return round(sum(self.limit(wcu) * seconds for wcu in self.wcu))


CASES: Final = (
    Case(name="300", wcu=(300,)),
    Case(name="1,000", wcu=(1_000,)),
    Case(name="3,000", wcu=(3_000,)),
    Case(name="1,000, then 500", wcu=(1_000, 500)),
    Case(name="500, then 1,000", wcu=(500, 1_000)),
    Case(name="1,000, its index 500", wcu=(1_000,), workload="half-index"),
    Case(name="1,000", wcu=(1_000,), writer="boto3"),
    Case(name="1,000", wcu=(1_000,), writer="aioboto3, 16"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveJob(Job):
    """A job whose writer leaves its report.

    Args:
        report: where, as JSON.
    """

    report: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One run of a case.

    Args:
        count: how many items were to be written.
        perfect_seconds: what a perfect client takes for what was written.
        report: what ddbbulk says of it; empty for others.
    """

    case: Case
    count: int
    items: int
    outcome: Outcome
    perfect_seconds: float
    throttled_requests: int
    unprocessed_items: int
    report: Mapping[str, Any]

    @property
    def by_perfect(self) -> float:
        """Elapsed time by that of a perfect client."""
        return self.outcome.elapsed_seconds / self.perfect_seconds

    @property
    def throttled_share(self) -> float | None:
        """Share of the requests that were throttled, wholly or in part."""
        requests = self.report.get("requests")
        return self.throttled_requests / requests if requests else None

    def broken_promise(self) -> str:
        """Return what was not kept; empty where all was, or nothing is promised."""
        if self.case.writer != "ddbbulk":
            return ""
        if self.outcome.ending or self.items != self.count:
            return self.outcome.ending or "items missing"
        if self.by_perfect > TIME_BOUND:
            return "too slow"
        share = self.throttled_share
        return "throttled" if share is None or share > THROTTLED_BOUND else ""


def main() -> int:
    """Measure, print, write; return 1 where a promise was not kept."""
    options = _options()
    with running_simulator() as server, TemporaryDirectory() as folder:
        scores = [
            _score(server, case, options.seconds, Path(folder) / str(number))
            for number, case in enumerate(CASES)
            if not options.cases or case.name in options.cases
        ]
    sheet = table(HEADERS, [_row(one, is_judged=not options.quick) for one in scores])
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"seconds": options.seconds},
        results={
            "time_bound": TIME_BOUND,
            "throttled_bound": THROTTLED_BOUND,
            "scores": [_as_json(one) for one in scores],
        },
        sheet=sheet,
    )
    return int(any(one.broken_promise() for one in scores) and not options.quick)


def write_adaptively(job: Job) -> None:
    """Load without being told what the table has, and leave the report."""
    asyncio.run(_load(job))


async def _load(job: Job) -> None:
    assert isinstance(job, AdaptiveJob)  # noqa: S101 -- that is what is sent here
    workload = WORKLOADS[job.workload]
    key, *_ = map(ddbbulk.KeyAttribute, workload.keys)
    indexes: tuple[ddbbulk.IndexSchema, ...] = ()
    if workload.index_keys:
        partition, sort = map(ddbbulk.KeyAttribute, workload.index_keys)
        indexes = (ddbbulk.IndexSchema("index", (partition,), (sort,)),)
    report = await ddbbulk.load(
        job.table,
        job.items(),
        wcu="adaptive",
        schema=ddbbulk.TableSchema(key, indexes=indexes),
        endpoint_url=job.endpoint_url,
        region=REGION,
    )
    job.report.write_text(report.model_dump_json(), encoding="utf-8")
    report.raise_for_rejected()


def write_many_at_once(job: Job) -> None:
    """Write by sixteen of aioboto3's ``batch_writer`` at a time."""
    asyncio.run(_write_at_once(job))


async def _write_at_once(job: Job) -> None:
    session = aioboto3.Session(**identity())
    items = job.items()
    async with session.resource("dynamodb", endpoint_url=job.endpoint_url) as resource:
        target = await resource.Table(job.table)

        async def write() -> None:
            async with target.batch_writer() as batch:
                while some := list(islice(items, 25)):
                    for item in some:
                        await batch.put_item(Item=item)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(IN_FLIGHT):
                tasks.create_task(write())


WRITE: Final = {
    "ddbbulk": write_adaptively,
    "boto3": write_with_boto3,
    "aioboto3, 16": write_many_at_once,
}


def _score(server: Server, case: Case, seconds: float, report: Path) -> Score:
    print(f"{case.name}, {case.writer} …", flush=True)
    count = case.count(seconds)
    job = AdaptiveJob(
        endpoint_url=server.endpoint_url,
        table=f"adaptive-{report.name}",
        writer=case.writer,
        workload=case.workload,
        count=count,
        wcu=0,
        report=report,
    )
    patience = PATIENCE * seconds * len(case.wcu) + 10
    workload = WORKLOADS[case.workload]
    with (
        server.table(job.table, workload, wcu=case.wcu[0]),
        ThreadPoolExecutor(1) as thread,
    ):
        running = thread.submit(
            measure, job, limit_seconds=patience, write=WRITE[case.writer]
        )
        changes = _change(server, job, case, seconds, running)
        outcome = running.result()
        ended = time.monotonic()
        stats = server.stats(job.table)
    began = ended - outcome.elapsed_seconds
    phases = [(at - began, case.limit(wcu)) for at, wcu in changes]
    return Score(
        case=case,
        count=count,
        items=stats["items"],
        outcome=outcome,
        perfect_seconds=_perfect(stats["write_units"], case.limit(case.wcu[0]), phases),
        throttled_requests=stats["throttled_requests"],
        unprocessed_items=stats["unprocessed_items"],
        report=_report(report),
    )


def _change(
    server: Server, job: Job, case: Case, seconds: float, running: Future[Outcome]
) -> list[tuple[float, int]]:
    """Change the table's capacity phase by phase; return when that came into force."""
    changes: list[tuple[float, int]] = []
    if len(case.wcu) == 1:
        return changes
    while not (server.stats(job.table)["write_units"] or running.done()):
        time.sleep(POLL_SECONDS)
    for wcu in case.wcu[1:]:
        time.sleep(seconds)
        server.change(job.table, wcu=wcu)
        changes.append((time.monotonic(), wcu))
    return changes


def _perfect(units: float, limit: float, changes: Sequence[tuple[float, int]]) -> float:
    """Return how long what flows in takes to be so many units."""
    since = 0.0
    for at, next_limit in changes:
        if units <= limit * (at - since):
            break
        units -= limit * (at - since)
        since, limit = at, next_limit
    return since + units / limit


def _report(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    report = ddbbulk.LoadReport.model_validate_json(path.read_text(encoding="utf-8"))
    return report.model_dump(mode="json")


def _row(score: Score, *, is_judged: bool) -> Sequence[str]:
    share, report = score.throttled_share, score.report
    _, gave, measured = report.get("verdict", "").rpartition(" gave ")
    verdict = score.broken_promise() or ("kept" if report else "")
    return (
        score.case.name,
        score.case.writer,
        verdict if is_judged else "",
        f"{score.items:,}",
        f"{score.perfect_seconds:.2f}",
        f"{score.outcome.elapsed_seconds:.2f}",
        f"{score.by_perfect:.3f}",
        f"{report['requests']:,}" if report else "",
        f"{score.throttled_requests:,}",
        "" if share is None else f"{share:.2%}",
        measured.removesuffix(" WCU") if gave else "",
    )


def _as_json(score: Score) -> dict[str, Any]:
    return {
        **asdict(score),
        "by_perfect": score.by_perfect,
        "throttled_share": score.throttled_share,
        "broken_promise": score.broken_promise(),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short, no judgement")
    parser.add_argument("--seconds", type=float, help="of each phase (60; quick: 1)")
    parser.add_argument("--cases", nargs="*", help="by what the table gives (all)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    is_whole = not options.quick and options.seconds is None and not options.cases
    if options.seconds is None:
        options.seconds = QUICK_SECONDS if options.quick else SECONDS
    if options.quick and options.cases is None:
        options.cases = ["500, then 1,000"]
    if options.results is None and is_whole:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
