"""A load taken back: what it has created, and nobody has changed since, is deleted."""

from ddbbulk.undoing.one_call import undo, undo_sync
from ddbbulk.undoing.options import UndoOptions
from ddbbulk.undoing.report import LeftItem, UndoReport
from ddbbulk.undoing.sheet import undo_sheet
from ddbbulk.undoing.undoing import Undoing

__all__ = [
    "LeftItem",
    "UndoOptions",
    "UndoReport",
    "Undoing",
    "undo",
    "undo_sheet",
    "undo_sync",
]
