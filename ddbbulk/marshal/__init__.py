"""The wire format: Python items to DynamoDB JSON and back."""

from ddbbulk.marshal.items import BrokenRecord, Delete, WireItem
from ddbbulk.marshal.marshaller import Marshaller, item_to_wire, to_wire
from ddbbulk.marshal.partitions import Partitions
from ddbbulk.marshal.wire import from_wire, item_from_wire
from ddbbulk.marshal.write import Key, Operation, Refused, Write

__all__ = [
    "BrokenRecord",
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
