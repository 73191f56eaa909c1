"""Is capacity put back, whenever and however a load that has raised it is ended?

``python benchmarks/raise_and_restore.py``: 50 loads that raise a table of 10 WCU and
its index of 5 to 400, each ended by a signal at a random moment: SIGINT, SIGTERM, or
SIGKILL and then ``ddbbulk capacity restore``. Six minutes.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from recording import FOLDER, table, write_results
from servers import ACCESS_KEY, REGION, Server, running_simulator
from workloads import WORKLOADS

NAME: Final = "raise_and_restore"
RUNS: Final = 50
QUICK_RUNS: Final = 3
ITEMS: Final = 1_200
QUICK_ITEMS: Final = 200
WCU: Final = 10
RAISED_WCU: Final = 400
SEED: Final = 7
# As long as a change of capacity takes at AWS.
UPDATE_SECONDS: Final = 1.0
QUICK_UPDATE_SECONDS: Final = 0.2
# From the first word of a load: from before the raise until after all is put back.
SIGNAL_SECONDS: Final = (0.0, 6.5)
QUICK_SIGNAL_SECONDS: Final = (0.2, 1.2)
END_SECONDS: Final = 60.0
WORKLOAD: Final = WORKLOADS["half-index"]
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
HERE: Final = Path(__file__).resolve().parent
# A benchmark in the background of a shell ignores Ctrl-C, and would hand that down.
COMMAND: Final = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from ddbbulk.cli import main
main()
"""
PHASES: Final = ("before", "raising", "loading", "restoring", "after")
HEADERS: Final = ("signal", "verdict", "runs", *PHASES, "restored", "slowest s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One load that was ended, and what its table has in the end.

    Args:
        phase: what it was doing.
        seconds: from the signal until all was put back.
        problem: what is not as it was found; empty where all is.
    """

    signal: str
    moment: float
    phase: str
    seconds: float
    problem: str


def main() -> int:
    """Measure, print, write; return 1 where something was not put back."""
    options = _options()
    dice = random.Random(SEED)
    moments = QUICK_SIGNAL_SECONDS if options.quick else SIGNAL_SECONDS
    update_seconds = QUICK_UPDATE_SECONDS if options.quick else UPDATE_SECONDS
    endings: list[Ending] = []
    with running_simulator(update_seconds=update_seconds) as server:
        for number, kind in enumerate(islice(cycle(SIGNALS), options.runs)):
            name = f"raised-{number}"
            with (
                server.table(name, WORKLOAD, wcu=WCU),
                TemporaryDirectory() as folder,
            ):
                run = Run(server, name, Path(folder), items=options.items)
                endings.append(run.ended_by(kind, dice.uniform(*moments)))
                _wait_until_active(server, name)
            last = endings[-1]
            print(f"{last.signal} while {last.phase}: {last.problem or 'restored'}")
    sheet = table(HEADERS, list(_rows(endings)))
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"runs": options.runs, "items": options.items, "seed": SEED},
        results={
            "wcu": WCU,
            "raised_wcu": RAISED_WCU,
            "update_seconds": update_seconds,
            "endings": [asdict(ending) for ending in endings],
        },
        sheet=sheet,
    )
    return int(any(ending.problem for ending in endings))


class Run:
    """A load into a table of its own, with notes of its own."""

    def __init__(self, server: Server, name: str, folder: Path, *, items: int) -> None:
        self._server = server
        self._name = name
        self._folder = folder
        self._found = _write_units(server.described(name))
        with (folder / "items.jsonl").open("w", encoding="utf-8") as file:
            for item in islice(WORKLOAD.items(), items):
                file.write(f"{json.dumps(item)}\n")

    def ended_by(self, kind: signal.Signals, moment: float) -> Ending:
        """Start it, send it a signal at a moment, and see what becomes of the table."""
        with (self._folder / "said.txt").open("w", encoding="utf-8") as said:
            process = subprocess.Popen(  # noqa: S603 -- our own command
                self._command("load", "items.jsonl", "--table", self._name),
                cwd=self._folder,
                env=self._environment(),
                stdout=said,
                stderr=said,
            )
            try:
                self._wait_for_a_word(process)
                time.sleep(moment)
                phase = self._phase(process)
                begun = time.monotonic()
                process.send_signal(kind)
                process.wait(END_SECONDS)
            finally:
                process.kill()
        if kind is signal.SIGKILL:
            subprocess.run(
                [sys.executable, "-m", "ddbbulk", "capacity", "restore"],
                cwd=self._folder,
                env=self._environment(),
                capture_output=True,
                timeout=END_SECONDS,
                check=False,
            )
        return Ending(
            signal=kind.name,
            moment=moment,
            phase=phase,
            seconds=time.monotonic() - begun,
            problem=self._problem(),
        )

    def _wait_for_a_word(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            if (self._folder / "said.txt").stat().st_size:
                return
            time.sleep(0.01)

    def _phase(self, process: subprocess.Popen[bytes]) -> str:
        """Return what the load is doing, as its table shows it."""
        if process.poll() is not None:
            return "after"
        described = self._server.described(self._name)
        units = self._server.stats(self._name)["write_units"]
        if described["TableStatus"] != "ACTIVE":
            return "restoring" if units else "raising"
        if _write_units(described) != self._found:
            return "loading"
        return "after" if units else "before"

    def _problem(self) -> str:
        described = self._server.described(self._name)
        if described["TableStatus"] != "ACTIVE":
            return "something still changes it"
        now = _write_units(described)
        if now != self._found:
            return f"{now} instead of {self._found}"
        notes = list((self._folder / "state").rglob("*.json"))
        return "a restore note is left" if notes else ""

    def _command(self, *words: str) -> Sequence[str]:
        where = ("--endpoint-url", self._server.endpoint_url, "--region", REGION)
        raised = ("--raise-to", str(RAISED_WCU))
        return [sys.executable, "-c", COMMAND, *words, *where, *raised]

    def _environment(self) -> Mapping[str, str]:
        paths = (str(HERE.parent), os.environ.get("PYTHONPATH", ""))
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "DDBBULK_STATE_DIR": str(self._folder / "state"),
        }


def _write_units(described: Mapping[str, Any]) -> list[int]:
    return [
        one["ProvisionedThroughput"]["WriteCapacityUnits"]
        for one in (described, *described["GlobalSecondaryIndexes"])
    ]


def _wait_until_active(server: Server, name: str) -> None:
    while server.described(name)["TableStatus"] != "ACTIVE":
        time.sleep(0.05)


def _rows(endings: Sequence[Ending]) -> Iterator[Sequence[str]]:
    for kind in SIGNALS:
        chosen = [ending for ending in endings if ending.signal == kind.name]
        if chosen:
            yield _row(kind.name, chosen)
    yield _row("all", endings)


def _row(name: str, endings: Sequence[Ending]) -> Sequence[str]:
    broken = next((one.problem for one in endings if one.problem), "")
    phases = (sum(one.phase == phase for one in endings) for phase in PHASES)
    return (
        name,
        broken or "kept",
        f"{len(endings)}",
        *(f"{count}" for count in phases),
        f"{sum(not one.problem for one in endings)}",
        f"{max(one.seconds for one in endings):.1f}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three short runs")
    parser.add_argument("--runs", type=int, help="how many (50; quick: 3)")
    parser.add_argument("--items", type=int, help="of each load (1,200; quick: 200)")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.runs is None:
        options.runs = QUICK_RUNS if options.quick else RUNS
    if options.items is None:
        options.items = QUICK_ITEMS if options.quick else ITEMS
    is_whole = (options.runs, options.items) == (RUNS, ITEMS)
    if options.results is None and is_whole and not options.quick:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
