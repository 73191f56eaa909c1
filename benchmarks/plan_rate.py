"""How many items a second does a plan read, on one core?

``python benchmarks/plan_rate.py``: 200,000 users a second are promised, as dicts that a
generator makes; beside them files of the same users, and tables with indexes. The
process stays on one core, threads included. Two minutes.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import ddbbulk
from ddbbulk import IndexSchema, KeyAttribute, PlanReport, TableSchema
from ddbbulk.marshal import item_to_wire
from recording import FOLDER, table, write_results
from workloads import Item, follows, residents, users

NAME: Final = "plan_rate"
BOUND: Final = 200_000
JUDGED: Final = "users, dicts"
# More than are told apart exactly: the estimate has its part in it, too.
ITEMS: Final = 2_000_000
QUICK_ITEMS: Final = 4_000
# A file of all of them would only be larger.
SHARE_IN_FILES: Final = 4
HEADERS: Final = (
    "source",
    "verdict",
    "items",
    "items/s",
    "all runs",
    "CPU us/item",
    "indexes",
)
USERS: Final = TableSchema.of("alias")
FOLLOWS: Final = TableSchema(
    KeyAttribute("follower_alias"),
    KeyAttribute("followee_alias"),
    (IndexSchema("follows_index", (KeyAttribute("followee_alias"),)),),
)
RESIDENTS: Final = TableSchema(
    KeyAttribute("alias"),
    None,
    (
        IndexSchema(
            "by_pond", (KeyAttribute("pond"),), (KeyAttribute("alias"),), "KEYS_ONLY"
        ),
    ),
)

Source = Callable[[], Any]


def main() -> int:
    """Measure, print, write; return 1 where users are read too slowly."""
    options = _options()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with TemporaryDirectory() as folder:
        cases = _cases(options.items, Path(folder))
        ddbbulk.plan_sync(USERS, islice(users(), 1000))  # imports what it needs
        scores = [
            _score(name, *case, runs=options.runs) for name, case in cases.items()
        ]
    if options.quick:
        scores = [score | {"verdict": ""} for score in scores]
    sheet = table(HEADERS, [_row(score) for score in scores])
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"items": options.items, "runs": options.runs},
        results={"bound": BOUND, "scores": scores},
        sheet=sheet,
    )
    is_slow = any(score["verdict"] == "too slow" for score in scores)
    return int(is_slow)


def _cases(items: int, folder: Path) -> Mapping[str, tuple[TableSchema, Source, int]]:
    """Return for each source the table, what opens it, and how many items it has."""
    some = items // SHARE_IN_FILES
    plain, wire, rows = (folder / name for name in ("a.jsonl", "b.jsonl", "c.csv"))
    _write(plain, map(json.dumps, _users(some)))
    wires = ({"Item": item_to_wire(user)} for user in _users(some))
    _write(wire, map(json.dumps, wires))
    header = ",".join(next(users()))
    _write(
        rows, [header, *(",".join(map(str, user.values())) for user in _users(some))]
    )
    return {
        JUDGED: (USERS, lambda: _users(items), items),
        "follows, dicts": (FOLLOWS, lambda: islice(follows(), some), some),
        "residents, dicts": (RESIDENTS, lambda: islice(residents(), some), some),
        "users, JSON Lines": (USERS, lambda: ddbbulk.open_source(plain), some),
        "users, DynamoDB JSON": (USERS, lambda: ddbbulk.open_source(wire), some),
        "users, CSV": (USERS, lambda: ddbbulk.open_source(rows), some),
    }


def _users(count: int) -> Iterator[Item]:
    return islice(users(), count)


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _score(
    name: str, schema: TableSchema, source: Source, count: int, *, runs: int
) -> dict[str, Any]:
    print(f"{name} …", flush=True)
    rates: list[float] = []
    cpu_microseconds: list[float] = []
    for _ in range(runs):
        cpu, began = time.process_time(), time.perf_counter()
        report = ddbbulk.plan_sync(schema, source())
        elapsed = time.perf_counter() - began
        cpu_microseconds.append((time.process_time() - cpu) / count * 1e6)
        rates.append(count / elapsed)
        _check(report, count)
    is_kept = median(rates) >= BOUND
    return {
        "source": name,
        "verdict": ("kept" if is_kept else "too slow") if name == JUDGED else "",
        "items": count,
        "items_per_second": median(rates),
        "runs": rates,
        "cpu_us_per_item": median(cpu_microseconds),
        "indexes": len(schema.indexes),
    }


def _check(report: PlanReport, count: int) -> None:
    """Fail where the plan is not of all items: its speed would mean nothing."""
    units = report.resources[0].write_units.value
    if (report.items.value, units, report.rejections) != (count, count, ()):
        message = f"the plan is of {report.items.value:,} items and {units:,} units"
        raise AssertionError(message)


def _row(score: Mapping[str, Any]) -> Sequence[str]:
    return (
        score["source"],
        score["verdict"],
        f"{score['items']:,}",
        f"{score['items_per_second']:,.0f}",
        " ".join(f"{rate:,.0f}" for rate in score["runs"]),
        f"{score['cpu_us_per_item']:.2f}",
        f"{score['indexes']}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few items, no judgement")
    parser.add_argument("--items", type=int, help="dicts (2,000,000; quick: 4,000)")
    parser.add_argument("--runs", type=int, help="of which the median counts (3)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.items is None:
        options.items = QUICK_ITEMS if options.quick else ITEMS
    if options.runs is None:
        options.runs = 1 if options.quick else 3
    if options.results is None and not options.quick and options.items >= ITEMS:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
