"""What holds for every item that goes through code compiled for its shape."""

import random
from collections.abc import Mapping
from decimal import Decimal

import orjson
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import Marshaller, Refused, Write
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from tests.property.strategies import SCHEMA, decimals, integers, items, names, values

ALL = TableSchema(
    KeyAttribute("pk"),
    KeyAttribute("sk", "N"),
    (IndexSchema("everything", (KeyAttribute("city"),)),),
)
FLAT = TableSchema.of("pk")
OFTEN = 10

# Also what DynamoDB refuses.
odd_values = (
    values
    | st.floats()
    | st.integers()
    | st.decimals()
    | st.text()
    | st.just(1j)
    | st.sets(st.integers() | st.text(), max_size=2)
)
odd_items = st.dictionaries(
    st.sampled_from(("pk", "sk", "city", "level", "hash", "text")) | names,
    odd_values,
    max_size=6,
)


def outcome(result: Write | Refused) -> object:
    """Return what an item became, to be compared: sets without order."""
    if isinstance(result, Refused):
        return result.code, result.message
    item = orjson.loads(result.body)["PutRequest"]["Item"]
    return _unordered(item), result.key, result.size, result.units


def _unordered(value: object) -> object:
    if isinstance(value, list):
        return [_unordered(element) for element in value]
    if isinstance(value, Mapping):
        return {
            name: sorted(member) if name in {"SS", "NS", "BS"} else _unordered(member)
            for name, member in value.items()
        }
    return value


def general(schema: TableSchema, item: object) -> object:
    """Return what the general encoder makes of an item."""
    try:
        return outcome(Marshaller(schema)._put(item))
    except InvalidItemError as error:
        return error.code, str(error)


@given(st.sampled_from((SCHEMA, ALL, FLAT)), items | odd_items)
def test_a_compiled_encoder_makes_the_same_of_an_item(
    schema: TableSchema, item: dict[str, object]
) -> None:
    results = Marshaller(schema).put_all([item] * OFTEN, 0, None)

    expected = general(schema, item)
    assert [outcome(result) for result in results] == [expected] * OFTEN


@given(
    st.sampled_from((SCHEMA, ALL, FLAT)),
    st.lists(items | odd_items, min_size=1, max_size=3),
    st.lists(odd_values, min_size=3, max_size=3),
    st.integers(0, 1000),
)
def test_items_of_mixed_shapes_become_what_each_is_alone(
    schema: TableSchema, some: list[dict[str, object]], others: list[object], seed: int
) -> None:
    # Each also with one value of any type in the place of another.
    changed = [
        {**item, list(item)[seed % len(item)]: other} if item else item
        for item, other in zip(some, others, strict=False)
    ]
    kinds = [*some, *changed]
    expected = [general(schema, item) for item in kinds]
    order = random.Random(seed).choices(range(len(kinds)), k=100)

    results = Marshaller(schema).put_all([kinds[n] for n in order], 7, None)

    assert [result.position for result in results] == list(range(7, 107))
    assert [outcome(result) for result in results] == [expected[n] for n in order]


numbers = st.floats() | decimals | integers | st.integers() | st.decimals()
containers = st.one_of(
    st.lists(st.text()),
    st.lists(st.floats(width=32) | st.floats() | st.floats(-2, 2)),
    st.lists(st.integers(-1100, 1100) | integers),
    st.lists(decimals | st.decimals(places=2)),
    st.sets(st.text()),
    st.sets(integers),
    st.dictionaries(st.sampled_from("abc"), odd_values, max_size=3),
    st.lists(st.fixed_dictionaries({"a": st.text(), "b": numbers | values})),
    st.dictionaries(
        st.sampled_from("ab"), st.dictionaries(st.sampled_from("ab"), values)
    ),
    values,
)


@given(containers, st.lists(containers, min_size=1, max_size=5))
def test_containers_become_what_they_are_whatever_was_seen_before(
    seen: object, others: list[object]
) -> None:
    marshaller = Marshaller(FLAT)
    marshaller.put_all([{"pk": "a", "value": seen}] * OFTEN, 0, None)

    for item in [{"pk": "b", "value": other} for other in others]:
        (result,) = marshaller.put_all([item], 0, None)
        assert outcome(result) == general(FLAT, item)


@given(
    st.sampled_from((1, 1.5, Decimal("1.5"))),
    st.lists(st.tuples(numbers, st.floats(-1000, 1000), st.integers(-1100, 1100))),
)
def test_numbers_become_what_they_are_whatever_was_seen_before(
    seen: object, rows: list[tuple[object, float, int]]
) -> None:
    marshaller = Marshaller(FLAT)
    marshaller.put_all([{"pk": "a", "x": seen, "y": 1.5, "z": 1}] * OFTEN, 0, None)

    for x, y, z in rows:
        item = {"pk": "b", "x": x, "y": y, "z": z}
        (result,) = marshaller.put_all([item], 0, None)
        assert outcome(result) == general(FLAT, item)


@given(items)
def test_a_body_is_no_longer_on_the_wire_than_it_says(item: dict[str, object]) -> None:
    write = Marshaller(SCHEMA).put(item)

    assert len(write.body.encode()) <= write.body_bytes
    assert "text" not in repr(write)
