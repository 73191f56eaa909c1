"""What ``ddbbulk load`` does: open, look, load, account for it."""

import asyncio
from contextlib import aclosing
from typing import ClassVar

from rich.console import Console

from ddbbulk.aws import Connection, connect
from ddbbulk.aws.endpoint import is_loopback
from ddbbulk.checkpoint import seekable
from ddbbulk.cli.consent import Consent
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.heap import freeze_heap
from ddbbulk.cli.hot_key_note import HotKeyNote
from ddbbulk.cli.interrupts import on_interrupt
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.messages import say, say_error, say_rate
from ddbbulk.cli.peeked_source import PeekedSource
from ddbbulk.cli.preflight import (
    capacity_notes,
    check_first_items,
    sparse_indexes,
)
from ddbbulk.cli.report_output import give_report
from ddbbulk.cli.whereabouts import account_of, command_there
from ddbbulk.counted import counted_are
from ddbbulk.errors import DeadlineReachedError
from ddbbulk.events import (
    BudgetChanged,
    Event,
    HotKeyFound,
    LoadFinished,
    LoadResumed,
)
from ddbbulk.failures import OnFailure
from ddbbulk.loader import load
from ddbbulk.printable import printable
from ddbbulk.progress import ProgressDisplay
from ddbbulk.report import LoadReport
from ddbbulk.report_table import failures_note, report_sheet
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk, ItemSource
from ddbbulk.tables import TableDescription, describe_target


