"""Sizes of items and what their writes cost, by DynamoDB's rules, to the byte.

Everything here works on DynamoDB JSON: attribute values such as ``{"S": "x"}``, with
``B`` as base64 text and ``N`` as text. Values are taken to be well formed and not
nested beyond the limit; ``ddbbulk.marshal`` and the simulator check that first.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import (
    MAX_NUMBER_DIGITS,
    MAX_NUMBER_EXPONENT,
    MIN_NUMBER_EXPONENT,
    WRITE_UNIT_BYTES,
)
from ddbbulk.schema import IndexSchema, TableSchema

AttributeValue = Mapping[str, Any]
Item = Mapping[str, AttributeValue]

# Possessive, so that a long text which is no number is refused in linear time. An
# exponent of more than nine digits is no number that anyone means.
_NUMBER = re.compile(r"([+-]?)(\d*+)(?:\.(\d*+))?(?:[eE]([+-]?\d{1,9}))?", re.ASCII)
_CONTAINER_BYTES: Final = 3


def canonical_number(text: str) -> str:
    """Return a number as DynamoDB stores it: expanded decimals, no needless zeros.

    Equal numbers have equal canonical texts: ``1``, ``1.0`` and ``10E-1`` are ``1``.

    Raises:
        InvalidItemError: ``NotANumber``, ``NumberPrecision`` or ``NumberMagnitude``.
    """
    if len(text) <= MAX_NUMBER_DIGITS and text.isascii():
        # What most numbers look like; so short, they are within every limit.
        whole, dot, fraction = text.partition(".")
        if whole.isdigit() and fraction.isdigit() == bool(dot):
            whole = whole.lstrip("0") or "0"
            fraction = fraction.rstrip("0")
            return f"{whole}.{fraction}" if fraction else whole
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise InvalidItemError("is not a decimal number", code="NotANumber")
    sign, whole, fraction, exponent = match.groups()
    digits = (whole + (fraction or "")).lstrip("0")
    point = len(digits) - len(fraction or "") + int(exponent or 0)
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    _check_range(digits, point - 1)
    return ("-" if sign == "-" else "") + _expanded(digits, point)


def _check_range(digits: str, exponent: int) -> None:
    if len(digits) > MAX_NUMBER_DIGITS:
        raise InvalidItemError(
            f"has {len(digits)} significant digits; a number has at most "
            f"{MAX_NUMBER_DIGITS}: round it, or store it as a string",
            code="NumberPrecision",
        )
    if not MIN_NUMBER_EXPONENT <= exponent <= MAX_NUMBER_EXPONENT:
        raise InvalidItemError(
            f"has a magnitude of 1E{exponent:+}; DynamoDB stores numbers from "
            f"1E{MIN_NUMBER_EXPONENT} to 1E+{MAX_NUMBER_EXPONENT}",
            code="NumberMagnitude",
        )


def _expanded(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def number_size(canonical: str) -> int:
    """Return the bytes of a number that is written as ``canonical_number`` does.

    AWS says only "about" one byte for two digits. Two formulas fit what was measured:
    pairs of digits counted from the decimal point, and from the first digit. They
    differ for numbers such as 120 and 0.015; the first is never the smaller one, so
    it is the safe one to admit by.
    """
    if canonical == "0":
        return 1
    whole, _, fraction = canonical.removeprefix("-").partition(".")
    sign_bytes = 1 if canonical[0] == "-" else 0
    if not fraction:
        zeros = len(whole) - len(whole.rstrip("0"))
        return 1 + sign_bytes + (len(whole) + 1) // 2 - zeros // 2
    pairs = (len(fraction) + 1) // 2
    if whole != "0":
        return 1 + sign_bytes + pairs + (len(whole) + 1) // 2
    zeros = len(fraction) - len(fraction.lstrip("0"))
    return 1 + sign_bytes + pairs - zeros // 2


def string_size(text: str) -> int:
    """Return the bytes of a string or an attribute name: its length as UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def _binary_size(text: str) -> int:
    return len(text) // 4 * 3 - text.count("=", -2)


def _number_size(text: str) -> int:
    return number_size(canonical_number(text))


def _flag_size(_flag: object) -> int:
    return 1


def _list_size(elements: Iterable[AttributeValue]) -> int:
    return _CONTAINER_BYTES + sum(1 + value_size(element) for element in elements)


def _map_size(members: Item) -> int:
    return _CONTAINER_BYTES + len(members) + item_size(members)


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": string_size,
    "N": _number_size,
    "B": _binary_size,
    "BOOL": _flag_size,
    "NULL": _flag_size,
    "L": _list_size,
    "M": _map_size,
    "SS": lambda members: sum(map(string_size, members)),
    "NS": lambda members: sum(map(_number_size, members)),
    "BS": lambda members: sum(map(_binary_size, members)),
}


