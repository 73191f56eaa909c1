"""From a command to its exit code: the simulator around it, signals, errors."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ddbbulk
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.interrupts import signals_interrupt
from ddbbulk.examples.places import is_aws_host, simulator_connection
from ddbbulk.examples.questions import DeclinedError
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import Screen
from ddbbulk.examples.tweeter.simulation import Simulation, simulation
from ddbbulk.examples.tweeter.stage import Stage

_INTERRUPTED: Final = (
    "interrupted; run the same command again: what is there is only written once more"
)

Job = Callable[[Stage], Awaitable[ExitCode]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which DynamoDB a command is for.

    Args:
        endpoint_url: a server that runs already.
        is_aws: what the AWS settings name.
        region: overrides theirs.
        profile: one of the shared configuration files.
        keep: file in which the simulator of this run keeps its tables.
        latency_ms: how long its answers take, more or less by a half.
        is_confirmed: do not ask before it costs money.

    Raises:
        ddbbulk.ConfigurationError: two of them exclude each other.
    """

    endpoint_url: str | None
    is_aws: bool
    region: str | None
    profile: str | None
    keep: Path | None
    latency_ms: float
    is_confirmed: bool

    def __post_init__(self) -> None:
        places = {
            "--endpoint-url": self.endpoint_url,
            "--aws": self.is_aws,
            "--keep": self.keep,
        }
        named = [option for option, value in places.items() if value]
        if len(named) > 1:
            raise ddbbulk.ConfigurationError(
                f"{' and '.join(named)} name different places: give one of them"
            )
        if self.is_simulated and (self.profile or self.region):
            raise ddbbulk.ConfigurationError(
                "--region and --profile are for --aws or --endpoint-url: the "
                "simulator needs neither"
            )

    @property
    def is_simulated(self) -> bool:
        """Whether a simulator is started for this run."""
        return self.endpoint_url is None and not self.is_aws

    def require_tables(self, command: str) -> None:
        """Refuse a simulator without tables, for a command that makes none.

        Raises:
            ddbbulk.ConfigurationError: neither a place nor a file was named.
        """
        if self.is_simulated and (self.keep is None or not self.keep.is_file()):
            missing = "" if self.keep is None else f"there is no file {self.keep}; "
            raise ddbbulk.ConfigurationError(
                f"{missing}'{command}' is for tables that are there: name the file of "
                "an earlier 'load --keep FILE' by --keep, or a server by "
                "--endpoint-url, or give --aws"
            )


def run(job: Job, where: Where, screen: Screen) -> ExitCode:
    """Do a command's work, and return its exit code; nothing is left running."""
    try:
        with ExitStack() as stack:
            stack.enter_context(signals_interrupt())
            simulated = None
            if where.is_simulated:
                simulated = stack.enter_context(
                    simulation(file=where.keep, latency_ms=where.latency_ms)
                )
            return asyncio.run(_on_stage(job, where, simulated, screen))
    except (KeyboardInterrupt, asyncio.CancelledError, DeclinedError) as error:
        is_declined = isinstance(error, DeclinedError)
        screen.tell("note", "nothing was written" if is_declined else _INTERRUPTED)
        return ExitCode.INTERRUPTED
    except ddbbulk.DdbBulkError as error:
        screen.tell("error", str(error))
        is_begun = error.report is not None
        return ExitCode.STOPPED_EARLY if is_begun else ExitCode.WRONG_SETTINGS


async def _on_stage(
    job: Job, where: Where, simulated: Simulation | None, screen: Screen
) -> ExitCode:
    told: set[str] = set()

    def tell_once(table: str) -> None:
        if table not in told:
            told.add(table)
            screen.tell("note", f"{table} throttles reads; waiting for its capacity")

    async with _connection(where, simulated) as connection:
        stage = Stage(
            connection=connection,
            requests=Requests(connection, on_throttle=tell_once),
            screen=screen,
            simulation=simulated,
            is_aws=where.is_aws or is_aws_host(connection.endpoint_url),
            is_confirmed=where.is_confirmed,
        )
        return await job(stage)


def _connection(where: Where, simulated: Simulation | None) -> ddbbulk.Connection:
    if simulated is not None:
        return simulator_connection(simulated.endpoint_url)
    return ddbbulk.connect(
        region=where.region, profile=where.profile, endpoint_url=where.endpoint_url
    )
