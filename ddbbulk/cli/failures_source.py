"""A failures file as a source of items, and what is left of it in the end."""

from collections.abc import (
    AsyncGenerator,
    Collection,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final, cast

from ddbbulk.failures import (
    FailedItem,
    OpenedFile,
    failure_lines,
    is_same_table,
)
from ddbbulk.marshal import Delete, WireItem
from ddbbulk.printable import printable
from ddbbulk.sources import BrokenRecord, Chunk, ItemSource
from ddbbulk.sources.read_ahead import read_ahead

_CHUNK_ITEMS: Final = 100


class FailuresSource:
    """The items of a failures file, to be put or deleted once more.

    An item's position is the number of lines before it, blank ones left out.

    Args:
        file: the file, whose table is known.
    """

    def __init__(self, file: OpenedFile) -> None:
        self._file = file

    @property
    def name(self) -> str:
        """The file's name."""
        return self._file.name

    @property
    def length(self) -> None:
        """Not known before the file is read."""
        return

    def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on.

        Raises:
            ConfigurationError: the file cannot be read.
        """
        stop = Event()
        return read_ahead(self._chunks(start, stop), stop)

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone."""
        del parts
        return [self]

    def _chunks(self, start: int, stop: Event) -> Generator[Chunk, None, None]:
        position = 0
        for lines in _batches(failure_lines(self._file.path)):
            if stop.is_set():
                return
            items = [item_of(line, table=self._file.table) for _, line in lines]
            numbers = [number for number, _ in lines]
            chunk = Chunk(items, position, self.name, numbers).since(start)
            position += len(items)
            if chunk.items:
                yield chunk


def item_of(line: bytes, *, table: str | None) -> WireItem | Delete | BrokenRecord:
    """Return what a line of a failures file says is to be done again.

    Args:
        line: the line.
        table: the table that the file belongs to.
    """
    try:
        failed = FailedItem.parse(line)
    except ValueError as error:
        return BrokenRecord("NotAFailure", str(error))
    if table is None or not is_same_table(failed.table, table):
        return BrokenRecord(
            "OtherTable", "the line is of another table: give it a file of its own"
        )
    if failed.item is None or failed.omitted:
        # Anyone may have written the file: what it says goes to a terminal.
        return BrokenRecord(
            printable(failed.reason),
            f"{printable(failed.message)} (the file does not hold all of this item: "
            "mend it in its source, and load it from there)",
        )
    wire = WireItem(failed.item)
    if failed.operation == "put":
        return wire
    # A key may come in every form that an item may have.
    return Delete(cast("Mapping[str, object]", wire))


def lines_left(
    path: Path, *, untried: Collection[int], again: Mapping[int, FailedItem]
) -> Iterator[bytes]:
    """Yield the lines of a failures file that a retry did not settle.

    Args:
        path: the file.
        untried: positions of items that were not written: their lines stay as they are.
        again: items that failed again, by position: their lines get the new reason.
    """
    for position, (_, line) in enumerate(failure_lines(path)):
        if position in untried:
            yield line
        elif position in again:
            yield _retold(line, again[position])


def _retold(line: bytes, failed: FailedItem) -> bytes:
    if failed.item is None:
        return line  # it was not tried, for it could not be read or was not whole
    before = FailedItem.parse(line)
    return replace(
        before,
        reason=failed.reason,
        message=failed.message,
        attempts=before.attempts + failed.attempts,
    ).line()


def _batches(
    lines: Iterable[tuple[int, bytes]],
) -> Iterator[Sequence[tuple[int, bytes]]]:
    held: list[tuple[int, bytes]] = []
    for line in lines:
        held.append(line)
        if len(held) == _CHUNK_ITEMS:
            yield held
            held = []
    if held:
        yield held
