"""Numbers as DynamoDB writes and measures them, found as fast as can be.

Sizes are looked up by the length of a number's text, and by where its point is, where
these decide. Longer texts have no entry: what may be refused, or is rare, is left to
the general encoder.
"""

from collections.abc import Collection
from decimal import Decimal
from typing import Final

import orjson

from ddbbulk.limits import MAX_NUMBER_DIGITS
from ddbbulk.marshal.scalars import encode_decimal, encode_float
from ddbbulk.sizing import number_size

# Small integers are most of what items count.
SMALL: Final = 1024
INTEGER_TEXTS: Final = tuple(map(str, range(SMALL)))
INTEGER_SIZES: Final = tuple(map(number_size, INTEGER_TEXTS))

# Of integers that do not end in two zeros: by the length of the text.
_LENGTHS: Final = range(MAX_NUMBER_DIGITS + 1)
POSITIVE_SIZES: Final = tuple(1 + (length + 1) // 2 for length in _LENGTHS)
NEGATIVE_SIZES: Final = tuple(2 + length // 2 for length in _LENGTHS)

# Of fractions above 1 and below -1: by the length of the text and the place of the
# point. Of fractions from 0.01 up to 1: by the length alone.
FRACTIONS_FROM: Final = 0.01
ABOVE_ONE_SIZES: Final = tuple(
    tuple(1 + (point + 1) // 2 + (length - point) // 2 for point in range(length))
    for length in _LENGTHS
)
BELOW_MINUS_ONE_SIZES: Final = tuple(
    tuple(2 + point // 2 + (length - point) // 2 for point in range(length))
    for length in _LENGTHS
)
FRACTION_SIZES: Final = tuple(1 + (length - 1) // 2 for length in _LENGTHS)

# Below this every whole float is written with all its digits.
_WHOLE_BELOW: Final = 1e15


def integer_text(value: int) -> tuple[str, int]:
    """Return an integer as DynamoDB writes it, and its bytes.

    Raises:
        IndexError: it may have more digits than DynamoDB stores.
    """
    if 0 <= value < SMALL:
        return INTEGER_TEXTS[value], INTEGER_SIZES[value]
    text = str(value)
    if not value % 100:
        return text, integer_size(text)
    return text, (POSITIVE_SIZES if value > 0 else NEGATIVE_SIZES)[len(text)]


def integer_size(text: str) -> int:
    """Return the bytes of an integer.

    Raises:
        IndexError: it may have more digits than DynamoDB stores.
    """
    POSITIVE_SIZES[len(text)]
    return number_size(text)


def float_texts(values: Collection[float]) -> list[str]:
    """Return floats as DynamoDB writes them; whole ones may have a ".0" at the end.

    Args:
        values: at least one.

    Raises:
        RefusedValueError: DynamoDB has no such number.
    """
    texts = orjson.dumps(values)[1:-1].decode()
    # An exponent, or the null that stands for what is no number.
    if "e" in texts or "u" in texts:
        return [encode_float(value, 1)[0][6:-2] for value in values]
    return texts.split(",")


def float_text(value: float) -> tuple[str, int]:
    """Return a float as DynamoDB writes it, and its bytes.

    Raises:
        RefusedValueError: DynamoDB has no such number.
    """
    if -_WHOLE_BELOW < value < _WHOLE_BELOW and not value % 1:
        return integer_text(int(value))
    text, size = encode_float(value, 1)
    return text[6:-2], size


def decimal_text(value: Decimal) -> tuple[str, int]:
    """Return a decimal as DynamoDB writes it, and its bytes.

    Raises:
        RefusedValueError: DynamoDB has no such number.
    """
    text = str(value)
    if len(text) <= MAX_NUMBER_DIGITS and text[-1] != "0":
        whole, _, fraction = text.partition(".")
        if not fraction and whole.isdigit():
            return text, POSITIVE_SIZES[len(whole)]
        if fraction.isdigit() and whole.isdigit() and whole != "0":
            return text, 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2
    text, size = encode_decimal(value, 1)
    return text[6:-2], size
