"""Encoders that are compiled for a shape do what the general one does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from types import SimpleNamespace
from uuid import UUID

import orjson
import pytest

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import (
    BrokenRecord,
    Delete,
    Marshaller,
    Refused,
    WireItem,
    Write,
)
from ddbbulk.marshal.bundle import Columns
from ddbbulk.schema import IndexSchema, KeyAttribute, KeyType, TableSchema

USERS = TableSchema.of("alias")
# So often is a shape seen before it is compiled; more would do.
OFTEN = 10


def compiled_for(schema: TableSchema, item: object) -> Marshaller:
    marshaller = Marshaller(schema)
    for _ in range(OFTEN):
        marshaller.put(item)
    return marshaller


def compiled(marshaller: Marshaller, item: object) -> Write | None:
    """Return what compiled code makes of an item; None where it leaves it alone."""
    columns = Columns()
    if not marshaller._compiled.encode((item,), 0, columns):
        return None
    return marshaller._writes(columns, 0, 0, None)[0]


def meaning(write: Write | None) -> tuple[object, ...]:
    assert write is not None
    return orjson.loads(write.body), write.key, write.size, write.units


class Colour(StrEnum):
    RED = "red"


class Text(str):
    __slots__ = ()

    def __format__(self, _spec: str) -> str:
        return "another text"


VALUES: Mapping[str, tuple[object, object]] = {
    # The one that the shape is learned from, and another of its type.
    "text": ("x", "y" * 300),
    "umlauts": ("x", "größe 😀"),
    "escapes": ("x", 'a "quoted" \\ back\nslash\x00\x1f\x7f'),
    "escaped umlauts": ("x", 'ß"\\'),
    "no text": ("x", ""),
    "integers": (1, 10**38 - 1),
    "negative integers": (1, -(10**37) + 1),
    "longest negative integers": (1, -(10**38) + 1),
    "zeros": (1, 10**125),
    "hundreds": (1, -1200),
    "floats": (1.0, 0.015),
    "tiny floats": (1.0, -1e-120),
    "huge floats": (1.0, 1.5e22),
    "minus zero": (1.0, -0.0),
    "decimals": (Decimal(1), Decimal("-1.500E+3")),
    "flags": (True, False),
    "nothing": (None, None),
    "bytes": (b"x", bytes(range(256))),
    "dates": (date(2024, 1, 1), date(1999, 12, 31)),
    "enums": (Colour.RED, Colour.RED),
    "subclasses": (Text("x"), Text('"')),
    "lists": ([1], ["a", {"b": None}]),
    "maps": ({"a": 1}, {"b": {"c": [1.5]}}),
    "sets": ({"a"}, {"b", "c"}),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_means_the_same_either_way(name: str) -> None:
    learned, value = VALUES[name]
    marshaller = compiled_for(USERS, {"alias": "a", "value": learned})
    item = {"alias": "@daisy", "value": value}

    write = compiled(marshaller, item) or marshaller.put(item)

    assert meaning(write) == meaning(Marshaller(USERS).put(item))


@pytest.mark.parametrize(
    "name",
    sorted(VALUES.keys() - {"zeros", "longest negative integers"}),
)
def test_what_can_be_stored_is_encoded_by_compiled_code(name: str) -> None:
    learned, value = VALUES[name]
    marshaller = compiled_for(USERS, {"alias": "a", "value": learned})

    assert compiled(marshaller, {"alias": "@daisy", "value": value}) is not None


NAMES = [
    'quotes"', "apostrophe'", "both'\"", "{braces}", "{0}", "{{", "}}", "{item}",
    "back\\slash", "\\", "line\nbreak", "\r", "\x00", "tab\t", "größe", "😀", " ",
    '"""', "'''", "#", "f'{1/0}'", "{__import__('os').abort()}",
    "__import__('os').abort()", "item[_n0]", "_n0", "return at", "%s", "$x", "\u2028",
    '"];raise SystemExit#', "n" * 60_000,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
@pytest.mark.parametrize("value", ["x", 5])
def test_a_name_is_never_code(name: str, value: object) -> None:
    item = {"alias": "@daisy", name: value, name + "2": {name: value}}
    marshaller = compiled_for(USERS, item)

    write = compiled(marshaller, item)

    assert meaning(write) == meaning(Marshaller(USERS).put(item))


@pytest.mark.parametrize("name", NAMES[:-1], ids=range(len(NAMES) - 1))
def test_the_name_of_a_key_is_never_code(name: str) -> None:
    schema = TableSchema(KeyAttribute(name), KeyAttribute(name + "2", "N"))
    item = {name: "x", name + "2": 1.5}

    write = compiled(compiled_for(schema, item), item)

    assert meaning(write) == meaning(Marshaller(schema).put(item))
    assert write is not None
    assert write.key == ("x", "1.5")


