"""The writes that travel together, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from ddbbulk.limits import MAX_BATCH_BYTES, MAX_BATCH_ITEMS, MAX_ITEM_BYTES
from ddbbulk.marshal import Write

# What surrounds the writes in a request: table name (at most a 1,024-character ARN),
# braces, ReturnConsumedCapacity.
ENVELOPE_BYTES = 2048
# A batch of writes whose bodies have no more characters is never too long: those beyond
# ASCII take as many bytes more, at most, as an item may have.
SHORT_BYTES = (MAX_BATCH_BYTES - ENVELOPE_BYTES) // MAX_BATCH_ITEMS - MAX_ITEM_BYTES - 1


@dataclass(slots=True)
class Batch:
    """The writes of one request.

    Args:
        writes: at most 25, all of different keys.
        units: their estimated cost on each resource.
        charged: what the budget was charged for them, once they were sent.
        size: about how many bytes the request has.
        sent_at: when it left.
    """

    writes: list[Write]
    units: list[float]
    charged: Sequence[float] = field(default_factory=tuple)
    size: int = ENVELOPE_BYTES
    sent_at: float = 0.0

    @classmethod
    def of(cls, writes: list[Write], *, resources: int) -> Self:
        """Return a batch of these writes."""
        return cls(writes, total_units(writes, resources=resources))

    def takes(self, write: Write, room: Sequence[float]) -> bool:
        """Add a write if it fits; say whether it did.

        Args:
            write: of another key than those that are in it.
            room: the units that the batch may cost on each resource; its first write
                may cost more, unless there is 0.
        """
        size = self.size + write.body_bytes + 1
        if size > MAX_BATCH_BYTES:
            return False
        for units, so_far, limit in zip(write.units, self.units, room, strict=True):
            if units and (limit <= 0 or (self.writes and so_far + units > limit)):
                return False
        self.size = size
        self.writes.append(write)
        for resource, units in enumerate(write.units):
            self.units[resource] += units
        return True


def total_units(writes: Sequence[Write], *, resources: int) -> list[float]:
    """Return what the writes cost on each resource, by their estimates."""
    total = [0.0] * resources
    for write in writes:
        for resource, units in enumerate(write.units):
            total[resource] += units
    return total
