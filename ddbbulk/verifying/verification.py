"""A source compared with a table: read once, looked up in portions, settled at last."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from ddbbulk.canonical import key_digest
from ddbbulk.failures import FailedItem
from ddbbulk.intake import Origin
from ddbbulk.ledger import SHOWN_REJECTIONS
from ddbbulk.marshal import Key, Marshaller, Refused, Write
from ddbbulk.printable import printable
from ddbbulk.report import Rejection
from ddbbulk.sources import Chunk, ItemSource
from ddbbulk.verifying.judging import Judge, Suspect, item_of
from ddbbulk.verifying.reservoir import Reservoir
from ddbbulk.verifying.suspects import EQUAL, SeenKeys, SuspectRow, SuspectStore

LookUp = Callable[[Sequence[Mapping[str, Any]]], Awaitable[Sequence[Mapping[str, Any]]]]
Result = TypeVar("Result")

# BatchGetItem takes so many keys; of large items fewer are asked for, lest too much of
# them is held at once.
_PORTION_KEYS: Final = 100
_PORTION_BYTES: Final = 1024 * 1024
_PORTIONS_IN_FLIGHT: Final = 16
# To go to another thread takes as long as some items do.
_UNSEEN_ITEMS: Final = 250
_KEY_CHARACTERS: Final = 64
_MESSAGES: Final = {
    "Missing": "the table has no item of this key",
    "NotDeleted": "the table still has the item that the source deletes",
}


@dataclass(slots=True)
class Tally:
    """What was counted while the source was read.

    Args:
        items: that the source has.
        compared: those that were looked up.
        equal: those of them that the table holds as they are.
        rejected: those that no load could write.
        rejections: the first of these.
    """

    items: int = 0
    compared: int = 0
    equal: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list[Rejection])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where a verification keeps what it must not hold in memory.

    Args:
        seen: every key of the source.
        suspects: what is not equal.
        reservoir: chooses a sample; None: all items are compared.
        thread: the only one that uses them.
    """

    seen: SeenKeys
    suspects: SuspectStore
    reservoir: Reservoir | None
    thread: ThreadPoolExecutor

    def use(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do something with them, in their thread."""
        return asyncio.get_running_loop().run_in_executor(self.thread, work)


class Verification:
    """One reading of a source beside a table.

    Args:
        table: name or ARN, for failures.
        marshaller: for the table's schema.
        judge: compares.
        look_up: returns the items of the table under some keys.
        look_again: the same, strongly consistent, for what is not equal at the first
            look; None: the first look is believed.
        stores: where what is too much for the memory is kept.
        has_lines: whether the lines of a failures file are wanted.
        redact_keys: leave keys out of what is shown.
        on_items: called with the number of items that were compared so far.
    """

    def __init__(  # noqa: PLR0913 -- what it joins, each by its name
        self,
        *,
        table: str,
        marshaller: Marshaller,
        judge: Judge,
        look_up: LookUp,
        look_again: LookUp | None,
        stores: Stores,
        has_lines: bool = False,
        redact_keys: bool = False,
        on_items: Callable[[int], None] | None = None,
    ) -> None:
        self.tally = Tally()
        self._table = table
        self._marshaller = marshaller
        self._judge = judge
        self._look_up = look_up
        self._look_again = look_again
        self._stores = stores
        self._has_lines = has_lines
        self._redact_keys = redact_keys
        self._on_items = on_items
        self._unseen: list[Write] = []
        self._unseen_bytes = 0
        self._portion: list[Write] = []
        self._keys: set[Key] = set()
        self._bytes = 0
        self._slots = asyncio.Semaphore(_PORTIONS_IN_FLIGHT)

    async def run(self, source: ItemSource) -> None:
        """Read the source, look its items up, and find out what is superseded.

        Raises:
            SourceError: the source failed.
            RequestError: the table could not be read.
            ConfigurationError: the source cannot be opened, or the disk is full.
        """
        failure: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._read(source, tasks)
                await self._compare_sample(tasks)
        except BaseExceptionGroup as group:
            failure = group.exceptions[0]
        if failure is not None:
            raise failure
        await self._settle()

    async def _settle(self) -> None:
        """Find out which suspects a later item of the source has superseded."""
        stores = self._stores
        if not len(stores.suspects):
            return
        blocks = stores.seen.blocks()
        # A part at a time: so it can be interrupted.
        while block := await stores.use(lambda: next(blocks, None)):
            keys = block
            await stores.use(lambda: stores.suspects.settle(keys))  # noqa: B023 -- awaited at once

    async def _read(self, source: ItemSource, tasks: asyncio.TaskGroup) -> None:
        async with aclosing(source.read()) as chunks:
            async for chunk in chunks:
                await self._take(chunk, tasks)
        await self._see()
        await self._begin_portion(tasks)

    async def _take(self, chunk: Chunk, tasks: asyncio.TaskGroup) -> None:
        results = self._marshaller.put_all(chunk.items, chunk.start, chunk)
        self.tally.items += len(results)
        writes = [one for one in results if isinstance(one, Write)]
        if len(writes) < len(results):
            for refused in results:
                if isinstance(refused, Refused):
                    self._reject(refused, chunk)
        self._unseen += writes
        self._unseen_bytes += sum([len(write.body) for write in writes])
        if len(self._unseen) >= _UNSEEN_ITEMS or self._unseen_bytes >= _PORTION_BYTES:
            await self._see()
        if self._stores.reservoir is None:
            await self._add(writes, tasks)

    async def _see(self) -> None:
        """Note the keys that came, and choose among their items."""
        writes, self._unseen = self._unseen, []
        self._unseen_bytes = 0
        stores = self._stores

        def keep() -> None:
            stores.seen.add(writes)
            if stores.reservoir is not None:
                stores.reservoir.offer(writes)

        await stores.use(keep)

    async def _compare_sample(self, tasks: asyncio.TaskGroup) -> None:
        stores = self._stores
        if stores.reservoir is None:
            return
        portions = stores.reservoir.chosen(_PORTION_KEYS)
        while writes := await stores.use(lambda: next(portions, None)):
            await self._add(writes, tasks)
        await self._begin_portion(tasks)

    def _reject(self, refused: Refused, chunk: Chunk) -> None:
        tally = self.tally
        tally.rejected += 1
        if len(tally.rejections) < SHOWN_REJECTIONS:
            tally.rejections.append(
                Rejection(
                    position=refused.position,
                    where=chunk.where(refused.position),
                    code=refused.code,
                    message=refused.message,
                )
            )

    async def _add(self, writes: Sequence[Write], tasks: asyncio.TaskGroup) -> None:
        for write in writes:
            self._portion.append(write)
            self._keys.add(write.key)
            self._bytes += len(write.body)
            if len(self._keys) >= _PORTION_KEYS or self._bytes >= _PORTION_BYTES:
                await self._begin_portion(tasks)

    async def _begin_portion(self, tasks: asyncio.TaskGroup) -> None:
        if not self._portion:
            return
        writes, self._portion = self._portion, []
        self._keys.clear()
        self._bytes = 0
        await self._slots.acquire()
        tasks.create_task(self._compare(writes))

    async def _compare(self, writes: Sequence[Write]) -> None:
        try:
            judge = self._judge
            found = await self._look_up(judge.keys(writes))
            suspects = judge.suspects(writes, found, now=time.time())
            if suspects and self._look_again is not None:
                keys = {suspect.write.key for suspect in suspects}
                again = [write for write in writes if write.key in keys]
                found = await self._look_again(judge.keys(again))
                suspects = judge.suspects(again, found, now=time.time())
            await self._keep(writes, suspects)
        finally:
            self._slots.release()
        self.tally.compared += len(writes)
        self.tally.equal += len(writes) - len(suspects)
        if self._on_items is not None:
            self._on_items(self.tally.compared)

    async def _keep(self, writes: Sequence[Write], suspects: Sequence[Suspect]) -> None:
        rows = [self._row(suspect) for suspect in suspects]
        stores = self._stores
        if stores.reservoir is not None:
            positions = {suspect.write.position for suspect in suspects}
            rows += [
                SuspectRow(key_digest(write.key), write.position, EQUAL)
                for write in writes
                if write.position not in positions
            ]
        if rows:
            await stores.use(lambda: stores.suspects.add(rows))

    def _row(self, suspect: Suspect) -> SuspectRow:
        write, code = suspect.write, suspect.code
        where = cast("Origin", write.origin).where(write.position)
        key = write.key if isinstance(write.key, str) else ", ".join(write.key)
        return SuspectRow(
            digest=key_digest(write.key),
            position=write.position,
            code=code,
            where=where,
            key=None if self._redact_keys else printable(key, limit=_KEY_CHARACTERS),
            attributes=suspect.attributes,
            line=self._line(suspect, where) if self._has_lines else b"",
        )

    def _line(self, suspect: Suspect, where: str) -> bytes:
        """Return the line of a failures file that mends the table once it is loaded."""
        write = suspect.write
        message = _MESSAGES.get(suspect.code) or (
            f"the table has another item: {', '.join(suspect.attributes)}"
        )
        return FailedItem(
            table=self._table,
            item=dict(item_of(write)),
            operation=write.operation,
            reason=suspect.code,
            message=message,
            attempts=0,
            position=write.position,
            where=where,
        ).line()
