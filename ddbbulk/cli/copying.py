"""What ``ddbbulk copy`` does: a load whose source is a table."""

from dataclasses import dataclass, replace

from rich.console import Console

from ddbbulk.aws import Connection, connect
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.loading import Loading
from ddbbulk.cli.messages import say
from ddbbulk.cli.read_runs import say_read_table
from ddbbulk.errors import ConfigurationError
from ddbbulk.reading import ReadOptions, TableSource
from ddbbulk.schema import TableSchema
from ddbbulk.tables import TableDescription, describe_table


@dataclass(frozen=True, slots=True)
class CopyEnd:
    """One of a copy's two tables, and where it is."""

    table: str
    endpoint_url: str | None
    region: str | None
    profile: str | None


def table_ends(source: CopyEnd, target: CopyEnd) -> tuple[CopyEnd, CopyEnd]:
    """Return both ends in full: what is not said of the second is as for the first.

    Raises:
        ConfigurationError: they are one and the same table.
    """
    is_elsewhere = bool(target.region or target.profile)
    url = target.endpoint_url
    if url is None and not is_elsewhere:
        url = source.endpoint_url
    target = replace(
        target,
        endpoint_url=url,
        region=target.region or source.region,
        profile=target.profile or source.profile,
    )
    if source == target:
        raise _into_itself(source.table)
    return source, target


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The table that is read, as its server has described it."""

    described: TableDescription
    endpoint_url: str

    def is_same(self, other: "SourceTable") -> bool:
        """Say whether both are one table, by whatever names it is reached."""
        one, two = self.described, other.described
        if one.arn != two.arn:
            return False
        if one.table_id and two.table_id:
            return one.table_id == two.table_id
        # Servers that tell no id have one account and one region, mostly.
        return self.endpoint_url == other.endpoint_url


class Copying(Loading):
    """One run of ``ddbbulk copy``.

    Args:
        settings: of the load into the other table.
        source: the table that is read.
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.
    """

    def __init__(
        self,
        settings: LoadSettings,
        *,
        source: SourceTable,
        errors: Console,
        output: Console,
    ) -> None:
        super().__init__(settings, errors=errors, output=output)
        self._source = source

    async def _described(self, connection: Connection) -> TableSchema:
        """Describe the table that is written to; refuse the one that is read.

        To write back what was read a while ago would undo what others wrote since.
        """
        schema = await super()._described(connection)
        if self._described_as is not None and self._source.is_same(
            SourceTable(self._described_as, connection.endpoint_url)
        ):
            raise _into_itself(self._settings.table)
        return schema


async def copy_table(
    source: CopyEnd,
    options: ReadOptions,
    settings: LoadSettings,
    *,
    errors: Console,
    output: Console,
) -> ExitCode:
    """Copy a table; return the exit code.

    Args:
        source: the table that is read, and where it is.
        options: what of it is read, and how fast.
        settings: of the load into the other table.
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.

    Raises:
        DdbBulkError: nothing was begun.
    """
    asked: ReadOptions = {
        **options,
        "endpoint_url": source.endpoint_url,
        "region": source.region,
        "profile": source.profile,
    }
    read = await _described(source, options, errors=errors)
    rcu = options.get("rcu")
    say_read_table(
        errors, read.described, rcu=rcu if isinstance(rcu, int | float) else None
    )
    items = None if options.get("filter") else read.described.item_count
    table = TableSource(source.table, **asked)
    copying = Copying(
        replace(settings, estimated_items=items or None),
        source=read,
        errors=errors,
        output=output,
    )
    try:
        return await copying.run(table)
    finally:
        say(errors, f"{table.read_units:,.1f} read units of {table.name} were used")


async def _described(
    source: CopyEnd, options: ReadOptions, *, errors: Console
) -> SourceTable:
    """Return what the table is that is read: without it there is nothing to copy."""
    connection = connect(
        endpoint_url=source.endpoint_url,
        region=source.region,
        profile=source.profile,
        allow_insecure_endpoint=options.get("allow_insecure_endpoint", False),
    )
    async with connection:
        say(
            errors,
            f"copying table {source.table} at {connection.endpoint_url}, region "
            f"{connection.region}",
        )
        described = await describe_table(connection, source.table)
        return SourceTable(described, connection.endpoint_url)


def _into_itself(table: str) -> ConfigurationError:
    return ConfigurationError(
        f"table {table} would be copied into itself: name another table, or say where "
        "it is (--to-region, --to-endpoint-url, --to-profile)"
    )
