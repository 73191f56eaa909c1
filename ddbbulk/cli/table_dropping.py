"""What ``ddbbulk table drop`` does."""

import asyncio
from collections.abc import Sequence

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.cli.confirmation import confirm_name
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.waiting import waiting
from ddbbulk.cli.whereabouts import contents, whereabouts
from ddbbulk.errors import DdbBulkError
from ddbbulk.tables import (
    TableDescription,
    describe_table,
    drop_table,
    refuse_protected,
)


async def drop_tables(
    connection: Connection, names: Sequence[str], *, is_agreed: bool, errors: Console
) -> ExitCode:
    """Drop tables, after it was shown what will go and confirmed for each.

    Raises:
        ConfigurationError: one is protected from deletion, or was not confirmed.
        RequestError: there is none of a name, or it cannot be dropped.
    """
    async with connection:
        # Before anything goes, all of them are known to be there.
        tables = [
            await describe_table(connection, name) for name in dict.fromkeys(names)
        ]
        for described in tables:
            refuse_protected(described)
        gone: list[str] = []
        for name, described in zip(dict.fromkeys(names), tables, strict=True):
            try:
                await _drop(connection, name, described, errors, is_agreed=is_agreed)
            except DdbBulkError as error:
                if not gone:
                    raise
                say(errors, str(error), kind="error")
                say(errors, f"stopped early: {', '.join(gone)} had been dropped before")
                return ExitCode.STOPPED_EARLY
            gone.append(described.name)
    return ExitCode.COMPLETE


async def _drop(
    connection: Connection,
    name: str,
    described: TableDescription,
    errors: Console,
    *,
    is_agreed: bool,
) -> None:
    """Drop one table, once that was confirmed."""
    what = _what_goes(described, connection)
    await confirm_name(described.name, errors=errors, what=what, is_agreed=is_agreed)
    try:
        with waiting(errors, f"dropping table {described.name}"):
            await drop_table(connection, name)
    except asyncio.CancelledError:
        text = f"table {described.name} may go all the same: 'ddbbulk table list' says"
        say(errors, text, kind="warning")
        raise
    say(errors, f"table {described.name} is gone")


def _what_goes(described: TableDescription, connection: Connection) -> str:
    indexes = [index.name for index in described.schema.indexes]
    with_indexes = f", with {', '.join(indexes)}" if indexes else ""
    return (
        f"table {described.name} {whereabouts(connection, described.arn)} will be "
        f"dropped{with_indexes}: {contents(described)} (by a count up to six hours "
        "old) will be gone for good"
    )
