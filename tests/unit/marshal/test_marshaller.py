"""Items to writes: keys, sizes, units, bodies, and every reason for a rejection."""

import json
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, RootModel

from ddbbulk.errors import InvalidItemError, ItemTooLargeError
from ddbbulk.marshal import Delete, Marshaller, WireItem, Write, item_to_wire
from ddbbulk.schema import IndexSchema, KeyAttribute, Projection, TableSchema
from ddbbulk.sizing import AttributeValue

USERS = TableSchema.of("alias")
LARGE = {"large": {"S": "x" * 2_100}}
FOLLOWS = TableSchema(
    KeyAttribute("follower"),
    KeyAttribute("followee"),
    (
        IndexSchema(
            "follows_index", (KeyAttribute("followee"),), (KeyAttribute("follower"),)
        ),
    ),
)


def with_index(
    *keys: str,
    projection: Projection = "ALL",
    non_key: tuple[str, ...] = (),
    is_local: bool = False,
) -> TableSchema:
    first, *rest = map(KeyAttribute.parse, keys)
    index = IndexSchema(
        "by_" + first.name, (first,), tuple(rest), projection, non_key, is_local
    )
    return TableSchema(KeyAttribute("alias"), KeyAttribute("at", "N"), (index,))


def put(schema: TableSchema, item: object) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(Marshaller(schema).put(item).body)["PutRequest"]["Item"]


@dataclass
class UserRecord:
    alias: str
    age: int


class UserModel(BaseModel):
    name: str = Field(alias="alias")
    age: int


class Lines(RootModel[list[int]]):
    pass


@pytest.mark.parametrize(
    "item",
    [
        {"alias": "@daisy", "age": 5},
        MappingProxyType({"alias": "@daisy", "age": 5}),
        ChainMap[str, object]({"alias": "@daisy"}, {"age": 5}),
        UserRecord("@daisy", 5),
        UserModel(alias="@daisy", age=5),
        WireItem({"alias": {"S": "@daisy"}, "age": {"N": "5.0"}}),
    ],
)
def test_every_form_of_an_item_becomes_the_same_write(item: object) -> None:
    write = Marshaller(USERS).put(item)

    assert json.loads(write.body) == {
        "PutRequest": {"Item": {"alias": {"S": "@daisy"}, "age": {"N": "5"}}}
    }
    assert (write.operation, write.key, write.size) == ("put", "@daisy", 16)
    assert write.units == (1,)


def test_text_is_sent_as_utf_8() -> None:
    write = Marshaller(USERS).put({"alias": "größe 😀"})

    assert "größe 😀" in write.body
    assert write.size == 5 + 12


@pytest.mark.parametrize(
    "item", [None, 5, "text", [("alias", "x")], Lines([1]), UserRecord, Delete({})]
)
def test_what_is_no_item_is_rejected(item: object) -> None:
    with pytest.raises(InvalidItemError) as refusal:
        Marshaller(USERS).put(item)

    assert refusal.value.code == "NotAnItem"


class Lazy(Mapping[str, object]):
    """A mapping that asks a server which is not there."""

    def __getitem__(self, name: str) -> object:
        raise ConnectionError

    def __iter__(self) -> Iterator[str]:
        return iter(["alias"])

    def __len__(self) -> int:
        return 1


def test_an_item_whose_own_code_fails_is_rejected_and_says_why() -> None:
    with pytest.raises(InvalidItemError, match="ConnectionError") as refusal:
        Marshaller(USERS).put(Lazy())

    assert refusal.value.code == "NotAnItem"


@pytest.mark.parametrize("number", [1, 1.0, Decimal("1.00"), Decimal("10E-1")])
def test_equal_numbers_are_one_key(number: object) -> None:
    marshaller = Marshaller(TableSchema.of("id:N"))

    assert marshaller.put({"id": number}).key == "1"
    assert marshaller.delete({"id": number}).key == "1"
    assert marshaller.key_of({"id": {"N": str(number)}}) == "1"


@pytest.mark.parametrize(
    ("schema", "item", "key"),
    [
        (USERS, {"alias": 'a"é\\'}, 'a"é\\'),
        (USERS, {"alias": "x" * 2048}, "x" * 2048),
        (USERS, {"alias": "é" * 1024}, "é" * 1024),
        (USERS, {"alias": UUID(int=1)}, str(UUID(int=1))),
        (TableSchema.of("id:B"), {"id": b"ab"}, "YWI="),
        (TableSchema.of("id:B", "at:N"), {"id": b"ab", "at": 2.50}, ("YWI=", "2.5")),
        (FOLLOWS, {"follower": "a", "followee": "b"}, ("a", "b")),
        (FOLLOWS, {"follower": "a", "followee": "é" * 512}, ("a", "é" * 512)),
    ],
)
def test_the_key_of_a_write_is_that_of_its_wire_form(
    schema: TableSchema, item: dict[str, object], key: object
) -> None:
    marshaller = Marshaller(schema)
    wire = item_to_wire(item)

    assert marshaller.put(item | {"more": 1}).key == key
    assert marshaller.put(WireItem(wire)).key == key
    assert marshaller.delete(item).key == key
    assert marshaller.delete(WireItem(wire)).key == key
    assert marshaller.key_of(wire) == key


