"""Who waits until everything queued so far is settled, and for how many writes yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from ddbbulk.marshal import Write


@dataclass(slots=True)
class Barrier:
    """Counts down the writes that were unsettled when it was raised.

    Args:
        number: it holds for the writes with this number or a smaller one.
        remaining: how many are still unsettled.
    """

    number: int
    remaining: int


class Barriers:
    """The barriers that somebody waits at.

    Attributes:
        open: those that were not lowered yet.
    """

    __slots__ = ("_raised", "open")

    def __init__(self) -> None:
        self._raised = 0
        self.open: list[Barrier] = []

    def raise_for(self, unsettled: Iterable[Write], count: int) -> Barrier:
        """Return a barrier that falls when these writes are settled; mark them.

        Args:
            unsettled: every write that is queued or in flight.
            count: how many they are.
        """
        self._raised += 1
        for write in unsettled:
            write.barrier = write.barrier or self._raised
        barrier = Barrier(self._raised, count)
        self.open.append(barrier)
        return barrier

    def lower(self, barrier: Barrier) -> None:
        """Stop counting for a barrier."""
        self.open = [other for other in self.open if other is not barrier]

    def settled(self, write: Write) -> None:
        """Count a write that is settled."""
        for barrier in self.open:
            if 0 < write.barrier <= barrier.number:
                barrier.remaining -= 1
