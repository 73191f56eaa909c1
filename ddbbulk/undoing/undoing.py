"""What a load has created is looked up, and deleted where nobody has changed it.

Every item of the manifest is looked up, strongly consistent. One that is as the load
has written it, by its digest, is deleted on the condition that every attribute is still
as it was seen just now. (Only an attribute that somebody adds in that moment escapes
this: no condition can say that there are no others. So little time passes between look
and delete.) All else is left, and listed. Nothing in the manifest changes, so the same
undo can be run again.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from os import PathLike
from types import TracebackType
from typing import Final, Self, TypeVar, Unpack

from ddbbulk.aws import Connection, connect_by
from ddbbulk.errors import ConfigurationError
from ddbbulk.events import Event
from ddbbulk.locked_file import LockedFile
from ddbbulk.manifest import ManifestHeader, OpenedManifest
from ddbbulk.reading import Reader, check_options, open_reader
from ddbbulk.report import LoadReport
from ddbbulk.scratch import ScratchFile
from ddbbulk.tables import TableDescription, describe_table
from ddbbulk.unchanged import Unchanged
from ddbbulk.undoing.contents import ManifestContents
from ddbbulk.undoing.drafting import Outcome, draw_up
from ddbbulk.undoing.left_items import LeftItems
from ddbbulk.undoing.options import UndoOptions, writer_options
from ddbbulk.undoing.report import UndoReport
from ddbbulk.undoing.sweep import Sweep
from ddbbulk.writer import BulkWriter

Result = TypeVar("Result")

_COUNTED_AT_ONCE: Final = 10_000


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
        self._sweep: Sweep

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
            await self._sweep.run(None, self._options.get("on_items"))
        else:
            written = await self._delete()
        await self._sweep.account_for_unmet()
        if self._left_file is not None:
            file = self._left_file
            await self._use(lambda: self._left.write(file))
        seen = self._sweep.seen
        return draw_up(
            Outcome(
                table=self.described.name,
                manifest=self._manifest.name,
                started_at=started_at,
                elapsed_seconds=time.perf_counter() - started,
                is_whole=self._manifest.is_whole,
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
        self._sweep = Sweep(
            manifest=self._manifest.name,
            contents=self._contents,
            schema=self.described.schema,
            condition=self._condition,
            reader=self._reader,
            left=self._left,
            thread=self._thread,
        )

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
        more["on_failure"] = self._sweep.refused
        more["connection"] = self._connection
        async with BulkWriter(table, condition=self._condition, **more) as writer:
            await self._sweep.run(writer, self._options.get("on_items"))
        return writer.report

    def _heard(self, event: Event) -> None:
        self._sweep.heard(event)
        listener = self._options.get("on_event")
        if listener is not None:
            listener(event)

    def _use(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do something that blocks, in the one thread that does."""
        return asyncio.get_running_loop().run_in_executor(self._thread, work)
