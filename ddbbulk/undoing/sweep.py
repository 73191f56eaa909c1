"""One pass over a manifest: each item is looked up, and deleted or left."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Final, TypeVar

from ddbbulk.canonical import item_digest
from ddbbulk.events import Event, ItemExisting
from ddbbulk.failures import FailedItem
from ddbbulk.marshal import Marshaller, WireItem
from ddbbulk.reading import Reader
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk
from ddbbulk.unchanged import TOO_MANY_ATTRIBUTES, Unchanged
from ddbbulk.undoing.contents import Entry, ManifestContents
from ddbbulk.undoing.left_items import CHANGED, UNKNOWN, LeftItems
from ddbbulk.undoing.look_ahead import LookAhead, units_of
from ddbbulk.undoing.seen import Seen
from ddbbulk.writer import BulkWriter

Result = TypeVar("Result")

_PORTION: Final = 100


class Sweep:
    """Looks the items of a manifest up, and hands to a writer what may be deleted.

    Args:
        manifest: its name.
        contents: its entries.
        schema: the table's keys.
        condition: on which items are deleted.
        reader: looks them up, strongly consistent.
        left: takes the others.
        thread: the only one in which contents and left items are used.

    Attributes:
        seen: what became of the items so far.
    """

    def __init__(
        self,
        *,
        manifest: str,
        contents: ManifestContents,
        schema: TableSchema,
        condition: Unchanged,
        reader: Reader,
        left: LeftItems,
        thread: ThreadPoolExecutor,
    ) -> None:
        self.seen = Seen()
        self._manifest = manifest
        self._contents = contents
        self._key_of = Marshaller(schema).key_of
        self._condition = condition
        self._reader = reader
        self._left = left
        self._thread = thread
        self._ahead = LookAhead()

    async def run(
        self, writer: BulkWriter | None, on_items: Callable[[int], None] | None
    ) -> None:
        """Look all items up, and have those deleted that are as they were written.

        Args:
            writer: deletes; None: nothing is deleted.
            on_items: called with the number of items that were looked up so far.
        """
        entries = self._contents.entries()
        some: list[Entry] = []
        while True:
            wanted = max(0, self._ahead.count(_rate(writer)) - len(some))
            some += await self._next(entries, wanted)
            if not some:
                return
            taken = await self._take(some, writer)
            self.seen.looked_up += taken
            some = some[taken:]
            if on_items is not None:
                on_items(self.seen.looked_up)

    async def account_for_unmet(self) -> None:
        """Find out whether what was not deleted went by itself, or was changed."""
        seen = self.seen
        if not seen.unmet and not seen.refused:
            return
        entries = self._contents.entries()
        while some := await self._next(entries, _PORTION):
            unmet = [entry for entry in some if entry.line in seen.unmet]
            if unmet:
                found = await self._found(unmet)
                there = [entry for entry in unmet if entry.line in found]
                seen.vanished += len(unmet) - len(there)
                await self._leave(there, CHANGED)
            for entry in some:
                if entry.line in seen.refused:
                    await self._leave((entry,), seen.refused[entry.line])

    def heard(self, event: Event) -> None:
        """Take an event of the writer."""
        if isinstance(event, ItemExisting):
            self.seen.unmet.add(event.position)

    def refused(self, failed: FailedItem) -> None:
        """Take an item that the writer could not delete."""
        self.seen.refused[failed.position] = failed.reason

    async def _take(self, entries: Sequence[Entry], writer: BulkWriter | None) -> int:
        """Look some entries up, and deal with the first of them; return how many."""
        found, rate = await self._found(entries), _rate(writer)
        self._ahead.learn(len(entries), found.values())
        if writer is not None and not self._ahead.is_fast(rate):
            await writer.flush()
        left: dict[str, list[Entry]] = defaultdict(list)
        taken, units = 0, 0.0
        for entry in entries:
            item = found.get(entry.line)
            if item is None:
                self.seen.gone += 1
            elif reason := self._reason_to_leave(entry, item):
                left[reason].append(entry)
            elif units and self._ahead.is_too_far(units + units_of(item), rate):
                break
            else:
                units += units_of(item)
                self.seen.deletable += 1
                if writer is not None:
                    await writer.put_chunk(self._chunk(entry, item))
            taken += 1
        for reason, some in left.items():
            await self._leave(some, reason)
        return taken

    def _reason_to_leave(self, entry: Entry, item: Mapping[str, Any]) -> str:
        """Return why an item that is there is not deleted; empty: it is."""
        if not entry.creation.is_certain:
            return UNKNOWN
        if item_digest(item).hex() != entry.creation.digest:
            return CHANGED
        return "" if self._condition.can_compare(item) else TOO_MANY_ATTRIBUTES

    def _chunk(self, entry: Entry, item: Mapping[str, Any]) -> Chunk:
        # Its position is the line: whatever is told of it names that.
        line = entry.line
        return Chunk((WireItem(item),), line, self._manifest, (line,))

    async def _found(self, entries: Sequence[Entry]) -> dict[int, Mapping[str, Any]]:
        """Return what the table has of some entries, by their lines."""
        key_of = self._key_of
        lines = {key_of(entry.creation.key): entry.line for entry in entries}
        found = await self._reader.look_up([entry.creation.key for entry in entries])
        return {lines[key_of(item)]: item for item in found}

    async def _next(self, entries: Iterator[Entry], count: int) -> list[Entry]:
        return await self._use(lambda: [*islice(entries, count)])

    async def _leave(self, entries: Sequence[Entry], reason: str) -> None:
        if entries:
            await self._use(lambda: self._left.add(entries, reason))

    def _use(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do something that blocks, in the one thread that does."""
        return asyncio.get_running_loop().run_in_executor(self._thread, work)


def _rate(writer: BulkWriter | None) -> float:
    """Return how many write units a second there are, of whatever has the fewest."""
    if writer is None:
        return float("inf")  # nothing is deleted
    return min(writer.snapshot().budgets.values(), default=1.0)
