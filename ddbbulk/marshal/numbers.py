"""Numbers as DynamoDB writes and measures them, found as fast as can be."""

from decimal import Decimal
from typing import Final

from ddbbulk.limits import MAX_NUMBER_DIGITS
from ddbbulk.marshal.scalars import encode_decimal, encode_float
from ddbbulk.sizing import number_size

# Small integers are most of what items count.
INTEGER_TEXTS: Final = tuple(map(str, range(1024)))
INTEGER_SIZES: Final = tuple(map(number_size, INTEGER_TEXTS))

# Sizes of integers that do not end in two zeros, by the length of their text. A longer
# text has no entry: what may be refused is left to the general encoder.
POSITIVE_SIZES: Final = tuple(
    1 + (length + 1) // 2 for length in range(MAX_NUMBER_DIGITS + 1)
)
NEGATIVE_SIZES: Final = tuple(
    2 + length // 2 for length in range(MAX_NUMBER_DIGITS + 1)
)


def integer_size(text: str) -> int:
    """Return the bytes of an integer.

    Raises:
        IndexError: it may have more digits than DynamoDB stores.
    """
    POSITIVE_SIZES[len(text)]
    return number_size(text)


def float_text(value: float) -> tuple[str, int]:
    """Return a float as DynamoDB writes it, and its bytes.

    Raises:
        RefusedValueError: DynamoDB has no such number.
    """
    text, size = encode_float(value, 1)
    return text[6:-2], size


def decimal_text(value: Decimal) -> tuple[str, int]:
    """Return a decimal as DynamoDB writes it, and its bytes.

    Raises:
        RefusedValueError: DynamoDB has no such number.
    """
    text, size = encode_decimal(value, 1)
    return text[6:-2], size
