"""Tables: what they are, made from a definition, listed and dropped."""

from ddbbulk.schema_file import TableDefinition
from ddbbulk.tables.creating import create_request, create_table
from ddbbulk.tables.defining import SYSTEM_TAGS, definition_of
from ddbbulk.tables.definition_text import definition_text
from ddbbulk.tables.description import TableDescription
from ddbbulk.tables.differences import Difference, differences
from ddbbulk.tables.dropping import drop_table, refuse_protected
from ddbbulk.tables.elements import listed, member
from ddbbulk.tables.looking import (
    describe_table,
    describe_target,
    list_tables,
    table_element,
)
from ddbbulk.tables.requests import is_unknown, look
from ddbbulk.tables.tags import table_tags
from ddbbulk.tables.time_to_live import set_time_to_live, time_to_live
from ddbbulk.tables.waiting import wait_until_active, wait_until_gone

__all__ = [
    "SYSTEM_TAGS",
    "Difference",
    "TableDefinition",
    "TableDescription",
    "create_request",
    "create_table",
    "definition_of",
    "definition_text",
    "describe_table",
    "describe_target",
    "differences",
    "drop_table",
    "is_unknown",
    "list_tables",
    "listed",
    "look",
    "member",
    "refuse_protected",
    "set_time_to_live",
    "table_element",
    "table_tags",
    "time_to_live",
    "wait_until_active",
    "wait_until_gone",
]
