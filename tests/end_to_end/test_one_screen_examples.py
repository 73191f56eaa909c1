"""The scripts of examples/ run as they stand, each a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.py"))
SAYS = {
    "load_csv.py": "5 ducks written, 0 rejected",
    "load_generator.py": "the floor is 5.00 s",
    "message_stream_handler.py": "4 writes in 1 request",
    "throttle_on_a_laptop.py": "ProvisionedThroughputExceededException",
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_an_example_does_what_it_says(script: Path) -> None:
    run = subprocess.run(  # noqa: S603 -- our own script under our own interpreter
        [sys.executable, script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert SAYS[script.name] in run.stdout
