"""Lists and sets whose members are all of one type, encoded all at once."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, Final

import orjson

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
from ddbbulk.marshal.scalars import Encoded, Encoder, quoted

# Joins the texts of some members with what stands between them, and adds up their
# bytes.
Joiner = Callable[[Collection[Any], str], Encoded]


def joined_strings(strings: Collection[str], between: str) -> Encoded:
    """Join strings.

    Raises:
        TypeError: one holds half of a surrogate pair.
    """
    text = "".join(strings)
    size = len(text)
    written = len(orjson.dumps(text)) - 2
    if written != size:
        size = len(text.encode())
        if written != size:
            return between.join([quoted(string)[1:-1] for string in strings]), size
    return between.join(strings), size


def joined_integers(integers: Collection[int], between: str) -> Encoded:
    """Join integers.

    Raises:
        IndexError: one may have more digits than DynamoDB stores.
    """
    texts: list[str] = []
    size = 0
    for value in integers:
        if 0 <= value < SMALL:
            texts.append(INTEGER_TEXTS[value])
            size += INTEGER_SIZES[value]
            continue
        text = str(value)
        texts.append(text)
        if not value % 100:
            size += integer_size(text)
        else:
            size += (POSITIVE_SIZES if value > 0 else NEGATIVE_SIZES)[len(text)]
    return between.join(texts), size


def joined_floats(floats: Collection[float], between: str) -> Encoded:
    """Join floats.

    Raises:
        RefusedValueError: DynamoDB has no such number.
    """
    texts: list[str] = []
    size = 0
    written = float_texts(floats)
    for number, value in enumerate(floats):
        text = written[number]
        if not value % 1.0 or -1.0 <= value < FRACTIONS_FROM:
            text, float_size = float_text(value)
        elif value > 1.0:
            float_size = ABOVE_ONE_SIZES[len(text)][text.find(".")]
        elif value > 0.0:
            float_size = FRACTION_SIZES[len(text)]
        else:
            float_size = BELOW_MINUS_ONE_SIZES[len(text)][text.find(".")]
        texts.append(text)
        size += float_size
    return between.join(texts), size


def joined_decimals(decimals: Collection[Decimal], between: str) -> Encoded:
    """Join decimals.

    Raises:
        RefusedValueError: DynamoDB has no such number.
    """
    encoded = [decimal_text(number) for number in decimals]
    return between.join([text for text, _ in encoded]), sum([at for _, at in encoded])


JOINERS: Final[Mapping[type, tuple[Joiner, str]]] = {
    str: (joined_strings, "S"),
    int: (joined_integers, "N"),
    float: (joined_floats, "N"),
    Decimal: (joined_decimals, "N"),
}


def uniform_list(kind: type, general: Encoder) -> Encoder:
    """Return an encoder of lists.

    Args:
        kind: type of their elements: one of ``JOINERS``.
        general: for lists that have others.
    """
    join, letter = JOINERS[kind]
    kinds = {kind}
    before, between, after = (
        f'{{"L":[{{"{letter}":"', f'"}},{{"{letter}":"', '"}]}'
    )  # fmt: skip

    def encode(elements: list[Any], depth: int) -> Encoded:
        if not elements or not kinds.issuperset(map(type, elements)):
            return general(elements, depth)
        text, size = join(elements, between)
        return f"{before}{text}{after}", 3 + len(elements) + size

    return encode


def uniform_set(kind: type, general: Encoder) -> Encoder:
    """Return an encoder of sets.

    Args:
        kind: type of their members: strings or integers, of which none that differ are
            equal to DynamoDB.
        general: for sets that have others.
    """
    join, letter = JOINERS[kind]
    kinds = {kind}
    before = f'{{"{letter}S":["'

    def encode(members: set[Any], depth: int) -> Encoded:
        if not members or not kinds.issuperset(map(type, members)):
            return general(members, depth)
        # Sorted because Python's order of strings changes from run to run.
        text, size = join(sorted(members), '","')
        return f'{before}{text}"]}}', size

    return encode
