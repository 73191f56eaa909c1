"""How long do 10,000 items take, at each rate, beside the floor and beside others?

``python benchmarks/seconds_per_10k.py`` runs it all in about 18 minutes;
``--quick`` shows in a minute that it works, and judges nothing.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from measurement import Run, measured_run
from plots import plot
from recording import FOLDER, table, write_results
from scores import Score
from servers import LATENCY_JITTER_MS, LATENCY_MS, Server, running_simulator
from workloads import WORKLOADS
from writers import WRITERS, Job

NAME: Final = "seconds_per_10k"
RATES: Final = (50, 200, 1_000, 4_000, 10_000, 40_000)
# From here on the others would only be stopped later.
OTHERS_HIGHEST_WCU: Final = 10_000
QUICK_RATES: Final = (200, 10_000)
DEFAULT_SECONDS: Final = 10.0
QUICK_SECONDS: Final = 2.0
# What a course guide gives for its own script, in whole seconds; not measured here.
PUBLISHED_WCU, PUBLISHED_SECONDS = 200, 50.0
# Who takes longer than some floors is stopped: more time would tell nothing more.
PATIENCE: Final = 3.0
GRACE_SECONDS: Final = 5.0
HEADERS: Final = (
    "workload",
    "writer",
    "WCU",
    "items",
    "floor s",
    "elapsed s",
    "/ floor",
    "s per 10k",
    "window",
    "index",
    "throttled",
    "unproc.",
    "verdict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One workload, one rate, one writer."""

    workload: str
    wcu: int
    writer: str
    runs: int
    seconds: float

    def measure(self, server: Server) -> Score:
        """Run it as often as was asked, each time against a fresh table."""
        workload = WORKLOADS[self.workload]
        count = workload.items_for(self.wcu, self.seconds)
        runs: list[Run] = []
        while len(runs) < self.runs and not (runs and runs[-1].ending):
            job = Job(
                endpoint_url=server.endpoint_url,
                table=f"{self.workload}-{self.wcu}-{self.writer}-{len(runs)}",
                writer=self.writer,
                workload=self.workload,
                count=count,
                wcu=self.wcu,
                index_wcu=workload.index_wcu(self.wcu),
            )
            limit = PATIENCE * self.seconds + GRACE_SECONDS
            run = measured_run(
                server, job, provisioned_wcu=self.wcu, limit_seconds=limit
            )
            runs.append(run)
        return Score(
            workload=self.workload,
            writer=self.writer,
            wcu=self.wcu,
            index_wcu=workload.index_wcu(self.wcu),
            count=count,
            largest_units=max(islice(workload.units(), count)),
            runs=runs,
        )


def main() -> int:
    """Measure, print, write; return 1 where a promise was not kept."""
    options = _options()
    scores: list[Score] = []
    with running_simulator() as server:
        for case in _cases(options):
            print(f"{case.workload} at {case.wcu:,} WCU by {case.writer} …", flush=True)
            scores.append(case.measure(server))
    sheet = table(
        HEADERS, [_row(score, is_judged=not options.quick) for score in scores]
    )
    print(
        f"\n{sheet}\n\nA course guide gives {PUBLISHED_SECONDS:.0f} s for 10,000 users "
        f"at {PUBLISHED_WCU} WCU by its script."
    )
    _write(options, scores, sheet)
    ours = [score for score in scores if score.writer == "ddbbulk"]
    if options.quick:
        return int(any(list(score.losses()) for score in ours))
    return int(any(list(score.broken_promises()) for score in ours))


def _cases(options: argparse.Namespace) -> Iterator[Case]:
    """Yield ddbbulk on every workload, and the others on the users, once."""
    for name in options.workloads:
        for wcu in options.rates:
            for writer in options.writers:
                is_ours = writer == "ddbbulk"
                is_shown = name == "users" and wcu <= OTHERS_HIGHEST_WCU
                if wcu <= WORKLOADS[name].highest_wcu and (is_ours or is_shown):
                    yield Case(
                        workload=name,
                        wcu=wcu,
                        writer=writer,
                        runs=options.runs if is_ours else 1,
                        seconds=_seconds(options, name, wcu),
                    )


def _seconds(options: argparse.Namespace, workload: str, wcu: int) -> float:
    """Return how long to write: beside what is published, as long as that took."""
    seconds: float = options.seconds
    is_published = (workload, wcu) == ("users", PUBLISHED_WCU)
    if is_published and seconds >= DEFAULT_SECONDS:
        return max(seconds, PUBLISHED_SECONDS)
    return seconds


def _row(score: Score, *, is_judged: bool) -> Sequence[str]:
    index_window = score.index_window_by_budget
    return (
        score.workload,
        score.writer,
        f"{score.wcu:,}",
        f"{score.count:,}",
        f"{score.floor_seconds:.2f}",
        f"{score.elapsed_seconds:.2f}",
        f"{score.elapsed_seconds / (score.floor_seconds or 1):.3f}",
        f"{score.seconds_per_10k:.2f}",
        f"{score.window / score.wcu:.3f}",
        "" if index_window is None else f"{index_window:.3f}",
        f"{score.throttled_requests:,}",
        f"{score.unprocessed_items:,}",
        _verdict(score, is_judged=is_judged),
    )


def _verdict(score: Score, *, is_judged: bool) -> str:
    if score.writer != "ddbbulk":
        return score.ending
    if not is_judged:
        return ", ".join(score.losses()) or "not judged"
    return ", ".join(score.broken_promises()) or "kept"


def _write(options: argparse.Namespace, scores: Sequence[Score], sheet: str) -> None:
    folder: Path | None = options.results
    write_results(
        folder,
        NAME,
        options={
            name: getattr(options, name)
            for name in ("quick", "seconds", "runs", "rates", "workloads", "writers")
        },
        results={
            "latency_ms": LATENCY_MS,
            "latency_jitter_ms": LATENCY_JITTER_MS,
            "published": {
                "writer": "a course guide's script, as published",
                "workload": "users",
                "wcu": PUBLISHED_WCU,
                "seconds_per_10k": PUBLISHED_SECONDS,
            },
            "scores": [score.as_json() for score in scores],
        },
        sheet=sheet,
    )
    if folder is None:
        return
    published = (PUBLISHED_WCU, PUBLISHED_SECONDS)
    if not plot(folder / f"{NAME}.png", scores, published=published):
        print("No plot: pip install --editable '.[bench]' brings matplotlib.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--quick", action="store_true", help="short runs, two rates, no judgement")
    add("--seconds", type=float, help="of writing, at each rate (10; quick: 2)")
    add("--runs", type=int, help="of which the median counts (3; quick: 1)")
    add("--rates", type=int, nargs="+", help="write units a second")
    add("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    add("--writers", nargs="+", choices=WRITERS, default=list(WRITERS))
    add("--results", type=Path, help="folder (benchmarks/results; quick: nowhere)")
    options = parser.parse_args()
    default_seconds = QUICK_SECONDS if options.quick else DEFAULT_SECONDS
    options.seconds = options.seconds or default_seconds
    options.runs = options.runs or (1 if options.quick else 3)
    options.rates = options.rates or list(QUICK_RATES if options.quick else RATES)
    if options.results is None and not options.quick:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