@pytest.mark.parametrize("name", ["\ud800", "", "n" * 70_000, 5, None])
def test_names_that_cannot_be_stored_are_refused_however_often(name: object) -> None:
    marshaller = Marshaller(USERS)

    for _ in range(OFTEN):
        with pytest.raises(InvalidItemError):
            marshaller.put({"alias": "a", name: 1})


class Huge(int):
    """A number that pytest can show; the library meets its plain value."""

    def __repr__(self) -> str:
        return "10**5000"


def _refusal(marshaller: Marshaller, item: object) -> tuple[str, str]:
    with pytest.raises(InvalidItemError) as refusal:
        marshaller.put(item)
    return refusal.value.code, str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"alias": ""},
        {"alias": "a" * 2049},
        {"alias": "ß" * 1025},
        {"alias": "\ud800"},
        {"name": "\ud800"},
        {"score": float("nan")},
        {"score": float("inf")},
        {"score": 1e130},
        {"price": Decimal("NaN")},
        {"price": Decimal("1." + "1" * 38)},
        {"count": 10**38 + 1},
        {"count": -(10**38) - 1},
        {"count": Huge(10**5000)},
        {"tags": set[str]()},
        {"tags": {"a", 1}},
        {"more": 1j},
        {"notes": [1, [2, {"x": float("nan")}]]},
        {"notes": ["x" * 410_000]},
        {"name": "x" * 410_000},
        {"alias": 5},
        {"alias": None},
    ],
    ids=range(21),
)
def test_what_is_refused_is_refused_in_the_same_words(
    changes: dict[str, object],
) -> None:
    sound = {
        "alias": "a", "name": "b", "score": 1.5, "price": Decimal(1), "count": 1,
        "tags": {"x"}, "notes": [1],
    }  # fmt: skip
    marshaller = compiled_for(USERS, sound)
    assert compiled(marshaller, sound) is not None

    changes = {
        name: int(value) if isinstance(value, Huge) else value
        for name, value in changes.items()
    }

    refusal = _refusal(marshaller, sound | changes)

    assert refusal == _refusal(Marshaller(USERS), sound | changes)
    assert marshaller.put(sound).key == "a"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("S", "x" * 255),
        ("S", 'x"\\'),
        ("S", "ß"),
        ("S", date(2024, 1, 1)),
        ("S", UUID(int=5)),
        ("N", 5),
        ("N", -1200),
        ("N", 1.50),
        ("N", Decimal("1.50")),
        ("B", b"\x00\xff"),
    ],
)
def test_a_key_is_the_same_either_way(kind: KeyType, value: object) -> None:
    schema = TableSchema(
        KeyAttribute("id", kind),
        KeyAttribute("at", "N"),
        (
            IndexSchema(
                "by_at", (KeyAttribute("at", "N"),), (KeyAttribute("id", kind),)
            ),
        ),
    )
    item = {"id": value, "at": 7}

    write = compiled(compiled_for(schema, item), item)

    assert meaning(write) == meaning(Marshaller(schema).put(item))


def test_index_keys_are_checked_where_they_are() -> None:
    schema = TableSchema(
        KeyAttribute("id"),
        indexes=(IndexSchema("by_city", (KeyAttribute("city"),)),),
    )
    marshaller = compiled_for(schema, {"id": "a", "city": "x"})
    for _ in range(OFTEN):
        marshaller.put({"id": "a"})

    for city in ("", "x" * 3000, 5):
        item = {"id": "a", "city": city}
        assert _refusal(marshaller, item) == _refusal(Marshaller(schema), item)
    assert marshaller.put({"id": "a"}).units == (1, 0)
    assert marshaller.put({"id": "a", "city": "x" * 1500}).units == (2, 2)


def test_many_items_become_writes_in_their_order() -> None:
    marshaller = Marshaller(USERS)
    origin = object()
    items: list[object] = [{"alias": f"@{n}", "age": n} for n in range(100)]
    items[20] = Delete({"alias": "@20"})
    items[40] = {"alias": "", "age": 1}
    items[60] = {"alias": "@60", "age": "sixty"}
    items[70] = {"age": 70, "alias": "@70"}
    items[80] = WireItem({"alias": {"S": "@80"}})
    items[90] = None

    results = marshaller.put_all(items, 1000, origin)

    assert [result.position for result in results] == list(range(1000, 1100))
    refused = [result for result in results if isinstance(result, Refused)]
    assert [(one.position, one.code, one.item) for one in refused] == [
        (1040, "EmptyKey", items[40]),
        (1090, "NotAnItem", None),
    ]
    writes = [result for result in results if isinstance(result, Write)]
    assert [write.key for write in writes] == [
        f"@{n}" for n in range(100) if n not in {40, 90}
    ]
    assert [write.position for write in writes if write.operation == "delete"] == [1020]
    assert all(write.origin is origin for write in writes)
    assert marshaller.put_all([], 0, None) == []


