"""What holds for every item that goes through code compiled for its shape."""

import random
from collections.abc import Mapping

import orjson
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import Marshaller, Refused, Write
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from tests.property.strategies import SCHEMA, items, names, values

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
