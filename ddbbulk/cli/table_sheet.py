"""A table as a sheet to read, as JSON, or as a schema file."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ddbbulk.aws import Connection
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.whereabouts import contents
from ddbbulk.printable import printable
from ddbbulk.recreation import LOSSES, Inspection, Loss, inspect_table
from ddbbulk.schema import IndexSchema, KeyAttribute
from ddbbulk.schema_file import GlobalIndexDefinition, TableDefinition
from ddbbulk.tables import definition_text

# What the sheet has a line for anyway.
_OWN_LINES: Final = frozenset({"stream", "pitr", "table-class"})
# What a schema file would say, if it could be seen.
_IN_SCHEMA: Final = frozenset({"tags", "ttl"})
_UNSEEN: Final = "may not be looked at"


async def describe_to(
    output: Console,
    connection: Connection,
    table: str,
    *,
    is_schema: bool,
    is_json: bool,
    errors: Console,
) -> ExitCode:
    """Look at a table, and show it.

    Raises:
        TableNotFoundError: there is none of this name.
        RequestError: it may not be described, or nobody answers.
    """
    async with connection:
        inspection = await inspect_table(connection, table)
    if is_schema:
        for loss in inspection.losses:
            if loss.name in _IN_SCHEMA:
                say(errors, f"left out: {loss}", kind="warning")
        text = Text(definition_text(inspection.definition))
        output.print(text, soft_wrap=True, end="")
    else:
        show_table(inspection, output, is_json=is_json)
    return ExitCode.COMPLETE


def show_table(inspection: Inspection, output: Console, *, is_json: bool) -> None:
    """Show a table to a person or a program."""
    if is_json:
        text = json.dumps(table_document(inspection), indent=2)
        output.print(Text(text), soft_wrap=True)
    else:
        output.print(table_sheet(inspection))


def table_sheet(inspection: Inspection) -> RenderableType:
    """Return the sheet of a table, readable at 80 columns and without colour."""
    described = inspection.description
    title = Text(printable(described.name), style="bold")
    title.append(f": {printable(described.status)}", style="not bold")
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True, style="dim")
    facts.add_column(overflow="fold")
    for name, text in _lines(inspection):
        facts.add_row(name, Text(printable(text)))
    parts: list[RenderableType] = [title, Padding.indent(facts, 2)]
    if described.schema.indexes:
        parts += [Text(), Padding.indent(_indexes(inspection), 2)]
    return Group(*parts)


def table_document(inspection: Inspection) -> dict[str, Any]:
    """Return what JSON says of a table."""
    described, definition = inspection.description, inspection.definition
    return {
        "table": described.name,
        "arn": described.arn,
        "id": described.table_id,
        "status": described.status,
        "items": described.item_count,
        "bytes": described.item_bytes,
        "keys": [_key_document(key) for key in described.schema.keys],
        "billing": definition.billing,
        **_units(definition, definition),
        "indexes": [_index_document(inspection, i) for i in described.schema.indexes],
        "ttl_attribute": definition.ttl_attribute,
        "is_protected": described.is_protected,
        "tags": dict(inspection.tags),
        "also": _details(inspection.losses),
        "unseen": [name for name, _ in inspection.surroundings.unseen],
    }


def _details(losses: Iterable[Loss]) -> dict[str, str]:
    """Return what there is of each kind, of which there may be several."""
    found: dict[str, list[str]] = {}
    for loss in losses:
        found.setdefault(loss.name, []).append(loss.detail)
    return {name: ", ".join(details) for name, details in found.items()}


def _index_document(inspection: Inspection, index: IndexSchema) -> dict[str, Any]:
    definition = inspection.definition
    told = _told(inspection, index.name)
    document: dict[str, Any] = {
        "name": index.name,
        "is_local": index.is_local,
        "partition_keys": [_key_document(key) for key in index.partition_keys],
        "sort_keys": [_key_document(key) for key in index.sort_keys],
        "projection": index.projection,
        "non_key_attributes": list(index.non_key_attributes),
        "status": told.get("IndexStatus", "ACTIVE"),
        "items": told.get("ItemCount", 0),
        "bytes": told.get("IndexSizeBytes", 0),
    }
    own = _definition(definition, index.name)
    return document if own is None else document | _units(definition, own)


def _units(
    table: TableDefinition, part: TableDefinition | GlobalIndexDefinition
) -> dict[str, int | None]:
    if table.billing == "provisioned":
        return {
            "write_capacity": part.write_capacity or table.write_capacity,
            "read_capacity": part.read_capacity or table.read_capacity,
        }
    return {
        "max_write_units": part.max_write_units,
        "max_read_units": part.max_read_units,
    }


def _lines(inspection: Inspection) -> Iterator[tuple[str, str]]:
    described, definition = inspection.description, inspection.definition
    found = {loss.name: loss.detail or "on" for loss in inspection.losses}
    if described.arn:
        yield "arn", described.arn
    yield "key", ", ".join(map(_key, described.schema.keys))
    yield "capacity", _capacity(definition, definition)
    yield "items", f"{contents(described)}, by a count up to six hours old"
    expiry = definition.ttl_attribute or "nothing: items stay"
    yield "expire by", _UNSEEN if "ttl" in found else expiry
    tags = [f"{name}={value}" for name, value in inspection.tags.items()]
    yield "tags", _UNSEEN if "tags" in found else ", ".join(tags) or "none"
    yield "stream", found.get("stream", "none")
    yield "recovery", _recovery(inspection, found)
    yield "protection", "none" if not described.is_protected else "it cannot be dropped"
    yield "class", found.get("table-class", "STANDARD")
    for loss in inspection.losses:
        if loss.name not in _OWN_LINES:
            yield "also", str(loss)
    for name, reason in inspection.surroundings.unseen:
        yield "not seen", f"{LOSSES[name]}: {reason}"


def _recovery(inspection: Inspection, found: Mapping[str, str]) -> str:
    if "pitr" in dict(inspection.surroundings.unseen):
        return _UNSEEN
    if "pitr" in inspection.surroundings.unknown:
        return "this server has none"
    detail = found.get("pitr")
    return "none" if detail is None else f"to any point in time ({detail})"


def _indexes(inspection: Inspection) -> Table:
    definition = inspection.definition
    sheet = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    sheet.add_column("indexes", overflow="fold")
    for heading in ("kind", "by", "with"):
        sheet.add_column(heading, overflow="fold")
    for heading in ("capacity", "items", "status"):
        sheet.add_column(heading, justify="right", no_wrap=heading != "capacity")
    for index in inspection.description.schema.indexes:
        told = _told(inspection, index.name)
        own = _definition(definition, index.name)
        copied = ", ".join((index.projection, *index.non_key_attributes))
        sheet.add_row(
            Text(printable(index.name)),
            "local" if index.is_local else "global",
            Text(printable(", ".join(map(_key, index.keys)))),
            Text(printable(copied)),
            "the table's" if own is None else _capacity(definition, own),
            f"{told.get('ItemCount', 0):,}",
            printable(str(told.get("IndexStatus", "ACTIVE"))),
        )
    return sheet


def _capacity(
    table: TableDefinition, part: TableDefinition | GlobalIndexDefinition
) -> str:
    units = _units(table, part)
    if table.billing == "provisioned":
        return f"{units['write_capacity']:,} WCU, {units['read_capacity']:,} RCU"
    write, read = units["max_write_units"], units["max_read_units"]
    ceilings = [
        f"at most {ceiling:,} {what}"
        for what, ceiling in (("WCU", write), ("RCU", read))
        if ceiling is not None
    ]
    return ", ".join(("on demand", *ceilings))


def _definition(table: TableDefinition, name: str) -> GlobalIndexDefinition | None:
    return next((one for one in table.global_indexes if one.name == name), None)


def _told(inspection: Inspection, name: str) -> Mapping[str, Any]:
    """Return what DescribeTable says of an index."""
    for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in inspection.table.get(member) or ():
            if index["IndexName"] == name:
                found: Mapping[str, Any] = index
                return found
    return {}


def _key(key: KeyAttribute) -> str:
    return f"{key.name} ({key.type})"


def _key_document(key: KeyAttribute) -> dict[str, str]:
    return {"name": key.name, "type": key.type}
