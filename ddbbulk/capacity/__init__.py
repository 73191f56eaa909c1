"""Capacity that is raised for a while, and always put back."""

from ddbbulk.capacity.auto_scaling import AutoScaling
from ddbbulk.capacity.changes import CapacityChange, ScalingTarget
from ddbbulk.capacity.described import (
    TableCapacity,
    Units,
    describe_capacity,
    named,
)
from ddbbulk.capacity.note_file import (
    NotePlace,
    OwedRestore,
    owed_restores,
)
from ddbbulk.capacity.options import ProvisionedOptions
from ddbbulk.capacity.raising import ProvisionedCapacity, provisioned
from ddbbulk.capacity.restoring import Restoration, Restorer

__all__ = [
    "AutoScaling",
    "CapacityChange",
    "NotePlace",
    "OwedRestore",
    "ProvisionedCapacity",
    "ProvisionedOptions",
    "Restoration",
    "Restorer",
    "ScalingTarget",
    "TableCapacity",
    "Units",
    "describe_capacity",
    "named",
    "owed_restores",
    "provisioned",
]
