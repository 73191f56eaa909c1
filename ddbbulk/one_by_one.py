"""Which conditional write travels next: one a request, each key's in their order."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain

from ddbbulk.batching import Batcher
from ddbbulk.marshal import Key, Write


class OneByOne(Batcher):
    """Queues writes that carry a condition, and hands them out one at a time.

    The first write of a key is to win, so none supersedes another: all are sent, and a
    later one only when the one before it is settled.

    Args:
        resources: how many budgets a write may touch.
    """

    def __init__(self, *, resources: int) -> None:
        super().__init__(resources=resources, batch_items=1)
        self._followers: dict[Key, deque[Write]] = {}

    def give_up(self, writes: Sequence[Write], now: float) -> None:
        """Guard nothing: what lands late meets its condition, and changes nothing."""

    def guard_all(self, now: float) -> None:
        """Guard nothing, for the same reason."""

    def settle_all(self, writes: Sequence[Write], now: float) -> None:
        """Let go of written items; one that waited for its key is queued."""
        for write in writes:
            self.settle(write, now)

    def _unsettled(self) -> Iterator[Write]:
        """Yield every write that is queued or in flight."""
        return chain(self._heads.values(), *self._followers.values())

    def _line_up(self, write: Write, head: Write) -> None:
        del head
        self._followers.setdefault(write.key, deque()).append(write)

    def _follower(self, key: Key) -> Write | None:
        followers = self._followers.get(key)
        if followers is None:
            return None
        write = followers.popleft()
        if not followers:
            del self._followers[key]
        return write
