"""JSON with every number exact, and nothing that two readers could read differently."""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Final, cast

import msgspec

from ddbbulk.sources.source import BrokenRecord

# The decoder holds no state between calls.
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def decode_json(text: bytes) -> object:
    """Return the value, its fractions as ``Decimal``, or a BrokenRecord.

    NaN, infinities and names that come twice in one object are broken: JSON does not
    have the former, and of the latter one would be lost.
    """
    try:
        value = cast("object", _DECODER.decode(text))
        if _has_repeated_name(text, value):
            return BrokenRecord(
                "RepeatedName", "an object has the same name twice: remove one of them"
            )
    except UnicodeDecodeError:
        return BrokenRecord(
            "WrongEncoding", "the text is not UTF-8: give its encoding (encoding=)"
        )
    except RecursionError:
        return BrokenRecord("NestingTooDeep", "the JSON is nested too deep to be read")
    except (ValueError, ArithmeticError) as error:
        return BrokenRecord("BrokenJson", _reason(error))
    return value


def _reason(error: Exception) -> str:
    # A DecodeError says what and at which byte, and shows no text of the line.
    if isinstance(error, msgspec.ValidationError):
        return "an integer has too many digits to be read"
    if isinstance(error, msgspec.DecodeError):
        return f"this is no JSON: {error}"
    return "a number is too large or too small to be read"


def _has_repeated_name(text: bytes, value: object) -> bool:
    """Compare the names in the text with those that came out of it.

    Both are counted, the cheap way first: a name's quote is followed by a colon, and
    where there are as many of those as names came out, none was lost.
    """
    is_spaced = b" :" in text or b"\t:" in text or b"\r:" in text or b"\n:" in text
    colons = text.count(b":") if is_spaced else text.count(b'":')
    if type(value) is dict and colons == len(cast("dict[str, object]", value)):
        return False
    names = _count_names(cast("object", value))
    return colons != names and _STRING.sub(b"", text).count(b":") != names


def _count_names(value: object) -> int:
    members: Collection[object] = ()
    count = 0
    if type(value) is dict:
        members = cast("dict[str, object]", value).values()
        count = len(members)
    elif type(value) is list:
        members = cast("list[object]", value)
    for member in members:
        if type(member) is dict or type(member) is list:
            count += _count_names(cast("object", member))
    return count
