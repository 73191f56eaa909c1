"""Loads with a checkpoint, as processes that are killed and started again."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from servers import ACCESS_KEY, REGION, Server
from workloads import visitor

HERE: Final = Path(__file__).resolve().parent
CHECKPOINT: Final = "done.state"
# A checkpoint that is being written; a kill leaves it where it is.
DRAFTS: Final = f".{CHECKPOINT}.*.tmp"
# Every so many-th kill waits for the moment when the checkpoint is being written.
AIM_SECONDS: Final = 1.5
END_SECONDS: Final = 120.0
# Longer than the simulator's latency: what was on its way has landed.
LANDING_SECONDS: Final = 0.1
GENERATOR: Final = """
import sys
import ddbbulk
from workloads import visitor
table, url, region, items, wcu, checkpoint = sys.argv[1:]
ddbbulk.load_sync(
    table, ddbbulk.generator(count=int(items), version="1")(visitor), wcu=float(wcu),
    endpoint_url=url, region=region, checkpoint=checkpoint,
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to, how many and how fast."""

    server: Server
    table: str
    items: int
    wcu: int


@dataclass(slots=True, kw_only=True)
class Progress:
    """What is known of a load between its runs.

    Args:
        units: write units that the simulator has counted.
        written: items that are written by the checkpoint.
    """

    units: float = 0.0
    written: int = 0


@dataclass(slots=True, kw_only=True)
class KilledLoad:
    """One load, from its first run to its end.

    Args:
        twice: items written for nothing in each run that was killed: units that the
            simulator counted, beyond the items that the checkpoint knows of.
        idle: how many kills came before their run had written anything.
        amid_save: how many kills left half a checkpoint behind.
        ending: how a run ended that should not have; empty where none did.
        settled: items that are done by the checkpoint, in the end.
        is_finished: whether it says that this is all.
    """

    twice: list[int] = field(default_factory=list[int])
    idle: int = 0
    amid_save: int = 0
    ending: str = ""
    settled: int = 0
    is_finished: bool = False


def jsonl_command(target: Target, folder: Path) -> Sequence[str]:
    """Make a file of JSON Lines, and return the command that loads it."""
    path = folder / "visitors.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(visitor(n))}\n" for n in range(target.items))
    return _load_command(target, path)


def csv_command(target: Target, folder: Path) -> Sequence[str]:
    """Make a CSV file, and return the command that loads it."""
    path = folder / "visitors.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(visitor(0)))
        writer.writeheader()
        writer.writerows(map(visitor, range(target.items)))
    types = "follower_count=N,followee_count=N"
    return [*_load_command(target, path), "--types", types]


def generator_command(target: Target, folder: Path) -> Sequence[str]:
    """Return the command that loads from a function of the index."""
    del folder
    options = (target.table, target.server.endpoint_url, REGION)
    numbers = (str(target.items), str(target.wcu))
    return [sys.executable, "-c", GENERATOR, *options, *numbers, CHECKPOINT]


SOURCES: Final[Mapping[str, Callable[[Target, Path], Sequence[str]]]] = {
    "JSON Lines": jsonl_command,
    "CSV": csv_command,
    "generator": generator_command,
}


def killed_load(
    command: Sequence[str],
    target: Target,
    folder: Path,
    *,
    moments: Sequence[tuple[float, float]],
    is_aimed: bool,
    dice: random.Random,
) -> KilledLoad:
    """Run a command and kill it, once for each moment; then let it come to its end.

    A run may reach the end before it is killed: then there are fewer kills.

    Args:
        command: a load with a checkpoint in ``folder``.
        target: what it loads.
        folder: where it runs; its own.
        moments: earliest and latest time of each kill, in seconds from the start of its
            process.
        is_aimed: kill while a checkpoint is being written, as soon as one is.
        dice: chooses the moments.
    """
    load = KilledLoad()
    before = Progress()
    for moment in (*moments, None):
        is_last = moment is None
        delay = None if moment is None else dice.uniform(*moment)
        code, message = _run(command, folder, delay=delay, is_aimed=is_aimed)
        if is_last or code != -signal.SIGKILL:
            load.ending = f"exit code {code}: {message}" if code else ""
            break
        time.sleep(LANDING_SECONDS)
        now = _progress(target, folder)
        units = round(now.units - before.units)
        load.twice.append(units - now.written + before.written)
        load.idle += not units
        # The next run sweeps them up.
        load.amid_save += len(list(folder.glob(DRAFTS)))
        before = now
    state = _state(folder)
    load.settled = sum(state.get("counts", {}).values())
    load.is_finished = bool(state.get("is_finished"))
    return load


def _load_command(target: Target, path: Path) -> Sequence[str]:
    return [
        *(sys.executable, "-m", "ddbbulk", "load", str(path)),
        *("--table", target.table, "--wcu", str(target.wcu)),
        *("--endpoint-url", target.server.endpoint_url, "--region", REGION),
        *("--checkpoint", CHECKPOINT),
    ]


def _run(
    command: Sequence[str], folder: Path, *, delay: float | None, is_aimed: bool
) -> tuple[int, str]:
    """Return the exit code of a run, and the last line that it said."""
    with (folder / "said.txt").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(  # noqa: S603 -- our own command
            command, cwd=folder, env=_environment(), stdout=said, stderr=said
        )
        try:
            process.wait(END_SECONDS if delay is None else delay)
        except subprocess.TimeoutExpired:
            if is_aimed:
                _wait_for_draft(folder, process)
        finally:
            process.kill()
        code = process.wait()
        said.seek(0)
        return code, (said.read().strip().splitlines() or [""])[-1]


def _wait_for_draft(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as a new checkpoint is begun, or after a while."""
    old = set(folder.glob(DRAFTS))
    until = time.monotonic() + AIM_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if set(folder.glob(DRAFTS)) - old:
            return
        time.sleep(0.0002)


def _progress(target: Target, folder: Path) -> Progress:
    counts = _state(folder).get("counts", {})
    return Progress(
        units=target.server.stats(target.table)["write_units"],
        written=counts.get("items_written", 0),
    )


def _state(folder: Path) -> Mapping[str, Any]:
    """Return what the checkpoint says; nothing where there is none yet."""
    path = folder / CHECKPOINT
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    state: Mapping[str, Any] = json.loads(text)["state"] if text else {}
    return state


def _environment() -> Mapping[str, str]:
    paths = (str(HERE.parent), str(HERE), os.environ.get("PYTHONPATH", ""))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
    }
