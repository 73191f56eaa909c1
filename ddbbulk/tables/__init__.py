"""Tables: what they are, made from a definition, listed and dropped."""

from ddbbulk.schema_file import TableDefinition
from ddbbulk.tables.creating import create_request, create_table
from ddbbulk.tables.defining import definition_of
from ddbbulk.tables.description import TableDescription
from ddbbulk.tables.differences import Difference, differences
from ddbbulk.tables.dropping import drop_table, refuse_protected
from ddbbulk.tables.looking import describe_table, list_tables, table_element
from ddbbulk.tables.time_to_live import set_time_to_live, time_to_live
from ddbbulk.tables.waiting import wait_until_active, wait_until_gone

__all__ = [
    "Difference",
    "TableDefinition",
    "TableDescription",
    "create_request",
    "create_table",
    "definition_of",
    "describe_table",
    "differences",
    "drop_table",
    "list_tables",
    "refuse_protected",
    "set_time_to_live",
    "table_element",
    "time_to_live",
    "wait_until_active",
    "wait_until_gone",
]
