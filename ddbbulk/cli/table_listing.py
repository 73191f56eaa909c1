"""What ``ddbbulk table list`` shows."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ddbbulk.aws import Connection
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.waiting import waiting
from ddbbulk.cli.whereabouts import byte_size, whereabouts
from ddbbulk.errors import AccessDeniedError, TableNotFoundError
from ddbbulk.printable import printable
from ddbbulk.tables import TableDescription, describe_table, list_tables


async def show_tables(
    connection: Connection,
    *,
    is_long: bool,
    errors: Console,
    output: Console,
    is_json: bool,
) -> ExitCode:
    """Show the names of the tables, or a line on each.

    Raises:
        RequestError: they may not be listed, or nobody answers.
    """
    async with connection:
        names = [name async for name in list_tables(connection)]
        place = whereabouts(connection)
        if not is_long:
            _show_names(names, output, is_json=is_json)
        else:
            with waiting(errors, f"describing the tables {place}"):
                described, problems = await _described(connection, names)
            for text in problems:
                say(errors, text, kind="warning")
            _show_long(described, output, is_json=is_json)
    if not names:
        say(errors, f"there are no tables {place}", kind="note")
    return ExitCode.COMPLETE


async def _described(
    connection: Connection, names: Sequence[str]
) -> tuple[list[TableDescription], list[str]]:
    """Return what the tables are, and why some of them could not be described."""
    tables: list[TableDescription] = []
    problems: list[str] = []
    for name in names:
        try:
            tables.append(await describe_table(connection, name))
        except TableNotFoundError:
            continue  # dropped since it was listed
        except AccessDeniedError as error:
            problems.append(str(error))
    return tables, problems


def _show_names(names: Sequence[str], output: Console, *, is_json: bool) -> None:
    if is_json:
        output.print(Text(json.dumps(names, indent=2)), soft_wrap=True)
        return
    for name in names:
        output.print(Text(printable(name)), soft_wrap=True)


def _show_long(
    tables: Sequence[TableDescription], output: Console, *, is_json: bool
) -> None:
    if is_json:
        documents = [_document(one) for one in tables]
        output.print(Text(json.dumps(documents, indent=2)), soft_wrap=True)
        return
    sheet = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    sheet.add_column("table", overflow="fold")
    sheet.add_column("status", no_wrap=True)
    for heading in ("WCU", "indexes", "items", "size"):
        sheet.add_column(heading, justify="right", no_wrap=True)
    for one in tables:
        sheet.add_row(
            printable(one.name),
            printable(one.status),
            "on demand" if one.write_capacity is None else f"{one.write_capacity:,.0f}",
            f"{len(one.schema.indexes)}",
            f"{one.item_count:,}",
            byte_size(one.item_bytes),
        )
    if tables:
        output.print(sheet)


def _document(table: TableDescription) -> dict[str, Any]:
    return {
        "table": table.name,
        "status": table.status,
        "is_on_demand": table.is_on_demand,
        "write_capacity": table.write_capacity,
        "indexes": [index.name for index in table.schema.indexes],
        "items": table.item_count,
        "bytes": table.item_bytes,
    }
