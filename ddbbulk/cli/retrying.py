"""What ``ddbbulk retry`` does: load a failures file again, and leave what failed."""

import asyncio
from collections.abc import Iterator

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.cli.consent import Consent
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.failures_source import lines_left
from ddbbulk.cli.last_items import LastItems, TriedItems
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.loading import Loading
from ddbbulk.cli.messages import say
from ddbbulk.counted import counted_are
from ddbbulk.events import Event, ItemExisting
from ddbbulk.failures import FailedItem, OpenedFile
from ddbbulk.report import LoadReport
from ddbbulk.schema import TableSchema
from ddbbulk.sources import ItemSource


class Retrying(Loading):
    """One run of ``ddbbulk retry``.

    Args:
        settings: as for a load; mode put overwrites and deletes, mode insert does not.
        file: the failures file, which nobody else writes to meanwhile.
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    def __init__(
        self,
        settings: LoadSettings,
        *,
        file: OpenedFile,
        errors: Console,
        output: Console,
    ) -> None:
        super().__init__(settings, errors=errors, output=output)
        self._file = file
        self._name = file.name
        self._last = LastItems()
        self._existing: set[int] = set()
        # No more of it than what the lines that stay need.
        self._again: dict[int, FailedItem] = {}
        self._on_failure = self._failed_again

    async def _write(
        self, source: ItemSource, schema: TableSchema, connection: Connection
    ) -> LoadReport:
        """Load what may be written; items that fail again are no wrong source."""
        consent = Consent(self._settings, connection, self._errors)
        await consent.ask(None, schema, self._described_as)
        if self._settings.mode == "put":
            return await self._transfer(source, connection)
        self._last = await asyncio.to_thread(LastItems.of, self._file, schema)
        return await self._transfer(TriedItems(source, self._last), connection)

    def _remember(self, event: Event) -> None:
        super()._remember(event)
        if isinstance(event, ItemExisting):
            self._existing.add(event.position)

    def _failed_again(self, failed: FailedItem) -> None:
        self._again[failed.position] = failed

    def _finished(self, report: LoadReport) -> ExitCode:
        deletes = self._last.deletes
        unwritten = self._existing | deletes | self._again.keys()
        earlier = {
            position
            for position, last in self._last.last_of.items()
            if last in unwritten
        }
        superseded = len(self._last.last_of) - len(earlier)
        code = super()._finished(
            report.model_copy(
                update={
                    "items_read": report.items_read + superseded,
                    "items_superseded": report.items_superseded + superseded,
                }
            )
        )
        # Only now: what is not in the table must be in the file at every moment.
        untried = self._existing | deletes | earlier
        left = _Counted(lines_left(self._file.path, untried=untried, again=self._again))
        self._file.replace(left)
        if self._existing:
            count = len(self._existing)
            self._tell(f"{count:,} kept: the table has their keys", "writes them")
        if deletes:
            self._tell(f"{len(deletes):,} deletes kept", "carries them out")
        kept = counted_are(left.count, "item")
        say(self._errors, f"{self._name}: {kept} left in it")
        return ExitCode.SOME_REJECTED if left.count else code

    def _interrupted(self, report: LoadReport | None) -> ExitCode:
        return self._left_as_it_was(super()._interrupted(report))

    def _failed(self, error: Exception, report: LoadReport) -> ExitCode:
        return self._left_as_it_was(super()._failed(error, report))

    def _left_as_it_was(self, code: ExitCode) -> ExitCode:
        say(self._errors, f"{self._name} is left as it was")
        return code

    def _tell(self, what: str, then: str) -> None:
        say(self._errors, f"{what}; --overwrite {then}", kind="note")


class _Counted:
    """Yields lines, and knows how many they were."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.count += 1
            yield line