@pytest.mark.parametrize("wire", [{}, {"alias": {"N": "1"}}, {"alias": None}])
def test_an_answer_without_its_key_is_malformed(wire: Any) -> None:  # noqa: ANN401 -- bad on purpose
    with pytest.raises(InvalidItemError) as refusal:
        Marshaller(USERS).key_of(wire)

    assert refusal.value.code == "MalformedWire"


@pytest.mark.parametrize(
    ("schema", "item", "code"),
    [
        (USERS, {}, "MissingKey"),
        (USERS, {"name": "x"}, "MissingKey"),
        (USERS, {"alias": ""}, "EmptyKey"),
        (USERS, {"alias": None}, "KeyType"),
        (USERS, {"alias": 5}, "KeyType"),
        (USERS, {"alias": b"x"}, "KeyType"),
        (USERS, {"alias": {"x"}}, "KeyType"),
        (USERS, {"alias": "x" * 2049}, "KeyTooLong"),
        (USERS, {"alias": "é" * 1025}, "KeyTooLong"),
        (FOLLOWS, {"follower": "x"}, "MissingKey"),
        (FOLLOWS, {"follower": "x", "followee": ""}, "EmptyKey"),
        (FOLLOWS, {"follower": "x", "followee": 1}, "KeyType"),
        (FOLLOWS, {"follower": "x", "followee": "x" * 1025}, "KeyTooLong"),
        (TableSchema.of("id:N"), {"id": "1"}, "KeyType"),
        (TableSchema.of("id:N"), {"id": True}, "KeyType"),
        (TableSchema.of("id:B"), {"id": "x"}, "KeyType"),
        (TableSchema.of("id:B"), {"id": b""}, "EmptyKey"),
        (TableSchema.of("id:B"), {"id": b"x" * 2049}, "KeyTooLong"),
    ],
)
def test_keys_that_the_table_would_refuse_are_rejected(
    schema: TableSchema, item: dict[str, object], code: str
) -> None:
    with pytest.raises(InvalidItemError) as put_refusal:
        Marshaller(schema).put(item | {"more": 1})
    with pytest.raises(InvalidItemError) as wire_refusal:
        Marshaller(schema).put(WireItem(item_to_wire(item)))
    with pytest.raises(InvalidItemError) as delete_refusal:
        Marshaller(schema).delete(item)

    assert put_refusal.value.code == code
    assert wire_refusal.value.code == code
    assert delete_refusal.value.code == code


@pytest.mark.parametrize(
    ("keys", "values", "code"),
    [
        (["city"], {"city": 5}, "IndexKeyType"),
        (["city"], {"city": None}, "IndexKeyType"),
        (["city"], {"city": ""}, "EmptyIndexKey"),
        (["city"], {"city": "x" * 2049}, "IndexKeyTooLong"),
        (["city", "street"], {"city": "x", "street": "x" * 1025}, "IndexKeyTooLong"),
        # Also where the item is not in the index, because another key is missing.
        (["city", "street"], {"street": 1}, "IndexKeyType"),
        (["city", "level:N"], {"level": "1"}, "IndexKeyType"),
        # A partition key of the table may be longer than a sort key of an index.
        (["city", "alias"], {"alias": "x" * 1025}, "IndexKeyTooLong"),
    ],
)
def test_index_keys_that_dynamodb_would_refuse_are_rejected(
    keys: list[str], values: dict[str, object], code: str
) -> None:
    item = {"alias": "a", "at": 1} | values

    with pytest.raises(InvalidItemError) as refusal:
        Marshaller(with_index(*keys)).put(item)

    assert refusal.value.code == code
    assert "by_city" in str(refusal.value)


def test_the_longest_index_keys_are_accepted() -> None:
    schema = with_index("city", "street")

    write = Marshaller(schema).put(
        {"alias": "a", "at": 1, "city": "x" * 2048, "street": "x" * 1024}
    )

    assert write.units == (4, 4)


def test_the_message_about_a_key_names_it_and_cuts_its_value() -> None:
    with pytest.raises(InvalidItemError) as refusal:
        Marshaller(USERS).put({"alias": "\x1b[31m" * 1000})

    message = str(refusal.value)
    assert "attribute alias, the partition key," in message
    assert r"\x1b[31m" in message
    assert "\x1b" not in message
    assert len(message) < 200


