"""How tables are read: paid by a budget, side by side, and never faster than wanted."""

from ddbbulk.reading.budget import ReadBudget
from ddbbulk.reading.filters import Filter
from ddbbulk.reading.opening import open_reader
from ddbbulk.reading.options import (
    CountOptions,
    OpenedTable,
    ReadOptions,
    check_options,
    open_table,
)
from ddbbulk.reading.page import Page
from ddbbulk.reading.reader import (
    DEFAULT_SEGMENTS,
    MAX_SEGMENTS,
    Reader,
    check_segments,
)
from ddbbulk.reading.report import ReadReport
from ddbbulk.reading.table_source import TableSource
from ddbbulk.reading.tally import ReadTally

__all__ = [
    "DEFAULT_SEGMENTS",
    "MAX_SEGMENTS",
    "CountOptions",
    "Filter",
    "OpenedTable",
    "Page",
    "ReadBudget",
    "ReadOptions",
    "ReadReport",
    "ReadTally",
    "Reader",
    "TableSource",
    "check_options",
    "check_segments",
    "open_reader",
    "open_table",
]
