"""Numbers as DynamoDB answers to them, and as bytes that sort."""

from decimal import Decimal
from typing import Final

from ddbbulk import sizing
from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_NUMBER_EXPONENT
from ddbbulk.simulator.service_error import ServiceError

# Room between the exponents of negative and positive numbers in their sortable form.
_EXPONENT_MIDDLE: Final = 0x0200
_NEGATIVE, _ZERO, _POSITIVE = b"\x7f", b"\x80", b"\x81"


def canonical_number(text: str) -> str:
    """A number as DynamoDB stores it: an expanded decimal without needless zeros.

    Raises:
        ServiceError: not a number, or one beyond DynamoDB's digits or magnitude.
    """
    try:
        return sizing.canonical_number(text)
    except InvalidItemError as error:
        raise ServiceError.validation(_refusal(text, error.code)) from error


def _refusal(text: str, code: str) -> str:
    if code == "NumberPrecision":
        return "Attempting to store more than 38 significant digits in a Number"
    if code == "NumberMagnitude":
        if Decimal(text).adjusted() > MAX_NUMBER_EXPONENT:
            kind, direction = "overflow", "larger"
        else:
            kind, direction = "underflow", "smaller"
        return (
            f"Number {kind}. Attempting to store a number with magnitude {direction} "
            "than supported range"
        )
    if not text:
        return "The parameter cannot be converted to a numeric value"
    return f"The parameter cannot be converted to a numeric value: {text}"


def sortable_number(canonical: str) -> bytes:
    """Bytes that compare as the numbers do; they never hold two zero bytes in a row."""
    number = Decimal(canonical)
    if not number:
        return _ZERO
    magnitude = number.adjusted()
    digits = "".join(map(str, number.as_tuple().digits)).strip("0").encode()
    if number > 0:
        exponent = (_EXPONENT_MIDDLE + magnitude).to_bytes(2, "big")
        return _POSITIVE + exponent + digits
    exponent = (_EXPONENT_MIDDLE - magnitude).to_bytes(2, "big")
    # Of two negative numbers the one with more digits is the smaller: close high.
    return _NEGATIVE + exponent + bytes(255 - digit for digit in digits) + b"\xff"
