"""DynamoDB's numbers: 38 digits, and how they are written and ordered."""

from decimal import Decimal, InvalidOperation
from typing import Final

from ddbbulk.limits import (
    MAX_NUMBER_DIGITS,
    MAX_NUMBER_EXPONENT,
    MIN_NUMBER_EXPONENT,
)
from ddbbulk.simulator.service_error import ServiceError

# Room between the exponents of negative and positive numbers in their sortable form.
_EXPONENT_MIDDLE: Final = 0x0200
_NEGATIVE, _ZERO, _POSITIVE = b"\x7f", b"\x80", b"\x81"


def canonical_number(text: str) -> str:
    """A number as DynamoDB stores it: an expanded decimal without needless zeros.

    Raises:
        ServiceError: not a number, or one beyond DynamoDB's digits or magnitude.
    """
    if text.isdigit() and text.isascii() and len(text) <= MAX_NUMBER_DIGITS:
        stripped = text.lstrip("0")
        return stripped or "0"
    number = parse_number(text)
    if not number:
        return "0"
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain


def parse_number(text: str) -> Decimal:
    """The number that a text stands for, checked against DynamoDB's bounds."""
    try:
        # Decimal takes underscores and blanks at the ends, DynamoDB does not.
        number = Decimal("" if "_" in text or text != text.strip() else text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        message = f"The parameter cannot be converted to a numeric value: {text}"
        if not text:
            message = "The parameter cannot be converted to a numeric value"
        raise ServiceError.validation(message)
    _check_bounds(number)
    return number


def _check_bounds(number: Decimal) -> None:
    if not number:
        return
    magnitude = number.adjusted()
    if magnitude > MAX_NUMBER_EXPONENT:
        raise ServiceError.validation(
            "Number overflow. Attempting to store a number with magnitude larger than "
            "supported range"
        )
    if magnitude < MIN_NUMBER_EXPONENT:
        raise ServiceError.validation(
            "Number underflow. Attempting to store a number with magnitude smaller "
            "than supported range"
        )
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(digits) > MAX_NUMBER_DIGITS:
        raise ServiceError.validation(
            "Attempting to store more than 38 significant digits in a Number"
        )


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
