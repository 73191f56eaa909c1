"""What all files have in common: one after the other, in a thread, one chunk ahead."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from threading import Event
from typing import TypeAlias

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources.files import (
    STANDARD_INPUT,
    UnreadableError,
    check_readable,
    display_name,
    is_repeatable,
    open_file,
    read_blocks,
)
from ddbbulk.sources.lines import Lines, as_utf8, checked_encoding, whole_lines
from ddbbulk.sources.read_ahead import read_ahead
from ddbbulk.sources.source import Chunk, ItemSource

Paths: TypeAlias = str | PathLike[str] | Iterable[str | PathLike[str]]


@dataclass(frozen=True, slots=True)
class Records:
    """Items and broken records, and the lines where they begin."""

    items: Sequence[object]
    lines: Sequence[int]


class FileSource(ABC):
    """The items of some text files, read one after the other.

    Args:
        paths: one path or several; ``-`` is standard input. A file that begins as gzip
            does is decompressed.
        encoding: of the text.

    Raises:
        ConfigurationError: a file is not there, or does not begin as it should.
    """

    def __init__(self, paths: Paths, *, encoding: str = "utf-8") -> None:
        self.paths = as_paths(paths)
        self.encoding = checked_encoding(encoding)
        self._is_used_up = False
        for path in self.paths:
            check_readable(path)

    @property
    def name(self) -> str:
        """The first file's name, and how many more there are."""
        more = len(self.paths) - 1
        return display_name(self.paths[0]) + (f" and {more:,} more" if more else "")

    @property
    def length(self) -> None:
        """Not known before the files are read."""
        return

    def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on; what is before it is read too.

        Raises:
            SourceError: a file cannot be read to its end.
            ConfigurationError: a file does not begin as it should, or it is a pipe that
                was read before.
        """
        if self._is_used_up:
            raise ConfigurationError(f"{self.name} can be read only once, and has been")
        self._is_used_up = not all(map(is_repeatable, self.paths))
        stop = Event()
        return read_ahead(self._chunks(start, stop), stop)

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone."""
        del parts
        return [self]

    @abstractmethod
    def _records(self, lines: Iterator[Lines], file: str) -> Iterator[Records]:
        """Yield what the lines of one file hold.

        Raises:
            ConfigurationError: the file does not begin as it should.
            UnreadableError: there is no telling where the next record begins.
        """

    def _check_beginnings(self) -> None:
        """Read the beginning of each file that can be read again later.

        Damage further on is not looked for: what is before it counts.
        """
        for path in filter(is_repeatable, self.paths):
            try:
                with open_file(path) as stream:
                    blocks = read_blocks(stream, Event())
                    next(self._records_of(path, blocks), None)
            except (OSError, UnreadableError):
                continue

    def _chunks(self, start: int, stop: Event) -> Generator[Chunk, None, None]:
        position = 0
        for path in self.paths:
            file = display_name(path)
            try:
                with open_file(path) as stream:
                    for records in self._records_of(path, read_blocks(stream, stop)):
                        chunk = Chunk(records.items, position, file, records.lines)
                        position += len(records.items)
                        wanted = chunk.since(start)
                        if wanted.items:
                            yield wanted
            except (OSError, UnreadableError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise SourceError(
                    f"{file} cannot be read to its end: {reason} "
                    f"({position:,} items were read before it)",
                    position=position,
                ) from error

    def _records_of(self, path: str, blocks: Iterator[bytes]) -> Iterator[Records]:
        lines = whole_lines(as_utf8(blocks, self.encoding))
        return self._records(lines, display_name(path))


def as_paths(paths: Paths) -> tuple[str, ...]:
    """Return the paths as text, in their order.

    Raises:
        ConfigurationError: there is none, or standard input comes twice.
    """
    if isinstance(paths, str | PathLike):
        paths = [paths]
    texts = tuple(fspath(path) for path in paths)
    if not texts:
        raise ConfigurationError("no file is named: give one path or more")
    if texts.count(STANDARD_INPUT) > 1:
        raise ConfigurationError("standard input (-) can be read only once")
    return texts
