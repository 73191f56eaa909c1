"""One run of a command that reads a table: shown, interrupted, accounted for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from rich.console import Console, RenderableType

from ddbbulk.aws import Connection, connect
from ddbbulk.aws.endpoint import is_loopback
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.heap import freeze_heap
from ddbbulk.cli.interrupts import on_interrupt
from ddbbulk.cli.messages import say, say_error
from ddbbulk.cli.report_output import give_report
from ddbbulk.cli.whereabouts import account_of
from ddbbulk.errors import (
    AccessDeniedError,
    ConfigurationError,
    DdbBulkError,
    RequestRejectedError,
)
from ddbbulk.events import Display
from ddbbulk.progress import ProgressDisplay
from ddbbulk.reading import ReadReport
from ddbbulk.tables import TableDescription, describe_table

Report = TypeVar("Report", bound=ReadReport)
Report_co = TypeVar("Report_co", bound=ReadReport, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """Where a command reads, and how it tells of it.

    Args:
        table: name or ARN.
        rcu: read units a second; None: what the table has.
        report_file: where the report goes, too.
        is_partial: not all items are wanted, so nobody knows how many.
        is_json: the report goes to standard output instead of the sheet.
    """

    table: str
    rcu: float | None
    endpoint_url: str | None
    region: str | None
    profile: str | None
    allow_insecure_endpoint: bool
    transport: str | None
    report_file: Path | None
    is_json: bool
    is_debug: bool
    is_partial: bool = False


class ReadJob(Protocol[Report_co]):
    """What reads a table and can say at any time how far it is."""

    @property
    def report(self) -> Report_co | None:
        """The account so far; None: nothing was read."""
        ...

    async def run(self) -> Report_co:
        """Read, and return the account of it."""
        ...


class ReadRun(Generic[Report]):
    """One run of such a command.

    Args:
        settings: where it reads.
        doing: what it does, such as ``counting``.
        sheet: draws the report up for people.
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    def __init__(
        self,
        settings: ReadSettings,
        *,
        doing: str,
        sheet: Callable[[Report], RenderableType],
        errors: Console,
        output: Console,
    ) -> None:
        self._settings = settings
        self._doing = doing
        self._sheet = sheet
        self._errors = errors
        self._output = output
        self.report: Report | None = None

    async def run(
        self, make_job: Callable[[Connection, Display], ReadJob[Report]]
    ) -> ExitCode:
        """Do the job; return the exit code.

        Args:
            make_job: makes it, of the connection that was opened and a display.

        Raises:
            DdbBulkError: nothing was begun.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in a task

        def stop() -> None:
            say(self._errors, "stopping; press Ctrl-C again to end at once")
            task.cancel()

        with on_interrupt(stop):
            try:
                async with self._connection() as connection:
                    freeze_heap()
                    self._say_where(connection)
                    display = await self._display(connection)
                    return await self._carry_out(make_job(connection, display))
            except asyncio.CancelledError:
                say(self._errors, "interrupted: nothing was read")
                return ExitCode.INTERRUPTED

    async def _carry_out(self, job: ReadJob[Report]) -> ExitCode:
        try:
            self.report = await job.run()
        except asyncio.CancelledError:
            self.report = job.report
            if self.report is not None:
                self._show(self.report)
            say(self._errors, f"interrupted: {self._doing} is not complete")
            return ExitCode.INTERRUPTED
        except DdbBulkError as error:
            self.report = job.report
            if self.report is None:
                raise
            if isinstance(error, RequestRejectedError) and not self.report.read_units:
                raise _refusal(error) from error
            self._show(self.report)
            say_error(self._errors, error, is_debug=self._settings.is_debug)
            say(self._errors, f"stopped early: {self._doing} is not complete")
            return ExitCode.STOPPED_EARLY
        is_given = self._show(self.report)
        return ExitCode.COMPLETE if is_given else ExitCode.WRONG_SETTINGS

    def _connection(self) -> Connection:
        settings = self._settings
        return connect(
            region=settings.region,
            profile=settings.profile,
            endpoint_url=settings.endpoint_url,
            allow_insecure_endpoint=settings.allow_insecure_endpoint,
            transport=settings.transport,
        )

    async def _display(self, connection: Connection) -> Display:
        """Return a display that knows about how many items there are."""
        items: int | None = None
        try:
            described = await describe_table(connection, self._settings.table)
        except AccessDeniedError:
            pass  # whether that is needed is not ours to say
        else:
            say_read_table(self._errors, described, rcu=self._settings.rcu)
            items = None if self._settings.is_partial else described.item_count
        return ProgressDisplay(console=self._errors, estimated_items=items or None)

    def _say_where(self, connection: Connection) -> None:
        say(
            self._errors,
            f"{self._doing} table {self._settings.table} at "
            f"{connection.endpoint_url}, region {connection.region}",
        )
        if connection.uses_placeholders and not is_loopback(connection.endpoint_url):
            say(
                self._errors,
                "plain HTTP to another host: requests are signed with placeholder "
                "credentials; --allow-insecure-endpoint sends the real ones",
                kind="note",
            )

    def _show(self, report: Report) -> bool:
        """Give the account; say whether that worked."""
        return give_report(
            report,
            self._sheet(report),
            self._settings,
            output=self._output,
            errors=self._errors,
        )


def say_read_table(
    console: Console, described: TableDescription, *, rcu: float | None
) -> None:
    """Say what a table has for those who read it, and whether more is wanted."""
    account = account_of(described.arn)
    parts = [f"account {account}"] if account else []
    has = described.read_capacity
    parts.append("on demand" if has is None else f"provisioned {has:g} RCU")
    say(console, f"table {described.name}: {', '.join(parts)}")
    if rcu is not None and has is not None and rcu > has:
        say(
            console,
            f"--rcu {rcu:g} is more than the {has:g} RCU that table {described.name} "
            "has: it will throttle",
            kind="note",
        )


def _refusal(error: RequestRejectedError) -> ConfigurationError:
    """Return the error of a first request that no table would answer."""
    if "reserved keyword" not in str(error):
        return ConfigurationError(str(error))
    return ConfigurationError(
        f"{error}: give such an attribute a name of your own in the filter, such as "
        "#n, and say what it stands for: --name '#n=ATTRIBUTE'"
    )
