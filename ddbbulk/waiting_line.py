"""Writes that wait for their turn: those never sent, and those that came back.

A place in the line is a key's: which write of the key takes it is seen when its turn
has come.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from ddbbulk.interleaving import Interleaver
from ddbbulk.marshal import Key, Write


class WaitingLine:
    """Hands out writes: what came back and is due first, then as they came.

    Args:
        heads: the write of each key whose turn it would be.

    Attributes:
        fresh: what was never sent; where there is a window, all of that is in it.
        window: in whose order fresh writes leave, where that is not as they came.
    """

    __slots__ = ("_heads", "_placed", "_returned", "fresh", "window")

    def __init__(self, heads: Mapping[Key, Write]) -> None:
        self._heads = heads
        self.fresh: deque[Write] = deque()
        self.window: Interleaver | None = None
        self._returned: list[tuple[float, int, Write]] = []
        self._placed = 0

    @property
    def end(self) -> deque[Write] | Interleaver:
        """Where fresh writes are appended."""
        return self.fresh if self.window is None else self.window

    def spread(self, window: Interleaver) -> None:
        """Let fresh writes wait in a window from now on, with those that do already."""
        self.gather()
        for write in self.fresh:
            window.append(write)
        self.fresh.clear()
        self.window = window

    def gather(self) -> None:
        """Let fresh writes leave as they come again."""
        if self.window is not None:
            self.fresh.extend(self.window.drained())
        self.window = None

    def put_back(self, writes: Iterable[Write], due: float) -> None:
        """Have writes that came back wait until a time."""
        for write in writes:
            self._placed += 1
            heapq.heappush(self._returned, (due, self._placed, write))

    def has_returned(self, now: float) -> bool:
        """Whether a write that came back may travel again."""
        return bool(self._returned) and self._returned[0][0] <= now

    def due_at(self, now: float) -> float | None:
        """Return when a write may leave: ``now``, a later time, or None for none."""
        if self.fresh:
            return now
        ready = None if self.window is None else self.window.ready_at(now)
        if self._returned and ready != now:
            due = max(now, self._returned[0][0])
            return due if ready is None else min(due, ready)
        return ready

    def count(self, now: float, most: int) -> int:
        """Say how many may leave; where there are ``most``, it may say more."""
        waiting = len(self.fresh)
        if self.window is not None:
            waiting = self.window.offered(now, most)
        return waiting + sum(1 for due, _, _ in self._returned[:most] if due <= now)

    def first(self, now: float) -> Write | None:
        """Return the write that leaves next, if one may leave."""
        if self.has_returned(now):
            return self._heads[self._returned[0][2].key]
        if self.fresh:
            return self._heads[self.fresh[0].key]
        return None if self.window is None else self.window.first(now)

    def pop(self, now: float) -> None:
        """Let the first one leave."""
        if self.has_returned(now):
            heapq.heappop(self._returned)
        elif self.window is None:
            self.fresh.popleft()
        else:
            self.window.leave()

    def sent(self, writes: Sequence[Write], now: float) -> None:
        """Note which writes have left together."""
        if self.window is not None:
            self.window.sent(writes, now)
