"""What ``ddbbulk table clear`` does: look, ask, delete all, account for it."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.clearing import TableKeys
from ddbbulk.cli.deleting import Deleting
from ddbbulk.cli.deletion_forecast import DeletionForecast, scan_units
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.messages import say
from ddbbulk.cli.options import is_aws
from ddbbulk.cli.whereabouts import byte_size
from ddbbulk.counted import counted
from ddbbulk.durations import duration
from ddbbulk.prices import Prices
from ddbbulk.reading import open_reader
from ddbbulk.report import LoadReport
from ddbbulk.schema import TableSchema
from ddbbulk.sources import ItemSource, as_source
from ddbbulk.tables import TableDescription, describe_table, refuse_protected

# To drop a table and create it anew takes about so long.
_RECREATE_SECONDS: Final = 60.0
_CENT: Final = 0.01


class Clearing(Deleting):
    """One run of ``ddbbulk table clear``.

    Args:
        settings: as for a load; ``is_agreed``: nobody is asked.
        rcu: read units a second; None: what the table has.
        segments: how many parts of the table are read side by side.
        is_consistent: whether what was written a moment before is seen for certain.
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    def __init__(
        self,
        settings: LoadSettings,
        *,
        rcu: float | None,
        segments: int,
        is_consistent: bool,
        errors: Console,
        output: Console,
    ) -> None:
        super().__init__(settings, errors=errors, output=output)
        self._rcu = rcu
        self._segments = segments
        self._is_consistent = is_consistent

    async def run_on_table(self) -> ExitCode:
        """Delete all items of the table; return the exit code.

        Raises:
            DdbBulkError: nothing was begun.
        """
        # What is deleted is known only once the table is open.
        return await self.run(as_source(()))

    def _doing(self, source: ItemSource) -> str:
        del source
        return "clearing table"

    async def _write(
        self, source: ItemSource, schema: TableSchema, connection: Connection
    ) -> LoadReport:
        """Ask, then scan the keys and delete them."""
        del source
        described = self._described_as
        assert described is not None  # noqa: S101 -- there is no --key to spare it
        refuse_protected(described)
        # Found out only now, and the bar's own guess of how long it takes.
        self._settings = replace(
            self._settings, estimated_items=described.item_count or None
        )
        size = byte_size(described.item_bytes)
        self._what = f"all items ({size} by a count up to six hours old)"
        for text in self._notes(described, schema, connection):
            say(self._errors, text, kind="note")
        await self._confirm(schema, connection)
        async with AsyncExitStack() as stack:
            reader = await open_reader(
                self._settings.table,
                connection=connection,
                rcu=self._rcu,
                stack=stack,
                is_consistent=self._is_consistent,
                described=described,
            )
            keys = TableKeys(reader, schema, segments=self._segments)
            try:
                return await self._transfer(keys, connection)
            finally:
                say(
                    self._errors,
                    f"the scan for the keys has used {reader.units:,.1f} read units in "
                    f"{counted(reader.requests, 'request')}",
                )

    async def _describe(self, connection: Connection) -> TableDescription:
        return await describe_table(connection, self._settings.table)

    def _advice(self) -> str:
        return "Run the same command again to delete the rest"

    def _notes(
        self, described: TableDescription, schema: TableSchema, connection: Connection
    ) -> Iterator[str]:
        """Say what it takes, and where to make the table anew is better."""
        forecast = DeletionForecast.of(
            described, schema, self._settings, items=described.item_count
        )
        reads = scan_units(described, is_consistent=self._is_consistent)
        if reads >= 1:
            yield f"to find the keys takes about {reads:,.0f} read units"
        prices = Prices.standard()
        dollars = forecast.dollars(prices)
        costs = is_aws(connection.endpoint_url, {}) and described.is_on_demand
        if costs:
            yield (
                f"the table is on demand: these write units cost about ${dollars:,.2f} "
                f"(prices of {prices.region}, {prices.as_of})"
            )
        is_slow = forecast.seconds > _RECREATE_SECONDS
        if is_slow or (costs and dollars > _CENT):
            yield (
                f"'ddbbulk table recreate {described.name}' does it in about a minute "
                f"(this takes {duration(forecast.seconds)}) and without any units, by "
                "dropping the table and creating the same anew"
            )
