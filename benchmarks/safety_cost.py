"""What does it cost to lose nothing: a checkpoint, a failures file, rejected items?

``python benchmarks/safety_cost.py``: at 10,000 WCU none may take 5 % more time than a
load without; beside that, how fast each is where nothing but the client's core binds.
Two minutes.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import ddbbulk
from measurement import Run, measured_run
from recording import FOLDER, table, write_results
from servers import REGION, Server, running_simulator
from workloads import Item, user
from writers import Job

NAME: Final = "safety_cost"
ITEMS: Final = 100_000
QUICK_ITEMS: Final = 2_000
BUDGET: Final = 10_000
# More than one core writes.
UNBOUNDED: Final = 100_000
BOUND: Final = 1.05
REJECTED_EVERY: Final = 100
LIMIT_SECONDS: Final = 120.0
PLAIN: Final = "nothing"
CHECKPOINT: Final = "checkpoint"
FAILURES: Final = "and failures file"
REJECTED: Final = "and 1 % rejected"
CASES: Final = (PLAIN, CHECKPOINT, FAILURES, REJECTED)
HEADERS: Final = (
    "with",
    "verdict",
    "WCU",
    "written",
    "elapsed s",
    "/ nothing",
    "all runs",
    "items/s",
    "CPU us/item",
    "CPU / nothing",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The runs of one case at one rate.

    Args:
        count: how many items each had to write.
    """

    case: str
    wcu: int
    count: int
    runs: Sequence[Run]

    @property
    def elapsed_seconds(self) -> float:
        """The median."""
        return median(run.elapsed_seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """The median of the client's."""
        return median(run.cpu_seconds for run in self.runs)

    def broken_promise(self, plain: "Cost") -> str:
        """Return what was not kept; empty where all was."""
        ending = next((run.ending for run in self.runs if run.ending), "")
        if ending:
            return ending
        if any(run.items != self.count for run in self.runs):
            return "items missing"
        is_dear = self.elapsed_seconds > BOUND * plain.elapsed_seconds
        return "too dear" if is_dear and self.wcu == BUDGET else ""


def main() -> int:
    """Measure, print, write; return 1 where safety costs too much."""
    options = _options()
    rates = (BUDGET,) if options.quick else (BUDGET, UNBOUNDED)
    with running_simulator() as server:
        costs = [
            cost
            for wcu in rates
            for cost in _costs(server, wcu, options.items, options.runs)
        ]
    plain = {cost.wcu: cost for cost in costs if cost.case == PLAIN}
    sheet = table(
        HEADERS,
        [_row(cost, plain[cost.wcu], is_judged=not options.quick) for cost in costs],
    )
    print(f"\n{sheet}")
    scores = [_as_json(cost, plain[cost.wcu]) for cost in costs]
    write_results(
        options.results,
        NAME,
        options={"items": options.items, "runs": options.runs},
        results={"bound": BOUND, "scores": scores},
        sheet=sheet,
    )
    return int(any(score["broken_promise"] for score in scores) and not options.quick)


def write_with_safety(job: Job) -> None:
    """Load as the job's writer says: with one more safety than the case before it."""
    asyncio.run(_load(job))


async def _load(job: Job) -> None:
    level = CASES.index(job.writer)
    # As many are written, whatever is rejected.
    more = job.count // (REJECTED_EVERY - 1) if job.writer == REJECTED else 0
    function = _user_or_refused if more else user
    source = ddbbulk.generator(count=job.count + more, version="1")(function)
    with TemporaryDirectory() as folder:
        await ddbbulk.load(
            job.table,
            source,
            wcu=job.wcu,
            endpoint_url=job.endpoint_url,
            region=REGION,
            checkpoint=Path(folder) / "done.state" if level >= 1 else None,
            failures=Path(folder) / "failed.jsonl" if level >= 2 else None,  # noqa: PLR2004 -- the cases in their order
        )


def _user_or_refused(index: int) -> Item:
    if index % REJECTED_EVERY == REJECTED_EVERY - 1:
        return {**user(index), "alias": ""}
    return user(index)


def _costs(server: Server, wcu: int, count: int, runs: int) -> list[Cost]:
    """Measure each case by turns, for the machine is not the same at all times."""
    found: Mapping[str, list[Run]] = {case: [] for case in CASES}
    for number in range(runs):
        for place, case in enumerate(CASES):
            print(f"{wcu:,} WCU, {case} …", flush=True)
            job = Job(
                endpoint_url=server.endpoint_url,
                table=f"safety-{wcu}-{place}-{number}",
                writer=case,
                workload="users",
                count=count,
                wcu=wcu,
            )
            run = measured_run(
                server,
                job,
                provisioned_wcu=wcu,
                limit_seconds=LIMIT_SECONDS,
                write=write_with_safety,
            )
            found[case].append(run)
    return [Cost(case=case, wcu=wcu, count=count, runs=found[case]) for case in CASES]


def _row(cost: Cost, plain: Cost, *, is_judged: bool) -> Sequence[str]:
    verdict = cost.broken_promise(plain) or ("kept" if cost.wcu == BUDGET else "")
    return (
        cost.case,
        verdict if is_judged else "",
        f"{cost.wcu:,}" if cost.wcu == BUDGET else "unbounded",
        f"{min(run.items for run in cost.runs):,}",
        f"{cost.elapsed_seconds:.2f}",
        f"{cost.elapsed_seconds / plain.elapsed_seconds:.3f}",
        " ".join(f"{run.elapsed_seconds:.2f}" for run in cost.runs),
        f"{cost.count / cost.elapsed_seconds:,.0f}",
        f"{cost.cpu_seconds / cost.count * 1e6:.1f}",
        f"{cost.cpu_seconds / (plain.cpu_seconds or 1):.3f}",
    )


def _as_json(cost: Cost, plain: Cost) -> dict[str, Any]:
    return {
        "case": cost.case,
        "wcu": cost.wcu,
        "items": cost.count,
        "elapsed_seconds": cost.elapsed_seconds,
        "elapsed_by_plain": cost.elapsed_seconds / plain.elapsed_seconds,
        "cpu_seconds": cost.cpu_seconds,
        "cpu_by_plain": cost.cpu_seconds / (plain.cpu_seconds or 1),
        "broken_promise": cost.broken_promise(plain),
        "runs": [asdict(run) for run in cost.runs],
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few items, no judgement")
    parser.add_argument("--items", type=int, help="of each run (100,000; quick: 2,000)")
    parser.add_argument("--runs", type=int, help="of which the median counts (2)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.items is None:
        options.items = QUICK_ITEMS if options.quick else ITEMS
    if options.runs is None:
        options.runs = 1 if options.quick else 2
    is_whole = options.items >= ITEMS and not options.quick
    if options.results is None and is_whole:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
