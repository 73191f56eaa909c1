"""Which writes travel together: full batches, distinct keys, each key in its order.

A key has at most one write on the wire. A later write of the same key replaces one that
was never sent (it is *superseded*, and costs nothing), or waits until the one before it
is settled. A request that was given up without an answer may still land, and overwrite
a later write: so its keys are guarded for a while. Nothing here awaits; ``now`` is an
argument.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from ddbbulk.barriers import Barrier, Barriers
from ddbbulk.batch import Batch, total_units
from ddbbulk.bundling import Bundles
from ddbbulk.interleaving import Interleaver
from ddbbulk.key_guard import LATE_SECONDS, KeyGuard
from ddbbulk.limits import MAX_BATCH_ITEMS
from ddbbulk.marshal import Bundle, Key, Write
from ddbbulk.waiting_line import WaitingLine


class Batcher:
    """Queues writes, guards their keys, and packs them into batches.

    Args:
        resources: how many budgets a write may touch (the table, its global indexes).
        batch_items: how many writes may travel together.

    Attributes:
        barriers: those that somebody waits at.
    """

    def __init__(self, *, resources: int, batch_items: int = MAX_BATCH_ITEMS) -> None:
        self._resources = resources
        self._batch_items = batch_items
        self._bundles = Bundles()
        self._apart: deque[list[Write]] = deque()
        self._heads: dict[Key, Write] = {}
        self._line = WaitingLine(self._heads)
        self._successors: dict[Key, Write] = {}
        self._guard = KeyGuard()
        self.barriers = Barriers()
        self.unsettled_items = 0
        self.unsettled_bytes = 0

    @property
    def loose_items(self) -> int:
        """How many fresh writes are left over when batches are filled with them."""
        return len(self._line.fresh) % self._batch_items

    @property
    def heads(self) -> Mapping[Key, Write]:
        """The write of each unsettled key that is next, or on its way."""
        return self._heads

    def spread(self, window: Interleaver) -> None:
        """Let fresh writes wait in a window from now on, with those that do already."""
        self._loosen_all()
        self._line.spread(window)

    def gather(self) -> None:
        """Let fresh writes leave as they come again."""
        self._line.gather()

    def add(self, write: Write) -> None:
        """Queue a write behind whatever is unsettled for its key."""
        self.add_all((write,))

    def add_bundle(self, bundle: Bundle) -> None:
        """Queue a bundle, as such where none of its items has to be told apart."""
        is_as_it_is = (
            self._batch_items == MAX_BATCH_ITEMS
            and self._line.window is None
            and not self._guard.is_over_all
            and self._bundles.add(bundle, self._heads, self._guard.keys)
        )
        if is_as_it_is:
            self.unsettled_items += MAX_BATCH_ITEMS
        else:
            self.add_all(bundle.writes())

    def add_all(self, writes: Sequence[Write]) -> None:
        """Queue writes in their order, each behind what is unsettled for its key."""
        heads, guarded = self._heads, self._guard.keys
        bundled = self._bundles.by_key
        fresh = self._line.end
        size = 0
        for write in writes:
            size += len(write.body)
            key = write.key
            if bundled and key in bundled:
                self._loosen(bundled[key])
            if key in heads:
                self._line_up(write, heads[key])
                continue
            heads[key] = write
            if guarded and key in guarded:
                self.retry([write], due=guarded[key])
                continue
            fresh.append(write)
        self.unsettled_items += len(writes)
        self.unsettled_bytes += size

    def retry(self, writes: Sequence[Write], *, due: float) -> None:
        """Queue writes that came back, to travel again at ``due`` in full batches."""
        self._line.put_back(writes, due)

    def give_up(self, writes: Sequence[Write], now: float) -> None:
        """Guard the keys of a request that was sent, but whose answer never came."""
        for write in writes:
            write.guarded_until = now + LATE_SECONDS

    def guard_all(self, now: float) -> None:
        """Guard every key: requests of a process that was killed may still land.

        Until that is over, a write of a key is not superseded before it is sent: it
        may be the one on its way, and nothing newer may overtake it.
        """
        self._loosen_all()
        self._guard.cover_all(now)

    def may_land_late(self, now: float) -> bool:
        """Say whether a request that was given up may still be on its way."""
        return self._guard.may_land_late(self._heads.values(), now)

    def retry_apart(self, writes: Sequence[Write]) -> None:
        """Queue a refused batch as two halves that travel alone, to find the bad."""
        middle = len(writes) // 2
        self._apart.append(list(writes[:middle]))
        self._apart.append(list(writes[middle:]))

    def settle(self, write: Write, now: float) -> None:
        """Let go of a written item and those it superseded.

        A write that waited for this key is queued.
        """
        for earlier in write.earlier():
            self._forget(earlier)
        self._forget(write)
        self._release(write, now)

    def settle_bundle(self, bundle: Bundle) -> None:
        """Let go of a bundle whose items were all written at the first attempt."""
        self._bundles.settle(bundle)
        self.unsettled_items -= MAX_BATCH_ITEMS

    def settle_all(self, writes: Sequence[Write], now: float) -> None:
        """Let go of written items and those they superseded."""
        if self._successors or self.barriers.open or self._guard.is_over_all:
            for write in writes:
                self.settle(write, now)
            return
        heads, size, count = self._heads, 0, 0
        for write in writes:
            if write.superseded is None and write.guarded_until <= now:
                del heads[write.key]
                size += len(write.body)
                count += 1
            else:
                self.settle(write, now)
        self.unsettled_bytes -= size
        self.unsettled_items -= count

    def drop(self, write: Write, now: float) -> None:
        """Let go of a rejected item; the one that it had superseded takes its place."""
        self._forget(write)
        earlier = write.superseded
        if earlier is None:
            self._release(write, now)
            return
        # Where a later write of this key already waits, that one supersedes both.
        successor = self._successors.pop(write.key, None)
        if successor is None:
            self._queue(earlier)
            return
        *_, oldest = (successor, *successor.earlier())
        oldest.superseded = earlier
        self._queue(successor)

    def due_at(self, now: float) -> float | None:
        """Return when a write may leave: ``now``, a later time, or None for none."""
        if self._guard.is_over_all:
            self._guard.lapse(now)
        if self._apart or self._bundles.queued:
            return now
        return self._line.due_at(now)

    def next_units(self, now: float) -> Sequence[float] | None:
        """Return the estimated units of the write that would leave first, if any."""
        if self._apart:
            return total_units(self._apart[0], resources=self._resources)
        if self._is_bundle_next(now):
            return self._bundles.queued[0].units
        write = self._line.first(now)
        return None if write is None else write.units

    def is_full(self, now: float, room: Sequence[float]) -> bool:
        """Say whether what may leave now fills a batch (25 writes, or the room)."""
        if self._apart or self._bundles.queued:
            return True
        most = self._batch_items
        return self._line.count(now, most) >= min(most, *room)

    def take(self, now: float, room: Sequence[float]) -> Batch:
        """Pack the next batch: at least one write, then as many as the room allows.

        Its writes count as sent from here on: their attempts grow by one.

        Args:
            now: the time.
            room: the units that a request may cost on each resource; 0 where nothing
                may be sent now. A first write may exceed the room, unless it is 0.
        """
        if self._apart:
            writes = self._apart.popleft()
            for sent in writes:
                sent.attempts += 1
            return Batch.of(writes, resources=self._resources)
        if self._is_bundle_next(now):
            if self._bundles.fits(room):
                return self._bundles.send()
            self._loosen(self._bundles.queued[0])
        batch, line = Batch([], [0.0] * self._resources), self._line
        while len(batch.writes) < self._batch_items:
            write = line.first(now)
            if write is None and self._bundles.queued:
                self._loosen(self._bundles.queued[0])
                continue
            if write is None or not batch.takes(write, room):
                break
            line.pop(now)
            write.attempts += 1
        line.sent(batch.writes, now)
        return batch

    def loosen(self, batch: Batch) -> None:
        """Make writes of what was sent, to tell them apart."""
        if batch.bundle is not None:
            self._loosen(batch.bundle)

    def raise_barrier(self) -> Barrier:
        """Return a barrier that falls when all that is unsettled now is settled."""
        self._loosen_all()
        return self.barriers.raise_for(self._unsettled(), self.unsettled_items)

    def _unsettled(self) -> Iterator[Write]:
        """Yield every write that is queued or in flight."""
        for last in chain(self._heads.values(), self._successors.values()):
            yield last
            yield from last.earlier()

    def _line_up(self, write: Write, head: Write) -> None:
        """Queue a write whose key has an unsettled one, its head."""
        if head.attempts == 0 and not self._guard.is_over_all:
            # The head stands in the queue and was never sent: the new write takes
            # its place there, for the line looks up who is head now.
            write.superseded = head
            self._heads[write.key] = write
        else:
            write.superseded = self._successors.get(write.key)
            self._successors[write.key] = write

    def _follower(self, key: Key) -> Write | None:
        """Take the write that waits for the settled one of its key."""
        return self._successors.pop(key, None)

    def _forget(self, write: Write) -> None:
        self.unsettled_items -= 1
        self.unsettled_bytes -= len(write.body)
        if self.barriers.open:
            self.barriers.settled(write)

    def _release(self, write: Write, now: float) -> None:
        key = write.key
        # The ledger, too, has to know: until then it is not done for another run.
        until = write.guarded_until = max(write.guarded_until, self._guard.all_until)
        successor = self._follower(key)
        if until > now:
            self._guard.keep(key, until, now)
        if successor is None:
            del self._heads[key]
        elif until > now:
            self._heads[key] = successor
            self.retry([successor], due=until)
        else:
            self._queue(successor)

    def _queue(self, write: Write) -> None:
        self._heads[write.key] = write
        self._line.end.append(write)

    def _is_bundle_next(self, now: float) -> bool:
        """Whether the next batch is of a bundle: writes wait until they fill one."""
        line = self._line
        if not self._bundles.queued or len(line.fresh) >= self._batch_items:
            return False
        return not line.has_returned(now)

    def _loosen(self, bundle: Bundle) -> None:
        """Make writes of a bundle; those that were never sent are the next to leave."""
        writes, were_sent = self._bundles.loosen(bundle)
        self.unsettled_bytes += sum(len(write.body) for write in writes)
        self._heads.update((write.key, write) for write in writes)
        if not were_sent:
            self._line.fresh.extendleft(reversed(writes))

    def _loosen_all(self) -> None:
        for bundle in reversed(self._bundles.all()):
            self._loosen(bundle)
