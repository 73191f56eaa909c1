"""What ``ddbbulk undo`` does: show what will go, ask, delete, say what is left."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console

from ddbbulk.aws import Connection, connect
from ddbbulk.cli.confirmation import confirm_name
from ddbbulk.cli.counter import Counter
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.heap import freeze_heap
from ddbbulk.cli.interrupts import on_interrupt
from ddbbulk.cli.messages import say, say_error, say_rate
from ddbbulk.cli.report_output import give_report
from ddbbulk.counted import counted
from ddbbulk.events import BudgetChanged, Event, LoadFinished
from ddbbulk.undoing import Undoing, UndoReport, undo_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoSettings:
    """What the options of ``ddbbulk undo`` ask for, checked as far as words go.

    Args:
        is_agreed: nobody has to be asked.
        wcu: write units a second; None for what the table has.
        rcu: read units a second; None for what the table has.
    """

    manifest: Path
    is_dry_run: bool
    left_file: Path | None
    is_agreed: bool
    wcu: float | Literal["adaptive"] | None
    rcu: float | None
    index_wcu: dict[str, float]
    max_wcu: float | None
    reserve: float
    max_connections: int
    transport: str | None
    endpoint_url: str | None
    region: str | None
    profile: str | None
    allow_insecure_endpoint: bool
    redact_keys: bool
    report_file: Path | None
    is_json: bool
    is_debug: bool


class UndoRun:
    """One run of ``ddbbulk undo``.

    Args:
        errors: where progress and messages go, and where it is asked.
        output: where the sheet or the JSON goes.
    """

    def __init__(
        self, settings: UndoSettings, *, errors: Console, output: Console
    ) -> None:
        self._settings = settings
        self._errors = errors
        self._output = output
        self._deleted: int | None = None
        self._counter: Counter | None = None

    async def run(self) -> ExitCode:
        """Undo the load; return the exit code.

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
                report = await self._undo()
            except asyncio.CancelledError:
                say(self._errors, f"interrupted: {self._unfinished()}")
                return ExitCode.INTERRUPTED
            except Exception as error:
                if self._deleted is None:
                    raise
                say_error(self._errors, error, is_debug=self._settings.is_debug)
                say(self._errors, f"stopped early: {self._unfinished()}")
                return ExitCode.STOPPED_EARLY
        return self._finished(report)

    async def _undo(self) -> UndoReport:
        settings = self._settings
        connection = connect(
            region=settings.region,
            profile=settings.profile,
            endpoint_url=settings.endpoint_url,
            max_connections=settings.max_connections,
            transport=settings.transport,
            allow_insecure_endpoint=settings.allow_insecure_endpoint,
        )
        async with connection:
            freeze_heap()
            say(self._errors, f"reading {settings.manifest}")
            undoing = Undoing(
                settings.manifest,
                rcu=settings.rcu,
                wcu=settings.wcu,
                index_wcu=settings.index_wcu or None,
                max_wcu=settings.max_wcu,
                reserve=settings.reserve,
                dry_run=settings.is_dry_run,
                left_file=settings.left_file,
                redact_keys=settings.redact_keys,
                connection=connection,
                on_items=self._count,
                on_event=self._heard,
            )
            async with undoing:
                await self._confirm(undoing, connection)
                count = undoing.items_created
                with Counter(self._errors, count, done="looked up") as self._counter:
                    return await undoing.run()

    async def _confirm(self, undoing: Undoing, connection: Connection) -> None:
        """Say what is to go, and ask for the table's name where anything is."""
        header, described = undoing.header, undoing.described
        what = (
            f"table {described.name} at {connection.endpoint_url}, region "
            f"{connection.region}: {counted(undoing.items_created, 'item')} that a "
            f"load of {header.started_at:%Y-%m-%d %H:%M} UTC has created"
        )
        if self._settings.is_dry_run or not undoing.items_created:
            say(self._errors, f"{what}; nothing is deleted now")
            return
        await confirm_name(
            described.name,
            errors=self._errors,
            what=f"{what} will be deleted, unless changed since",
            is_agreed=self._settings.is_agreed,
        )

    def _count(self, items: int) -> None:
        if self._counter is not None:
            self._counter.show(items)

    def _heard(self, event: Event) -> None:
        if isinstance(event, LoadFinished):
            self._deleted = event.report.items_written
        elif isinstance(event, BudgetChanged):
            say_rate(self._errors, event)

    def _unfinished(self) -> str:
        if not self._deleted:
            return "nothing was deleted"
        again = "run the same command again for the rest"
        return f"{counted(self._deleted, 'item')} deleted; {again}"

    def _finished(self, report: UndoReport) -> ExitCode:
        is_given = give_report(
            report,
            undo_sheet(report),
            self._settings,
            output=self._output,
            errors=self._errors,
        )
        if not is_given:
            return ExitCode.WRONG_SETTINGS
        return ExitCode.COMPLETE if report.is_undone else ExitCode.SOME_REJECTED
