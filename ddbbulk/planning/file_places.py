"""Places to read at, spread over files whose lines can be read from anywhere."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from typing import Any, Final, Self

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources import Bookmark, BrokenRecord, Chunk
from ddbbulk.sources.file_source import FileSource
from ddbbulk.sources.files import BLOCK_BYTES, display_name, is_repeatable

# So many chunks are tried for one that begins where a line does.
_TRIED_CHUNKS: Final = 4
# More broken records than this, and the place was likely within a quoted cell.
_BROKEN_SHARE: Final = 0.1

Found = tuple[Sequence[object], int, "_Somewhere"]


class NoPlacesError(Exception):
    """The files can only be read from their beginning, or had better be."""


@dataclass(frozen=True, slots=True)
class _Somewhere:
    """Says where items are whose line has no known number."""

    file: str
    offset: int

    def where(self, position: int) -> str:
        """Name the place of an item as well as can be."""
        del position
        return f"{self.file}, after byte {self.offset:,}"


@dataclass(frozen=True, slots=True)
class _File:
    """One of the files.

    Args:
        memory: what a bookmark within it holds beside the place.
    """

    name: str
    path: Path
    size: int
    memory: Mapping[str, Any]


class FilePlaces:
    """Some places in files; made by ``find``.

    Attributes:
        count: how many places there are.
        total_bytes: of all files.
        bytes_read: from the place that was read last.
    """

    def __init__(
        self,
        source: FileSource,
        files: Sequence[_File],
        places: Sequence[tuple[int, int]],
        chunks: int,
    ) -> None:
        self._source = source
        self._files = files
        self._places = places
        self._chunks = chunks
        self.count = len(places)
        self.total_bytes = sum(file.size for file in files)
        self.bytes_read = 0

    @classmethod
    async def find(
        cls, source: FileSource, items: int, *, most: int, fewest: int, dice: Random
    ) -> Self | None:
        """Choose places at which to read about so many items.

        None: to read everything takes hardly longer.

        Args:
            source: the files.
            items: how many are wanted.
            most: how many places there may be.
            fewest: how many there have to be.
            dice: choose.

        Raises:
            NoPlacesError: there are none in these files.
        """
        sizes = await asyncio.to_thread(_sizes, source)
        files: list[_File] = []
        items_a_chunk = 1
        for number, path in enumerate(source.paths):
            found = await _looked_into(source, number)
            if sum(sizes) <= 2 * fewest * BLOCK_BYTES:
                return None
            if found is None:
                raise NoPlacesError
            memory, items_a_chunk = found
            name = display_name(path)
            files.append(_File(name, Path(path), sizes[number], memory))
        count = min(max(items // items_a_chunk, fewest), most)
        chunks = max(1, round(items / (count * items_a_chunk)))
        if 2 * count * chunks * BLOCK_BYTES >= sum(sizes):
            return None
        places = await asyncio.to_thread(lambda: [*_line_starts(files, count, dice)])
        return cls(source, files, places, chunks)

    async def read(self, number: int) -> AsyncGenerator[Found, None]:
        """Yield the items at one of the places, with what says where they are.

        Raises:
            NoPlacesError: the place was none.
        """
        which, offset = self._places[number]
        file = self._files[which]
        place = {"file": which, "offset": offset, "line": 2, **file.memory}
        chunks = self._source.read(bookmark=Bookmark(0, place))
        end = file.size
        read = 0
        try:
            async with aclosing(chunks):
                async for chunk in chunks:
                    if read:
                        at = _offset_in(chunk, which)
                        if at is None and _is_elsewhere(chunk, which):
                            break
                        if at is not None and read >= self._chunks:
                            end = at
                            break
                    _check_sound(chunk)
                    read += 1
                    yield chunk.items, chunk.start, _Somewhere(file.name, offset)
        except (SourceError, ConfigurationError) as error:
            raise NoPlacesError from error
        self.bytes_read = end - offset


def _sizes(source: FileSource) -> Sequence[int]:
    """Return how large the files are; a pipe has no size."""
    if not all(map(is_repeatable, source.paths)):
        raise NoPlacesError
    return [Path(path).stat().st_size for path in source.paths]


async def _looked_into(
    source: FileSource, number: int
) -> tuple[Mapping[str, Any], int] | None:
    """Return what bookmarks in a file hold, and how many items a chunk has.

    None: the file ends before that shows.

    Raises:
        NoPlacesError: no chunk says where it begins.
    """
    chunks = source.read(bookmark=Bookmark(0, {"file": number}))
    items = 1
    tried = 0
    async with aclosing(chunks):
        async for chunk in chunks:
            at = _offset_in(chunk, number)
            if at and chunk.bookmark is not None:
                place = chunk.bookmark.place
                own = {"file", "offset", "line"}
                return {n: v for n, v in place.items() if n not in own}, items
            if tried and _is_elsewhere(chunk, number):
                return None
            items = max(items, len(chunk.items))
            tried += 1
            if tried == _TRIED_CHUNKS:
                raise NoPlacesError
    return None


def _offset_in(chunk: Chunk, file: int) -> int | None:
    """Return at which byte of a file a chunk begins, where it says that."""
    if chunk.bookmark is None or chunk.bookmark.place.get("file") != file:
        return None
    offset: int | None = chunk.bookmark.place.get("offset")
    return offset


def _is_elsewhere(chunk: Chunk, file: int) -> bool:
    return chunk.bookmark is not None and chunk.bookmark.place.get("file") != file


def _check_sound(chunk: Chunk) -> None:
    broken = sum(isinstance(item, BrokenRecord) for item in chunk.items)
    if broken > _BROKEN_SHARE * len(chunk.items):
        raise NoPlacesError


def _line_starts(
    files: Sequence[_File], count: int, dice: Random
) -> Iterator[tuple[int, int]]:
    """Yield a file and an offset in each of as many equal parts of all bytes."""
    ends = [*accumulate(file.size for file in files)]
    for number in range(count):
        at = int((number + dice.random()) * ends[-1] / count)
        which = bisect_right(ends, at)
        begin = ends[which] - files[which].size
        offset = _next_line(files[which].path, at - begin)
        if offset is not None:
            yield which, offset


def _next_line(path: Path, offset: int) -> int | None:
    """Return where the next line begins; None where there is none."""
    with path.open("rb") as stream:
        stream.seek(offset)
        # The second call tells a last line's end from the beginning of another line.
        skipped = sum(map(len, islice(stream, 1)))
        return offset + skipped if stream.read(1) else None
