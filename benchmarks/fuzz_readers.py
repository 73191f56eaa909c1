"""Does any file make a reader crash, hang, or pass over a record?

``python benchmarks/fuzz_readers.py`` reads 100,000 of them, half of them written by
hypothesis, half good ones with some bytes spoilt: CSV, JSON Lines and failures files,
gzipped too, in all of Python's encodings. ``reader_checks.py`` says what has to hold.
"""

import argparse
import asyncio
import faulthandler
import logging
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import hypothesis
from hypothesis import HealthCheck, Phase

from ddbbulk.errors import ConfigurationError, SourceError
from reader_checks import Outcome, judge
from reader_inputs import READERS, Input, made_inputs, spoilt_input
from recording import FOLDER, table, write_results

NAME: Final = "fuzz_readers"
INPUTS: Final = 100_000
# Hypothesis holds in memory what it has tried: so it is asked for some at a time.
ROUND: Final = 500
# A reader that takes longer for a few kilobytes hangs.
BOUND_SECONDS: Final = 10
SHOWN_FAILURES: Final = 5
HEADERS: Final = (
    *("reader", "verdict", "files", "gzipped", "other encodings", "refused"),
    *("ended early", "items accepted", "items rejected", "slowest ms"),
)


@dataclass
class Tally:
    """What became of the inputs of one reader.

    Attributes:
        inputs: how many there were.
        gzipped: how many of them had a file that begins as gzip does.
        encoded: how many were read in another encoding than UTF-8.
        refused: how many ended with a ConfigurationError that names the file.
        ended_early: how many ended with a SourceError that says where.
        accepted: items that would be sent.
        rejected: items that would be in the failures file.
        failures: how many inputs broke a promise.
        slowest_seconds: how long the slowest input took, its second reading included.
    """

    inputs: int = 0
    gzipped: int = 0
    encoded: int = 0
    refused: int = 0
    ended_early: int = 0
    accepted: int = 0
    rejected: int = 0
    failures: int = 0
    slowest_seconds: float = 0.0

    def add(self, one: Input, outcome: Outcome, seconds: float) -> None:
        self.inputs += 1
        self.gzipped += any(data.startswith(b"\x1f\x8b") for data in one.contents)
        self.encoded += one.encoding != "utf-8"
        self.refused += isinstance(outcome.problem, ConfigurationError)
        self.ended_early += isinstance(outcome.problem, SourceError)
        self.accepted += outcome.accepted
        self.rejected += outcome.rejected
        self.slowest_seconds = max(self.slowest_seconds, seconds)


@dataclass
class Fuzzing:
    """One run over many inputs."""

    runner: asyncio.Runner
    folder: Path
    tallies: dict[str, Tally] = field(
        default_factory=lambda: {reader: Tally() for reader in READERS}
    )

    @property
    def failures(self) -> int:
        return sum(tally.failures for tally in self.tallies.values())

    def try_one(self, one: Input) -> None:
        """Read an input, and print it if something does not hold."""
        tally = self.tallies[one.reader]
        # Threads cannot be stopped, so a hang ends the process, with a traceback.
        faulthandler.dump_traceback_later(BOUND_SECONDS, exit=True)
        began = time.perf_counter()
        outcome = Outcome()
        try:
            outcome = self.runner.run(judge(one, self.folder))
        except Exception:  # noqa: BLE001 -- what it may be is the question
            tally.failures += 1
            if self.failures <= SHOWN_FAILURES:
                print(f"{one}\n{traceback.format_exc()}", flush=True)
        finally:
            faulthandler.cancel_dump_traceback_later()
        tally.add(one, outcome, time.perf_counter() - began)

    def try_spoilt(self, inputs: int, seed: int) -> None:
        for number in range(inputs):
            self.try_one(spoilt_input(f"{seed}:{number}"))

    def try_made(self, inputs: int, seed: int) -> None:
        goal = inputs + sum(tally.inputs for tally in self.tallies.values())
        for number in range(sys.maxsize):
            left = goal - sum(tally.inputs for tally in self.tallies.values())
            if left <= 0:
                return
            settings = hypothesis.settings(
                max_examples=min(left, ROUND),
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            test = hypothesis.given(made_inputs())(self.try_one)
            hypothesis.seed(f"{seed}:{number}")(settings(test))()


def sheet(tallies: dict[str, Tally]) -> str:
    rows: list[Sequence[str]] = []
    for reader, tally in tallies.items():
        rows.append(
            (
                reader,
                f"{tally.failures:,} FAILURES" if tally.failures else "kept",
                *(f"{count:,}" for count in list(asdict(tally).values())[:-2]),
                f"{tally.slowest_seconds * 1000:.0f}",
            )
        )
    return table(HEADERS, rows)


def main() -> int:
    """Read, judge, write; return 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    # A failures file whose last line is torn is logged, again and again.
    logging.disable(logging.WARNING)
    began = time.perf_counter()
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        fuzzing = Fuzzing(runner, Path(folder))
        fuzzing.try_spoilt(options.inputs // 2, options.seed)
        fuzzing.try_made(options.inputs - options.inputs // 2, options.seed)
    tallies = fuzzing.tallies
    print(f"\n{sheet(tallies)}")
    is_whole = (options.inputs, options.seed) == (INPUTS, 0)
    write_results(
        options.results or (FOLDER if is_whole else None),
        NAME,
        options={"inputs": options.inputs, "seed": options.seed},
        results={
            "inputs": sum(tally.inputs for tally in tallies.values()),
            "failures": fuzzing.failures,
            "elapsed_seconds": round(time.perf_counter() - began, 1),
            "bound_seconds": BOUND_SECONDS,
            "hypothesis": hypothesis.__version__,
            "readers": {reader: asdict(tally) for reader, tally in tallies.items()},
        },
        sheet=sheet(tallies),
    )
    return int(bool(fuzzing.failures))


if __name__ == "__main__":
    raise SystemExit(main())
