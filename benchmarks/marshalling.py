"""How long does one core take to turn an item into what is sent?

``python benchmarks/marshalling.py``: encoding, size, key, units and the ``Write``, by
the general encoder and by the one that is compiled for the items' shape. Users may take
0.8 us at most, as dicts in chunks. Run it on one core: ``taskset -c 1``. 20 seconds.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import make_dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from pydantic import create_model

from ddbbulk.marshal import Marshaller
from ddbbulk.schema import TableSchema
from recording import FOLDER, table, write_results
from workloads import order, reading, user

NAME: Final = "marshalling"
BOUND_US: Final = 0.8
JUDGED: Final = "users"
CHUNK: Final = 100
ITEMS: Final = 1_000
ROUNDS: Final = 25
HEADERS: Final = (
    "items",
    "verdict",
    "bytes",
    "general us",
    "one by one us",
    "chunk us",
    "general / chunk",
)


def main() -> int:
    """Measure, print, write; return 1 where users take too long."""
    options = _options()
    rounds = 2 if options.quick else ROUNDS
    scores = [_score(name, items, rounds) for name, items in _workloads().items()]
    sheet = table(HEADERS, [_row(score) for score in scores])
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"items": ITEMS, "rounds": rounds, "chunk": CHUNK},
        results={"bound_us": BOUND_US, "scores": scores},
        sheet=sheet,
    )
    is_slow = any(score["verdict"] == "too slow" for score in scores)
    return int(is_slow and not options.quick)


def _workloads() -> Mapping[str, tuple[str, Sequence[object]]]:
    users = [user(index) for index in range(ITEMS)]
    fields = {name: (type(value), ...) for name, value in users[0].items()}
    model: Any = create_model("User", **fields)  # type: ignore[call-overload]  # by name
    record = make_dataclass("User", list(users[0]))
    return {
        "users": ("alias", users),
        "users, models": ("alias", [model(**user) for user in users]),
        "users, dataclasses": ("alias", [record(**user) for user in users]),
        "1 KB, nested": ("id", [order(index) for index in range(ITEMS)]),
        "20 numbers": ("id", [reading(index) for index in range(ITEMS)]),
    }


def _score(
    name: str, load: tuple[str, Sequence[object]], rounds: int
) -> dict[str, Any]:
    key, items = load
    marshaller = Marshaller(TableSchema.of(key))
    general = marshaller._put  # noqa: SLF001 -- what put() itself falls back to
    chunks = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
    ways: Mapping[str, Callable[[], object]] = {
        "general": lambda: [general(item) for item in items],
        "one_by_one": lambda: [marshaller.put(item) for item in items],
        "chunk": lambda: [marshaller.put_all(chunk, 0, None) for chunk in chunks],
    }
    sizes = [marshaller.put(item).size for item in items]
    runs: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):  # by turns, for the machine is not the same at all times
        for way, function in ways.items():
            begin = time.process_time()
            function()
            seconds = time.process_time() - begin
            runs[way].append(seconds / len(items) * 1e6)
    medians = {way: median(times) for way, times in runs.items()}
    is_kept = medians["chunk"] <= BOUND_US
    return {
        "items": name,
        "verdict": ("kept" if is_kept else "too slow") if name == JUDGED else "",
        "bytes": round(sum(sizes) / len(sizes)),
        "us": medians,
        "runs": runs,
    }


def _row(score: Mapping[str, Any]) -> list[str]:
    times = score["us"]
    return [
        score["items"],
        score["verdict"],
        f"{score['bytes']:,}",
        *(f"{times[way]:.2f}" for way in ("general", "one_by_one", "chunk")),
        f"{times['general'] / times['chunk']:.1f}",
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, no judgement")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.results is None and not options.quick:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
