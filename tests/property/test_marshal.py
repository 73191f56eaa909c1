"""What holds for every item, whatever it is made of."""

import base64
import json
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import (
    Marshaller,
    WireItem,
    Write,
    from_wire,
    item_from_wire,
    item_to_wire,
    to_wire,
)
from ddbbulk.schema import TableSchema
from ddbbulk.sizing import (
    canonical_number,
    item_size,
    number_size,
    write_cost,
)
from tests.property.strategies import (
    SCHEMA,
    decimals,
    integers,
    items,
    size_from_first_digit,
    values,
)


def sent(body: str) -> dict[str, Any]:
    item: dict[str, Any] = json.loads(body)["PutRequest"]["Item"]
    return item


def as_dynamodb_returns(value: object) -> object:
    """The value that has to come back: numbers as decimals, nothing else changed."""
    if isinstance(value, bool | str | bytes | None):
        return value
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if isinstance(value, set):
        return {as_dynamodb_returns(member) for member in value}
    if isinstance(value, list):
        return [as_dynamodb_returns(element) for element in value]
    if isinstance(value, Mapping):
        return {name: as_dynamodb_returns(member) for name, member in value.items()}
    return value


@given(values)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    assert from_wire(to_wire(value)) == as_dynamodb_returns(value)


@given(items)
def test_every_item_comes_back_as_it_was(item: dict[str, object]) -> None:
    body = Marshaller(SCHEMA).put(item).body

    assert item_from_wire(sent(body)) == as_dynamodb_returns(item)


@given(items)
def test_the_body_is_the_wire_form_of_the_item(item: dict[str, object]) -> None:
    assert sent(Marshaller(SCHEMA).put(item).body) == item_to_wire(item)


@given(items)
def test_the_size_of_a_write_is_that_of_what_is_sent(item: dict[str, object]) -> None:
    write = Marshaller(SCHEMA).put(item)

    assert write.size == item_size(sent(write.body))


@given(items)
def test_the_units_of_a_write_are_what_a_new_item_costs(
    item: dict[str, object],
) -> None:
    write = Marshaller(SCHEMA).put(item)

    table, global_units, local_units = write_cost(None, sent(write.body), SCHEMA)

    assert write.units == (
        table + sum(local_units.values()),
        *(global_units.get(index.name, 0) for index in SCHEMA.global_indexes),
    )


@given(items)
def test_an_item_of_the_wire_becomes_the_same_write(item: dict[str, object]) -> None:
    marshaller = Marshaller(SCHEMA)

    write = marshaller.put(item)
    again = marshaller.put(WireItem(sent(write.body)))

    assert again.body == write.body
    assert (again.key, again.size, again.units) == (write.key, write.size, write.units)


@given(items)
def test_an_unprocessed_item_is_found_by_its_key(item: dict[str, object]) -> None:
    marshaller = Marshaller(SCHEMA)
    write = marshaller.put(item)
    delete = marshaller.delete({"pk": item["pk"], "sk": item["sk"]})

    assert marshaller.key_of(sent(write.body)) == write.key
    assert delete.key == write.key


def _is_for_boto3(value: object) -> bool:
    """Leave out floats, which boto3's serializer refuses."""
    if isinstance(value, float):
        return False
    if isinstance(value, Mapping):
        return all(map(_is_for_boto3, value.values()))
    if isinstance(value, list | set):
        return all(map(_is_for_boto3, value))
    return True


def _comparable(wire: Mapping[str, Any]) -> object:
    """Bring boto3's form and ours into one: bytes, number texts, order of sets."""
    ((kind, content),) = wire.items()
    return kind, FORMS[kind](content) if kind in FORMS else content


def _raw(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else base64.b64decode(content)


FORMS: Mapping[str, Callable[[Any], object]] = {
    "N": canonical_number,
    "NS": lambda members: set(map(canonical_number, members)),
    "B": _raw,
    "BS": lambda members: set(map(_raw, members)),
    "SS": set,
    "L": lambda elements: list(map(_comparable, elements)),
    "M": lambda members: {name: _comparable(item) for name, item in members.items()},
}


@given(values.filter(_is_for_boto3))
def test_boto3_serializes_to_the_same_wire_form(value: object) -> None:
    ours = _comparable(to_wire(value))

    assert ours == _comparable(TypeSerializer().serialize(value))


@given(decimals | integers, st.integers(0, 20))
def test_equal_numbers_have_one_key_however_they_are_written(
    number: Decimal | int, zeros: int
) -> None:
    marshaller = Marshaller(TableSchema.of("id:N"))
    with localcontext(prec=80):
        rescaled = Decimal(number) * Decimal(f"1.{'0' * zeros}")
    forms = (f"{rescaled:f}", f"{rescaled:e}", str(rescaled))

    keys = {marshaller.put(WireItem({"id": {"N": form}})).key for form in forms}

    assert keys == {marshaller.put({"id": number}).key}


@given(decimals, decimals)
def test_different_numbers_have_different_keys(one: Decimal, other: Decimal) -> None:
    marshaller = Marshaller(TableSchema.of("id:N"))

    keys = {marshaller.put({"id": number}).key for number in (one, other)}

    assert len(keys) == (1 if one == other else 2)


@given(decimals | integers)
def test_a_number_has_the_larger_size_of_two_formulas_one_byte_apart(
    number: Decimal | int,
) -> None:
    canonical = canonical_number(str(number))
    from_first_digit = size_from_first_digit(canonical)

    assert from_first_digit <= number_size(canonical) <= from_first_digit + 1


CODES = {
    "AttributeName",
    "DuplicateSetMember",
    "EmptyIndexKey",
    "EmptyKey",
    "EmptySet",
    "IndexKeyTooLong",
    "IndexKeyType",
    "InvalidString",
    "KeyTooLong",
    "KeyType",
    "MalformedWire",
    "MissingKey",
    "NestingTooDeep",
    "NotANumber",
    "NotAnItem",
    "NumberMagnitude",
    "NumberPrecision",
    "UnsupportedType",
}

hashables = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=False)
    | st.text()
    | st.complex_numbers()
    | st.dates()
    | st.uuids()
    | st.timedeltas()
)
anything = st.recursive(
    hashables | st.decimals(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.frozensets(hashables, max_size=4)
    ),
    max_leaves=10,
)
odd_items = st.dictionaries(st.sampled_from(("pk", "sk", "city", "x", "")), anything)
odd_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS", "X")
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=8,
)
odd_wire_items = st.builds(
    lambda key, value: WireItem({"pk": {"S": "a"}, "sk": key, "value": value}),
    odd_json | st.just({"N": "1"}),
    odd_json,
)


@given(anything | odd_items | odd_wire_items)
def test_any_object_is_encoded_or_rejected_but_never_an_error(item: object) -> None:
    write: Write | None = None
    code = ""
    try:
        write = Marshaller(SCHEMA).put(item)
    except InvalidItemError as refusal:
        code = refusal.code

    if write is None:
        assert code in CODES
    else:
        assert item_size(sent(write.body)) == write.size