def test_shapes_beyond_the_bound_are_encoded_the_general_way() -> None:
    marshaller = Marshaller(USERS)
    shapes = [{"alias": "a", f"x{n}": n} for n in range(100)]
    for shape in shapes:
        for _ in range(OFTEN * 20):
            marshaller.put(shape)

    assert len(marshaller._compiled._encoders) == 64
    assert marshaller.put(shapes[99]).size == Marshaller(USERS).put(shapes[99]).size


def test_items_that_all_differ_are_not_compiled() -> None:
    marshaller = Marshaller(USERS)

    for number in range(20_000):
        marshaller.put({"alias": "a", f"x{number}": 1})

    assert len(marshaller._compiled._seen) <= 1024
    assert marshaller._compiled._encoders == {}


def test_a_shape_among_many_is_compiled_in_the_end() -> None:
    marshaller = Marshaller(USERS)
    usual = {"alias": "a", "age": 1}

    for number in range(1000):
        marshaller.put({"alias": "a", f"x{number}": 1})
        marshaller.put(usual)

    assert len(marshaller._compiled._encoders) == 1


def test_items_of_shapes_that_take_turns_all_go_through_compiled_code() -> None:
    marshaller = Marshaller(USERS)
    shapes = [{"alias": "a", **{f"x{m}": m for m in range(n)}} for n in range(4)]
    marshaller.put_all(shapes * OFTEN, 0, None)
    columns = Columns()

    marshaller._compiled.encode(shapes * 5 + shapes[::-1], 0, columns)

    assert [
        len(orjson.loads(body)["PutRequest"]["Item"]) for body in columns.bodies
    ] == [
        *[1, 2, 3, 4] * 5,
        *[4, 3, 2, 1],
    ]


def test_a_broken_record_is_refused_for_its_own_reason_whatever_it_looks_like() -> None:
    """It is a dataclass, and its fields may be just what the table's key is."""
    records = [BrokenRecord("Torn", "the line is torn") for _ in range(OFTEN)]
    results = Marshaller(TableSchema.of("code", "message")).put_all(records, 0, None)
    assert results == [
        Refused(record, position, "Torn", "the line is torn")
        for position, record in enumerate(records)
    ]


class Colours(Enum):
    RED = 3


def nested(levels: int) -> object:
    value: object = 1
    for level in range(levels):
        value = {"x": value} if level % 2 else [value, "y"]
    return value


# What holds a value, that it may be nested in code of any kind.
SHAPES: Sequence[Callable[[object], object]] = (
    lambda value: value,
    lambda value: {"x": value},
    lambda value: [value],
    lambda value: [{"x": value}],
    lambda value: {"x": [[value]]},
)
MADE_OTHERWISE: Sequence[tuple[object, object]] = [
    ({"a": 1}, {"a": 2, "b": 3}),
    ({"a": 1, "b": 2}, {"a": 2}),
    ({"a": 1}, {"b": 1}),
    ({"a": 1}, {"a": "1"}),
    ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
    ([{"a": 1}], [{"a": 1}, {"a": 1, "b": 2}, {}, 5]),
    ([Colours.RED], [SimpleNamespace(value=3)]),
    ([1], [1, True]),
    ([1.5], [1.5, 1]),
    (["a"], ["a", Text('"')]),
    ({"a"}, {"a", Text('"')}),
    ({1}, {1.5, Decimal(2), 2}),
    ([[1]], [[1], (1, 2), []]),
    *(
        (shape(nested(few)), shape(nested(levels)))
        for shape in SHAPES
        for few in (1, 2)
        for levels in range(26, 34)
    ),
]


@pytest.mark.parametrize(
    ("learned", "other"), MADE_OTHERWISE, ids=range(len(MADE_OTHERWISE))
)
def test_what_is_nested_need_not_be_made_as_it_was(
    learned: object, other: object
) -> None:
    marshaller = compiled_for(USERS, {"alias": "a", "value": learned})
    item = {"alias": "b", "value": other}

    (result,) = marshaller.put_all([item], 0, None)

    if isinstance(result, Refused):
        assert (result.code, result.message) == _refusal(Marshaller(USERS), item)
    else:
        assert meaning(result) == meaning(Marshaller(USERS).put(item))
