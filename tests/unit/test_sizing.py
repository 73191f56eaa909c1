"""Sizes and write costs, against the figures that were measured on AWS."""

import pytest

from ddbbulk.errors import InvalidItemError
from ddbbulk.schema import IndexSchema, KeyAttribute, Projection, TableSchema
from ddbbulk.sizing import (
    AttributeValue,
    canonical_number,
    entry_size,
    item_size,
    number_size,
    value_size,
    write_cost,
    write_units,
)

ALIAS = KeyAttribute("alias")
CITY = KeyAttribute("city")
AGE = KeyAttribute("age", "N")


def schema(*indexes: IndexSchema) -> TableSchema:
    return TableSchema(ALIAS, indexes=indexes)


def text(length: int) -> AttributeValue:
    return {"S": "x" * length}


@pytest.mark.parametrize(
    ("number", "canonical"),
    [
        ("0", "0"),
        ("-0.000", "0"),
        ("0E99", "0"),
        ("007", "7"),
        ("+5", "5"),
        ("1.0", "1"),
        ("1E0", "1"),
        ("10e-1", "1"),
        ("1.5E2", "150"),
        (".50", "0.5"),
        ("5.", "5"),
        ("-0.0150", "-0.015"),
        ("123456789.10", "123456789.1"),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("9.9E+125", "99" + "0" * 124),
        ("0" * 50 + "1" * 38 + "000", "1" * 38 + "000"),
    ],
)
def test_numbers_are_written_as_dynamodb_stores_them(
    number: str, canonical: str
) -> None:
    assert canonical_number(number) == canonical


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "NotANumber"),
        (".", "NotANumber"),
        ("-", "NotANumber"),
        ("1e", "NotANumber"),
        ("e5", "NotANumber"),
        ("1_000", "NotANumber"),
        (" 1", "NotANumber"),
        ("1\n", "NotANumber"),
        ("٣", "NotANumber"),
        ("NaN", "NotANumber"),
        ("Infinity", "NotANumber"),
        ("1" * 100_000 + "x", "NotANumber"),
        ("1" * 39, "NumberPrecision"),
        ("0." + "1" * 39, "NumberPrecision"),
        ("1E126", "NumberMagnitude"),
        ("-1E126", "NumberMagnitude"),
        ("1E-131", "NumberMagnitude"),
        ("1E999999999", "NumberMagnitude"),
    ],
)
def test_what_dynamodb_cannot_store_as_a_number_is_refused(
    number: str, code: str
) -> None:
    with pytest.raises(InvalidItemError) as refusal:
        canonical_number(number)

    assert refusal.value.code == code


# Byte-exact captures from AWS.
@pytest.mark.parametrize(
    ("number", "size"),
    [
        ("0", 1),
        ("1", 2),
        ("123", 3),
        ("100", 2),
        ("1010", 3),
        ("1.5", 3),
        ("3.14159", 5),
        ("100.5", 4),
        ("0.15", 2),
        ("-42", 3),
        ("1" + "0" * 125, 2),
        ("1" * 38, 20),
    ],
)
def test_number_sizes_are_those_measured_on_aws(number: str, size: int) -> None:
    assert number_size(number) == size


@pytest.mark.parametrize(("number", "size"), [("120", 3), ("0.015", 3)])
def test_where_the_formulas_differ_a_number_has_the_larger_size(
    number: str, size: int
) -> None:
    assert number_size(number) == size


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é中😀"}, 9),
        ({"B": ""}, 0),
        ({"B": "YQ=="}, 1),
        ({"B": "YWI="}, 2),
        ({"B": "YWJj"}, 3),
        ({"N": "1.50"}, 3),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"né": {"S": "ab"}}}, 3 + 1 + 3 + 2),
        ({"M": {"a": {"L": [{"NULL": True}]}}}, 3 + 1 + 1 + (3 + 1 + 1)),
        ({"SS": ["a", "é"]}, 3),
        ({"NS": ["1", "123"]}, 5),
        ({"BS": ["YQ==", "YWJj"]}, 4),
    ],
)
def test_value_sizes(value: AttributeValue, size: int) -> None:
    assert value_size(value) == size


def test_an_item_has_the_bytes_of_its_names_and_values() -> None:
    item: dict[str, AttributeValue] = {
        "alias": {"S": "@daisy"},
        "größe": {"N": "100"},
        "ok": {"BOOL": True},
    }

    assert item_size(item) == (5 + 6) + (7 + 2) + (2 + 1)


@pytest.mark.parametrize(
    ("size", "units"),
    [(0, 1), (1, 1), (1024, 1), (1025, 2), (2048, 2), (409_600, 400)],
)
def test_write_units_are_started_kilobytes(size: int, units: int) -> None:
    assert write_units(size) == units


ITEM: dict[str, AttributeValue] = {
    "alias": {"S": "@daisy"},
    "city": {"S": "Entenhausen"},
    "text": text(100),
    "notes": text(10),
}


