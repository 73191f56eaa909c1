"""What ``ddbbulk table create`` does."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.table_sheet import show_table
from ddbbulk.cli.waiting import waiting
from ddbbulk.cli.whereabouts import whereabouts
from ddbbulk.errors import ConfigurationError, RequestRejectedError
from ddbbulk.recreation import Inspection, KeptDefinition, inspect_table
from ddbbulk.tables import (
    Difference,
    TableDefinition,
    create_table,
    differences,
    set_time_to_live,
    wait_until_active,
)

_THERE: Final = "ResourceInUseException"


async def create_from(
    definition: TableDefinition,
    connection: Connection,
    *,
    file: Path,
    name: str | None,
    is_existing_allowed: bool,
    errors: Console,
    output: Console,
    is_json: bool,
) -> ExitCode:
    """Create a table, wait for it, and show what it is.

    Args:
        definition: what it shall be.
        connection: where; it is opened here.
        file: where the definition was read.
        name: its name, where that is not the definition's.
        is_existing_allowed: one that is there with the same keys and indexes will do.
        errors: where messages go.
        output: where the sheet or the JSON goes.
        is_json: JSON is wanted.

    Raises:
        ConfigurationError: it has no name, or there is one of that name.
        RequestError: it cannot be created.
    """
    table = name or definition.table or ""
    async with connection:
        try:
            text = f"creating table {table} {whereabouts(connection)}"
            with waiting(errors, text):
                await create_table(connection, definition, name=name)
        except asyncio.CancelledError:
            say(errors, _what_may_be_there(table, definition), kind="warning")
            raise
        except RequestRejectedError as error:
            if error.code != _THERE:
                raise
            await _accept(
                table,
                definition,
                connection,
                is_allowed=is_existing_allowed,
                errors=errors,
            )
        inspection = await inspect_table(connection, table)
        if await _is_recreated(inspection, definition, connection, file):
            inspection = await inspect_table(connection, table)
    show_table(inspection, output, is_json=is_json)
    return ExitCode.COMPLETE


def _what_may_be_there(table: str, definition: TableDefinition) -> str:
    ttl = definition.ttl_attribute
    without = f", and its items not expire by {ttl}" if ttl else ""
    return (
        f"table {table} may be there all the same{without}: "
        f"'ddbbulk table describe {table}' says"
    )


async def _is_recreated(
    inspection: Inspection,
    definition: TableDefinition,
    connection: Connection,
    file: Path,
) -> bool:
    """Finish a recreation that was cut off, if its file was read; say whether."""
    described = inspection.description
    kept = KeptDefinition.of(
        table=described.name,
        arn=described.arn,
        endpoint_url=connection.endpoint_url,
    )
    if not kept.is_at(file):
        return False
    # It may have been cut off after the table was created, and before this.
    if definition.ttl_attribute and inspection.definition.ttl_attribute is None:
        await set_time_to_live(connection, described.name, definition.ttl_attribute)
    kept.remove()
    return True


async def _accept(
    table: str,
    wanted: TableDefinition,
    connection: Connection,
    *,
    is_allowed: bool,
    errors: Console,
) -> None:
    """Be content with the table that is there, if that is asked for and can be.

    Raises:
        ConfigurationError: it is not, or it has other keys or indexes.
    """
    with waiting(errors, f"table {table} is there: comparing it with the definition"):
        await wait_until_active(connection, table)
        there = (await inspect_table(connection, table)).definition
    found = differences(wanted, there)
    is_other = any(one.is_of_keys for one in found)
    if is_other or not is_allowed:
        raise ConfigurationError(
            f"there is a table {table} already, {_in_words(found)}. "
            + (
                "Name another by --table, or drop that one"
                if is_other
                else "--if-not-exists takes it as it is"
            )
        )
    say(errors, f"table {table} is there already, {_in_words(found)}")


def _in_words(found: Sequence[Difference]) -> str:
    if not found:
        return "with this very definition"
    return f"with another definition: {'; '.join(map(str, found))}"
