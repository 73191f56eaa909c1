"""The types of CSV columns: asked for by name, never guessed from what a cell shows."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable
from ddbbulk.sources.exact_json import decode_json

SET_SEPARATOR: Final = "|"

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?\d+", re.ASCII)
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class ColumnType:
    """How the cells of a column become values.

    Args:
        expected: what a cell must be, for the message about one that is not.
        convert: raises ValueError or ArithmeticError for such a cell.
    """

    expected: str
    convert: Callable[[str], object]


def _number(cell: str) -> int | Decimal:
    if _INTEGER.fullmatch(cell):
        return int(cell)
    if _NUMBER.fullmatch(cell):
        return Decimal(cell)
    raise ValueError


def _boolean(cell: str) -> bool:
    value = _BOOLEANS.get(cell.lower())
    if value is None:
        raise ValueError
    return value


def _binary(cell: str) -> bytes:
    return base64.b64decode(cell, validate=True)


def _json_of(kind: type) -> Callable[[str], object]:
    def convert(cell: str) -> object:
        value = decode_json(cell.encode())
        if isinstance(value, kind):
            return value
        raise ValueError

    return convert


def _set_of(convert_member: Callable[[str], object]) -> Callable[[str], object]:
    def convert(cell: str) -> object:
        members = cell.split(SET_SEPARATOR)
        values = {convert_member(member) for member in members if member}
        # An empty member is a slip; of two equal ones DynamoDB keeps none: it refuses.
        if len(values) != len(members):
            raise ValueError
        return values

    return convert


COLUMN_TYPES: Final[Mapping[str, ColumnType]] = {
    "S": ColumnType("text", str),
    "N": ColumnType("a number such as 12 or -1.5", _number),
    "B": ColumnType("base64", _binary),
    "BOOL": ColumnType("true or false (or 1 or 0)", _boolean),
    "SS": ColumnType("different texts with | between them", _set_of(str)),
    "NS": ColumnType("different numbers with | between them", _set_of(_number)),
    "BS": ColumnType("different base64 texts with | between them", _set_of(_binary)),
    "L": ColumnType("a JSON array", _json_of(list)),
    "M": ColumnType("a JSON object", _json_of(dict)),
}


def parse_types(types: str | Mapping[str, str] | None) -> dict[str, str]:
    """Return the types by column.

    Args:
        types: ``age=N,active=BOOL``, or the same as a mapping.

    Raises:
        ConfigurationError: a part is no ``column=TYPE``, or the type is unknown.
    """
    if types is None:
        return {}
    pairs = _pairs(types) if isinstance(types, str) else list(types.items())
    found: dict[str, str] = {}
    for column, type_name in pairs:
        if type_name not in COLUMN_TYPES:
            raise ConfigurationError(
                f"column {printable(column)!r} cannot have the type "
                f"{printable(type_name)!r}: use one of {', '.join(COLUMN_TYPES)}"
            )
        if column in found:
            raise ConfigurationError(f"column {printable(column)!r} is given two types")
        found[column] = type_name
    return found


def _pairs(types: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for part in filter(None, map(str.strip, types.split(","))):
        column, equals, type_name = part.rpartition("=")
        if not equals or not column:
            raise ConfigurationError(
                f"types are written column=TYPE,column=TYPE, such as age=N: "
                f"{printable(part)!r} is not"
            )
        pairs.append((column, type_name))
    return pairs
