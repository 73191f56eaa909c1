"""Encoders of values that hold no others: wire JSON and size of one Python value.

Every encoder takes the depth at which the value stands, for the sake of those that need
it, so that all have one shape.
"""

from binascii import b2a_base64
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final
from uuid import UUID

from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_NUMBER_DIGITS, MAX_NUMBER_EXPONENT
from ddbbulk.marshal.refusal import RefusedValueError
from ddbbulk.sizing import canonical_number, number_size

Encoded = tuple[str, int]
Encoder = Callable[[Any, int], Encoded]

# Text as JSON: only quotes, backslashes and control characters are escaped, the rest
# goes out as UTF-8 (\u escapes would take up to three times the bytes of a request).
quoted: Final = encode_basestring

# Python writes floats of these magnitudes as DynamoDB does, but for a final ".0".
_PLAIN_FROM: Final = 1e-4
_PLAIN_BELOW: Final = 1e16

_INTEGER_BOUND: Final = 10 ** (MAX_NUMBER_EXPONENT + 1)


def utf8_size(text: str) -> int:
    """Return the bytes of a text as UTF-8.

    Raises:
        RefusedValueError: it holds half of a surrogate pair, which UTF-8 has not.
    """
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise RefusedValueError(
            "holds a lone surrogate, which is no character: decode the text anew, "
            "or replace it",
            code="InvalidString",
        ) from None


def encode_string(value: str, _depth: int) -> Encoded:
    """Encode a string."""
    size = len(value) if value.isascii() else utf8_size(value)
    return f'{{"S":{quoted(value)}}}', size


def encode_string_subclass(value: str, _depth: int) -> Encoded:
    """Encode a string whose class may have its own idea of what it is."""
    return encode_string(str.__str__(value), _depth)


def encode_number_text(text: str, _depth: int = 0) -> Encoded:
    """Encode a number that is written in decimal."""
    try:
        canonical = canonical_number(text)
    except InvalidItemError as error:
        raise RefusedValueError(str(error), code=error.code) from None
    return f'{{"N":"{canonical}"}}', number_size(canonical)


def _integer(value: int) -> Encoded:
    # Python refuses to write out integers of more than 4,300 digits.
    if not -_INTEGER_BOUND < value < _INTEGER_BOUND:
        raise RefusedValueError(
            f"is an integer of more than {MAX_NUMBER_EXPONENT + 1} digits",
            code="NumberMagnitude",
        )
    text = int.__repr__(value)
    if len(text) > MAX_NUMBER_DIGITS:
        return encode_number_text(text)
    return f'{{"N":"{text}"}}', number_size(text)


_SMALL_INTEGERS: Final = tuple(map(_integer, range(256)))


def encode_integer(value: int, _depth: int) -> Encoded:
    """Encode an integer."""
    if 0 <= value < 256:  # noqa: PLR2004 - the length of the table above
        return _SMALL_INTEGERS[value]
    return _integer(value)


def encode_float(value: float, _depth: int) -> Encoded:
    """Encode a float as the shortest decimal that reads back as the same float."""
    text = float.__repr__(value)
    if _PLAIN_FROM <= abs(value) < _PLAIN_BELOW:
        canonical = text.removesuffix(".0")
        return f'{{"N":"{canonical}"}}', number_size(canonical)
    return encode_number_text(text)


def encode_decimal(value: Decimal, _depth: int) -> Encoded:
    """Encode a decimal."""
    return encode_number_text(Decimal.__str__(value))


def encode_flag(value: bool, _depth: int) -> Encoded:  # noqa: FBT001 - it is the value
    """Encode true or false."""
    return '{"BOOL":true}' if value else '{"BOOL":false}', 1


def encode_none(_value: None, _depth: int) -> Encoded:
    """Encode None as DynamoDB's NULL."""
    return '{"NULL":true}', 1


def encode_binary(value: bytes | bytearray | memoryview, _depth: int) -> Encoded:
    """Encode bytes."""
    size = value.nbytes if isinstance(value, memoryview) else len(value)
    return f'{{"B":"{b2a_base64(value, newline=False).decode()}"}}', size


def encode_memoryview(value: memoryview, _depth: int) -> Encoded:
    """Encode a view of bytes, which need not be contiguous."""
    return encode_binary(value.tobytes(), _depth)


def encode_date(value: date, _depth: int) -> Encoded:
    """Encode a date or a datetime as a string of ISO 8601."""
    return encode_string(value.isoformat(), _depth)


def encode_uuid(value: UUID, _depth: int) -> Encoded:
    """Encode a UUID as a string with hyphens."""
    return encode_string(UUID.__str__(value), _depth)


def encode_as_number(value: object, _depth: int) -> Encoded:
    """Encode what ``str()`` gives, as a number."""
    return encode_number_text(str(value))
