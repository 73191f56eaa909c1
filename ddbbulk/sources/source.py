"""The plug: what a source of items is, and the chunks in which it hands them over."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a reading can go on.

    Args:
        position: of the first item that is read from there.
        place: what the source finds it by, as values that JSON can hold.
    """

    position: int
    place: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some items that follow one another in a source.

    A source hands over chunks rather than items so that reading and parsing can happen
    in a thread, and so that an item costs no task switch.

    Args:
        items: mappings, pydantic models, dataclasses, ``WireItem``, ``Delete`` or
            ``BrokenRecord``.
        start: position of the first item in the source, from 0.
        file: the file they came from, where there is one.
        lines: the line in that file where each item begins, from 1.
        bookmark: where a later reading can begin, at ``start`` or before it; None where
            the source knows no place near.
    """

    items: Sequence[object]
    start: int
    file: str | None = None
    lines: Sequence[int] | None = None
    bookmark: Bookmark | None = None

    def where(self, position: int) -> str:
        """Say where a person finds the item: ``users.csv, line 17`` or ``item 16``."""
        if self.file is None or self.lines is None:
            return f"item {position:,}"
        return f"{self.file}, line {self.lines[position - self.start]:,}"

    def since(self, position: int) -> "Chunk":
        """Return the part of this chunk from ``position`` on; it may be empty."""
        skipped = min(max(position - self.start, 0), len(self.items))
        if not skipped:
            return self
        lines = None if self.lines is None else self.lines[skipped:]
        items, start = self.items[skipped:], self.start + skipped
        return Chunk(items, start, self.file, lines, self.bookmark)

    def between(self, first: int, last: int) -> "Chunk":
        """Return the part from position ``first`` to before ``last``, all within it."""
        part = self.since(first)
        count = last - first
        lines = None if part.lines is None else part.lines[:count]
        return Chunk(part.items[:count], first, self.file, lines, self.bookmark)


@runtime_checkable
class ItemSource(Protocol):
    """Anything that yields items, may know how many, and may start midway."""

    @property
    def name(self) -> str:
        """What a person calls this source: a file name, a generator's name."""
        ...

    @property
    def length(self) -> int | None:
        """How many items there are in all, where that is known."""
        ...

    def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on.

        Whoever may stop before the end wraps this in ``contextlib.aclosing``, so that
        files are closed and the user's own generators run their ``finally``.

        Raises:
            SourceError: the source failed; what was yielded before it counts.
            ConfigurationError: the source cannot be opened, or cannot start midway.
        """
        ...

    def split(self, parts: int) -> Sequence["ItemSource"]:
        """Return up to ``parts`` sources that together yield the same items.

        The positions in a part's chunks are those of the whole source. A source that
        cannot be split returns itself alone.
        """
        ...


@runtime_checkable
class SeekableSource(ItemSource, Protocol):
    """A source that another run can find again, and go on with in its middle."""

    def identity(self) -> Mapping[str, Any]:
        """Return what the source is, as values that JSON can hold.

        It is equal for the same items in the same order, on whatever machine and at
        whatever path. It may read files: call it in a thread.

        Raises:
            ConfigurationError: the source cannot be read a second time (standard input,
                a pipe); the message says why.
        """
        ...

    def read(
        self, start: int = 0, *, bookmark: Bookmark | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on.

        Args:
            start: position of the first item wanted.
            bookmark: one that a chunk had in an earlier reading of the same source, at
                ``start`` or before it. It spares reading what is before it.

        Raises:
            SourceError: the source failed; what was yielded before it counts.
            ConfigurationError: the source cannot be opened, or the bookmark is none of
                this source.
        """
        ...


@runtime_checkable
class LiveSource(SeekableSource, Protocol):
    """A source whose items may change between two readings: a table in use.

    What was done of it counts only up to a bookmark. What comes after that is loaded
    again, since other items may have come to stand at its positions.
    """

    @property
    def is_live(self) -> bool:
        """Whether that is so."""
        ...
