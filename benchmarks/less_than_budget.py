"""What becomes of a load whose table has half the capacity that its budget says?

``python benchmarks/less_than_budget.py``: nothing may be lost, and the load ends within
1.10 times the table's own floor. It takes about two minutes.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Final

from measurement import Run, measured_run
from recording import FOLDER, table, write_results
from servers import Server, running_simulator
from workloads import WORKLOADS
from writers import Job

NAME: Final = "less_than_budget"
WORKLOAD_NAMES: Final = ("users", "half-index")
TABLE_WCU: Final = 200
BUDGET: Final = 400
SECONDS: Final = 20.0
BOUND: Final = 1.10
PATIENCE: Final = 3.0
GRACE_SECONDS: Final = 5.0
HEADERS: Final = (
    "workload",
    "verdict",
    "items",
    "written",
    "floor s",
    "elapsed s",
    "/ floor",
    "throttled",
    "unproc.",
)


def main() -> int:
    """Measure, print, write; return 1 where something was lost or it took too long."""
    options = _options()
    with running_simulator() as server:
        results = {
            name: _runs(server, name, options.seconds, options.runs)
            for name in WORKLOAD_NAMES
        }
    counts = {
        name: WORKLOADS[name].items_for(TABLE_WCU, options.seconds) for name in results
    }
    sheet = table(
        HEADERS, [_row(name, results[name], counts[name]) for name in results]
    )
    print(f"\n{sheet}")
    broken = {name: _broken(results[name], counts[name]) for name in results}
    write_results(
        options.results,
        NAME,
        options={"seconds": options.seconds, "runs": options.runs},
        results={
            "table_wcu": TABLE_WCU,
            "budget": BUDGET,
            "bound": BOUND,
            "scores": [
                {
                    "workload": name,
                    "items": counts[name],
                    "broken_promise": broken[name],
                    "runs": [asdict(run) for run in runs],
                }
                for name, runs in results.items()
            ],
        },
        sheet=sheet,
    )
    return int(any(broken.values()))


def _runs(server: Server, name: str, seconds: float, runs: int) -> list[Run]:
    workload = WORKLOADS[name]
    print(f"{name}: budget {BUDGET}, table {TABLE_WCU} WCU …", flush=True)
    return [
        measured_run(
            server,
            Job(
                endpoint_url=server.endpoint_url,
                table=f"less-{name}-{number}",
                writer="ddbbulk",
                workload=name,
                count=workload.items_for(TABLE_WCU, seconds),
                wcu=BUDGET,
                index_wcu=workload.index_wcu(BUDGET),
            ),
            provisioned_wcu=TABLE_WCU,
            limit_seconds=PATIENCE * seconds + GRACE_SECONDS,
        )
        for number in range(runs)
    ]


def _broken(runs: Sequence[Run], count: int) -> str:
    """Return which promise was broken; empty where none was."""
    ending = next((run.ending for run in runs if run.ending), "")
    if ending:
        return ending
    lost = count - min(run.items for run in runs)
    if lost:
        return f"{lost:,} items lost"
    return "too slow" if _by_floor(runs) > BOUND else ""


def _by_floor(runs: Sequence[Run]) -> float:
    return median(run.elapsed_seconds / (run.floor_seconds or 1) for run in runs)


def _row(name: str, runs: Sequence[Run], count: int) -> Sequence[str]:
    return (
        name,
        _broken(runs, count) or "kept",
        f"{count:,}",
        f"{min(run.items for run in runs):,}",
        f"{median(run.floor_seconds for run in runs):.2f}",
        f"{median(run.elapsed_seconds for run in runs):.2f}",
        f"{_by_floor(runs):.3f}",
        f"{median(run.throttled_requests for run in runs):,.0f}",
        f"{median(run.unprocessed_items for run in runs):,.0f}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of writing")
    parser.add_argument(
        "--runs", type=int, default=3, help="of which the median counts"
    )
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.results is None and options.seconds >= SECONDS:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
