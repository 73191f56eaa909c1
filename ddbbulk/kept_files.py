"""The files that a load keeps of its items: those rejected, and those created."""

import hashlib
import os
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Self

import orjson

from ddbbulk.checkpoint import Checkpoint
from ddbbulk.errors import AccessDeniedError, ConfigurationError
from ddbbulk.failures import FailureOutlet
from ddbbulk.line_log import LineLog
from ddbbulk.manifest import (
    END,
    Acknowledgement,
    ManifestHeader,
    OpenedManifest,
    creation_lines,
)
from ddbbulk.marshal import Write
from ddbbulk.reading import ReadBudget, Reader
from ddbbulk.schema import TableSchema
from ddbbulk.target import Target, WriterOptions
from ddbbulk.transport import ReadingTransport

# For one request, which is not to wait.
_LOOK_RCU = 1000.0


class KeptFiles:
    """Opened before the first item comes, and closed after the last answer.

    Args:
        outlet: takes failed items.
        manifest: takes what was written; None: nobody wants to know.
    """

    def __init__(
        self,
        outlet: FailureOutlet | None = None,
        manifest: LineLog[Acknowledgement] | None = None,
    ) -> None:
        self.outlet = outlet or FailureOutlet()
        self._manifest = manifest

    @classmethod
    async def open(
        cls, target: Target, options: WriterOptions, checkpoint: Checkpoint | None
    ) -> Self:
        """Return the files that the options ask for, ready to be written.

        Raises:
            ConfigurationError: they cannot be, or what the load creates could not be
                told from what it replaces.
            RequestError: it could not be seen whether the table is empty.
        """
        outlet = await FailureOutlet.open(
            options.get("failures"), options.get("on_failure"), table=target.table
        )
        path = options.get("manifest")
        try:
            manifest = (
                None
                if path is None
                else await _opened_manifest(path, target, options, checkpoint)
            )
        except BaseException:
            await outlet.close()
            raise
        return cls(outlet, manifest)

    @property
    def is_recording(self) -> bool:
        """Whether what is written is told of in a file."""
        return self._manifest is not None

    def record(self, writes: Sequence[Write], is_certain: bool) -> None:  # noqa: FBT001 -- as ``Acknowledged`` is called
        """Take writes that were acknowledged."""
        if self._manifest is not None:
            entries = [Acknowledgement(write.body, is_certain) for write in writes]
            self._manifest.append(entries, sum(len(write.body) for write in writes))

    def keep(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what has to run while the load does."""
        yield self.outlet.keep()
        if self._manifest is not None:
            yield self._manifest.keep()

    async def wait_for_room(self) -> None:
        """Return when the files can take more."""
        await self.outlet.wait_for_room()
        if self._manifest is not None:
            await self._manifest.wait_for_room()

    async def sync(self) -> None:
        """Return once what they were handed so far would survive a loss of power.

        Raises:
            ConfigurationError: a file cannot be written.
        """
        await self.outlet.sync()
        if self._manifest is not None:
            await self._manifest.sync()

    async def close(self, *, is_known: bool = False) -> None:
        """Close them.

        Args:
            is_known: every item that the service may have written was acknowledged.

        Raises:
            ConfigurationError: one could not be written, now or before.
        """
        try:
            await self.outlet.close()
        finally:
            if self._manifest is not None:
                if is_known:
                    self._manifest.append([END], 0)
                await self._manifest.close()


async def _opened_manifest(
    path: str | os.PathLike[str],
    target: Target,
    options: WriterOptions,
    checkpoint: Checkpoint | None,
) -> LineLog[Acknowledgement]:
    described = target.described
    mode = options.get("mode", "put")
    header = ManifestHeader(
        table=target.table,
        arn=described.arn if described else None,
        table_id=described.table_id if described else None,
        mode=mode,
        was_empty=await _was_empty(target, is_needed=mode != "insert"),
        source=None if checkpoint is None else _digest(checkpoint.identity),
        started_at=datetime.now(UTC),
        keys=tuple(key.name for key in target.schema.keys),
    )
    is_resumed = checkpoint is not None and checkpoint.was_begun
    beginning = _Beginning(path, header, target.schema, is_resumed=is_resumed)
    log = LineLog(beginning.open, beginning.lines, thread="ddbbulk-manifest")
    await log.open()
    return log


class _Beginning:
    """Begins a manifest, or goes on with that of the same load.

    Args:
        path: where it is.
        header: what this load would begin it with.
        schema: the table's keys.
        is_resumed: an earlier run has begun this load.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        header: ManifestHeader,
        schema: TableSchema,
        *,
        is_resumed: bool,
    ) -> None:
        self._path = path
        self._header = header
        self._lines = creation_lines(schema)
        self._is_resumed = is_resumed
        self._was_empty = header.was_empty
        self._is_whole = True

    def open(self) -> OpenedManifest:
        """Return the file, once it is sure that all it will say is true."""
        opened = OpenedManifest.open(self._path, is_new_allowed=True)
        try:
            self._check(opened)
            # Where the table is empty, all that an earlier load has created is gone.
            if opened.header is None or self._header.was_empty:
                opened.begin(self._header)
            else:
                self._is_whole = opened.is_whole or self._goes_on_with(opened.header)
                opened.go_on()
        except BaseException:
            opened.close()
            raise
        return opened

    def lines(self, entries: Sequence[Acknowledgement]) -> bytes:
        """Return the lines of writes that were acknowledged."""
        if not self._is_whole:
            # Another load was killed, and of that it does not tell all.
            entries = [entry for entry in entries if entry is not END]
        if self._was_empty:
            # Whatever is there now, this load has written.
            entries = [entry._replace(is_certain=True) for entry in entries]
        return self._lines(entries)

    def _check(self, opened: OpenedManifest) -> None:
        """Refuse a manifest of another table, and one that could not be true."""
        header, found = self._header, opened.header
        if found is not None and (other := found.difference(header)):
            raise ConfigurationError(
                f"the manifest {opened.name} is not of this table: {other}; name "
                "another file"
            )
        if found is not None and self._goes_on_with(found):
            self._was_empty = self._was_empty or found.was_empty
        if header.mode != "insert" and not self._was_empty:
            raise ConfigurationError(
                f"table {header.table} has items already, and mode {header.mode} may "
                "replace them: so a manifest could not say what this load has created. "
                "Load in mode insert (--mode insert), or into an empty table, or "
                "without a manifest"
            )

    def _goes_on_with(self, found: ManifestHeader) -> bool:
        """Say whether an earlier run of this load has begun the manifest."""
        return self._is_resumed and found.source == self._header.source


async def _was_empty(target: Target, *, is_needed: bool) -> bool:
    """Say whether the table has no item yet; False also where nobody may look.

    Args:
        target: the table.
        is_needed: without an answer there can be no manifest.
    """
    try:
        return await _is_empty(target)
    except (AccessDeniedError, ConfigurationError):
        if is_needed:
            raise
        return False


async def _is_empty(target: Target) -> bool:
    """Say whether the table has no item at this moment."""
    transport = target.transport
    if not isinstance(transport, ReadingTransport):
        raise ConfigurationError(
            f"the transport {transport.name} cannot look whether table {target.table} "
            "is empty: it needs a method read(); or load in mode insert"
        )
    reader = Reader(
        transport,
        table=target.table,
        budget=ReadBudget(_LOOK_RCU),
        is_consistent=True,
    )
    async with aclosing(reader.scan(segments=1, limit=1)) as pages:
        async for page in pages:
            if page.count:
                return False
    return True


def _digest(identity: object) -> str:
    text = orjson.dumps(identity, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()
