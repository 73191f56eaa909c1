"""What ``ddbbulk verify`` does: read, look up, say whether it is all there."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from ddbbulk.aws import Connection, connect
from ddbbulk.cli.counter import Counter
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.heap import freeze_heap
from ddbbulk.cli.interrupts import on_interrupt
from ddbbulk.cli.messages import say, say_error
from ddbbulk.cli.report_output import give_report
from ddbbulk.cli.whereabouts import command_there
from ddbbulk.errors import SourceError
from ddbbulk.sources import ItemSource
from ddbbulk.verifying import Consistency, VerifyReport, verify, verify_sheet

_CONSISTENCY: Final[Mapping[bool | None, Consistency]] = {
    None: "rechecked",
    True: "consistent",
    False: "eventual",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySettings:
    """What the options of ``ddbbulk verify`` ask for, checked as far as words go.

    Args:
        rcu: read units a second; None for what the table has.
        is_consistent: None: what differs at the first look is read once more.
        estimated_items: about how many items there are, where one can tell.
    """

    table: str
    rcu: float | None
    sample: int | None
    seed: int
    extra: bool
    extra_file: Path | None
    segments: int
    ttl_attribute: str | None
    failures: Path | None
    is_consistent: bool | None
    transport: str | None
    endpoint_url: str | None
    region: str | None
    profile: str | None
    allow_insecure_endpoint: bool
    redact_keys: bool
    estimated_items: int | None
    report_file: Path | None
    is_json: bool
    is_debug: bool


class Verifying:
    """One run of ``ddbbulk verify``.

    Args:
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    def __init__(
        self, settings: VerifySettings, *, errors: Console, output: Console
    ) -> None:
        self._settings = settings
        self._errors = errors
        self._output = output
        self._has_begun = False
        self._counter: Counter | None = None

    async def run(self, source: ItemSource) -> ExitCode:
        """Compare, say what came of it; return the exit code.

        Raises:
            DdbBulkError: the table or the source cannot be had.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in a task

        def stop() -> None:
            task.cancel()

        with on_interrupt(stop):
            try:
                report = await self._verify(source)
            except asyncio.CancelledError:
                say(self._errors, "interrupted; nothing is changed by a verification")
                return ExitCode.INTERRUPTED
            except Exception as error:
                if not (self._has_begun or isinstance(error, SourceError)):
                    raise
                say_error(self._errors, error, is_debug=self._settings.is_debug)
                say(self._errors, "stopped early: the rest was not compared")
                return ExitCode.STOPPED_EARLY
        return self._finished(report)

    async def _verify(self, source: ItemSource) -> VerifyReport:
        settings = self._settings
        connection = connect(
            region=settings.region,
            profile=settings.profile,
            endpoint_url=settings.endpoint_url,
            transport=settings.transport,
            allow_insecure_endpoint=settings.allow_insecure_endpoint,
        )
        async with connection:
            freeze_heap()
            self._say_where(source, connection)
            estimated = settings.sample or settings.estimated_items
            with Counter(self._errors, estimated, done="compared") as self._counter:
                return await verify(
                    settings.table,
                    source,
                    rcu=settings.rcu,
                    sample=settings.sample,
                    seed=settings.seed,
                    consistency=_CONSISTENCY[settings.is_consistent],
                    extra=settings.extra,
                    extra_file=settings.extra_file,
                    segments=settings.segments,
                    failures=settings.failures,
                    ttl_attribute=settings.ttl_attribute,
                    redact_keys=settings.redact_keys,
                    connection=connection,
                    on_items=self._count,
                    on_scanned=self._count_scanned,
                )

    def _count(self, items: int) -> None:
        self._has_begun = True
        if self._counter is not None:
            self._counter.show(items)

    def _count_scanned(self, items: int) -> None:
        if self._counter is not None:
            self._counter.show(items, done="of the table scanned")

    def _say_where(self, source: ItemSource, connection: Connection) -> None:
        say(
            self._errors,
            f"comparing {source.name} with table {self._settings.table} at "
            f"{connection.endpoint_url}, region {connection.region}; nothing is "
            "written there",
        )

    def _finished(self, report: VerifyReport) -> ExitCode:
        if not report.items_read:
            say(self._errors, f"{report.source} has no items", kind="warning")
        is_given = give_report(
            report,
            verify_sheet(report),
            self._settings,
            output=self._output,
            errors=self._errors,
        )
        self._say_what_mends(report)
        if not is_given:
            return ExitCode.WRONG_SETTINGS
        return ExitCode.COMPLETE if report.is_equal else ExitCode.SOME_REJECTED

    def _say_what_mends(self, report: VerifyReport) -> None:
        """Name the commands that make the table what the source says."""
        settings = self._settings
        differing = report.items_missing + report.items_different
        if differing and settings.failures is not None:
            overwrite = ["--overwrite"] if report.items_different else []
            words = ("retry", str(settings.failures), *overwrite)
            say(self._errors, f"to load them:\n{command_there(settings, *words)}")
        if report.items_extra and settings.extra_file is not None:
            words = ("delete", str(settings.extra_file), "--table", settings.table)
            command = command_there(settings, *words)
            say(self._errors, f"to delete what is extra:\n{command}")
