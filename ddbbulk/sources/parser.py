"""The part of a format's reader that makes records of lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ddbbulk.sources.lines import Lines


@dataclass(frozen=True, slots=True)
class Records:
    """Items and broken records, and the lines where they begin.

    Args:
        items: mappings, ``WireItem`` or ``BrokenRecord``.
        lines: a number for each item, from 1.
        memory: what a reading that begins with these lines has to know of those before
            them, as values that JSON can hold; None where no reading can begin there.
    """

    items: Sequence[object]
    lines: Sequence[int]
    memory: Mapping[str, Any] | None = None


class Parser(Protocol):
    """Makes records of the lines of one file, piece by piece."""

    @property
    def is_begun(self) -> bool:
        """Whether the file has been seen to begin as it should."""
        ...

    def parse(self, piece: Lines) -> Records:
        """Return the records that end in these lines.

        Raises:
            ConfigurationError: the file does not begin as it should.
            UnreadableError: there is no telling where the next record begins.
        """
        ...

    def resume(self, beginning: Iterator[Lines], memory: Mapping[str, Any]) -> None:
        """Get ready for lines from the middle of the file.

        Args:
            beginning: the file's lines from the first on, as far as they are wanted.
            memory: what ``parse`` said of the lines that come next.

        Raises:
            ConfigurationError: the memory is none of ours, or as for ``parse``.
            UnreadableError: as for ``parse``.
        """
        ...

    def end(self) -> None:
        """Check that the file ends as it should.

        Raises:
            ConfigurationError: it has not even begun as it should.
            UnreadableError: it ends within a record.
        """
        ...


def check_beginning(parser: Parser, lines: Iterator[Lines]) -> None:
    """Let a parser see as much of a file as it needs to know that it begins well.

    Raises:
        ConfigurationError: it does not.
        UnreadableError: there is no telling.
    """
    for piece in lines:
        parser.parse(piece)
        if parser.is_begun:
            return
    parser.end()
