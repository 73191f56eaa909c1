"""Tables looked at with all that belongs to them, and made anew without items."""

from ddbbulk.recreation.inspection import Inspection, inspect_table
from ddbbulk.recreation.kept_definition import KeptDefinition
from ddbbulk.recreation.recreating import Recreation, recreate_table
from ddbbulk.recreation.surroundings import LOSSES, Loss, Surroundings

__all__ = [
    "LOSSES",
    "Inspection",
    "KeptDefinition",
    "Loss",
    "Recreation",
    "Surroundings",
    "inspect_table",
    "recreate_table",
]
