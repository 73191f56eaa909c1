"""The AWS SDK for JavaScript works on the simulator, unmodified."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ddbbulk.simulator import Simulator

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

TOUR = Path(__file__).resolve().parents[1] / "support/aws_sdk_tour.cjs"
# The document client leaves the items of errors as they travel.
MESSAGE = {
    "pk": {"S": "MSG#1"},
    "sk": {"S": "2026-01-40"},
    "number": {"N": "30"},
    "tone": {"S": "kind"},
}


def tour(sdk: Path, url: str) -> dict[str, Any]:
    node = shutil.which("node")
    assert node
    run = subprocess.run(  # noqa: S603 -- a script of ours
        [node, str(TOUR), str(sdk), url],
        capture_output=True,
        check=False,
        timeout=50,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_all_that_an_application_does(javascript_sdk: Path) -> None:
    with Simulator(update_seconds=0.0) as simulator:
        told = tour(javascript_sdk, simulator.endpoint_url)
    cancelled, found = told.pop("transactions")
    assert cancelled["name"] == "TransactionCanceledException"
    assert cancelled["message"].endswith("[None, ConditionalCheckFailed]")
    assert cancelled["reasons"] == [
        ["None", None],
        ["ConditionalCheckFailed", MESSAGE],
    ]
    assert found == [None, 30, None]
    assert told == {
        "createTable": ["ACTIVE", [{"Key": "course", "Value": "week 5"}]],
        "putAndGet": {
            "pk": "types",
            "sk": "1",
            "set": ["a", "b"],
            "bytes": [0, 255],
            "list": [1, None, {"deep": True}],
            "amount": 1.5,
        },
        "batchWrite": {},
        "query": [[10, 9, 8, 7, 6, 4, 3, 2], 25, 0.5],
        "scan": 26,
        "update": {
            "pk": "types",
            "sk": "1",
            "set": ["b"],
            "list": [1, None, {"deep": True}, "end"],
            "amount": 2.5,
            "seen": 1,
        },
        "batchGet": [["2026-01-11", "2026-01-12"], {}],
        "deleteTable": "ValidationException",
    }
