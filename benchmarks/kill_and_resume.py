"""Is anything lost, and how much is written twice, when loads are killed?

``python benchmarks/kill_and_resume.py``: 100 loads of 20,000 items, each killed
(SIGKILL) at a random moment and started again; from files and from a generator, with
and without faults. It takes about a quarter of an hour.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Final

from ddbbulk.scheduler import queue_bound
from killed_loads import SOURCES, KilledLoad, Target, killed_load
from recording import FOLDER, table, write_results
from replays import Differences, Wire, differences, replayed
from servers import running_simulator
from workloads import WORKLOADS, visitor

NAME: Final = "kill_and_resume"
KILLS: Final = 100
ITEMS: Final = 20_000
QUICK_ITEMS: Final = 8_000
WCU: Final = 8_000
RCU: Final = 40_000
SEED: Final = 7
KEY: Final = "alias"
# From the start of a process: few are killed before they write or come to their end.
KILL_SECONDS: Final = (0.7, 3.0)
# Late enough for a single kill to leave something to go on with.
QUICK_KILL_SECONDS: Final = (1.8, 2.4)
QUICK_FAULTS: Final = (
    "partial=0.3,throttle=0.05,http500=0.02,reset=0.01,reset-after=0.01"
)
# A quick run has none that takes ten seconds.
FAULTS: Final = f"{QUICK_FAULTS},hang=0.002,late=0.002"
# As ddbbulk has it: so many requests in flight, of so many items.
_CONNECTIONS: Final = 64
IN_FLIGHT: Final = min(_CONNECTIONS * 25, queue_bound(WCU, _CONNECTIONS))
TWICE_BOUND: Final = WCU * 1 + IN_FLIGHT
HEADERS: Final = (
    "source",
    "verdict",
    "faults",
    "loads",
    "kills",
    "idle",
    "amid a save",
    "tables right",
    "twice, most",
    "twice, mean",
    "s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What all loads have in common.

    Args:
        items: of each source.
        expected: what they leave in a table, by key.
        moments: earliest and latest moment of a kill.
    """

    items: int
    expected: dict[str, Wire]
    moments: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """One load that was killed, and its table in the end."""

    source: str
    faults: str
    items: int
    load: KilledLoad
    differences: Differences
    seconds: float

    @property
    def broken_promise(self) -> str:
        """What was not kept; empty where all was."""
        if self.load.ending or self.differences:
            return self.load.ending or str(self.differences)
        if self.load.settled != self.items or not self.load.is_finished:
            return "the counts do not balance"
        most = max(self.load.twice, default=0)
        return "too much written twice" if most > TWICE_BOUND else ""


def main() -> int:
    """Measure, print, write; return 1 where a promise was broken."""
    options = _options()
    plan = Plan(
        items=options.items,
        expected=replayed(map(visitor, range(options.items)), key=KEY),
        moments=QUICK_KILL_SECONDS if options.quick else KILL_SECONDS,
    )
    half = options.kills // 2
    many = QUICK_FAULTS if options.quick else FAULTS
    resumptions = [
        *_resumptions(None, half, plan),
        *_resumptions(many, options.kills - half, plan),
    ]
    sheet = table(HEADERS, list(_rows(resumptions)))
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"kills": options.kills, "items": options.items, "seed": SEED},
        results={
            "wcu": WCU,
            "faults": many,
            "twice_bound": TWICE_BOUND,
            "loads": [
                {**asdict(one), "broken_promise": one.broken_promise}
                for one in resumptions
            ],
        },
        sheet=sheet,
    )
    return int(any(one.broken_promise for one in resumptions) and not options.quick)


def _resumptions(faults: str | None, kills: int, plan: Plan) -> Iterator[Resumption]:
    """Yield loads of one source after the other, until there were so many kills."""
    weather = "many" if faults else "none"
    dice = random.Random(f"{SEED} {weather}")
    with running_simulator(faults=faults, seed=SEED) as server:
        for number, source in zip(count(), cycle(SOURCES)):
            if kills <= 0:
                return
            name = f"kill-{weather}-{number}"
            with (
                server.table(name, WORKLOADS["users"], wcu=WCU, rcu=RCU),
                TemporaryDirectory() as folder,
            ):
                target = Target(server=server, table=name, items=plan.items, wcu=WCU)
                begun = time.perf_counter()
                command = SOURCES[source](target, Path(folder))
                load = killed_load(
                    command,
                    target,
                    Path(folder),
                    moments=[plan.moments],
                    is_aimed=number % 2 == 1,
                    dice=dice,
                )
                seconds = time.perf_counter() - begun
                # What comes late comes after three seconds.
                time.sleep(3 if server.faults().get("late") else 0)
                yield Resumption(
                    source=source,
                    faults=weather,
                    items=plan.items,
                    load=load,
                    differences=differences(server, name, plan.expected, key=KEY),
                    seconds=seconds,
                )
            print(f"{source}, faults {weather}: {len(load.twice)} kills", flush=True)
            kills -= kills if load.ending else len(load.twice)


def _rows(resumptions: Sequence[Resumption]) -> Iterator[Sequence[str]]:
    for weather in ("none", "many"):
        for source in SOURCES:
            chosen = [
                one
                for one in resumptions
                if (one.source, one.faults) == (source, weather)
            ]
            if chosen:
                yield _row(source, weather, chosen)
    yield _row("all", "", resumptions)


def _row(source: str, faults: str, loads: Sequence[Resumption]) -> Sequence[str]:
    twice = [items for one in loads for items in one.load.twice]
    broken = next((one.broken_promise for one in loads if one.broken_promise), "")
    right = sum(not one.differences for one in loads)
    return (
        source,
        broken or "kept",
        faults,
        f"{len(loads)}",
        f"{len(twice)}",
        f"{sum(one.load.idle for one in loads)}",
        f"{sum(one.load.amid_save for one in loads)}",
        f"{right}",
        f"{max(twice, default=0):,}",
        f"{fmean(twice or [0]):,.0f}",
        f"{sum(one.seconds for one in loads):.0f}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two kills, no judgement")
    parser.add_argument("--kills", type=int, help="in all (100; quick: 2)")
    parser.add_argument("--items", type=int, help="of each load (20,000; quick: 8,000)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.kills is None:
        options.kills = 2 if options.quick else KILLS
    if options.items is None:
        options.items = QUICK_ITEMS if options.quick else ITEMS
    is_whole = (options.kills, options.items) == (KILLS, ITEMS)
    if options.results is None and is_whole and not options.quick:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
