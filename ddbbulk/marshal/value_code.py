"""How generated code turns one value into text, by the value's exact type."""

from binascii import b2a_base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from ddbbulk.marshal.numbers import (
    ABOVE_ONE_SIZES,
    BELOW_MINUS_ONE_SIZES,
    FRACTION_SIZES,
    FRACTIONS_FROM,
    INTEGER_SIZES,
    INTEGER_TEXTS,
    NEGATIVE_SIZES,
    POSITIVE_SIZES,
    SMALL,
    decimal_text,
    float_text,
    float_texts,
    integer_size,
)
from ddbbulk.marshal.scalars import Encoder

# What the code below takes from its namespace.
NAMES: Final[Mapping[str, Any]] = {
    "_base64": b2a_base64,
    "_decimal": decimal_text,
    "_float": float_text,
    "_floats": float_texts,
    "_above": ABOVE_ONE_SIZES,
    "_below": BELOW_MINUS_ONE_SIZES,
    "_fraction": FRACTION_SIZES,
    "_integer_size": integer_size,
    "_texts": INTEGER_TEXTS,
    "_sizes": INTEGER_SIZES,
    "_positive": POSITIVE_SIZES,
    "_negative": NEGATIVE_SIZES,
}


@dataclass(frozen=True, slots=True)
class ValueCode:
    """Code for the value ``v<number>``.

    Args:
        lines: make of it the text ``t<number>``, and add its bytes to ``size``.
        before: JSON in front of the text.
        text: the variable that holds the text; None where all of the JSON is constant.
        after: JSON behind the text.
        size: bytes that every such value has.
        names: what the lines need in their namespace.
    """

    before: str
    text: str | None
    after: str = ""
    lines: tuple[str, ...] = ()
    size: int = 0
    names: Mapping[str, object] = field(default_factory=dict[str, object])


def value_code(kind: type, number: int, encoder: Encoder, depth: int) -> ValueCode:
    """Return the code for a value.

    Args:
        kind: its exact type.
        number: of the attribute.
        encoder: what encodes such values where there is no code for them here.
        depth: at which it is nested.
    """
    write = _WRITERS.get(kind)
    if write is not None:
        return write(number)
    return ValueCode(
        "",
        f"t{number}",
        lines=(
            f"t{number}, s{number} = _e{number}(v{number}, {depth})",
            f"size += s{number}",
        ),
        names={f"_e{number}": encoder},
    )


def has_code(kind: type) -> bool:
    """Say whether values of a type have code of their own."""
    return kind in _WRITERS


def _string(number: int) -> ValueCode:
    # Strings are measured, and where needed escaped, all at once.
    return ValueCode('{"S":"', f"v{number}", '"}')


def _integer(number: int) -> ValueCode:
    value, text = f"v{number}", f"t{number}"
    lines = (
        f"if 0 <= {value} < {SMALL}:",
        f"    {text} = _texts[{value}]",
        f"    size += _sizes[{value}]",
        "else:",
        f"    {text} = str({value})",
        f"    if not {value} % 100:",
        f"        size += _integer_size({text})",
        f"    elif {value} > 0:",
        f"        size += _positive[len({text})]",
        "    else:",
        f"        size += _negative[len({text})]",
    )
    return ValueCode('{"N":"', text, '"}', lines)


def _float(number: int) -> ValueCode:
    # The text was made with those of all floats.
    value, text, size = f"v{number}", f"t{number}", f"s{number}"
    lines = (
        f"if not {value} % 1.0:",
        f"    {text}, {size} = _float({value})",
        f"elif {value} > 1.0:",
        f'    {size} = _above[len({text})][{text}.find(".")]',
        f"elif {value} < -1.0:",
        f'    {size} = _below[len({text})][{text}.find(".")]',
        f"elif {value} >= {FRACTIONS_FROM}:",
        f"    {size} = _fraction[len({text})]",
        "else:",
        f"    {text}, {size} = _float({value})",
        f"size += {size}",
    )
    return ValueCode('{"N":"', text, '"}', lines)


def _decimal(number: int) -> ValueCode:
    lines = (f"t{number}, s{number} = _decimal(v{number})", f"size += s{number}")
    return ValueCode('{"N":"', f"t{number}", '"}', lines)


def _flag(number: int) -> ValueCode:
    line = f't{number} = "true" if v{number} else "false"'
    return ValueCode('{"BOOL":', f"t{number}", "}", (line,), size=1)


def _null(_number: int) -> ValueCode:
    return ValueCode('{"NULL":true}', None, size=1)


def _binary(number: int) -> ValueCode:
    lines = (
        f"t{number} = _base64(v{number}, newline=False).decode()",
        f"size += len(v{number})",
    )
    return ValueCode('{"B":"', f"t{number}", '"}', lines)


_WRITERS: Final[Mapping[type, Callable[[int], ValueCode]]] = {
    str: _string,
    int: _integer,
    float: _float,
    Decimal: _decimal,
    bool: _flag,
    type(None): _null,
    bytes: _binary,
}
