"""The checkpoint of a running load: read once, kept up to date, closed with an end."""

import asyncio
import math
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import orjson

from ddbbulk.checkpoint.agreement import check_manner, check_source, check_table
from ddbbulk.checkpoint.bookmarks import Bookmarks
from ddbbulk.checkpoint.live import certain_part
from ddbbulk.checkpoint.state import (
    BEGINNING,
    CheckpointState,
    Counts,
    DamagedError,
    Place,
    TableMark,
    read_back,
    written_out,
)
from ddbbulk.errors import ConfigurationError
from ddbbulk.ledger import Ledger
from ddbbulk.locked_file import LockedFile, explained
from ddbbulk.positions import DonePositions, open_parts
from ddbbulk.sources import Chunk, ItemSource, LiveSource, SeekableSource

Result = TypeVar("Result")

# How much work, in seconds, a kill makes to be done again.
SAVE_SECONDS: Final = 0.5


class Checkpoint:
    """What is done of a load, in a file that only this process has.

    ::

        async with Checkpoint(path, source) as checkpoint:
            async with BulkWriter(table, checkpoint=checkpoint) as writer:
                async for chunk in checkpoint.read():
                    await writer.put_chunk(chunk)

    Args:
        path: the file; it is made, for its owner only, where there is none.
        source: what is loaded.
        save_seconds: how often the file is brought up to date.

    Attributes:
        was_cut: whether an earlier run ended with requests on their way, which may
            still land.
        was_finished: whether an earlier run did all of it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        source: ItemSource,
        *,
        save_seconds: float = SAVE_SECONDS,
    ) -> None:
        self._path = path
        self._source = seekable(source)
        self._save_seconds = save_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ddbbulk-checkpoint")
        self._file: LockedFile | None = None
        self._identity: dict[str, Any] = {}
        self._found: CheckpointState | None = None
        self._table = TableMark(name="")
        self._manner: Mapping[str, str | None] = {}
        self._done = DonePositions()
        self._ledger: Ledger | None = None
        self._bookmarks = Bookmarks()
        self._saved_count = -1
        self._is_read = False
        self.was_cut = False
        self.was_finished = False

    async def __aenter__(self) -> Self:
        try:
            await self._in_thread(self._open)
        except BaseException:
            await self._release()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._release()

    @property
    def name(self) -> str:
        """How its user has named the file, safe for a terminal."""
        return self._file.name if self._file else str(self._path)

    @property
    def identity(self) -> Mapping[str, Any]:
        """What tells the source from others."""
        return self._identity

    @property
    def was_begun(self) -> bool:
        """Whether an earlier run has begun this load."""
        return self._found is not None

    async def begin(self, table: TableMark, manner: Mapping[str, str | None]) -> None:
        """Take up the load where it was left; nothing may be sent before.

        Args:
            table: the table that is written to.
            manner: options that change what a write does, by their names.

        Raises:
            ConfigurationError: the checkpoint is of another table, or was begun with
                other options, or its file cannot be written.
        """
        self._table, self._manner = table, manner
        found = self._found
        if found is None:
            state = self._state(is_clean=False, is_finished=False)
        else:
            check_table(self.name, found, table)
            check_manner(self.name, found, manner)
            known = {name: value for name, value in found.table if value is not None}
            self._table = table.model_copy(update=known)
            state = found.model_copy(update={"is_clean": False})
        if not self.was_finished:
            # Whenever this run is killed, its requests may land after that. (Besides,
            # an empty file is a beginning: so it must not be one for long.)
            await self._in_thread(partial(self._replace, state))

    def ledger(self, resources: Sequence[str]) -> Ledger:
        """Return the ledger to count in: what earlier runs did is in it."""
        found = self._found
        counts = found.counts if found else Counts()
        self._ledger = Ledger(
            resources,
            done=self._done,
            items_resumed=counts.total,
            items_read=counts.total,
            rejections=list(found.rejections if found else ()),
            **counts.model_dump(),
        )
        return self._ledger

    async def read(self) -> AsyncGenerator[Chunk, None]:
        """Yield what is not done yet of the source, in its order.

        Raises:
            SourceError: the source failed; what was yielded before it counts.
            ConfigurationError: the source cannot be opened.
        """
        if self.was_finished:
            return
        done = self._done.ranges()
        start = self._done.first_open()
        bookmark = self._bookmarks.latest(start)
        async with aclosing(self._source.read(start, bookmark=bookmark)) as chunks:
            async for chunk in chunks:
                if chunk.bookmark is not None:
                    self._bookmarks.add(chunk.bookmark)
                if not done or done[-1][1] <= chunk.start:
                    yield chunk
                    continue
                end = chunk.start + len(chunk.items)
                for first, last in open_parts(chunk.start, end, done):
                    yield chunk.between(first, last)
        self._is_read = True

    async def keep(self, before: Callable[[], Awaitable[None]]) -> None:
        """Bring the file up to date now and again, until this is cancelled.

        Args:
            before: awaited before each time: what is done has to be on disk by then.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        while True:
            await asyncio.sleep(self._save_seconds)
            if self._done.count != self._saved_count:
                state = self._state(is_clean=False, is_finished=False)
                await before()
                await self._in_thread(partial(self._replace, state))
                self._saved_count = state.counts.total

    async def close(self, *, is_complete: bool, is_clean: bool) -> None:
        """Write how the load ended.

        Args:
            is_complete: all that was read is settled.
            is_clean: no request is without its answer.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        if self.was_finished:
            return
        is_finished = self._is_read and is_complete
        state = self._state(is_clean=is_clean, is_finished=is_finished)
        # A load that is cancelled once more leaves the thread to end this.
        await asyncio.shield(self._in_thread(partial(self._replace, state)))

    def _state(self, *, is_clean: bool, is_finished: bool) -> CheckpointState:
        ledger = self._ledger or Ledger([""])
        # At the end of a load nothing is left that a late landing could replace.
        now = math.inf if is_finished else asyncio.get_running_loop().time()
        counts = ledger.done_counts(now)
        bookmark = self._bookmarks.latest(self._done.first_open())
        return CheckpointState.model_construct(
            table=self._table,
            source=self._identity,
            manner=dict(self._manner),
            done=tuple(self._done.ranges()),
            counts=Counts(**counts._asdict()),
            rejections=tuple(ledger.rejections),
            bookmark=None
            if bookmark is None
            else Place(position=bookmark.position, place=dict(bookmark.place)),
            is_finished=is_finished,
            is_clean=is_clean,
            saved_at=datetime.now(UTC),
        )

    def _in_thread(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        self._file = LockedFile.open(self._path, what="checkpoint", is_new_allowed=True)
        # As it comes back from the file.
        self._identity = orjson.loads(orjson.dumps(self._source.identity()))
        data = self._contents(self._file)
        if not data:
            return
        try:
            found = read_back(data)
        except DamagedError as error:
            raise ConfigurationError(
                f"the checkpoint {self.name} is damaged: {error}. What is done is not "
                "known from it; remove it to load everything once more"
            ) from None
        check_source(self.name, found, self._identity)
        if isinstance(self._source, LiveSource) and self._source.is_live:
            found = certain_part(found)
        self._take_up(found)

    def _contents(self, file: LockedFile) -> bytes:
        """Return what the file holds, if it begins as a checkpoint does.

        Of anything else no more is read: it may be the largest file there is.
        """
        with (
            explained(f"the checkpoint {self.name} cannot be read"),
            file.stream() as stream,
        ):
            head = stream.read(len(BEGINNING))
            if not BEGINNING.startswith(head):
                raise ConfigurationError(
                    f"{self.name} is no checkpoint of ddbbulk: name another file, or "
                    "one that is not there yet"
                )
            return head + stream.read()

    def _take_up(self, found: CheckpointState) -> None:
        self._found = found
        self._done = DonePositions(found.done)
        self._saved_count = found.counts.total
        self.was_cut = not found.is_clean
        self.was_finished = found.is_finished
        if found.bookmark is not None:
            self._bookmarks = Bookmarks(found.bookmark.bookmark())

    def _replace(self, state: CheckpointState) -> None:
        if self._file is not None:
            self._file.replace([written_out(state)])

    async def _release(self) -> None:
        def close() -> None:
            file, self._file = self._file, None
            if file is not None:
                file.close()

        try:
            await asyncio.shield(self._in_thread(close))
        finally:
            self._thread.shutdown(wait=False)


def seekable(source: ItemSource) -> SeekableSource:
    """Return the source as one that a later run can read from its middle.

    Raises:
        ConfigurationError: it is none; the message says what would be.
    """
    if isinstance(source, SeekableSource):
        return source
    raise ConfigurationError(
        f"{source.name} cannot be read from its middle by a later run, so a checkpoint "
        "is of no use: give a file or a @ddbbulk.generator, or load it without one"
    )
