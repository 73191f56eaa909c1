"""An open file as lines of text, from its beginning or from a place in it."""

from collections.abc import Iterator
from threading import Event
from typing import BinaryIO

from ddbbulk.sources.files import (
    is_line_start,
    is_repeatable,
    read_blocks,
    read_blocks_from,
    text_offset,
)
from ddbbulk.sources.lines import Lines, as_utf8, is_utf8, whole_lines
from ddbbulk.sources.places import Place, misplaced


class TextFile:
    """The lines of an open file.

    Args:
        path: where the file is.
        stream: the file, at its beginning.
        encoding: of the text.
        stop: once set, the lines end.

    Attributes:
        is_repeatable: another reading can begin where this one does.
        has_places: another reading can begin at any line.
    """

    def __init__(
        self, path: str, stream: BinaryIO, *, encoding: str, stop: Event
    ) -> None:
        self._stream = stream
        self._encoding = encoding
        self._stop = stop
        self.is_repeatable = is_repeatable(path)
        text_at: int | None = None
        if self.is_repeatable and is_utf8(encoding):
            text_at = text_offset(stream)
        self.has_places = text_at is not None
        self._text_at = text_at or 0

    def lines(self) -> Iterator[Lines]:
        """Yield all lines; the stream must be at its beginning.

        Raises:
            UnreadableError: the file is damaged.
            OSError: the file cannot be read.
        """
        blocks = as_utf8(read_blocks(self._stream, self._stop), self._encoding)
        return whole_lines(blocks, offset=self._text_at)

    def lines_from(self, place: Place) -> Iterator[Lines]:
        """Yield the lines from a place on that is not the beginning.

        Raises:
            ConfigurationError: no line begins there.
            OSError: the file cannot be read.
        """
        if not self.has_places or not is_line_start(self._stream, place.offset):
            raise misplaced(f"no line begins at byte {place.offset:,}")
        blocks = read_blocks_from(self._stream, place.offset, self._stop)
        return whole_lines(blocks, first=place.line, offset=place.offset)
