"""Are a count and an unload as fast as their read budget allows, and never faster?

``python benchmarks/read_budget.py``: tables that take twenty seconds to read, at some
budgets, with 4 segments, twice over: counted, and unloaded. Each may take 2 % more than
its floor, and no second may consume more than 1.05 x the budget, or the budget and one
page. Four minutes.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import ddbbulk
from ddbbulk.limits import READ_UNIT_BYTES
from ddbbulk.sizing import item_size
from recording import FOLDER, table, write_results
from servers import REGION, Server, running_simulator
from workloads import WORKLOADS

NAME: Final = "read_budget"
SEGMENTS: Final = 4
SECONDS: Final = 20.0
QUICK_SECONDS: Final = 1.0
# Small items where the budget is small, so that pages are of many items all the same.
CASES: Final = ((5, "users"), (25, "users"), (100, "users"), (1000, "mixed"))
QUICK_CASES: Final = ((100, "users"),)
FILL_WCU: Final = 40_000
SLOWEST: Final = 1.02
HIGHEST: Final = 1.05
# A page costs at most this much of a second's budget, or the smallest charge.
PAGE_SHARE: Final = 1 / 50
SMALLEST_UNITS: Final = 0.5
HEADERS: Final = (
    "what",
    "verdict",
    "RCU",
    "items",
    "units",
    "units / bytes",
    "floor s",
    "elapsed s",
    "/ floor",
    "window",
    "throttled",
)

What = Literal["count", "unload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a table, as its report and the simulator saw it.

    Args:
        units: read units that the simulator counted.
        ideal_units: what the bytes of all items cost without any rounding.
        window: the highest consumption in one second.
    """

    what: What
    rcu: int
    items: int
    found: int
    units: float
    ideal_units: float
    elapsed_seconds: float
    window: float
    throttled: int

    @property
    def floor_seconds(self) -> float:
        """The time that its units take at the budget."""
        return self.units / self.rcu

    @property
    def broken_promise(self) -> str:
        """What was not kept; empty where all was."""
        if self.found != self.items:
            return "items missing"
        if self.elapsed_seconds > SLOWEST * self.floor_seconds:
            return "slow"
        page = max(PAGE_SHARE * self.rcu, SMALLEST_UNITS)
        highest = max(HIGHEST * self.rcu, self.rcu + page)
        return "above budget" if self.window > highest else ""


def main() -> int:
    """Measure, print, write; return 1 where a budget was not held or not used."""
    options = _options()
    cases = QUICK_CASES if options.quick else CASES
    readings: list[Reading] = []
    with running_simulator() as server:
        for rcu, workload in cases:
            print(f"{rcu:,} RCU, {workload} …", flush=True)
            readings += _readings(server, rcu, workload, options.seconds)
    sheet = table(HEADERS, [_row(one, is_judged=not options.quick) for one in readings])
    print(f"\n{sheet}")
    scores = [
        asdict(one)
        | {
            "floor_seconds": one.floor_seconds,
            "elapsed_by_floor": one.elapsed_seconds / one.floor_seconds,
            "broken_promise": one.broken_promise,
        }
        for one in readings
    ]
    write_results(
        options.results,
        NAME,
        options={"seconds": options.seconds, "segments": SEGMENTS},
        results={"bound": SLOWEST, "scores": scores},
        sheet=sheet,
    )
    is_broken = any(one.broken_promise for one in readings)
    return int(is_broken and not options.quick)


def _readings(server: Server, rcu: int, workload: str, seconds: float) -> list[Reading]:
    """Fill a table that takes so long to read, and read it in both ways."""
    name = f"read-{rcu}"
    kind = WORKLOADS[workload]
    items: list[dict[str, Any]] = []
    size = 0
    source = kind.items()
    while size < 2 * READ_UNIT_BYTES * rcu * seconds:
        more = list(islice(source, 100))
        items += more
        size += sum(_size(item) for item in more)
    with server.table(name, kind, wcu=FILL_WCU, rcu=rcu):
        ddbbulk.load_sync(
            name,
            items,
            wcu=FILL_WCU,
            endpoint_url=server.endpoint_url,
            region=REGION,
        )
        ideal = size / READ_UNIT_BYTES / 2
        return [
            _reading(server, name, "count", rcu, len(items), ideal),
            _reading(server, name, "unload", rcu, len(items), ideal),
        ]


def _reading(
    server: Server, name: str, what: What, rcu: int, items: int, ideal: float
) -> Reading:
    time.sleep(1.1)  # the second before is over, and what it left unused is there
    before = server.stats(name)
    began = time.monotonic()
    found = asyncio.run(_read(server, name, what, rcu))
    elapsed = time.monotonic() - began
    after = server.stats(name)
    return Reading(
        what=what,
        rcu=rcu,
        items=items,
        found=found,
        units=after["read_units"] - before["read_units"],
        ideal_units=ideal,
        elapsed_seconds=elapsed,
        window=after["max_read_window_units"],
        throttled=after["throttled_reads"] - before["throttled_reads"],
    )


async def _read(server: Server, name: str, what: What, rcu: int) -> int:
    url = server.endpoint_url
    if what == "count":
        counted = await ddbbulk.count_items(
            name, rcu=rcu, segments=SEGMENTS, endpoint_url=url, region=REGION
        )
        return counted.items
    with TemporaryDirectory() as folder:
        unloaded = await ddbbulk.unload(
            name,
            Path(folder) / "items.jsonl",
            rcu=rcu,
            segments=SEGMENTS,
            endpoint_url=url,
            region=REGION,
        )
    return unloaded.items_written


def _size(item: dict[str, Any]) -> int:
    wire = {
        attribute: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for attribute, value in item.items()
    }
    return item_size(wire)


def _row(reading: Reading, *, is_judged: bool) -> Sequence[str]:
    return (
        reading.what,
        (reading.broken_promise or "kept") if is_judged else "",
        f"{reading.rcu:,}",
        f"{reading.items:,}",
        f"{reading.units:,.1f}",
        f"{reading.units / reading.ideal_units:.3f}",
        f"{reading.floor_seconds:.2f}",
        f"{reading.elapsed_seconds:.2f}",
        f"{reading.elapsed_seconds / reading.floor_seconds:.3f}",
        f"{reading.window / reading.rcu:.3f}",
        f"{reading.throttled:,}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short, no judgement")
    parser.add_argument("--seconds", type=float, help="of each reading (12; quick: 1)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.seconds is None:
        options.seconds = QUICK_SECONDS if options.quick else SECONDS
    is_whole = options.seconds >= SECONDS and not options.quick
    if options.results is None and is_whole:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
