"""How tables are read: paid by a budget, side by side, and never faster than wanted."""

from ddbbulk.reading.budget import ReadBudget
from ddbbulk.reading.filters import Filter
from ddbbulk.reading.opening import open_reader
from ddbbulk.reading.page import Page
from ddbbulk.reading.reader import DEFAULT_SEGMENTS, MAX_SEGMENTS, Reader

__all__ = [
    "DEFAULT_SEGMENTS",
    "MAX_SEGMENTS",
    "Filter",
    "Page",
    "ReadBudget",
    "Reader",
    "open_reader",
]
