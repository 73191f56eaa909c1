"""What ``ddbbulk plan`` does: ask the table, read, say what it comes to."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from ddbbulk.aws import Connection, connect
from ddbbulk.cli.counter import Counter
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.interrupts import on_interrupt
from ddbbulk.cli.messages import say
from ddbbulk.cli.report_output import give_report
from ddbbulk.planning import PlanReport, plan, plan_sheet
from ddbbulk.prices import Prices
from ddbbulk.printable import printable
from ddbbulk.schema import TableSchema
from ddbbulk.schema_file import TableDefinition
from ddbbulk.sources import ItemSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """What the options of ``ddbbulk plan`` ask for, checked as far as words go.

    Args:
        table: its name, which is asked for, or what describes it.
        name: what it is called.
        estimated_items: about how many items there are, where one can tell.
    """

    table: str | TableSchema | TableDefinition
    name: str | None
    sample: int | None
    finish_in: timedelta | None
    wcu: list[float] | None
    ttl_attribute: str | None
    prices: Prices | None
    redact_keys: bool
    endpoint_url: str | None
    region: str | None
    profile: str | None
    allow_insecure_endpoint: bool
    estimated_items: int | None
    report_file: Path | None
    is_json: bool


class Planning:
    """One run of ``ddbbulk plan``.

    Args:
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    def __init__(
        self, settings: PlanSettings, *, errors: Console, output: Console
    ) -> None:
        self._settings = settings
        self._errors = errors
        self._output = output

    async def run(self, source: ItemSource) -> ExitCode:
        """Read the source, say what it comes to; return the exit code.

        Raises:
            DdbBulkError: the table or the source cannot be had.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in a task

        def stop() -> None:
            task.cancel()

        with on_interrupt(stop):
            try:
                report = await self._plan(source)
            except asyncio.CancelledError:
                say(self._errors, "interrupted; a plan writes nothing")
                return ExitCode.INTERRUPTED
        return self._finished(report)

    async def _plan(self, source: ItemSource) -> PlanReport:
        settings = self._settings
        async with AsyncExitStack() as stack:
            connection = None
            if isinstance(settings.table, str):
                connection = await stack.enter_async_context(self._connection())
            self._say_where(source, connection)
            with Counter(self._errors, settings.estimated_items) as counter:
                return await plan(
                    settings.table,
                    source,
                    name=settings.name,
                    sample=settings.sample,
                    finish_in=settings.finish_in,
                    wcu=settings.wcu,
                    ttl_attribute=settings.ttl_attribute,
                    prices=settings.prices,
                    redact_keys=settings.redact_keys,
                    connection=connection,
                    on_items=counter.show,
                )

    def _connection(self) -> Connection:
        return connect(
            region=self._settings.region,
            profile=self._settings.profile,
            endpoint_url=self._settings.endpoint_url,
            allow_insecure_endpoint=self._settings.allow_insecure_endpoint,
        )

    def _say_where(self, source: ItemSource, connection: Connection | None) -> None:
        text = f"reading {source.name}; nothing is written"
        if connection is not None:
            text += (
                f"; table {self._settings.table} at {connection.endpoint_url}, region "
                f"{connection.region}"
            )
        say(self._errors, text)

    def _finished(self, report: PlanReport) -> ExitCode:
        if not report.items.value:
            name = printable(report.source)
            say(self._errors, f"{name} has no items", kind="warning")
        is_given = give_report(
            report,
            plan_sheet(report),
            self._settings,
            output=self._output,
            errors=self._errors,
        )
        if not is_given:
            return ExitCode.WRONG_SETTINGS
        is_sound = not report.rejections
        return ExitCode.COMPLETE if is_sound else ExitCode.SOME_REJECTED
