"""A table's items into a file: what ``load`` reads back, with every type kept."""

from ddbbulk.unloading.options import UNLOAD_FORMATS, UnloadFormat, UnloadOptions
from ddbbulk.unloading.output_file import part_of
from ddbbulk.unloading.report import RefusedItem, UnloadReport
from ddbbulk.unloading.unload import Unload, unload, unload_sync

__all__ = [
    "UNLOAD_FORMATS",
    "RefusedItem",
    "Unload",
    "UnloadFormat",
    "UnloadOptions",
    "UnloadReport",
    "part_of",
    "unload",
    "unload_sync",
]