@pytest.mark.parametrize(("length", "is_accepted"), [(409_593, True), (409_594, False)])
def test_an_item_may_have_400_kb_and_no_byte_more(
    length: int, *, is_accepted: bool
) -> None:
    item = {"alias": "a", "t": "x" * length}
    marshaller = Marshaller(USERS)

    if is_accepted:
        assert marshaller.put(item).units == (400,)
        assert marshaller.put(item).size == 409_600
    else:
        with pytest.raises(ItemTooLargeError, match="409,601 bytes") as refusal:
            marshaller.put(item)
        assert refusal.value.code == "ItemTooLarge"


def test_entries_of_local_indexes_count_towards_400_kb() -> None:
    item = {"alias": "a", "at": 1, "level": 5, "text": "x" * 250_000}
    local = with_index("alias", "level:N", is_local=True)
    keys_only = with_index("alias", "level:N", is_local=True, projection="KEYS_ONLY")

    with pytest.raises(ItemTooLargeError, match="local indexes"):
        Marshaller(local).put(item)
    assert Marshaller(keys_only).put(item).units == (245 + 1,)
    del item["level"]
    assert Marshaller(local).put(item).units == (245,)


@pytest.mark.parametrize(
    ("projection", "non_key", "units"),
    [
        ("ALL", (), (5, 5)),
        ("KEYS_ONLY", (), (5, 1)),
        ("INCLUDE", ("notes", "missing"), (5, 2)),
        ("INCLUDE", ("notes", "text"), (5, 5)),
    ],
)
def test_a_global_index_costs_by_what_it_projects(
    projection: Projection, non_key: tuple[str, ...], units: tuple[int, ...]
) -> None:
    schema = with_index("city", projection=projection, non_key=non_key)
    notes = [{"text": "x" * 100}] * 12
    item = {"alias": "a", "at": 1, "city": "b", "notes": notes, "text": "x" * 3000}

    assert Marshaller(schema).put(item).units == units
    assert Marshaller(schema).put(WireItem(item_to_wire(item))).units == units


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_an_item_without_an_index_key_costs_that_index_nothing(text: str) -> None:
    schema = with_index("city", "level:N")
    item = {"alias": "a", "at": 1, "city": "b", "text": text}

    assert Marshaller(schema).put(item).units[1] == 0
    assert Marshaller(schema).put(item | {"level": 1}).units[1] > 0


def test_units_stand_in_the_order_of_the_schemas_resources() -> None:
    local = IndexSchema(
        "local", (KeyAttribute("alias"),), (KeyAttribute("level", "N"),), is_local=True
    )
    first = IndexSchema("first", (KeyAttribute("city"),))
    second = IndexSchema("second", (KeyAttribute("street"),), (), "KEYS_ONLY")
    schema = TableSchema(
        KeyAttribute("alias"), KeyAttribute("at", "N"), (local, first, second)
    )
    item = {"alias": "a", "at": 1, "level": 1, "city": "b", "text": "x" * 1500}

    assert schema.resources == ("", "first", "second")
    assert Marshaller(schema).put(item).units == (4, 2, 0)
    assert Marshaller(schema).put(item | {"street": "c"}).units == (4, 2, 1)


def test_a_delete_carries_the_key_alone_and_one_unit_each() -> None:
    write = Marshaller(FOLLOWS).delete({"followee": "b", "follower": "a"})

    assert json.loads(write.body) == {
        "DeleteRequest": {"Key": {"follower": {"S": "a"}, "followee": {"S": "b"}}}
    }
    assert write.operation == "delete"
    assert write.size == len("followeeb" + "followera")
    assert write.units == (1, 1)


def test_a_delete_of_an_item_that_was_seen_costs_what_the_item_does() -> None:
    key = {"followee": "b", "follower": "a"}
    old = WireItem({name: {"S": text} for name, text in key.items()} | LARGE)
    (write,) = Marshaller(FOLLOWS).put_all([Delete(key, old=old)], 0, None)

    assert isinstance(write, Write)
    assert write.operation == "delete"
    assert "large" not in write.body
    assert write.units == (3, 3)


def test_an_item_that_no_put_could_write_is_deleted_all_the_same() -> None:
    # An index that was added later has no entry for what has a key of another type.
    key = {"alias": "@daisy", "at": 1}
    wire = {"alias": {"S": "@daisy"}, "at": {"N": "1"}}
    old = WireItem(wire | {"city": {"N": "1"}} | LARGE)
    marshaller = Marshaller(with_index("city"))
    with pytest.raises(InvalidItemError, match="city"):
        marshaller.put(old)

    (write,) = marshaller.put_all([Delete(key, old=old)], 0, None)

    assert isinstance(write, Write)
    assert write.units == (1, 1)


