"""What ``ddbbulk delete`` does: look, ask, delete by keys, account for it."""

from typing import ClassVar

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.cli.confirmation import confirm_name
from ddbbulk.cli.deletion_forecast import DeletionForecast
from ddbbulk.cli.keys_of_items import keys_of
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.loading import Loading
from ddbbulk.cli.messages import say
from ddbbulk.cli.peeked_source import PeekedSource
from ddbbulk.cli.preflight import check_first_items
from ddbbulk.cli.whereabouts import whereabouts
from ddbbulk.marshal import Delete
from ddbbulk.report import LoadReport
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk, ItemSource


class Deleting(Loading):
    """One run of ``ddbbulk delete``.

    Args:
        settings: as for a load; ``is_agreed``: nobody is asked.
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    _verb: ClassVar[str] = "deleted"

    def __init__(
        self, settings: LoadSettings, *, errors: Console, output: Console
    ) -> None:
        super().__init__(settings, errors=errors, output=output)
        self._what = ""

    async def _write(
        self, source: ItemSource, schema: TableSchema, connection: Connection
    ) -> LoadReport:
        """Delete the items that have the keys of the source's."""
        self._what = f"the items with the keys that are in {source.name}"
        return await super()._write(keys_of(source, schema), schema, connection)

    def _look(self, source: PeekedSource, schema: TableSchema) -> None:
        """Refuse a source in which there are no keys of the table."""
        first = source.first
        if first is None:
            say(self._errors, f"{source.name} has no items", kind="warning")
            return
        keys = [one.key if isinstance(one, Delete) else one for one in first.items]
        check_first_items(
            Chunk(keys, first.start, first.file, first.lines),
            TableSchema(schema.partition_key, schema.sort_key),
            self._settings.table,
        )

    async def _ask(
        self, first: Chunk | None, schema: TableSchema, connection: Connection
    ) -> None:
        """Show what will be deleted, and ask for the table's name."""
        if first is not None:
            await self._confirm(schema, connection)

    async def _confirm(self, schema: TableSchema, connection: Connection) -> None:
        settings, described = self._settings, self._described_as
        forecast = DeletionForecast.of(
            described, schema, settings, items=settings.estimated_items
        )
        name = settings.table.rpartition("/")[2]
        arn = "" if described is None else described.arn
        await confirm_name(
            name,
            errors=self._errors,
            what=f"{self._what} will be deleted from table {name} "
            f"{whereabouts(connection, arn)}, for good: {forecast}",
            is_agreed=settings.is_agreed,
        )

    def _doing(self, source: ItemSource) -> str:
        return f"deleting the keys of {source.name} from table"

    def _advice(self) -> str:
        return (
            "Run the same command again to delete the rest: to delete what is gone "
            "already changes nothing, and costs a write unit"
        )
