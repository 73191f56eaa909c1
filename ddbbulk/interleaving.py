"""A window on the source, out of which no partition gets more than it can bear.

Writes whose partitions are not crowded leave in the order of their arrival. Each
partition that is crowded has a lane of its own, and a pace; the lanes take turns. So
many partitions are written to side by side although the source is sorted, and what
waits for a hot one holds up nothing else.
"""

import heapq
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from ddbbulk.hot_keys import Heat, HotKeyDetector
from ddbbulk.lanes import Entry, Lane, PartitionPace
from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.marshal import Key, Partitions, Write

_CLEANING_SECONDS: Final = 1.0
# As many of one partition are no burst.
_FEW_WRITES: Final = 0.4 * PARTITION_WRITE_UNITS_PER_SECOND

Paces = tuple[PartitionPace, ...]


class Interleaver:
    """Lets fresh writes wait by their hot partitions.

    One write of a key is among them at the most, and a later one may take its place
    while it waits. So the order in which they leave is nobody's promise.

    Args:
        heads: the write of each key that is next: a later one may have taken the place
            of one that waits here.
        partitions: reads the partition keys of writes.
        detector: counts them.
        resources: how many budgets a write may touch.

    Attributes:
        is_open: the writes that come now are new; those that only move here were
            counted before.
        hot_writes: how many writes went to a partition that was hot.
        factors: what a unit that was estimated really costs, on each resource.
    """

    def __init__(
        self,
        *,
        heads: Mapping[Key, Write],
        partitions: Partitions,
        detector: HotKeyDetector,
        resources: int,
    ) -> None:
        self._heads = heads
        self._partitions = partitions
        self._detector = detector
        self._paces: list[dict[Key, PartitionPace]] = [{} for _ in range(resources)]
        self._lanes: dict[Paces, Lane] = {(): Lane()}
        self._turns: deque[Lane] = deque()
        self._held: list[tuple[float, int, Lane]] = []
        self._set_aside: list[Lane] = []
        self._taken: list[PartitionPace] = []
        self._count = 0
        self._holds = 0
        self._cleaned_at = float("-inf")
        self.is_open = False
        self.hot_writes = 0
        self.factors = [1.0] * resources

    def __len__(self) -> int:
        return self._count

    @property
    def is_dispensable(self) -> bool:
        """Whether no partition would get too much if all that waits left at once."""
        return all(
            len(lane.entries) < _FEW_WRITES
            for lane in self._lanes.values()
            if lane.paces
        )

    def append(self, write: Write, /) -> None:
        """Let a write wait."""
        places = self._partitions.of(write)
        self._observe(write, places)
        self._enter((write, places), self._paces_of(write, places))
        self._count += 1

    def ready_at(self, now: float) -> float | None:
        """Return when a write may leave: ``now``, a later time, or None for none."""
        if self._next_lane(now) is not None:
            return now
        return self._held[0][0] if self._held else None

    def released_at(self) -> float:
        """Return when the next one may leave of those that may not yet; or infinity."""
        return self._held[0][0] if self._held else float("inf")

    def offered(self, now: float, limit: int) -> int:
        """Return how many may leave now, or ``limit`` where no more are needed."""
        self._next_lane(now)
        count = 0
        for lane in self._turns:
            count += lane.offered(now, limit)
            if count >= limit:
                return limit
        return count

    def first(self, now: float) -> Write | None:
        """Return the write that leaves next, if one may leave now."""
        lane = self._next_lane(now)
        return None if lane is None else lane.entries[0][0]

    def leave(self) -> None:
        """Let go of the write that ``first`` has returned: the next lane's turn."""
        lane = self._turns[0]
        if lane.paces:
            self._note_taken(lane.paces)
        lane.leave()
        self._count -= 1
        self._turns.rotate(-1)

    def sent(self, writes: Sequence[Write], now: float) -> None:
        """Charge the hot partitions for what a request carries."""
        for write in writes:
            if write.attempts > 1:
                self._take_again(write)
        for pace in self._taken:
            pace.pay(self.factors[pace.resource], now)
        self._taken.clear()
        self._turns.extend(self._set_aside)
        self._set_aside.clear()
        if now >= self._cleaned_at + _CLEANING_SECONDS:
            self._clean(now)

    def drained(self) -> list[Write]:
        """Return all that wait, and forget them."""
        lanes = self._lanes.values()
        writes = [write for lane in lanes for write, _ in lane.entries]
        for lane in lanes:
            lane.entries.clear()
        self._count = 0
        return writes

    def slow_down(self, writes: Sequence[Write], resource: int, now: float) -> None:
        """Send less to the partitions of writes that a key range has throttled."""
        counts: dict[Key, int] = {}
        for write in writes:
            key = self._partitions.of(write)[resource]
            if key is not None:
                counts[key] = counts.get(key, 0) + 1
        for key, count in counts.items():
            # Of a request with many keys nobody knows which it was.
            if 2 * count >= len(writes):
                self._pace(resource, key).slow_down(now)

    def _observe(self, write: Write, places: tuple[Key | None, ...]) -> None:
        for resource, key in enumerate(places):
            units = write.units[resource]
            if key is None or not units:
                continue
            heat = self._detector.observe(resource, key, units, is_new=self.is_open)
            if heat:
                self._pace(resource, key)
                self.hot_writes += heat is Heat.HOT

    def _pace(self, resource: int, key: Key) -> PartitionPace:
        paces = self._paces[resource]
        pace = paces.get(key)
        if pace is None:
            pace = paces[key] = PartitionPace(resource)
        return pace

    def _paces_of(self, write: Write, places: tuple[Key | None, ...]) -> Paces:
        found: Paces = ()
        for resource, key in enumerate(places):
            if key is not None and write.units[resource]:
                pace = self._paces[resource].get(key)
                if pace is not None:
                    found += (pace,)
        return found

    def _enter(self, entry: Entry, paces: Paces) -> None:
        lane = self._lanes.get(paces)
        if lane is None:
            lane = self._lanes[paces] = Lane(paces)
        lane.entries.append(entry)
        if not lane.is_listed:
            lane.is_listed = True
            self._turns.append(lane)

    def _next_lane(self, now: float) -> Lane | None:
        """Return the lane whose turn it is; those that may not go on step aside."""
        held, turns = self._held, self._turns
        while held and held[0][0] <= now:
            turns.append(heapq.heappop(held)[2])
        while turns:
            lane = turns[0]
            self._bring_up_to_date(lane)
            if not lane.entries:
                turns.popleft().is_listed = False
            elif not lane.paces:
                return lane
            elif (ready := lane.ready_at(now)) > now:
                self._holds += 1
                heapq.heappush(held, (ready, self._holds, turns.popleft()))
            elif not lane.has_room():
                self._set_aside.append(turns.popleft())
            else:
                return lane
        return None

    def _bring_up_to_date(self, lane: Lane) -> None:
        """See that the first write of a lane belongs there.

        It may have been replaced by one with other partitions, or its own have become
        crowded, since it came.
        """
        entries = lane.entries
        while entries:
            write, places = entries[0]
            head = self._heads[write.key]
            if head is not write:
                places = self._partitions.of(head)
                entries[0] = head, places
            paces = self._paces_of(head, places)
            if paces == lane.paces:
                return
            self._enter(entries.popleft(), paces)

    def _note_taken(self, paces: Paces) -> None:
        self._taken += [pace for pace in paces if not pace.taken]

    def _take_again(self, write: Write) -> None:
        """Count what is sent a second time: it did not have to wait here for it."""
        paces = self._paces_of(write, self._partitions.of(write))
        self._note_taken(paces)
        for pace in paces:
            pace.taken += write.units[pace.resource]

    def _clean(self, now: float) -> None:
        """Forget the partitions that are crowded no more; give others more again."""
        self._cleaned_at = now
        self._lanes = {
            paces: lane
            for paces, lane in self._lanes.items()
            if lane.entries or lane.is_listed or not paces
        }
        in_use = set(chain.from_iterable(self._lanes))
        for resource, paces in enumerate(self._paces):
            for key, pace in list(paces.items()):
                pace.recover()
                is_idle = pace not in in_use and pace.paid_until <= now
                if is_idle and not self._detector.is_crowded(resource, key):
                    del paces[key]
