"""The writes that travel together, and what they cost."""

from collections.abc import Sequence
from typing import Self

import msgspec

from ddbbulk.limits import MAX_BATCH_BYTES
from ddbbulk.marshal import Bundle, Write

# What surrounds the writes in a request: table name (at most a 1,024-character ARN),
# braces, ReturnConsumedCapacity.
ENVELOPE_BYTES = 2048


class Batch(msgspec.Struct, eq=False):
    """The writes of one request.

    Args:
        writes: at most 25, all of different keys; none where there is a bundle.
        units: their estimated cost on each resource.
        bundle: travels as it is; None: there are writes.
        charged: what the budget was charged for them, once they were sent.
        size: about how many bytes the request has.
        sent_at: when it left.
    """

    writes: list[Write]
    units: list[float]
    bundle: Bundle | None = None
    charged: Sequence[float] = ()
    size: int = ENVELOPE_BYTES
    sent_at: float = 0.0

    @classmethod
    def of(cls, writes: list[Write], *, resources: int) -> Self:
        """Return a batch of these writes."""
        return cls(writes, total_units(writes, resources=resources))

    def __len__(self) -> int:
        """Return how many writes travel in it."""
        return len(self.writes if self.bundle is None else self.bundle.keys)

    @property
    def bodies(self) -> list[str]:
        """Each write's element of BatchWriteItem's list, as JSON."""
        if self.bundle is not None:
            return self.bundle.bodies
        return [write.body for write in self.writes]

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
