"""What ``ddbbulk copy`` does: a load whose source is a table."""

from dataclasses import dataclass, replace

from rich.console import Console

from ddbbulk.aws import connect
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.loading import Loading
from ddbbulk.cli.messages import say
from ddbbulk.cli.read_runs import say_read_table
from ddbbulk.errors import ConfigurationError
from ddbbulk.reading import ReadOptions, TableSource
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
        raise ConfigurationError(
            f"table {source.table} would be copied into itself: name another table, "
            "or say where it is (--to-region, --to-endpoint-url, --to-profile)"
        )
    return source, target


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
    described = await _described(source, options)
    rcu = options.get("rcu")
    say_read_table(errors, described, rcu=rcu if isinstance(rcu, int | float) else None)
    items = None if options.get("filter") else described.item_count
    table = TableSource(source.table, **asked)
    loading = Loading(
        replace(settings, estimated_items=items or None), errors=errors, output=output
    )
    try:
        return await loading.run(table)
    finally:
        say(errors, f"{table.read_units:,.1f} read units of {table.name} were used")


async def _described(source: CopyEnd, options: ReadOptions) -> TableDescription:
    """Return what the table is that is read: without it there is nothing to copy."""
    connection = connect(
        endpoint_url=source.endpoint_url,
        region=source.region,
        profile=source.profile,
        allow_insecure_endpoint=options.get("allow_insecure_endpoint", False),
    )
    async with connection:
        return await describe_table(connection, source.table)
