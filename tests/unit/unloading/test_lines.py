"""A line holds its item exactly, or there is none and somebody is told."""

from decimal import Decimal
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.marshal import Marshaller, WireItem, item_from_wire, item_to_wire
from ddbbulk.schema import TableSchema
from ddbbulk.sources.exact_json import decode_json
from ddbbulk.unloading.lines import dynamodb_lines, plain_lines
from tests.property.strategies import items, names, numbers, texts

plain_values = st.recursive(
    texts | numbers | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
    ),
    max_leaves=8,
)


def as_decimals(value: object) -> object:
    """Return it as DynamoDB has it: every number a Decimal."""
    return item_from_wire(item_to_wire({"value": value}))["value"]


@settings(max_examples=30)
@given(item=items)
def test_dynamodb_json_is_what_came(item: dict[str, Any]) -> None:
    wire = item_to_wire(item)

    lines = dynamodb_lines([wire, wire])

    first, second = lines.data.splitlines()
    assert orjson.loads(first) == orjson.loads(second) == wire
    assert lines.items == 2
    Marshaller(TableSchema.of("pk", "sk:N")).put(WireItem(orjson.loads(first)))


@settings(max_examples=40)
@given(value=plain_values)
def test_plain_json_keeps_every_digit(value: object) -> None:
    wire = item_to_wire({"pk": "a", "value": value})

    lines = plain_lines([wire], ["pk"])

    assert lines.items == 1
    read = decode_json(lines.data.strip())
    assert isinstance(read, dict)
    assert as_decimals(read["value"]) == as_decimals(value)


def test_a_number_is_written_as_a_number() -> None:
    number = "12345678901234567890.123456789012345678"

    lines = plain_lines([{"n": {"N": number}}], [])

    assert lines.data == b'{"n":' + number.encode() + b"}\n"
    assert Decimal(number) == Decimal(lines.data[5:-2].decode())


def test_plain_json_refuses_sets_and_binary_values_and_says_where() -> None:
    held = {"pk": {"S": "@daisy"}, "age": {"N": "7"}}
    refused: list[dict[str, Any]] = [
        {"pk": {"S": "\x1b[31m" + "é" * 90}, "tags": {"SS": ["a"]}},
        {"pk": {"S": "@huey"}, "deep": {"M": {"in": {"L": [{"B": "AA=="}]}}}},
        {"sizes": {"NS": ["1"]}},
        {"pk": {"B": "AA=="}, "sk": {"N": "1"}},
    ]

    lines = plain_lines([held, *refused], ["pk", "sk"])

    assert lines.items == 1
    assert lines.data == b'{"pk":"@daisy","age":7}\n'
    assert [(one.attribute, one.type) for one in lines.refused] == [
        ("tags", "SS"),
        ("deep", "B"),
        ("sizes", "NS"),
        ("pk", "B"),
    ]
    keys = [one.key for one in lines.refused]
    assert keys[0].startswith("\\x1b[31mé")
    assert len(keys[0]) < 80
    assert keys[1:] == ["@huey", "", "AA==, 1"]
