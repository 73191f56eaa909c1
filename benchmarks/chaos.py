"""Is every item there, and right, after a load through everything that can go wrong?

``python benchmarks/chaos.py``: 200,000 items through throttles, faults, lost, late and
partial answers; then the same number of puts and deletes of fewer keys, five of them
contended. Each table must equal a sequential replay of its source. About three minutes.
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import ddbbulk
from ddbbulk import Delete, LoadReport
from recording import FOLDER, table, write_results
from replays import Differences, differences, replayed
from servers import REGION, Server, running_simulator
from workloads import WORKLOADS, Item, users

NAME: Final = "chaos"
ITEMS: Final = 200_000
QUICK_ITEMS: Final = 1_000
WCU: Final = 5_000
# The comparison reads all of the table.
RCU: Final = 40_000
SEED: Final = 7
KEY: Final = "alias"
WASTE_BOUND: Final = 0.05
_QUICK_FAULTS: Final = (
    "partial=0.3,throttle=0.05,http500=0.02,reset=0.01,reset-after=0.01"
)
CONTENDED_KEYS: Final = 5
CONTENDED_SHARE: Final = 0.02
DELETED_SHARE: Final = 0.1
HEADERS: Final = (
    "source",
    "verdict",
    "items",
    "written",
    "superseded",
    "lost",
    "wrong",
    "extra",
    "s",
    "requests",
    "retried",
    "units wasted",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is written, and when what is late arrives.

    Args:
        writes: yields so many items and deletions, always the same.
        late_seconds: a client gives a request up after 10 seconds.
    """

    name: str
    writes: Callable[[int], Iterator[Item | Delete]]
    late_seconds: float

    def faults(self, *, is_quick: bool) -> str:
        """Return them in the simulator's words; no quick one takes ten seconds."""
        if is_quick:
            return _QUICK_FAULTS
        return f"{_QUICK_FAULTS},hang=0.005,late=0.005:{self.late_seconds:g}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """What became of one scenario.

    Args:
        words: the faults that there were, in the simulator's words.
        units: write units that the simulator counted.
        faults: how often each happened; ``partial`` counts items.
    """

    items: int
    words: str
    report: LoadReport
    differences: Differences
    units: float
    faults: Mapping[str, int]

    @property
    def wasted(self) -> float:
        """Units for writing what had been written, as a share of those needed.

        Every item here costs one unit, and one that was superseded costs none: what is
        needed is as many units as items were written.
        """
        return self.units / (self.report.items_written or 1) - 1

    def broken_promise(self) -> str:
        """Return what was not kept; empty where all was."""
        report = self.report
        settled = report.items_written + report.items_superseded
        if self.differences:
            return str(self.differences)
        if not settled == report.items_read == self.items:
            return "the counts do not balance"
        return "too much wasted" if self.wasted > WASTE_BOUND else ""


def plain_users(count: int) -> Iterator[Item | Delete]:
    """Yield users, each once."""
    return islice(users(), count)


def churn(count: int) -> Iterator[Item | Delete]:
    """Yield puts and deletes of half as many keys; a fiftieth goes to five of them."""
    dice = random.Random(SEED)
    for number, user in enumerate(islice(users(), count)):
        if dice.random() < CONTENDED_SHARE:
            alias = f"@busy{dice.randrange(CONTENDED_KEYS)}"
        else:
            alias = f"@donald{dice.randrange(count // 2)}"
        if dice.random() < DELETED_SHARE:
            yield Delete({KEY: alias})
        else:
            yield {**user, KEY: alias, "follower_count": number}


SCENARIOS: Final = (
    Scenario(name="users", writes=plain_users, late_seconds=3.0),
    # Here what is late arrives after it was given up.
    Scenario(name="churn", writes=churn, late_seconds=12.0),
)


def main() -> int:
    """Measure, print, write; return 1 where a table is not as it should be."""
    options = _options()
    survivals = {
        scenario.name: _survived(
            scenario, options.items, faults=scenario.faults(is_quick=options.quick)
        )
        for scenario in SCENARIOS
    }
    sheet = _sheet(survivals)
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"items": options.items, "seed": SEED},
        results={
            "wcu": WCU,
            "waste_bound": WASTE_BOUND,
            "scenarios": [_as_json(*named) for named in survivals.items()],
        },
        sheet=sheet,
    )
    if options.quick:
        return 0
    return int(any(one.broken_promise() for one in survivals.values()))


def _survived(scenario: Scenario, count: int, *, faults: str) -> Survival:
    print(f"{scenario.name}: {count:,} items through {faults} …", flush=True)
    workload = WORKLOADS["users"]
    name = f"chaos-{scenario.name}"
    with (
        running_simulator(faults=faults, seed=SEED) as server,
        server.table(name, workload, wcu=WCU, rcu=RCU),
    ):
        report = asyncio.run(_load(server, name, scenario.writes(count)))
        # What was given up in the end may still be on its way.
        time.sleep(scenario.late_seconds if server.faults().get("late") else 0)
        expected = replayed(scenario.writes(count), key=KEY)
        return Survival(
            items=count,
            words=faults,
            report=report,
            differences=differences(server, name, expected, key=KEY),
            units=server.stats(name)["write_units"],
            faults=server.faults(),
        )


async def _load(
    server: Server, name: str, writes: Iterator[Item | Delete]
) -> LoadReport:
    return await ddbbulk.load(
        name, writes, wcu=WCU, endpoint_url=server.endpoint_url, region=REGION
    )


def _sheet(survivals: Mapping[str, Survival]) -> str:
    rows = [_row(name, survival) for name, survival in survivals.items()]
    met = {name: _met(survival.faults) for name, survival in survivals.items()}
    faults = "\n".join(f"Faults met by {name}: {list_}." for name, list_ in met.items())
    return f"{table(HEADERS, rows)}\n\n{faults}"


def _row(name: str, survival: Survival) -> tuple[str, ...]:
    report, found = survival.report, survival.differences
    return (
        name,
        survival.broken_promise() or "kept",
        f"{survival.items:,}",
        f"{report.items_written:,}",
        f"{report.items_superseded:,}",
        f"{found.lost:,}",
        f"{found.wrong:,}",
        f"{found.extra:,}",
        f"{report.elapsed_seconds:.1f}",
        f"{report.requests:,}",
        f"{report.retried_items:,}",
        f"{survival.wasted:.2%}",
    )


def _met(faults: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in faults.items())


def _as_json(name: str, survival: Survival) -> dict[str, Any]:
    return {
        "source": name,
        "items": survival.items,
        "broken_promise": survival.broken_promise(),
        "differences": asdict(survival.differences),
        "write_units": survival.units,
        "wasted": survival.wasted,
        "faults": survival.words,
        "faults_met": dict(survival.faults),
        "report": survival.report.model_dump(mode="json"),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="few items, short faults, no judgement"
    )
    parser.add_argument("--items", type=int, help="of each source (quick: 1,000)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.items is None:
        options.items = QUICK_ITEMS if options.quick else ITEMS
    if options.results is None and options.items >= ITEMS and not options.quick:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
