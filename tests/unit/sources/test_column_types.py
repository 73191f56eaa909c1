from decimal import Decimal

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.sources.column_types import COLUMN_TYPES, parse_types


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("S", " as it is ", " as it is "),
        (
            "N",
            "12345678901234567890123456789012345678",
            12345678901234567890123456789012345678,
        ),
        ("N", "+1", 1),
        ("N", "0.10", Decimal("0.10")),
        ("N", "1e5", Decimal("1e5")),
        ("N", ".5", Decimal("0.5")),
        ("B", "aGk=", b"hi"),
        ("BOOL", "True", True),
        ("BOOL", "0", False),
        ("SS", "a", {"a"}),
        ("SS", "[a]|b", {"[a]", "b"}),
        ("BS", "aGk=|AA==", {b"hi", b"\0"}),
        ("M", "{}", {}),
    ],
)
def test_a_cell_becomes_its_value(kind: str, cell: str, value: object) -> None:
    converted = COLUMN_TYPES[kind].convert(cell)

    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        *(("N", cell) for cell in ("x", " 1", "1 ", "1_000", "NaN", "Infinity", "0x1")),
        *(
            ("N", cell)
            for cell in ("\u0661", "1,5", "", "-", "1e", "1e" + "9" * 30, "9" * 5000)
        ),
        ("B", "aGk"),
        ("B", "a?Gk"),
        ("BOOL", "yes"),
        ("BOOL", "t"),
        ("SS", "a||b"),
        ("SS", "a|a"),
        ("NS", "1|1.0"),
        ("NS", "1|x"),
        ("BS", "aGk=|?"),
        ("L", "{}"),
        ("M", "[]"),
        ("M", '{"a":1,"a":2}'),
        ("M", '{"a":NaN}'),
        ("L", "[" * 100_000),
    ],
)
def test_a_cell_of_another_type_is_refused(kind: str, cell: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        COLUMN_TYPES[kind].convert(cell)


def test_types_are_read_from_text_or_mapping() -> None:
    expected = {"age": "N", "a=b": "SS"}

    assert parse_types("age=N, a=b=SS,") == expected
    assert parse_types(expected) == expected
    assert parse_types(None) == {}


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ("age", "'age' is not"),
        ("=N", "'=N' is not"),
        ("age=INT", "use one of S, N, B"),
        ("age=n", "use one of S, N, B"),
        ("age=N,age=S", "two types"),
    ],
)
def test_types_that_are_none_are_refused(types: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_types(types)
