"""The wire format: Python items to DynamoDB JSON and back."""

from ddbbulk.marshal.bundle import Bundle
from ddbbulk.marshal.items import BrokenRecord, Delete, WireItem
from ddbbulk.marshal.marshaller import Marshaller
from ddbbulk.marshal.partitions import Partitions
from ddbbulk.marshal.to_wire import item_to_wire, to_wire
from ddbbulk.marshal.wire import from_wire, item_from_wire
from ddbbulk.marshal.write import Key, Operation, Refused, Write

__all__ = [
    "BrokenRecord",
    "Bundle",
    "Delete",
    "Key",
    "Marshaller",
    "Operation",
    "Partitions",
    "Refused",
    "WireItem",
    "Write",
    "from_wire",
    "item_from_wire",
    "item_to_wire",
    "to_wire",
]
