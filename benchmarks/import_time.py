"""How long does it take to import ddbbulk, beside what it stands on?

``python benchmarks/import_time.py``: each statement runs in a fresh interpreter, which
has the compiled files already; the statements take turns. Seconds of CPU time, for a
disk has no part in the question.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from recording import FOLDER, table, write_results

NAME: Final = "import_time"
STATEMENTS: Final = (
    "import aioboto3",
    "import ddbbulk",
    "from ddbbulk import load",
)
BOUND: Final = 1.2  # of "import ddbbulk", by "import aioboto3"
HEADERS: Final = ("statement", "verdict", "ms", "by aioboto3")
_SCRIPT: Final = """
import time
started = time.process_time()
{}
print(time.process_time() - started)
"""


def main() -> int:
    """Measure, print, write; return 1 where it was too slow."""
    options = _options()
    seconds: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for statement in STATEMENTS:
        _seconds(statement)  # compiles
    for _ in range(options.runs):
        for statement in STATEMENTS:
            seconds[statement].append(_seconds(statement))
    base = median(seconds[STATEMENTS[0]])
    ratios = {name: median(taken) / base for name, taken in seconds.items()}
    sheet = table(HEADERS, _rows(seconds, ratios))
    print(sheet)
    write_results(
        options.results,
        NAME,
        options={"runs": options.runs},
        results={"bound": BOUND, "ratios": ratios, "seconds": seconds},
        sheet=sheet,
    )
    return int(not options.quick and ratios["import ddbbulk"] > BOUND)


def _seconds(statement: str) -> float:
    command = [sys.executable, "-c", _SCRIPT.format(statement)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- our own words
    return float(done.stdout)


def _rows(
    seconds: dict[str, list[float]], ratios: dict[str, float]
) -> Sequence[list[str]]:
    rows: list[list[str]] = []
    for statement, taken in seconds.items():
        verdict = ""
        if statement == "import ddbbulk":
            verdict = "kept" if ratios[statement] <= BOUND else "too slow"
        milliseconds = f"{median(taken) * 1000:.0f}"
        rows.append([statement, verdict, milliseconds, f"{ratios[statement]:.2f}"])
    return rows


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--quick", action="store_true", help="show that it works")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.quick:
        options.runs = 1
    elif options.results is None:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
