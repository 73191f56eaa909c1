"""Capacity that is raised for a while, and always put back."""

from ddbbulk.capacity.auto_scaling import AutoScaling
from ddbbulk.capacity.changes import CapacityChange, ScalingTarget
from ddbbulk.capacity.cost import dollars, dollars_per_hour
from ddbbulk.capacity.described import (
    TableCapacity,
    Units,
    describe_capacity,
    named,
)
from ddbbulk.capacity.holders import is_alive
from ddbbulk.capacity.note import RestoreNote
from ddbbulk.capacity.note_place import (
    NotePlace,
    OwedRestore,
    forget_note,
    is_name_of,
    known_notes,
    note_name,
    owed_restores,
    read_note,
    sweep_notes,
)
from ddbbulk.capacity.options import ProvisionedOptions
from ddbbulk.capacity.raise_plan import Wanted
from ddbbulk.capacity.raising import ProvisionedCapacity, provisioned
from ddbbulk.capacity.restoring import Restoration, Restorer, in_words, wait_until
from ddbbulk.capacity.setting import CapacitySetting

__all__ = [
    "AutoScaling",
    "CapacityChange",
    "CapacitySetting",
    "NotePlace",
    "OwedRestore",
    "ProvisionedCapacity",
    "ProvisionedOptions",
    "Restoration",
    "RestoreNote",
    "Restorer",
    "ScalingTarget",
    "TableCapacity",
    "Units",
    "Wanted",
    "describe_capacity",
    "dollars",
    "dollars_per_hour",
    "forget_note",
    "in_words",
    "is_alive",
    "is_name_of",
    "known_notes",
    "named",
    "note_name",
    "owed_restores",
    "provisioned",
    "read_note",
    "sweep_notes",
    "wait_until",
]
