"""JSON Lines: an object on each line, plain or in DynamoDB JSON."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, TypeAlias, cast

from ddbbulk.errors import ConfigurationError
from ddbbulk.marshal import BrokenRecord, WireItem
from ddbbulk.sizing import AttributeValue
from ddbbulk.sources.exact_json import decode_json
from ddbbulk.sources.file_source import FileSource, Paths
from ddbbulk.sources.lines import MAX_LINE_BYTES, Lines
from ddbbulk.sources.parser import Parser, Records
from ddbbulk.sources.places import misplaced

Dialect: TypeAlias = Literal["auto", "plain", "dynamodb"]
JsonObject: TypeAlias = dict[str, object]

_LIMIT: Final = f"{MAX_LINE_BYTES // 1024**2} MiB"
_DIALECTS: Final[tuple[Dialect, ...]] = ("auto", "plain", "dynamodb")

# How a JSON document begins that is not an object on each line: [{ or a lone [ or {.
_DOCUMENT: Final = re.compile(rb"\s*(\[\s*\{|[\[{][ \t\r]*(\n|\Z))")

# How the answer to a Scan or a Query begins, as "aws dynamodb scan" prints it.
_ANSWER: Final = re.compile(rb'\s*\{\s*"Items"\s*:\s*\[')

_PAYLOADS: Final[dict[str, type]] = {
    "S": str,
    "N": str,
    "B": str,
    "BOOL": bool,
    "NULL": bool,
    "SS": list,
    "NS": list,
    "BS": list,
    "L": list,
    "M": dict,
}
_KEY_PAYLOADS: Final[dict[str, type]] = {"S": str, "N": str, "B": str}
_EXPECTED: Final = (dict,)
_NO_OBJECT: Final = BrokenRecord(
    "NotAnObject", "the line is JSON but no object: write {…} on each line"
)


class JsonLinesSource(FileSource):
    """The objects of JSON Lines files.

    Numbers are exact: integers of any length, fractions as ``Decimal``. Blank lines are
    skipped. A line that holds no readable object is a ``BrokenRecord``.

    Args:
        paths: one path or several; ``-`` is standard input.
        dialect: ``plain``: a line is the item. ``dynamodb``: a line is an item in
            DynamoDB JSON, ``{"alias": {"S": "@daisy"}}``, also wrapped as
            ``{"Item": {…}}``, as exports to S3 write it. ``auto``: each file is what
            its first readable object is: DynamoDB JSON if every value in it is an
            attribute value. (Read as plain JSON such an object would have nothing but
            maps, and no table has a map for its key.)
        encoding: of the text.
    """

    def __init__(
        self, paths: Paths, *, dialect: Dialect = "auto", encoding: str = "utf-8"
    ) -> None:
        super().__init__(paths, encoding=encoding)
        if dialect not in _DIALECTS:
            raise ConfigurationError(
                f"the dialect of JSON is auto, plain or dynamodb, not {dialect!r}"
            )
        self.dialect: Dialect = dialect
        self._check_beginnings()

    def _way_of_reading(self) -> dict[str, Any]:
        return {"kind": "json-lines", "dialect": self.dialect}

    def _parser(self, file: str) -> Parser:
        return _JsonLinesParser(self.dialect, file)


class _JsonLinesParser:
    """Makes items of one file's lines.

    Args:
        dialect: of the file; ``auto``: its first object will show.
        file: its name.
    """

    def __init__(self, dialect: Dialect, file: str) -> None:
        self._dialect: Dialect = dialect
        self._is_told = dialect != "auto"
        self._file = file
        self.is_begun = False

    def parse(self, piece: Lines) -> Records:
        if piece.first == 1:
            _refuse_other_text(piece, self._file)
        self.is_begun = True
        records = _decoded(piece)
        items = records.items
        memory = {} if self._is_told else {"dialect": self._dialect}
        if self._dialect == "auto":
            self._dialect = _dialect_of(items)
        if self._dialect == "dynamodb":
            items = [_wire(item) for item in items]
        return Records(items, records.lines, memory)

    def resume(self, beginning: Iterator[Lines], memory: Mapping[str, Any]) -> None:
        del beginning  # a line says all of itself
        if self._is_told:
            return
        for dialect in _DIALECTS:
            if memory.get("dialect") == dialect:
                self._dialect = dialect
                return
        raise misplaced("the dialect of its JSON is not known")

    def end(self) -> None:
        """Do nothing: a file may end after any line, also before the first one."""


def _decoded(piece: Lines) -> Records:
    if piece.is_too_long:
        record = BrokenRecord("LineTooLong", f"the line is longer than {_LIMIT}")
        return Records([record], [piece.first])
    items: list[object] = []
    numbers: list[int] = []
    for number, line in enumerate(piece.data.split(b"\n"), piece.first):
        if not line or line.isspace():
            continue
        item = decode_json(line)
        items.append(item if type(item) in _EXPECTED else _broken(item, line))
        numbers.append(number)
    return Records(items, numbers)


def _broken(item: object, line: bytes) -> BrokenRecord:
    record = item if isinstance(item, BrokenRecord) else _NO_OBJECT
    return replace(record, raw=line.decode(errors="backslashreplace"))


def _refuse_other_text(piece: Lines, file: str) -> None:
    """Refuse what is no JSON on each line, judged by how a file begins."""
    if piece.is_too_long:
        raise _one_document(file, f"has a first line of more than {_LIMIT}")
    if piece.data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ConfigurationError(
            f"{file} begins as UTF-16 does, as PowerShell writes it: give its encoding "
            "(encoding=, --encoding), utf-16"
        )
    if not _DOCUMENT.match(piece.data):
        return
    if _ANSWER.match(piece.data):
        raise ConfigurationError(
            f"{file} is the answer to a scan or a query: an object on each line is "
            "needed, which jq -c '.Items[]' writes of it"
        )
    raise _one_document(file, "is one JSON document")


def _one_document(file: str, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"{file} {what}: an object on each line is needed, which jq -c '.[]' writes of "
        "an array and jq -c . of anything else"
    )


def _dialect_of(items: Sequence[object]) -> Dialect:
    """Return what the first object shows, or ``auto`` where there is none yet."""
    for item in items:
        if isinstance(item, dict) and item:
            attributes = _unwrapped(cast("JsonObject", item))
            if isinstance(attributes, dict) and attributes:
                values = cast("JsonObject", attributes).values()
                return "dynamodb" if all(map(_is_attribute_value, values)) else "plain"
            return "plain"
    return "auto"


def _is_attribute_value(
    value: object, payloads: Mapping[str, type] = _PAYLOADS
) -> bool:
    if not isinstance(value, dict) or len(cast("JsonObject", value)) != 1:
        return False
    ((tag, payload),) = cast("JsonObject", value).items()
    return tag in payloads and isinstance(payload, payloads[tag])


def _unwrapped(item: JsonObject) -> object:
    """Return what stands in ``{"Item": …}``, or the item.

    An item whose only attribute is called Item and is a key stays what it is.
    """
    if len(item) != 1 or "Item" not in item:
        return item
    inner = item["Item"]
    return item if _is_attribute_value(inner, _KEY_PAYLOADS) else inner


def _wire(item: object) -> object:
    # An object without attributes says nothing, also not of which dialect it is.
    if isinstance(item, BrokenRecord) or not item:
        return item
    attributes = _unwrapped(cast("JsonObject", item))
    if not isinstance(attributes, dict):
        return BrokenRecord(
            "NotAnObject", 'what stands in {"Item": …} is no object with attributes'
        )
    return WireItem(cast("dict[str, AttributeValue]", attributes))
