"""The files that a load keeps of its items: those rejected, and those created."""

import hashlib
import os
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

import orjson

from ddbbulk.checkpoint import Checkpoint
from ddbbulk.errors import ConfigurationError
from ddbbulk.failures import FailureOutlet
from ddbbulk.line_log import LineLog
from ddbbulk.manifest import (
    Acknowledgement,
    ManifestHeader,
    OpenedManifest,
    creation_lines,
)
from ddbbulk.marshal import Write
from ddbbulk.reading import ReadBudget, Reader
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

    async def close(self) -> None:
        """Close them.

        Raises:
            ConfigurationError: one could not be written, now or before.
        """
        try:
            await self.outlet.close()
        finally:
            if self._manifest is not None:
                await self._manifest.close()


async def _opened_manifest(
    path: str | os.PathLike[str],
    target: Target,
    options: WriterOptions,
    checkpoint: Checkpoint | None,
) -> LineLog[Acknowledgement]:
    described = target.described
    mode = options.get("mode", "put")
    is_safe = mode == "insert"
    header = ManifestHeader(
        table=target.table,
        arn=described.arn if described else None,
        table_id=described.table_id if described else None,
        mode=mode,
        was_empty=False if is_safe else await _is_empty(target),
        source=None if checkpoint is None else _digest(checkpoint.identity),
        started_at=datetime.now(UTC),
        keys=tuple(key.name for key in target.schema.keys),
    )
    is_resumed = checkpoint is not None and checkpoint.was_begun
    log = LineLog(
        partial(_begun, path, header, is_resumed=is_resumed),
        creation_lines(target.schema),
        thread="ddbbulk-manifest",
    )
    await log.open()
    return log


def _begun(
    path: str | os.PathLike[str], header: ManifestHeader, *, is_resumed: bool
) -> OpenedManifest:
    """Return a manifest that this load may go on with, or a new one."""
    opened = OpenedManifest.open(path, is_new_allowed=True)
    try:
        _check(opened, header, is_resumed=is_resumed)
        # Where the table is empty, all that an earlier load has created is gone.
        if opened.header is None or header.was_empty:
            opened.begin(header)
    except BaseException:
        opened.close()
        raise
    return opened


def _check(opened: OpenedManifest, header: ManifestHeader, *, is_resumed: bool) -> None:
    """Refuse a manifest of another table, and one that could not be true."""
    found = opened.header
    if found is not None and (other := found.difference(header)):
        raise ConfigurationError(
            f"the manifest {opened.name} is not of this table: {other}; name another "
            "file"
        )
    is_same = is_resumed and found is not None and found.source == header.source
    if header.mode != "insert" and not (header.was_empty or is_same):
        raise ConfigurationError(
            f"table {header.table} has items already, and mode {header.mode} may "
            "replace them: so a manifest could not say what this load has created. "
            "Load in mode insert (--mode insert), or into an empty table, or without "
            "a manifest"
        )


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
