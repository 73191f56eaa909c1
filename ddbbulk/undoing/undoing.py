"""What a load has created is looked up, and deleted where nobody has changed it.

Every item of the manifest is looked up, strongly consistent. One that is as the load
has written it, by its digest, is deleted on the condition that every attribute is still
as it was seen just now. (Only an attribute that somebody adds in that moment escapes
this: no condition can say that there are no others. So little time passes between the
look and the delete: a second or two, also where the budget is small.) All else is left,
and listed. Nothing in the manifest changes, so the same undo can be run again.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import islice
from os import PathLike
from types import TracebackType
from typing import Any, Final, Self, TypeVar, Unpack

from ddbbulk.aws import Connection, connect_by
from ddbbulk.canonical import item_digest
from ddbbulk.errors import ConfigurationError
from ddbbulk.events import Event, ItemExisting
from ddbbulk.failures import FailedItem
from ddbbulk.locked_file import LockedFile
from ddbbulk.manifest import ManifestHeader, OpenedManifest
from ddbbulk.marshal import Marshaller, WireItem
from ddbbulk.reading import Reader, check_options, open_reader
from ddbbulk.report import LoadReport
from ddbbulk.scratch import ScratchFile
from ddbbulk.sources import Chunk
from ddbbulk.tables import TableDescription, describe_table
from ddbbulk.unchanged import TOO_MANY_ATTRIBUTES, Unchanged
from ddbbulk.undoing.contents import Entry, ManifestContents
from ddbbulk.undoing.drafting import Outcome, draw_up
from ddbbulk.undoing.left_items import CHANGED, UNKNOWN, LeftItems
from ddbbulk.undoing.options import UndoOptions, writer_options
from ddbbulk.undoing.report import UndoReport
from ddbbulk.undoing.seen import Seen
from ddbbulk.writer import BulkWriter

Result = TypeVar("Result")

_PORTION: Final = 100
_COUNTED_AT_ONCE: Final = 10_000
# Below it the writer's queue would hold more than two seconds of deletes.
_FAST_WCU: Final = 1000.0


class Undoing:
    """An undo: opened, so that it can be said what it is about, and then run.

    Args:
        manifest: the file that the load has written.
        options: see ``UndoOptions``.

    Attributes:
        header: of the manifest.
        described: the table.
        items_created: how many items the manifest tells of.
    """

    header: ManifestHeader
    described: TableDescription

    def __init__(
        self, manifest: str | PathLike[str], **options: Unpack[UndoOptions]
    ) -> None:
        check_options(options, UndoOptions)
        self.items_created = 0
        self._path = manifest
        self._options = options
        self._stack = AsyncExitStack()
        self._thread: ThreadPoolExecutor
        self._manifest: OpenedManifest
        self._contents: ManifestContents
        self._connection: Connection
        self._reader: Reader
        self._condition: Unchanged
        self._left: LeftItems
        self._left_file: LockedFile | None = None
        self._seen = Seen()

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def run(self) -> UndoReport:
        """Delete what may be deleted; return the account of it.

        Raises:
            RequestError: the table cannot be read or written to.
            ConfigurationError: the disk is full.
        """
        started_at, started = datetime.now(UTC), time.perf_counter()
        written: LoadReport | None = None
        if self._options.get("dry_run", False):
            await self._look_up_all(None)
        else:
            written = await self._delete()
        await self._account_for_unmet()
        if self._left_file is not None:
            file = self._left_file
            await self._use(lambda: self._left.write(file))
        seen = self._seen
        return draw_up(
            Outcome(
                table=self.described.name,
                manifest=self._manifest.name,
                started_at=started_at,
                elapsed_seconds=time.perf_counter() - started,
                items_created=self.items_created,
                items_gone=seen.gone,
                items_vanished=seen.vanished,
                items_deletable=seen.deletable,
                written=written,
                left=self._left,
                reader=self._reader,
            )
        )

    async def _open(self) -> None:
        await self._open_manifest()
        await self._open_table()
        self._open_stores()
        contents = self._contents
        while await self._use(contents.read_some):
            pass  # a part at a time: so it can be interrupted
        portions = contents.portions(_COUNTED_AT_ONCE)
        while entries := await self._use(lambda: next(portions, None)):
            self.items_created += len(entries)

    async def _open_manifest(self) -> None:
        self._manifest = await asyncio.to_thread(
            OpenedManifest.open, self._path, is_new_allowed=False
        )
        self._stack.callback(self._manifest.close)
        if self._manifest.header is None:
            raise ConfigurationError(
                f"the manifest {self._manifest.name} is empty: no load has begun it"
            )
        self.header = self._manifest.header

    async def _open_table(self) -> None:
        options, table = self._options, self.header.table
        connection = options.get("connection")
        if connection is None:
            limit = options.get("max_connections", 64)
            own = connect_by(options, max_connections=limit)
            connection = await self._stack.enter_async_context(own)
        self._connection = connection
        self.described = await describe_table(connection, table)
        self._check_table()
        self._condition = Unchanged(table=table, schema=self.described.schema)
        self._reader = await open_reader(
            table,
            connection=connection,
            rcu=options.get("rcu"),
            stack=self._stack,
            is_consistent=True,
            transport=options.get("transport"),
            retry=options.get("retry"),
            described=self.described,
        )

    def _open_stores(self) -> None:
        options, stack = self._options, self._stack
        path = options.get("left_file")
        if path is not None:
            what = "list of items"
            self._left_file = LockedFile.open(path, what=what, is_new_allowed=True)
            stack.callback(self._left_file.close)
        draft = stack.enter_context(ScratchFile())
        self._left = LeftItems(draft, redact_keys=options.get("redact_keys", False))
        contents = ManifestContents(self._manifest, self.described.schema)
        self._contents = stack.enter_context(contents)
        # Left first: nobody is in the others any more when they are closed.
        thread = ThreadPoolExecutor(1, thread_name_prefix="ddbbulk-undo")
        self._thread = stack.enter_context(thread)

    def _check_table(self) -> None:
        """Refuse a table that is not the one that was loaded."""
        described = self.described
        now = self.header.model_copy(
            update={
                "arn": described.arn or None,
                "table_id": described.table_id,
                "keys": tuple(key.name for key in described.schema.keys),
            }
        )
        if other := self.header.difference(now):
            raise ConfigurationError(
                f"the manifest {self._manifest.name} is not of this table: {other}. "
                "Nothing was deleted"
            )

    async def _delete(self) -> LoadReport:
        """Look all entries up, and delete those that are as they were written."""
        table, more = self.header.table, writer_options(self._options)
        more["on_event"] = self._heard
        more["on_failure"] = self._refused
        more["connection"] = self._connection
        async with BulkWriter(table, condition=self._condition, **more) as writer:
            await self._look_up_all(writer)
        return writer.report

    async def _look_up_all(self, writer: BulkWriter | None) -> None:
        entries = self._contents.entries()
        on_items = self._options.get("on_items")
        count = max(1, min(_PORTION, int(_rate(writer))))
        while some := await self._use(lambda: [*islice(entries, count)]):
            await self._take(some, writer)
            self._seen.looked_up += len(some)
            if on_items is not None:
                on_items(self._seen.looked_up)

    async def _take(self, entries: Sequence[Entry], writer: BulkWriter | None) -> None:
        found = await self._found(entries)
        if writer is not None and _rate(writer) < _FAST_WCU:
            # What was seen long ago may not be so any more.
            await writer.flush()
        left: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            item = found.get(entry.line)
            if item is None:
                self._seen.gone += 1
            elif reason := self._reason_to_leave(entry, item):
                left[reason].append(entry)
            else:
                self._seen.deletable += 1
                if writer is not None:
                    await writer.put_chunk(self._chunk(entry, item))
        for reason, some in left.items():
            await self._leave(some, reason)

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
        return Chunk((WireItem(item),), line, self._manifest.name, (line,))

    async def _found(self, entries: Sequence[Entry]) -> dict[int, Mapping[str, Any]]:
        """Return what the table has of some entries, by their lines."""
        key_of = Marshaller(self.described.schema).key_of
        lines = {key_of(entry.creation.key): entry.line for entry in entries}
        found = await self._reader.look_up([entry.creation.key for entry in entries])
        return {lines[key_of(item)]: item for item in found}

    async def _account_for_unmet(self) -> None:
        """Find out whether what was not deleted went by itself, or was changed."""
        seen = self._seen
        if not seen.unmet and not seen.refused:
            return
        portions = self._contents.portions(_PORTION)
        while entries := await self._use(lambda: next(portions, None)):
            unmet = [entry for entry in entries if entry.line in seen.unmet]
            if unmet:
                found = await self._found(unmet)
                there = [entry for entry in unmet if entry.line in found]
                seen.vanished += len(unmet) - len(there)
                await self._leave(there, CHANGED)
            for entry in entries:
                if entry.line in seen.refused:
                    await self._leave((entry,), seen.refused[entry.line])

    async def _leave(self, entries: Sequence[Entry], reason: str) -> None:
        if entries:
            await self._use(lambda: self._left.add(entries, reason))

    def _heard(self, event: Event) -> None:
        if isinstance(event, ItemExisting):
            self._seen.unmet.add(event.position)
        listener = self._options.get("on_event")
        if listener is not None:
            listener(event)

    def _refused(self, failed: FailedItem) -> None:
        self._seen.refused[failed.position] = failed.reason

    def _use(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do something that blocks, in the one thread that does."""
        return asyncio.get_running_loop().run_in_executor(self._thread, work)


def _rate(writer: BulkWriter | None) -> float:
    """Return how many small items a second may be deleted."""
    return _FAST_WCU if writer is None else writer.snapshot().budgets.get("", 1.0)