def value_size(value: AttributeValue) -> int:
    """Return the bytes of one attribute value, without its name."""
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


def item_size(item: Item) -> int:
    """Return the bytes of an item: those of all names and values."""
    size = 0
    for name, value in item.items():
        # Written out rather than in calls: the simulator measures every item that it
        # is sent, and most of an item is names and strings of ASCII.
        size += len(name) if name.isascii() else len(name.encode())
        for kind, content in value.items():
            if kind == "S" and content.isascii():
                size += len(content)
            else:
                size += _SIZES[kind](content)
    return size


def write_units(size: int) -> int:
    """Return the write units of an item or index entry of so many bytes."""
    return -(-size // WRITE_UNIT_BYTES) or 1


def entry_size(item: Item, schema: TableSchema, index: IndexSchema) -> int | None:
    """Return the bytes of an item's entry in an index; None where it has none.

    An entry is what the index projects: its own keys, the table's keys, and more.
    """
    if any(key.name not in item for key in index.keys):
        return None
    return item_size(_entry(item, schema, index))


def _entry(item: Item, schema: TableSchema, index: IndexSchema) -> Item:
    if index.projection == "ALL":
        return item
    names = projected_names(schema, index)
    return {name: item[name] for name in names if name in item}


def projected_names(schema: TableSchema, index: IndexSchema) -> tuple[str, ...]:
    """Return the names of the attributes that an index copies, unless it copies all."""
    names = [key.name for key in index.keys + schema.keys]
    if index.projection == "INCLUDE":
        names += index.non_key_attributes
    return tuple(dict.fromkeys(names))


def write_cost(
    before: Item | None,
    after: Item | None,
    schema: TableSchema,
    *,
    after_size: int | None = None,
) -> tuple[int, dict[str, int], dict[str, int]]:
    """Return what a put or delete costs: the table's units, the GSIs', the LSIs'.

    Indexes that the write does not touch are absent. The table's units are its own:
    units of its LSIs are charged to it as well, and are not in that number.

    Args:
        before: the item that was there; None where there was none.
        after: the item that is there now; None for a delete.
        schema: the table's keys and indexes.
        after_size: the size of ``after``, where the caller knows it.
    """
    old_size = 0 if before is None else item_size(before)
    if after is None:
        after_size = 0
    elif after_size is None:
        after_size = item_size(after)
    global_units: dict[str, int] = {}
    local_units: dict[str, int] = {}
    for index in schema.indexes:
        old = _entry_units(before, old_size, schema, index)
        new = _entry_units(after, after_size, schema, index)
        if before is not None and after is not None and old and new:
            units = _replacement_units(before, after, old, new, schema, index)
        else:
            units = old + new
        if units:
            (local_units if index.is_local else global_units)[index.name] = units
    return write_units(max(old_size, after_size)), global_units, local_units


def _entry_units(
    item: Item | None, size: int, schema: TableSchema, index: IndexSchema
) -> int:
    if item is None or any(key.name not in item for key in index.keys):
        return 0
    if size <= WRITE_UNIT_BYTES or index.projection == "ALL":
        return write_units(size)
    return write_units(item_size(_entry(item, schema, index)))


def _replacement_units(
    before: Item,
    after: Item,
    old: int,
    new: int,
    schema: TableSchema,
    index: IndexSchema,
) -> int:
    """Units of changing an entry: nothing, the larger one, or (another key) both.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html says so
    under "Provisioned throughput considerations".
    """
    for key in index.keys:
        if not is_equal(before[key.name], after[key.name]):
            return old + new
    old_entry = _entry(before, schema, index)
    new_entry = _entry(after, schema, index)
    return 0 if is_equal({"M": old_entry}, {"M": new_entry}) else max(old, new)


def is_equal(left: AttributeValue, right: AttributeValue) -> bool:
    """Say whether DynamoDB takes two values for one: numbers by value, sets unordered.

    Example:
        >>> is_equal({"NS": ["1", "2"]}, {"NS": ["2.0", "1"]})
        True
    """
    return left == right or _comparable(left) == _comparable(right)


def _comparable(value: AttributeValue) -> tuple[str, object]:
    """Return what DynamoDB compares: numbers by value, sets without order."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return kind, canonical_number(content)
        case "NS":
            return kind, {*map(canonical_number, content)}
        case "SS" | "BS":
            return kind, {*content}
        case "L":
            return kind, [_comparable(element) for element in content]
        case "M":
            return kind, {name: _comparable(item) for name, item in content.items()}
        case _:
            return kind, content
