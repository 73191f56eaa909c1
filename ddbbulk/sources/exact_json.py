"""JSON with every number exact, and nothing that two readers could read differently."""

import re
from decimal import Decimal
from typing import Final, TypeAlias, cast

import msgspec

from ddbbulk.marshal import BrokenRecord

_Object: TypeAlias = dict[str, object]
_Array: TypeAlias = list[object]
_OBJECT: Final = (dict,)
_CONTAINERS: Final = (dict, list)

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
            "WrongEncoding",
            "the text is not UTF-8: give its encoding (encoding=, --encoding)",
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
    """Compare the number of names in the text with that of names that came out of it.

    A name is followed by a colon, and strings may hold more colons. So where no more
    colons are found than names came out, none was lost; only where there are more are
    the strings taken out of the text, which costs more than the decoding.
    """
    outermost = len(cast("_Object", value)) if type(value) in _OBJECT else 0
    colons = text.count(b":")
    if colons == outermost:
        return False
    after_quotes = text.count(b'":')
    if colons != after_quotes and not _may_have_blanks(text):
        colons = after_quotes
        if colons == outermost:
            return False
    names = _count_names(value, colons)
    return colons != names and _STRING.sub(b"", text).count(b":") != names


def _may_have_blanks(text: bytes) -> bool:
    """Say whether something may stand between a name and its colon.

    A tab or line end anywhere is taken for that: to find one character costs nothing.
    """
    return b"\t" in text or b"\r" in text or b"\n" in text or b" :" in text


def _count_names(value: object, enough: int) -> int:
    """Return how many names the objects in the value have; stop where it is enough."""
    count = 0
    first = [value] if type(value) in _CONTAINERS else []
    containers = cast("list[_Object | _Array]", first)
    while containers:
        count += sum([len(one) for one in containers if type(one) in _OBJECT])
        if count >= enough:
            break
        members = [
            member
            for one in containers
            for member in (one.values() if isinstance(one, dict) else one)
            if type(member) in _CONTAINERS
        ]
        containers = cast("list[_Object | _Array]", members)
    return count
