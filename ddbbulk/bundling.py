"""Bundles on their way: they travel as they are, and hold their keys as writes do.

A bundle is loosened, that is made into writes, as soon as one of its items has to be
told from the others: another write of its key comes, or its request did not succeed.
"""

from collections import deque
from collections.abc import Mapping, Sequence

from ddbbulk.batch import Batch
from ddbbulk.limits import MAX_BATCH_ITEMS
from ddbbulk.marshal import Bundle, Key, Write


class Bundles:
    """The bundles that wait, and those that were sent and not settled.

    Attributes:
        by_key: what holds a key.
        queued: what was never sent, the oldest first.
    """

    __slots__ = ("_sent", "_total", "_units", "by_key", "queued")

    def __init__(self) -> None:
        self.by_key: dict[Key, Bundle] = {}
        self.queued: deque[Bundle] = deque()
        self._sent: dict[Bundle, Batch] = {}
        # Of a write and of a bundle: those of one table all cost the same.
        self._units: Sequence[int] = ()
        self._total: list[float] = []

    def add(self, bundle: Bundle, *held: Mapping[Key, object]) -> bool:
        """Queue a bundle, where all its keys are different and free; say whether.

        Args:
            bundle: whose turn comes after all others.
            held: keys that are not free.
        """
        keys, by_key = dict.fromkeys(bundle.keys, bundle), self.by_key
        if len(keys) < MAX_BATCH_ITEMS or not by_key.keys().isdisjoint(keys):
            return False
        for others in held:
            if others and not others.keys().isdisjoint(keys):
                return False
        by_key |= keys
        self.queued.append(bundle)
        return True

    def fits(self, room: Sequence[float]) -> bool:
        """Say whether the next one may leave as it is."""
        return max(self.queued[0].units) * MAX_BATCH_ITEMS <= min(room)

    def send(self) -> Batch:
        """Return a batch of the next one."""
        bundle = self.queued.popleft()
        if bundle.units is not self._units:
            self._units = bundle.units
            self._total = [units * float(MAX_BATCH_ITEMS) for units in bundle.units]
        batch = Batch([], self._total, bundle)
        self._sent[bundle] = batch
        return batch

    def settle(self, bundle: Bundle) -> None:
        """Let go of a bundle whose items were all written."""
        by_key = self.by_key
        for key in bundle.keys:
            del by_key[key]
        del self._sent[bundle]

    def loosen(self, bundle: Bundle) -> tuple[list[Write], bool]:
        """Let go of a bundle; return its writes, and whether they were sent already."""
        for key in bundle.keys:
            del self.by_key[key]
        writes = bundle.writes()
        batch = self._sent.pop(bundle, None)
        if batch is None:
            self.queued.remove(bundle)
            return writes, False
        for write in writes:
            write.attempts = 1
        batch.writes, batch.bundle = writes, None
        return writes, True

    def all(self) -> list[Bundle]:
        """Return those that were sent, and those that wait, in their order."""
        return [*self._sent, *self.queued]
