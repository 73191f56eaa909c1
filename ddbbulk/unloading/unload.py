"""A table into a file, as one readable sequence."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, aclosing
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar, Unpack

from ddbbulk.errors import DdbBulkError
from ddbbulk.events import Display
from ddbbulk.own_thread import in_own_thread
from ddbbulk.reading import DEFAULT_SEGMENTS, OpenedTable, ReadTally, open_table
from ddbbulk.unloading.lines import Lines, dynamodb_lines, plain_lines
from ddbbulk.unloading.options import UnloadOptions, check_unload_options
from ddbbulk.unloading.output_file import Output, open_output
from ddbbulk.unloading.report import RefusedItem, UnloadReport

Result = TypeVar("Result")
Encoder: TypeAlias = Callable[[Sequence[Mapping[str, Any]]], Lines]

_SHOWN_REFUSALS: Final = 20


class Unload:
    """One unload of a table.

    Args:
        table: name or ARN.
        to: the file; ``-`` is standard output.
        options: see ``UnloadOptions``.
    """

    def __init__(
        self, table: str, to: str | os.PathLike[str], options: UnloadOptions
    ) -> None:
        check_unload_options(options)
        self._table = table
        self._to = to
        self._options = options
        self._tally: ReadTally | None = None
        self._output: Output | None = None
        self._written = 0
        self._refused = 0
        self._refusals: list[RefusedItem] = []

    @property
    def report(self) -> UnloadReport | None:
        """The account so far; None: nothing was read."""
        if self._tally is None or self._output is None:
            return None
        return UnloadReport(
            **self._tally.figures(),
            file=_as_text(self._to),
            items_written=self._written,
            items_refused=self._refused,
            bytes_written=self._output.bytes_written,
            refusals=tuple(self._refusals),
        )

    async def run(self) -> UnloadReport:
        """Write the items, and return the account of it.

        Raises:
            ConfigurationError: an option cannot work, or the file cannot be written.
            RequestError: the table cannot be reached or read.
        """
        async with AsyncExitStack() as stack:
            stack.callback(self._close)
            opened = await open_table(
                self._table,
                self._options,
                stack,
                connection=self._options.get("connection"),
            )
            # Left first: nothing is written any more when the file is closed.
            thread = stack.enter_context(
                ThreadPoolExecutor(1, thread_name_prefix="ddbbulk-unload")
            )
            is_replacing = self._options.get("force", False)
            output = await _in(
                thread, partial(open_output, self._to, is_replacing=is_replacing)
            )
            self._output = output
            await self._transfer(opened, output, thread, stack)
        report = self.report
        assert report is not None  # noqa: S101 -- by now it has begun
        return report

    async def _transfer(
        self,
        opened: OpenedTable,
        output: Output,
        thread: ThreadPoolExecutor,
        stack: AsyncExitStack,
    ) -> None:
        options = self._options
        segments = options.get("segments", DEFAULT_SEGMENTS)
        tally = ReadTally(opened.reader, segments=segments, ending="unloaded")
        self._tally = tally
        self._show(tally, stack)
        pages = opened.reader.scan(
            segments=segments,
            attributes=options.get("attributes"),
            filter=options.get("filter"),
            limit=options.get("limit"),
        )
        lines_of = self._encoder(opened)
        try:
            async with aclosing(pages):
                async for page in pages:
                    writing = partial(_write, lines_of, page.items, output)
                    self._note(await _in(thread, writing))
                    tally.add(page)
            await _in(thread, output.finish)
            tally.is_complete = True
        except DdbBulkError as error:
            tally.end()
            error.report = self.report
            raise
        finally:
            tally.end()

    def _show(self, tally: ReadTally, stack: AsyncExitStack) -> None:
        progress = self._options.get("progress", False)
        if progress:
            display = _new_display() if progress is True else progress
            stack.enter_context(display)
            display.track(tally.snapshot, title=self._table)

    def _encoder(self, opened: OpenedTable) -> Encoder:
        if self._options.get("format", "dynamodb-json") == "plain-json":
            return partial(plain_lines, key_names=opened.key_names)
        return dynamodb_lines

    def _note(self, lines: Lines) -> None:
        self._written += lines.items
        self._refused += len(lines.refused)
        room = _SHOWN_REFUSALS - len(self._refusals)
        self._refusals += lines.refused[: max(0, room)]

    def _close(self) -> None:
        if self._output is not None:
            self._output.close()


def _new_display() -> Display:
    from ddbbulk.progress import ProgressDisplay  # noqa: PLC0415 -- rich is not light

    return ProgressDisplay()


async def unload(
    table: str, to: str | os.PathLike[str], **options: Unpack[UnloadOptions]
) -> UnloadReport:
    """Write a table's items to a file that ``load`` reads back, and return the account.

    The file is written beside its place, as ``FILE.part``, and moved there when it is
    whole; a name that ends in ``.gz`` has it compressed.

    Args:
        table: name or ARN.
        to: the file; ``-`` is standard output.
        options: see ``UnloadOptions``.

    Raises:
        ConfigurationError: an option cannot work, there is such a file already, or it
            cannot be written.
        RequestError: the table cannot be reached or read.

    Example:
        >>> async def save() -> None:
        ...     report = await unload("tweeter_user", "users.jsonl.gz", rcu=100)
        ...     print(report.verdict)
    """
    return await Unload(table, to, options).run()


def unload_sync(
    table: str, to: str | os.PathLike[str], **options: Unpack[UnloadOptions]
) -> UnloadReport:
    """Do what ``unload`` does, and return when it is done."""
    return in_own_thread(unload(table, to, **options))


def _as_text(path: str | os.PathLike[str]) -> str:
    """Return a path as text that UTF-8 can hold, and so a report."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode()


async def _in(thread: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(thread, work)


def _write(
    lines_of: Encoder, items: Sequence[Mapping[str, Any]], output: Output
) -> Lines:
    lines = lines_of(items)
    if lines.data:
        output.write(lines.data)
    return lines
