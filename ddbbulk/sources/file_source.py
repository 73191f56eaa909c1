"""What all files have in common: one after the other, in a thread, one chunk ahead."""

from abc import ABC, abstractmethod
from collections.abc import (
    AsyncGenerator,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from os import PathLike, fspath
from threading import Event
from typing import Any, BinaryIO, TypeAlias

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources.files import (
    STANDARD_INPUT,
    UnreadableError,
    check_readable,
    display_name,
    is_repeatable,
    open_file,
)
from ddbbulk.sources.fingerprints import fingerprint
from ddbbulk.sources.lines import Lines, checked_encoding, is_utf8
from ddbbulk.sources.parser import Parser, Records, check_beginning
from ddbbulk.sources.places import Place, misplaced
from ddbbulk.sources.read_ahead import read_ahead
from ddbbulk.sources.source import Bookmark, Chunk, ItemSource
from ddbbulk.sources.text_file import TextFile

Paths: TypeAlias = str | PathLike[str] | Iterable[str | PathLike[str]]


class FileSource(ABC):
    """The items of some text files, read one after the other.

    Args:
        paths: one path or several; ``-`` is standard input. A file that begins as gzip
            does is decompressed.
        encoding: of the text.

    A chunk's bookmark is the byte where its first line begins. Where bytes of the file
    are not bytes of the text, as in gzip or in encodings but UTF-8, it is the file's
    beginning, and what has been read is read again and skipped.

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

    def identity(self) -> Mapping[str, Any]:
        """Return the files' sizes and digests, and how they are read.

        Neither paths nor times count, and of a large file three samples do. It reads
        the files: call it in a thread.

        Raises:
            ConfigurationError: a file is missing, or can be read only once.
        """
        encoding = "utf-8" if is_utf8(self.encoding) else self.encoding
        files = [fingerprint(path) for path in self.paths]
        return {**self._way_of_reading(), "encoding": encoding, "files": files}

    def read(
        self, start: int = 0, *, bookmark: Bookmark | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on.

        What is before it is read too, as far back as the bookmark.

        Raises:
            SourceError: a file cannot be read to its end.
            ConfigurationError: a file does not begin as it should, it is a pipe that
                was read before, or the bookmark is none of these files.
        """
        if self._is_used_up:
            raise ConfigurationError(f"{self.name} can be read only once, and has been")
        position, place = 0, Place()
        if bookmark is not None:
            place = Place.of(bookmark, files=len(self.paths))
            position = bookmark.position
            if position > start:
                raise misplaced("it is behind the first item that is wanted")
        self._is_used_up = not all(map(is_repeatable, self.paths))
        stop = Event()
        return read_ahead(self._chunks(start, position, place, stop), stop)

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone."""
        del parts
        return [self]

    @abstractmethod
    def _way_of_reading(self) -> dict[str, Any]:
        """Return what decides, beside bytes and encoding, what the items are."""

    @abstractmethod
    def _parser(self, file: str) -> Parser:
        """Return what makes records of the lines of one file, which has this name."""

    def _check_beginnings(self) -> None:
        """Read the beginning of each file that can be read again later.

        Damage further on is not looked for: what is before it counts.
        """
        for path in filter(is_repeatable, self.paths):
            try:
                with open_file(path) as stream:
                    lines = self._text_file(path, stream, Event()).lines()
                    check_beginning(self._parser(display_name(path)), lines)
            except (OSError, UnreadableError):
                continue

    def _chunks(
        self, start: int, position: int, place: Place, stop: Event
    ) -> Generator[Chunk, None, None]:
        """Yield what comes from ``start`` on; ``place`` is where ``position`` is."""
        for number in range(place.file, len(self.paths)):
            begin = place if number == place.file else Place(number)
            try:
                with open_file(self.paths[number]) as stream:
                    for chunk in self._chunks_of(stream, begin, position, stop):
                        position += len(chunk.items)
                        wanted = chunk.since(start)
                        if wanted.items:
                            yield wanted
            except (OSError, UnreadableError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise SourceError(
                    f"{display_name(self.paths[number])} cannot be read to its end: "
                    f"{reason} ({position:,} items were read before it)",
                    position=position,
                ) from error

    def _chunks_of(
        self, stream: BinaryIO, begin: Place, position: int, stop: Event
    ) -> Iterator[Chunk]:
        """Yield all of one file from a place on, also chunks without items."""
        path = self.paths[begin.file]
        text = self._text_file(path, stream, stop)
        parser = self._parser(display_name(path))
        if begin.offset:
            parser.resume(text.lines(), begin.memory)
            lines = text.lines_from(begin)
        else:
            lines = text.lines()
        first = begin.bookmark(position) if text.is_repeatable else None
        for piece in lines:
            records = parser.parse(piece)
            bookmark = first
            if first and text.has_places and position > first.position:
                bookmark = _bookmark(begin.file, position, piece, records)
            yield Chunk(
                records.items, position, display_name(path), records.lines, bookmark
            )
            position += len(records.items)
        parser.end()

    def _text_file(self, path: str, stream: BinaryIO, stop: Event) -> TextFile:
        return TextFile(path, stream, encoding=self.encoding, stop=stop)


def _bookmark(
    file: int, position: int, piece: Lines, records: Records
) -> Bookmark | None:
    if records.memory is None:
        return None
    return Place(file, piece.offset, piece.first, records.memory).bookmark(position)


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
    if "" in texts:
        raise ConfigurationError("a file has no name: give its path")
    if texts.count(STANDARD_INPUT) > 1:
        raise ConfigurationError("standard input (-) can be read only once")
    return texts