@pytest.mark.parametrize(
    ("projection", "non_key", "size"),
    [
        ("KEYS_ONLY", (), 11 + 15),
        ("INCLUDE", ("notes", "missing"), 11 + 15 + 15),
        ("ALL", (), 11 + 15 + 15 + 104),
    ],
)
def test_an_index_entry_is_as_large_as_what_it_projects(
    projection: Projection, non_key: tuple[str, ...], size: int
) -> None:
    index = IndexSchema("cities", (CITY,), (), projection, non_key)

    assert entry_size(ITEM, schema(index), index) == size


def test_an_item_without_one_key_of_an_index_has_no_entry() -> None:
    index = IndexSchema("cities", (CITY,), (AGE,))

    assert entry_size(ITEM, schema(index), index) is None


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, None, 1),
        (None, 2000, 2),
        (2000, None, 2),
        (3000, 100, 3),
        (100, 3000, 3),
    ],
)
def test_a_write_costs_the_larger_of_old_and_new_item(
    before: int | None, after: int | None, units: int
) -> None:
    old, new = (
        None if size is None else {"alias": text(1), "text": text(size)}
        for size in (before, after)
    )

    assert write_cost(old, new, schema()) == (units, {}, {})


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        pytest.param({}, {}, None, id="never in the index"),
        pytest.param({}, {"city": text(1), "text": text(1500)}, 2, id="enters"),
        pytest.param({"city": text(1), "text": text(1500)}, {}, 2, id="leaves"),
        pytest.param(
            {"city": text(1), "text": text(1500)},
            {"city": text(1), "text": text(1500), "other": text(9)},
            None,
            id="same projected view",
        ),
        pytest.param(
            {"city": text(1), "text": text(1500)},
            {"city": text(1), "text": text(2500)},
            3,
            id="changes in place",
        ),
        pytest.param(
            {"city": text(1), "text": text(1500)},
            {"city": text(2), "text": text(2500)},
            5,
            id="moves to another key",
        ),
    ],
)
def test_an_index_costs_by_what_the_write_does_to_its_entry(
    before: dict[str, AttributeValue],
    after: dict[str, AttributeValue],
    units: int | None,
) -> None:
    index = IndexSchema("cities", (CITY,), (), "INCLUDE", ("text",))
    key = {"alias": {"S": "@daisy"}}

    _, global_units, local_units = write_cost(key | before, key | after, schema(index))

    assert global_units == ({} if units is None else {"cities": units})
    assert local_units == {}


def test_local_indexes_are_counted_apart_and_not_in_the_tables_units() -> None:
    index = IndexSchema("ages", (ALIAS,), (AGE,), is_local=True)
    item = {"alias": {"S": "a"}, "age": {"N": "5"}, "text": text(1500)}

    assert write_cost(None, item, schema(index)) == (2, {}, {"ages": 2})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"N": "1"}, {"N": "1.0"}),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}),
        ({"NS": ["1", "2"]}, {"NS": ["2.0", "1E0"]}),
        ({"BS": ["YQ==", "Yg=="]}, {"BS": ["Yg==", "YQ=="]}),
        ({"L": [{"SS": ["a", "b"]}]}, {"L": [{"SS": ["b", "a"]}]}),
        ({"M": {"x": {"N": "1"}}}, {"M": {"x": {"N": "1.0"}}}),
    ],
)
def test_values_that_are_equal_to_dynamodb_change_no_entry(
    old: AttributeValue, new: AttributeValue
) -> None:
    index = IndexSchema("cities", (CITY,))
    item = {"alias": {"S": "a"}, "city": {"S": "b"}}

    _, units, _ = write_cost(
        item | {"value": old}, item | {"value": new}, schema(index)
    )

    assert units == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"N": "1"}, {"S": "1"}),
        ({"S": "a"}, {"S": "b"}),
        ({"L": [{"N": "1"}]}, {"L": [{"N": "1"}, {"N": "1"}]}),
        ({"L": [{"N": "1"}, {"N": "2"}]}, {"L": [{"N": "2"}, {"N": "1"}]}),
        ({"M": {"x": {"N": "1"}}}, {"M": {"y": {"N": "1"}}}),
    ],
)
def test_values_that_differ_change_the_entry(
    old: AttributeValue, new: AttributeValue
) -> None:
    index = IndexSchema("cities", (CITY,))
    item = {"alias": {"S": "a"}, "city": {"S": "b"}}

    _, units, _ = write_cost(
        item | {"value": old}, item | {"value": new}, schema(index)
    )

    assert units == {"cities": 1}


def test_a_known_size_of_the_new_item_is_taken_as_it_is() -> None:
    item = {"alias": {"S": "a"}}

    assert write_cost(None, item, schema(), after_size=5000) == (5, {}, {})
