"""Runs of the benchmarks, small and as they stand."""

import os
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    # What they run of the library is covered by tests; that they run is the question.
    uncovered = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COVERAGE_")
    }
    return subprocess.run(  # noqa: S603 -- our own script under our own interpreter
        [sys.executable, BENCHMARKS / script, *options],
        capture_output=True,
        text=True,
        check=False,
        env=uncovered,
    )
