"""How DynamoDB compares two attribute values, on their wire form.

Numbers compare by value, strings by their UTF-8 bytes, binaries by their bytes; two
values of different types are never equal and never in order.
"""

import base64
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

AttributeValue = Mapping[str, Any]
Item = Mapping[str, AttributeValue]

ORDERED_TYPES: Final = frozenset({"S", "N", "B"})
SET_MEMBERS: Final = {"SS": "S", "NS": "N", "BS": "B"}
ALL_TYPES: Final = ("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M")


def type_of(value: AttributeValue) -> str:
    """The type letter of a value: such as ``S``, ``N`` or ``BOOL``."""
    return next(iter(value))


def comparable(value: AttributeValue) -> Any:  # noqa: ANN401 - one of many types
    """The content in a form that compares with ``==`` as DynamoDB compares it."""
    kind, content = next(iter(value.items()))
    if kind in SET_MEMBERS:
        member = SET_MEMBERS[kind]
        return frozenset(comparable({member: each}) for each in content)
    if kind == "N":
        return Decimal(content)
    if kind == "B":
        return base64.b64decode(content)
    return content


def is_equal(left: AttributeValue, right: AttributeValue) -> bool:
    """Whether both have the same type and content (sets in any order)."""
    kind = type_of(left)
    if kind != type_of(right):
        return False
    first, second = left[kind], right[kind]
    if kind == "L":
        return len(first) == len(second) and all(map(is_equal, first, second))
    if kind == "M":
        return first.keys() == second.keys() and all(
            is_equal(first[name], second[name]) for name in first
        )
    return bool(comparable(left) == comparable(right))


def compare(left: AttributeValue, right: AttributeValue) -> int | None:
    """Negative, zero or positive as left is below, equal or above; None: no order."""
    kind = type_of(left)
    if kind != type_of(right) or kind not in ORDERED_TYPES:
        return None
    # Python orders strings by code point, which is the order of their UTF-8 bytes.
    first, second = comparable(left), comparable(right)
    return int(first > second) - int(first < second)


def size_of(value: AttributeValue) -> int | None:
    """What the function ``size`` answers; None for types that have no size.

    A string's length is counted in UTF-16 units, as Java counts; AWS says only
    "the length of the string".
    """
    kind, content = next(iter(value.items()))
    if kind == "S":
        return len(content.encode("utf-16-le", "surrogatepass")) // 2
    if kind == "B":
        return len(base64.b64decode(content))
    if kind in SET_MEMBERS or kind in {"L", "M"}:
        return len(content)
    return None


def has_prefix(value: AttributeValue, prefix: AttributeValue) -> bool:
    """Whether a string or binary begins with another."""
    kind = type_of(value)
    if kind not in {"S", "B"} or kind != type_of(prefix):
        return False
    return bool(comparable(value).startswith(comparable(prefix)))


def contains(value: AttributeValue, part: AttributeValue) -> bool:
    """Whether a string or binary has the part in it, a set or list the member."""
    kind = type_of(value)
    if kind == "L":
        return any(is_equal(each, part) for each in value["L"])
    if kind in SET_MEMBERS:
        member = SET_MEMBERS[kind]
        return type_of(part) == member and comparable(part) in comparable(value)
    if kind in {"S", "B"} and type_of(part) == kind:
        return comparable(part) in comparable(value)
    return False
