"""Rejected items, kept: what a failed item is, its file, and when to give up."""

from ddbbulk.failures.failed_item import FailedItem, OnFailure, Told
from ddbbulk.failures.failure_limit import FailureLimit
from ddbbulk.failures.opened_file import OpenedFile, failure_lines, is_same_table
from ddbbulk.failures.outlet import FailureOutlet

__all__ = [
    "FailedItem",
    "FailureLimit",
    "FailureOutlet",
    "OnFailure",
    "OpenedFile",
    "Told",
    "failure_lines",
    "is_same_table",
]
