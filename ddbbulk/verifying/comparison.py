"""A source compared with a table that was described, and the account of it."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final, Self

from ddbbulk.failures import OpenedFile
from ddbbulk.locked_file import LockedFile
from ddbbulk.marshal import Marshaller
from ddbbulk.reading import DEFAULT_SEGMENTS, Reader
from ddbbulk.scratch import ScratchFile
from ddbbulk.sources import ItemSource
from ddbbulk.tables import TableDescription
from ddbbulk.verifying.drafting import SHOWN_DIFFERENCES, Draft, draw_up
from ddbbulk.verifying.extra_items import ExtraItems, ExtraSearch, open_extra_file
from ddbbulk.verifying.judging import Judge
from ddbbulk.verifying.options import VerifyOptions
from ddbbulk.verifying.report import VerifyReport
from ddbbulk.verifying.reservoir import Reservoir
from ddbbulk.verifying.suspects import SeenKeys, SuspectRow, SuspectStore
from ddbbulk.verifying.verification import Stores, Verification

_LINES_AT_ONCE: Final = 1000


class Comparison:
    """A verification with all that it needs, within a ``with`` block.

    Args:
        table: name or ARN.
        described: the table.
        reader: looks items up.
        expiry: the attribute that says when an item expires; None: none does.
        options: what was asked for.
    """

    def __init__(
        self,
        table: str,
        described: TableDescription,
        reader: Reader,
        expiry: str | None,
        options: VerifyOptions,
    ) -> None:
        self._table = table
        self._described = described
        self._options = options
        self._reader = reader
        self._certain: Reader | None = None
        if options.get("consistency", "rechecked") == "rechecked":
            self._certain = Reader(
                reader.transport,
                table=table,
                budget=reader.budget,
                retry=options.get("retry"),
                is_consistent=True,
            )
        self._started_at = datetime.now(UTC)
        self._started = time.perf_counter()
        self._judge = Judge(described.schema, ttl_attribute=expiry)
        self._resources = ExitStack()
        self._stores: Stores
        self._failures: OpenedFile | None = None
        self._extra_file: LockedFile | None = None

    def __enter__(self) -> Self:
        with ExitStack() as resources:
            options = self._options
            failures, extra = options.get("failures"), options.get("extra_file")
            if failures is not None:
                self._failures = OpenedFile.open(failures, table=self._table)
                resources.callback(self._failures.close)
            if extra is not None:
                self._extra_file = open_extra_file(extra)
                resources.callback(self._extra_file.close)
            suspects = resources.enter_context(SuspectStore())
            seen = resources.enter_context(ScratchFile())
            reservoir = None
            size = options.get("sample")
            if size is not None:
                kept = resources.enter_context(ScratchFile())
                reservoir = Reservoir(size, seed=options.get("seed", 1), file=kept)
            # Left first: nobody is in the stores any more when they are closed.
            thread = resources.enter_context(
                ThreadPoolExecutor(1, thread_name_prefix="ddbbulk-verify")
            )
            self._stores = Stores(
                seen=SeenKeys(seen),
                suspects=suspects,
                reservoir=reservoir,
                thread=thread,
            )
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._resources.close()

    async def report_on(self, source: ItemSource) -> VerifyReport:
        """Compare, and return the account of it.

        Raises:
            DdbBulkError: source or table could not be read, or the disk is full.
        """
        options = self._options
        verification = Verification(
            table=self._table,
            marshaller=Marshaller(self._described.schema),
            judge=self._judge,
            look_up=self._reader.look_up,
            look_again=None if self._certain is None else self._certain.look_up,
            stores=self._stores,
            has_lines=self._failures is not None,
            redact_keys=options.get("redact_keys", False),
            on_items=options.get("on_items"),
        )
        await verification.run(source)
        extra = await self._extra()
        faults = await self._stores.use(self._faults)
        draft = Draft(
            table=self._table,
            source=source.name,
            started_at=self._started_at,
            elapsed_seconds=time.perf_counter() - self._started,
            tally=verification.tally,
            counts=await self._stores.use(self._stores.suspects.counts),
            seed=None if self._stores.reservoir is None else options.get("seed", 1),
            extra=extra,
            described=self._described,
            readers=tuple(filter(None, (self._reader, self._certain))),
            consistency=options.get("consistency", "rechecked"),
            faults=faults,
        )
        return draw_up(draft)

    async def _extra(self) -> ExtraItems | None:
        options = self._options
        if not options.get("extra", False) and self._extra_file is None:
            return None
        search = ExtraSearch(
            self._described.schema,
            stores=self._stores,
            file=self._extra_file,
            segments=options.get("segments", DEFAULT_SEGMENTS),
            on_items=options.get("on_scanned"),
        )
        return await search.run(self._reader)

    def _faults(self) -> list[SuspectRow]:
        """Append all faults to the failures file; return the first of them."""
        shown: list[SuspectRow] = []
        lines: list[bytes] = []
        for row in self._stores.suspects.faults():
            if len(shown) < SHOWN_DIFFERENCES:
                shown.append(row)
            elif self._failures is None:
                break
            lines.append(row.line)
            if len(lines) >= _LINES_AT_ONCE:
                self._append(lines)
        self._append(lines)
        if self._failures is not None:
            self._failures.sync()
        return shown

    def _append(self, lines: list[bytes]) -> None:
        if self._failures is not None and lines:
            self._failures.append(b"".join(lines))
        lines.clear()
