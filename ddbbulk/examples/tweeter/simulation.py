"""The simulator in a process of its own: started, asked how it was used, and ended."""

import json
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Timer
from typing import IO, Any, Final

import aiohttp
from rich.table import Table

from ddbbulk import ConfigurationError, ConnectionFailedError
from ddbbulk.examples.tweeter import serving

_START_SECONDS: Final = 30.0
_END_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulator that runs while its block does.

    Args:
        endpoint_url: where it listens.
        file: where it keeps its tables; None: in memory.
    """

    endpoint_url: str
    file: Path | None

    async def stats(self) -> dict[str, Any]:
        """Return the simulator's own account of what reached it, by table.

        Raises:
            ConnectionFailedError: it does not answer any more.
        """
        url = f"{self.endpoint_url}/_simulator/stats"
        try:
            async with aiohttp.ClientSession() as session, session.get(url) as answer:
                tables: dict[str, Any] = (await answer.json())["tables"]
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionFailedError(
                f"the simulator gives no account of itself: {error}"
            ) from error
        return tables


@contextmanager
def simulation(
    *, file: Path | None, latency_ms: float
) -> Generator[Simulation, None, None]:
    """Run a simulator in a process of its own, and end it whatever happens.

    Raises:
        ConfigurationError: it does not start; the message tells what it said.
    """
    settings = {
        "data": None if file is None else str(file),
        "latency_ms": latency_ms,
        "latency_jitter_ms": latency_ms / 2,
    }
    with (
        tempfile.TemporaryFile() as said,
        _ended(_start(settings, said)) as process,
    ):
        yield Simulation(_endpoint_url(process, said), file)


def usage_sheet(
    stats: dict[str, Any], budgets: Sequence[tuple[str, str, float]]
) -> Table:
    """Return a table of the highest second of each resource against its budget.

    Args:
        stats: what ``Simulation.stats`` returns.
        budgets: table, index (or ``""``) and units a second, in the order to show.
    """
    sheet = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    sheet.add_column("the simulator counted", overflow="fold")
    for heading in ("units", "highest second", "budget", "throttled", "unprocessed"):
        sheet.add_column(heading, justify="right", no_wrap=True)
    for table, index, budget in budgets:
        counted = stats[table]["indexes"][index] if index else stats[table]
        requests = ("throttled_requests", "unprocessed_items")
        sheet.add_row(
            f"  {index}" if index else table,
            f"{counted['write_units']:,.0f}",
            f"{counted['max_window_units']:,.0f}",
            f"{budget:,.0f}",
            *("" if index else f"{counted[name]:,}" for name in requests),
        )
    return sheet


def _start(settings: Mapping[str, Any], said: IO[bytes]) -> Popen[str]:
    return Popen(  # noqa: S603 - our own module under our own interpreter
        [sys.executable, "-m", serving.__name__, json.dumps(settings)],
        # It ends with this pipe: also where this process is killed, which tells nobody.
        stdin=PIPE,
        stdout=PIPE,
        stderr=said,
        text=True,
        # Ctrl-C in a terminal reaches this group only: the simulator must outlive it
        # for as long as the loads take to stop in good order.
        process_group=0,
    )


@contextmanager
def _ended(
    process: Popen[str],
) -> Generator[Popen[str], None, None]:
    with process:
        try:
            yield process
        finally:
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            process.stdin.close()
            try:
                process.wait(_END_SECONDS)
            except BaseException:
                process.kill()
                raise


def _endpoint_url(process: Popen[str], said: IO[bytes]) -> str:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    # One that hangs is ended; the line is then empty.
    alarm = Timer(_START_SECONDS, process.kill)
    alarm.start()
    try:
        line = process.stdout.readline()
    finally:
        alarm.cancel()
    if not line.startswith("http"):
        said.seek(0)
        text = said.read().decode(errors="replace").strip()
        raise ConfigurationError(
            f"the simulator did not start: {text or line or 'it said nothing'}"
        )
    return line.strip()
