"""CSV: a header with the attributes' names, then one item on each row."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from typing import Any, Final, Literal, TypeAlias

from ddbbulk.errors import ConfigurationError
from ddbbulk.marshal import BrokenRecord
from ddbbulk.printable import printable
from ddbbulk.sources.column_types import COLUMN_TYPES, ColumnType, parse_types
from ddbbulk.sources.csv_rows import Row, RowCutter
from ddbbulk.sources.file_source import FileSource, Paths
from ddbbulk.sources.files import UnreadableError
from ddbbulk.sources.lines import MAX_LINE_BYTES, Lines
from ddbbulk.sources.parser import Parser, Records, check_beginning

Empty: TypeAlias = Literal["omit", "null"]

# What Python decodes bytes to that are not in the encoding ("surrogateescape").
_UNDECODED: Final = re.compile("[\udc80-\udcff]")


class CsvSource(FileSource):
    """The rows of CSV files, as mappings from the header's names to the cells.

    Rows are read as the ``csv`` module does in its strict mode: cells may be quoted and
    then hold delimiters, line ends and doubled quotes. Every file has a header of its
    own. A row that cannot be read is a ``BrokenRecord``.

    Args:
        paths: one path or several; ``-`` is standard input.
        types: the types of columns, ``"age=N,active=BOOL"`` or a mapping; all others
            are strings. ``S`` text, ``N`` number, ``B`` base64, ``BOOL`` true or false
            (1 or 0), ``SS``, ``NS`` and ``BS`` sets with ``|`` between the members,
            ``L`` and ``M`` JSON.
        empty: what an empty cell of any type is: ``omit`` (no attribute) or ``null``.
        delimiter: the character between cells.
        encoding: of the text; a byte order mark is skipped.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        types: str | Mapping[str, str] | None = None,
        empty: Empty = "omit",
        delimiter: str = ",",
        encoding: str = "utf-8",
    ) -> None:
        super().__init__(paths, encoding=encoding)
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise ConfigurationError(
                "the delimiter is one character, and no quote or line end, not "
                f"{delimiter!r}"
            )
        if empty not in {"omit", "null"}:
            raise ConfigurationError(f"empty cells are omit or null, not {empty!r}")
        self.types = parse_types(types)
        self.empty: Empty = empty
        self.delimiter = delimiter
        self._check_beginnings()

    def _way_of_reading(self) -> dict[str, Any]:
        return {
            "kind": "csv",
            "delimiter": self.delimiter,
            "types": self.types,
            "empty": self.empty,
        }

    def _parser(self, file: str) -> Parser:
        return _CsvParser(self, file)


class _CsvParser:
    """Makes items of one file's lines, the first of which are its header.

    Args:
        source: what the file is read by.
        file: its name.
    """

    def __init__(self, source: CsvSource, file: str) -> None:
        self._source = source
        self._file = file
        self._cutter = RowCutter(source.delimiter)
        self._reader: _RowReader | None = None
        self._is_damaged = False

    @property
    def is_begun(self) -> bool:
        return self._reader is not None

    def parse(self, piece: Lines) -> Records:
        if piece.is_too_long:
            raise UnreadableError(
                f"line {piece.first:,} is longer than {MAX_LINE_BYTES // 1024**2} "
                "MiB, and may hold the beginning of a quoted cell"
            )
        can_begin_here = self.is_begun and not self._cutter.is_within_row
        text = _decoded(piece.data)
        self._is_damaged = self._is_damaged or text is None
        if text is None:
            text = piece.data.decode(errors="surrogateescape")
        rows, numbers = self._cutter.cut(text, piece.first)
        if self._reader is None:
            if not rows:
                return Records([], [])
            self._reader = self._reader_under(rows.pop(0))
            del numbers[0]
        items = self._reader.items(rows, is_damaged=self._is_damaged)
        return Records(items, numbers, {} if can_begin_here else None)

    def resume(self, beginning: Iterator[Lines], memory: Mapping[str, Any]) -> None:
        del memory  # all that matters stands in the header
        check_beginning(self, beginning)
        self._cutter = RowCutter(self._source.delimiter)

    def end(self) -> None:
        problem = self._cutter.end()
        if not self.is_begun:
            problem = problem or "a CSV file begins with a line of attribute names"
            raise ConfigurationError(f"{self._file} has no header: {problem}")
        if problem:
            raise UnreadableError(problem)

    def _reader_under(self, header: Row) -> "_RowReader":
        """Return what makes items of the rows under this header."""
        source, file = self._source, self._file
        if isinstance(header, BrokenRecord):
            raise ConfigurationError(
                f"{file}: the header cannot be read: {header.message}"
            )
        if any("\0" in name or _UNDECODED.search(name) for name in header):
            raise ConfigurationError(
                f"{file}: the header is not {source.encoding}: give the file's "
                "encoding (encoding=, --encoding), such as cp1252 or utf-16"
            )
        shown = ", ".join(printable(name, limit=64) for name in header)
        if "" in header:
            raise ConfigurationError(
                f"{file}: column {header.index('') + 1} of the header has no name "
                f"({shown}): each column is an attribute, so name them all"
            )
        repeated = sorted({name for name in header if header.count(name) > 1})
        if repeated:
            raise ConfigurationError(
                f"{file}: the header names {printable(repeated[0])!r} more than once: "
                "give each column its own name"
            )
        unknown = [name for name in source.types if name not in header]
        if unknown:
            raise ConfigurationError(
                f"{file} has no column {printable(unknown[0])!r}, for which a type is "
                f"given: its columns are {shown}"
            )
        typed = {name: COLUMN_TYPES[kind] for name, kind in source.types.items()}
        return _RowReader(header, typed, source.empty, source.encoding)