class Loading:
    """One run of ``ddbbulk load``.

    Args:
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    _verb: ClassVar[str] = "written"

    def __init__(
        self, settings: LoadSettings, *, errors: Console, output: Console
    ) -> None:
        self._settings = settings
        self._errors = errors
        self._output = output
        self._report: LoadReport | None = None
        self._is_report_lost = False
        self._on_failure: OnFailure | None = None
        self._described_as: TableDescription | None = None
        self._hot_keys = HotKeyNote(is_interleaving=settings.interleave)

    async def run(self, source: ItemSource) -> ExitCode:
        """Load the source; return the exit code.

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
                report = await self._load(source)
            except asyncio.CancelledError:
                return self._interrupted(self._report)
            except Exception as error:
                if self._report is None:
                    raise
                return self._failed(error, self._report)
            return self._finished(report)

    async def _load(self, source: ItemSource) -> LoadReport:
        """Open the connection, look at the table and the first items, and load."""
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
            self._say_where(source, connection)
            schema = settings.schema or await self._described(connection)
            return await self._write(source, schema, connection)

    async def _write(
        self, source: ItemSource, schema: TableSchema, connection: Connection
    ) -> LoadReport:
        """Look at the first items, and load."""
        settings = self._settings
        if settings.checkpoint is not None:
            # Refused now, before anybody waits for what a pipe may bring.
            await asyncio.to_thread(seekable(source).identity)
        async with aclosing(await PeekedSource.peek(source)) as peeked:
            self._look(peeked, schema)
            await self._ask(peeked.first, schema, connection)
            if settings.checkpoint is None:
                return await self._raise_and_transfer(peeked, connection)
        return await self._raise_and_transfer(source, connection)

    async def _ask(
        self, first: Chunk | None, schema: TableSchema, connection: Connection
    ) -> None:
        """Ask where money would be spent that nothing bounds."""
        consent = Consent(self._settings, connection, self._errors)
        await consent.ask(first, schema, self._described_as)

    async def _raise_and_transfer(
        self, source: ItemSource, connection: Connection
    ) -> LoadReport:
        raising = self._settings.raising
        if raising is None:
            return await self._transfer(source, connection)
        async with raising.around(self._settings.table, connection, self._errors):
            return await self._transfer(source, connection)

    async def _transfer(self, source: ItemSource, connection: Connection) -> LoadReport:
        settings = self._settings
        return await load(
            settings.table,
            source,
            wcu=settings.wcu,
            index_wcu=settings.index_wcu or None,
            max_wcu=settings.max_wcu,
            reserve=settings.reserve,
            schema=settings.schema,
            connection=connection,
            progress=ProgressDisplay(
                console=self._errors,
                estimated_items=settings.estimated_items,
                verb=self._verb,
            ),
            on_event=self._remember,
            on_failure=self._on_failure,
            failures=settings.failures,
            max_failures=settings.max_failures,
            checkpoint=settings.checkpoint,
            manifest=settings.manifest,
            deadline=settings.deadline,
            mode=settings.mode,
            version_attribute=settings.version_attribute,
            interleave=settings.interleave,
            redact_keys=settings.redact_keys,
        )

    async def _describe(self, connection: Connection) -> TableDescription:
        return await describe_target(connection, self._settings.table)

    async def _described(self, connection: Connection) -> TableSchema:
        settings = self._settings
        description = await self._describe(connection)
        self._described_as = description
        self._say_table(description)
        raising = settings.raising
        expected = description if raising is None else raising.expected(description)
        for text in capacity_notes(
            expected, wcu=settings.wcu, index_wcu=settings.index_wcu
        ):
            say(self._errors, text, kind="note")
        return description.schema

    def _remember(self, event: Event) -> None:
        # However a load ends, also by cancellation or a bug, this event tells of it.
        if isinstance(event, LoadFinished):
            self._report = event.report
        elif isinstance(event, LoadResumed):
            done = counted_are(event.items, "item")
            say(self._errors, f"{done} done already: going on")
        elif isinstance(event, BudgetChanged):
            say_rate(self._errors, event)
        elif isinstance(event, HotKeyFound) and (text := self._hot_keys.of(event)):
            say(self._errors, text, kind="note")

    def _look(self, source: PeekedSource, schema: TableSchema) -> None:
        if source.first is None:
            say(self._errors, f"{source.name} has no items", kind="warning")
            return
        check_first_items(source.first, schema, self._settings.table)
        for text in sparse_indexes(source.first, schema):
            say(self._errors, text, kind="note")

    def _say_where(self, source: ItemSource, connection: Connection) -> None:
        say(
            self._errors,
            f"{self._doing(source)} {self._settings.table} at "
            f"{connection.endpoint_url}, region {connection.region}",
        )
        if connection.uses_placeholders and not is_loopback(connection.endpoint_url):
            say(
                self._errors,
                "plain HTTP to another host: requests are signed with placeholder "
                "credentials; --allow-insecure-endpoint sends the real ones",
                kind="note",
            )

    def _doing(self, source: ItemSource) -> str:
        return f"loading {source.name} into table"

    def _say_table(self, description: TableDescription) -> None:
        account = account_of(description.arn)
        parts = [f"account {account}"] if account else []
        if description.write_capacity is None:
            parts.append("on demand")
        else:
            parts.append(f"provisioned {description.write_capacity:g} WCU")
            for name, units in description.index_write_capacity.items():
                parts.append(f"{name} {units:g} WCU")
        say(self._errors, f"table {description.name}: {', '.join(parts)}")

    def _finished(self, report: LoadReport) -> ExitCode:
        self._show(report)
        if report.items_resumed and report.items_resumed == report.items_read:
            file = printable(str(self._settings.checkpoint))
            text = f"{file} says that this load is done; remove it to load all again"
            say(self._errors, text, kind="note")
        if self._settings.manifest is not None and report.items_written:
            words = ("undo", str(self._settings.manifest))
            command = command_there(self._settings, *words)
            say(self._errors, f"to take this load back:\n{command}")
        if report.items_rejected:
            return ExitCode.SOME_REJECTED
        return ExitCode.WRONG_SETTINGS if self._is_report_lost else ExitCode.COMPLETE

    def _interrupted(self, report: LoadReport | None) -> ExitCode:
        if report is None:
            say(self._errors, f"interrupted: nothing was {self._verb}")
        else:
            self._show(report)
            say(self._errors, f"interrupted: {self._unfinished(report)}")
        return ExitCode.INTERRUPTED

    def _failed(self, error: Exception, report: LoadReport) -> ExitCode:
        self._show(report)
        if isinstance(error, DeadlineReachedError):
            say(self._errors, str(error), kind="note")
        else:
            say_error(self._errors, error, is_debug=self._settings.is_debug)
        say(self._errors, f"stopped early: {self._unfinished(report)}")
        return ExitCode.STOPPED_EARLY

    def _unfinished(self, report: LoadReport) -> str:
        """Say what a load left open, and how to go on."""
        written = f"{counted_are(report.items_written, 'item')} {self._verb}"
        if report.items_pending:
            written += f", {report.items_pending:,} more were read but not acknowledged"
        if self._settings.checkpoint is not None:
            return f"{written}. To go on with the rest:\n{self._settings.command}"
        return f"{written}. {self._advice()}"

    def _advice(self) -> str:
        """Say what can be done, where no checkpoint knows what is."""
        manifest = self._settings.manifest
        if manifest is not None and self._settings.mode != "insert":
            # The table is not empty any more, so the same command would be refused.
            command = command_there(self._settings, "undo", str(manifest))
            return f"To begin anew, take it back, and load again:\n{command}"
        there = "only written once more" if self._settings.mode == "put" else "kept"
        return (
            "Run the same command again to load the rest: items that are there already "
            f"are {there}"
        )

    def _show(self, report: LoadReport) -> None:
        """Give the account of the load, to people, programs and the report file."""
        settings = self._settings
        failures = None if settings.failures is None else str(settings.failures)
        is_given = give_report(
            report,
            report_sheet(report, failures=failures, verb=self._verb),
            settings,
            output=self._output,
            errors=self._errors,
        )
        if settings.is_json and report.items_rejected and failures:
            say(self._errors, failures_note(failures))
        # The load is what it is, and its own end has to be told as well.
        self._is_report_lost = not is_given
