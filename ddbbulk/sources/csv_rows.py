"""Lines cut into the cells of CSV rows.

The rules are those of the ``csv`` module in its strict mode. Its own parser is not used
because its limit on the length of a cell is a setting of the whole process, below what
an item may hold, and because it does not say where a quoted cell began.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ddbbulk.marshal import BrokenRecord
from ddbbulk.sources.files import UnreadableError
from ddbbulk.sources.lines import MAX_LINE_BYTES

Row: TypeAlias = list[str] | BrokenRecord

_QUOTE: Final = '"'
_LIMIT: Final = f"{MAX_LINE_BYTES // 1024**2} MiB"


@dataclass(slots=True)
class _OpenRow:
    """A row whose last cell is quoted and goes on in the next line."""

    line: int
    cells: list[str] = field(default_factory=list[str])
    pieces: list[str] = field(default_factory=list[str])
    is_quoted: bool = False
    length: int = 0


class RowCutter:
    """Cuts line after line; a quoted cell may span several."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._between = _QUOTE + delimiter + _QUOTE
        self._open: _OpenRow | None = None

    def cut(self, text: str, first: int) -> tuple[list[Row], list[int]]:
        """Return the rows that end in this text, and the lines where they begin.

        Empty lines between rows are skipped.

        Raises:
            UnreadableError: a quoted cell is longer than a line may be.
        """
        rows: list[Row] = []
        numbers: list[int] = []
        for number, line in enumerate(text.split("\n"), first):
            begun = number if self._open is None else self._open.line
            row: Row | None = None
            if self._open is None:
                row = self._cut_simple(line.removesuffix("\r"))
            if row is None:
                row = self._cut_line(line, number)
            if row:
                rows.append(row)
                numbers.append(begun)
        return rows, numbers

    def _cut_simple(self, line: str) -> list[str] | None:
        """Return the cells of a line with no quotes, or with no quotes in its cells."""
        if "\r" in line:
            return None
        if _QUOTE not in line:
            return line.split(self._delimiter) if line else []
        if line[0] == line[-1] == _QUOTE and len(line) > 1:
            cells = line[1:-1].split(self._between)
            # Two quotes around each cell are all there are.
            if line.count(_QUOTE) == 2 * len(cells):
                return cells
        return None

    @property
    def is_within_row(self) -> bool:
        """Whether a quoted cell goes on in the next line."""
        return self._open is not None

    def end(self) -> str | None:
        """Return what is wrong if a quoted cell is open where the file ends."""
        if self._open is None:
            return None
        return (
            f"the quoted cell in the row of line {self._open.line:,} never ends: "
            'close it with ", or write "" for a quote in it'
        )

    def _cut_line(self, line: str, number: int) -> Row | None:
        """Return the row if it ends here, None if it goes on."""
        text, line_end = line, "\n"
        if line.endswith("\r"):
            text, line_end = line[:-1], "\r\n"
        row = self._open or _OpenRow(number)
        self._open = None
        problem = self._scan(row, text)
        if problem:
            until = f" (the row began in line {row.line:,} and ends in line {number:,})"
            return BrokenRecord(
                "BrokenCsv", problem + (until if row.line != number else "")
            )
        if not row.is_quoted:
            return row.cells
        row.pieces.append(line_end)
        row.length += len(line) + 1
        if row.length > MAX_LINE_BYTES:
            raise UnreadableError(
                f"the quoted cell in the row of line {row.line:,} does not end within "
                f"{_LIMIT}: is its closing quote missing?"
            )
        self._open = row
        return None

    def _scan(self, row: _OpenRow, text: str) -> str | None:
        """Cut the text into the row's cells; return what is wrong with it, or None."""
        at = 0
        while True:
            if not row.is_quoted and text.startswith(_QUOTE, at):
                row.is_quoted = True
                at += 1
            if row.is_quoted:
                end = _end_of_quoted(row, text, at)
                if 0 <= end < len(text) and text[end] != self._delimiter:
                    return (
                        "text follows a closing quote: end the cell there, or write "
                        '"" for a quote in it'
                    )
            else:
                end = text.find(self._delimiter, at)
                cell = text[at:] if end < 0 else text[at:end]
                if "\r" in cell:
                    return "a carriage return stands outside quotes: quote the cell"
                row.cells.append(cell)
            if end < 0 or end >= len(text):
                return None
            at = end + 1


def _end_of_quoted(row: _OpenRow, text: str, at: int) -> int:
    """Return where the quoted cell has ended, or -1 if it goes on in the next line."""
    while (quote := text.find(_QUOTE, at)) >= 0:
        if not text.startswith(_QUOTE, quote + 1):
            row.pieces.append(text[at:quote])
            row.cells.append("".join(row.pieces))
            row.pieces.clear()
            row.is_quoted = False
            return quote + 1
        row.pieces.append(text[at : quote + 1])
        at = quote + 2
    row.pieces.append(text[at:])
    return -1
