"""How much more memory does loading 1,000,000 items take than loading 10,000?

``python benchmarks/memory.py`` takes some minutes: three runs of each, as fast as one
core can, in fresh processes. Items are generated one by one and held by nobody else.
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
from writers import Job

NAME: Final = "memory"
WORKLOAD: Final = "users"
FEW: Final = 10_000
MANY: Final = 1_000_000
# More than one core writes: the queues are as full as they get.
WCU: Final = 100_000
BOUND_BYTES: Final = 20 * 1000 * 1000
# A load slower than this is not the one that was meant to be measured.
LEAST_ITEMS_PER_SECOND: Final = 2_000
HEADERS: Final = ("load", "verdict", "peak MB", "all runs", "elapsed s", "items/s")


def main() -> int:
    """Measure, print, write; return 1 where the bound was broken."""
    options = _options()
    with running_simulator() as server:
        few = _runs(server, options.few, options.runs)
        many = _runs(server, options.many, options.runs)
    broken = _broken(few, options.few) or _broken(many, options.many)
    more = _peak(many) - _peak(few)
    if not broken and more > BOUND_BYTES:
        broken = "too much"
    verdict = broken or "kept"
    if few[0].peak_bytes and many[0].peak_bytes:
        verdict = f"{more / 1e6:+.1f} MB: {verdict}"
    sheet = table(HEADERS, [_row(few, ""), _row(many, verdict)])
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"few": options.few, "many": options.many, "runs": options.runs},
        results={
            "wcu": WCU,
            "bound_bytes": BOUND_BYTES,
            "more_bytes": more,
            "broken_promise": broken,
            "runs": [asdict(run) for run in (*few, *many)],
        },
        sheet=sheet,
    )
    return int(bool(broken))


def _runs(server: Server, count: int, runs: int) -> list[Run]:
    print(f"{count:,} items …", flush=True)
    return [
        measured_run(
            server,
            Job(
                endpoint_url=server.endpoint_url,
                table=f"memory-{count}-{number}",
                writer="ddbbulk",
                workload=WORKLOAD,
                count=count,
                wcu=WCU,
            ),
            provisioned_wcu=WCU,
            limit_seconds=60 + count / LEAST_ITEMS_PER_SECOND,
        )
        for number in range(runs)
    ]


def _broken(runs: Sequence[Run], count: int) -> str:
    """Return why the runs measured something else; empty where they did not."""
    ending = next((run.ending for run in runs if run.ending), "")
    lost = count - min(run.items for run in runs)
    return ending or (f"{lost:,} items missing" if lost else "")


def _peak(runs: Sequence[Run]) -> float:
    return median(run.peak_bytes for run in runs)


def _row(runs: Sequence[Run], verdict: str) -> Sequence[str]:
    elapsed = median(run.elapsed_seconds for run in runs)
    items = median(run.items for run in runs)
    return (
        f"{items:,.0f} items",
        verdict,
        f"{_peak(runs) / 1e6:.1f}",
        " ".join(f"{run.peak_bytes / 1e6:.1f}" for run in runs),
        f"{elapsed:.1f}",
        f"{items / elapsed:,.0f}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--few", type=int, default=FEW, help="items of the small load")
    parser.add_argument("--many", type=int, default=MANY, help="items of the large one")
    parser.add_argument(
        "--runs", type=int, default=3, help="of which the median counts"
    )
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    is_whole = (options.few, options.many) == (FEW, MANY)
    if options.results is None and is_whole:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