def test_a_delete_with_more_than_the_key_is_rejected() -> None:
    with pytest.raises(InvalidItemError, match="attribute age is no part") as refusal:
        Marshaller(USERS).delete({"alias": "a", "age": 5})

    assert refusal.value.code == "ExtraAttributes"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("text", "MalformedWire"),
        (None, "MalformedWire"),
        ({}, "MalformedWire"),
        ({"S": "a", "N": "1"}, "MalformedWire"),
        ({"X": "a"}, "MalformedWire"),
        ({5: "a"}, "MalformedWire"),
        ({"S": 5}, "MalformedWire"),
        ({"N": 5}, "MalformedWire"),
        ({"B": "?"}, "MalformedWire"),
        ({"B": "YQ"}, "MalformedWire"),
        ({"B": "é"}, "MalformedWire"),
        ({"B": 5}, "MalformedWire"),
        ({"BOOL": "true"}, "MalformedWire"),
        ({"NULL": False}, "MalformedWire"),
        ({"L": {}}, "MalformedWire"),
        ({"L": "ab"}, "MalformedWire"),
        ({"M": []}, "MalformedWire"),
        ({"SS": "ab"}, "MalformedWire"),
        ({"SS": [5]}, "MalformedWire"),
        ({"SS": 5}, "MalformedWire"),
        ({"L": [{"S": 5}]}, "MalformedWire"),
        ({"S": "\ud800"}, "InvalidString"),
        ({"SS": []}, "EmptySet"),
        ({"SS": ["a", "a"]}, "DuplicateSetMember"),
        ({"NS": ["1", "1.0"]}, "DuplicateSetMember"),
        ({"BS": ["YQ==", "YQ=="]}, "DuplicateSetMember"),
        ({"N": "x"}, "NotANumber"),
        ({"N": "1" * 39}, "NumberPrecision"),
        ({"NS": ["1E126"]}, "NumberMagnitude"),
        ({"M": {"": {"S": "a"}}}, "AttributeName"),
    ],
)
def test_malformed_dynamodb_json_is_rejected_with_its_path(
    value: Any,  # noqa: ANN401 -- bad on purpose
    code: str,
) -> None:
    item = WireItem({"alias": {"S": "a"}, "deep": {"M": {"x": value}}})

    with pytest.raises(InvalidItemError, match=r"^attribute deep\.x") as refusal:
        Marshaller(USERS).put(item)

    assert refusal.value.code == code


def test_a_wire_item_that_is_no_object_is_rejected() -> None:
    not_an_object: Any = [1]

    with pytest.raises(InvalidItemError) as refusal:
        Marshaller(USERS).put(WireItem(not_an_object))

    assert refusal.value.code == "NotAnItem"


def test_a_wire_item_is_written_in_canonical_form() -> None:
    item: dict[str, AttributeValue] = {
        "alias": {"S": "a"},
        "n": {"N": "1.50E1"},
        "b": {"B": b"ab"},
        "ns": {"NS": ["2.0", "1"]},
        "ss": {"SS": {"x"}},
        "bs": {"BS": ["YWI="]},
        "l": {"L": ({"BOOL": True}, {"NULL": True})},
        "m": {"M": {"x": {"L": []}}},
    }

    assert put(USERS, WireItem(item)) == {
        "alias": {"S": "a"},
        "n": {"N": "15"},
        "b": {"B": "YWI="},
        "ns": {"NS": ["2", "1"]},
        "ss": {"SS": ["x"]},
        "bs": {"BS": ["YWI="]},
        "l": {"L": [{"BOOL": True}, {"NULL": True}]},
        "m": {"M": {"x": {"L": []}}},
    }


def test_nested_wire_values_have_the_same_limit() -> None:
    def nested(levels: int) -> Any:  # noqa: ANN401 -- DynamoDB JSON
        value: Any = {"N": "1"}
        for level in range(levels):
            value = {"M": {"x": value}} if level % 2 else {"L": [value]}
        return {"alias": {"S": "a"}, "deep": value}

    assert put(USERS, WireItem(nested(31))) == nested(31)
    with pytest.raises(InvalidItemError) as refusal:
        Marshaller(USERS).put(WireItem(nested(32)))
    assert refusal.value.code == "NestingTooDeep"


def test_a_rejected_item_leaves_the_marshaller_as_it_was() -> None:
    marshaller = Marshaller(USERS)
    expected = marshaller.put({"alias": "a", "age": 1}).body

    for bad in ({"alias": "a", "age": 1j}, {"alias": 5}, {"": 1}, 7):
        with pytest.raises(InvalidItemError):
            marshaller.put(bad)

    assert marshaller.put({"alias": "a", "age": 1}).body == expected