class _RowReader:
    """Makes items of the rows under one header."""

    def __init__(
        self,
        header: Sequence[str],
        types: Mapping[str, ColumnType],
        empty: Empty,
        encoding: str,
    ) -> None:
        self._header = tuple(header)
        self._types = tuple((name, kind) for name, kind in types.items())
        self._empty = empty
        self._encoding = encoding

    def items(self, rows: Sequence[Row], *, is_damaged: bool) -> list[object]:
        """Return an item or a BrokenRecord for each row.

        Args:
            rows: the cells of each row.
            is_damaged: the file has bytes that could not be decoded, here or before.
        """
        header = self._header
        width = len(header)
        is_plain = not self._types and not is_damaged
        items: list[object] = []
        for row in rows:
            if isinstance(row, BrokenRecord):
                items.append(row)
            elif len(row) != width:
                items.append(replace(self._ragged(row), raw=_text_of(row)))
            elif is_plain and "" not in row:
                items.append(dict(zip(header, row, strict=True)))
            else:
                item = self._item(row, is_damaged=is_damaged)
                if isinstance(item, BrokenRecord):
                    item = replace(item, raw=_text_of(row))
                items.append(item)
        return items

    def _item(self, row: Sequence[str], *, is_damaged: bool) -> object:
        if is_damaged and any(map(_UNDECODED.search, row)):
            return BrokenRecord(
                "WrongEncoding",
                f"the row is not {self._encoding}: give the file's encoding "
                "(encoding=, --encoding)",
            )
        item: dict[str, object]
        if self._empty == "null":
            item = {n: cell or None for n, cell in zip(self._header, row, strict=True)}
        else:
            item = {n: cell for n, cell in zip(self._header, row, strict=True) if cell}
        for name, kind in self._types:
            cell = item.get(name)
            if isinstance(cell, str):
                try:
                    item[name] = kind.convert(cell)
                except (ValueError, ArithmeticError):
                    return BrokenRecord(
                        "BadCell",
                        f"the cell in column {printable(name, limit=64)!r} is not "
                        f"{kind.expected}",
                    )
        return item

    def _ragged(self, row: Sequence[str]) -> BrokenRecord:
        cells = f"{len(row):,} cell{'s' if len(row) != 1 else ''}"
        return BrokenRecord(
            "RaggedRow", f"the row has {cells}, the header has {len(self._header):,}"
        )


def _text_of(row: Sequence[str]) -> str:
    """Return the cells as a line of CSV, with bytes that were no text written out."""
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(row)
    line = text.getvalue().encode(errors="surrogateescape")
    return line.decode(errors="backslashreplace")


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
