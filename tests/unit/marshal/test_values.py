"""Python values to the wire and back, and what is refused."""

import enum
import sys
from collections import OrderedDict, deque, namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from uuid import UUID

import numpy as np
import pytest
from pydantic import BaseModel, Field, RootModel

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import Delete, WireItem, from_wire, item_to_wire, to_wire
from ddbbulk.marshal.values import ValueEncoders
from ddbbulk.sizing import AttributeValue, value_size

Point = namedtuple("Point", "x y")  # noqa: PYI024 -- as callers make them


class Colour(enum.Enum):
    RED = "red"
    MIXED = ("red", 2)


class Level(enum.IntEnum):
    HIGH = 3


class Mood(enum.StrEnum):
    GOOD = "good"


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "LOUD"

    def __len__(self) -> int:
        return 99

    def isascii(self) -> bool:
        return True


class Whole(int):
    def __repr__(self) -> str:
        return "no number"


@dataclass
class Address:
    city: str
    lines: list[object]


class Profile(BaseModel):
    first_name: str = Field(alias="firstName")
    address: Address


class Tags(RootModel[list[str]]):
    pass


class Recursive(BaseModel):
    child: "Recursive | None" = None


SCALARS = [
    ("", {"S": ""}),
    ('é中😀\n"\\', {"S": 'é中😀\n"\\'}),
    (0, {"N": "0"}),
    (-1, {"N": "-1"}),
    (255, {"N": "255"}),
    (256, {"N": "256"}),
    (10**125, {"N": "1" + "0" * 125}),
    (1.0, {"N": "1"}),
    (0.1, {"N": "0.1"}),
    (0.1 + 0.2, {"N": "0.30000000000000004"}),
    (-0.0, {"N": "0"}),
    (-2.0, {"N": "-2"}),
    (1e15, {"N": "1" + "0" * 15}),
    (1e16, {"N": "1" + "0" * 16}),
    (1e-4, {"N": "0.0001"}),
    (1e-5, {"N": "0.00001"}),
    (Decimal("1.50"), {"N": "1.5"}),
    (Decimal("1E2"), {"N": "100"}),
    (True, {"BOOL": True}),
    (False, {"BOOL": False}),
    (None, {"NULL": True}),
    (b"", {"B": ""}),
    (b"ab", {"B": "YWI="}),
    (bytearray(b"ab"), {"B": "YWI="}),
    (memoryview(b"ab"), {"B": "YWI="}),
    (memoryview(b"a-b-")[::2], {"B": "YWI="}),
    (date(2026, 1, 2), {"S": "2026-01-02"}),
    (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), {"S": "2026-01-02T03:04:00+00:00"}),
    (UUID(int=5), {"S": "00000000-0000-0000-0000-000000000005"}),
    (Colour.RED, {"S": "red"}),
    (Level.HIGH, {"N": "3"}),
    (Mood.GOOD, {"S": "good"}),
    (Loud("quiet"), {"S": "quiet"}),
    (Loud("é"), {"S": "é"}),
    (Whole(7), {"N": "7"}),
    (np.str_("x"), {"S": "x"}),
    (np.bytes_(b"ab"), {"B": "YWI="}),
    (np.int64(5), {"N": "5"}),
    (np.uint8(5), {"N": "5"}),
    (np.float64(0.1), {"N": "0.1"}),
    (np.float32(0.1), {"N": "0.1"}),
    (np.float16(0.5), {"N": "0.5"}),
    (np.bool_(True), {"BOOL": True}),
    (np.datetime64("2026-01-02T03:04"), {"S": "2026-01-02T03:04"}),
]

CONTAINERS = [
    ([], {"L": []}),
    ([1, "a", [None]], {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"NULL": True}]}]}),
    ((1, 2), {"L": [{"N": "1"}, {"N": "2"}]}),
    (Point(1, 2), {"L": [{"N": "1"}, {"N": "2"}]}),
    ({}, {"M": {}}),
    ({"a": {"b": 1}}, {"M": {"a": {"M": {"b": {"N": "1"}}}}}),
    (OrderedDict(a=1), {"M": {"a": {"N": "1"}}}),
    (MappingProxyType({"a": 1}), {"M": {"a": {"N": "1"}}}),
    ({Mood.GOOD: 1}, {"M": {"good": {"N": "1"}}}),
    ({"b", "a"}, {"SS": ["a", "b"]}),
    ({"", "é"}, {"SS": ["", "é"]}),
    (frozenset({1, 2.5, Decimal(3)}), {"NS": ["1", "2.5", "3"]}),
    ({0.1, Decimal("0.1")}, {"NS": ["0.1"]}),
    ({b"ab", b""}, {"BS": ["", "YWI="]}),
    (
        {Mood.GOOD, Colour.RED, UUID(int=5)},
        {"SS": ["00000000-0000-0000-0000-000000000005", "good", "red"]},
    ),
    ({np.int64(1), 2}, {"NS": ["1", "2"]}),
    (Colour.MIXED, {"L": [{"S": "red"}, {"N": "2"}]}),
    (Address("x", [1]), {"M": {"city": {"S": "x"}, "lines": {"L": [{"N": "1"}]}}}),
    (
        Profile(firstName="Daisy", address=Address("x", [])),
        {
            "M": {
                "firstName": {"S": "Daisy"},
                "address": {"M": {"city": {"S": "x"}, "lines": {"L": []}}},
            }
        },
    ),
    (Tags(["a"]), {"L": [{"S": "a"}]}),
]


@pytest.mark.parametrize(("value", "wire"), SCALARS + CONTAINERS)
def test_a_value_has_one_form_on_the_wire(value: object, wire: AttributeValue) -> None:
    assert to_wire(value) == wire


@pytest.mark.parametrize(("value", "wire"), SCALARS + CONTAINERS)
def test_the_size_that_comes_with_the_text_is_that_of_the_text(
    value: object, wire: AttributeValue
) -> None:
    assert ValueEncoders().encode(value)[1] == value_size(wire)


def test_text_goes_out_as_utf_8_and_not_as_escapes() -> None:
    assert ValueEncoders().encode("é\x00")[0] == '{"S":"é\\u0000"}'


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ({"S": "x"}, "x"),
        ({"N": "1.5"}, Decimal("1.5")),
        ({"B": "YWI="}, b"ab"),
        ({"B": b"ab"}, b"ab"),
        ({"BOOL": False}, False),
        ({"NULL": True}, None),
        ({"SS": ["a", "b"]}, {"a", "b"}),
        ({"NS": ["1", "2"]}, {Decimal(1), Decimal(2)}),
        ({"BS": ["YWI="]}, {b"ab"}),
        ({"L": [{"N": "1"}, {"L": []}]}, [Decimal(1), []]),
        ({"M": {"a": {"M": {}}}}, {"a": {}}),
    ],
)
def test_what_dynamodb_sends_becomes_python(
    wire: AttributeValue, value: object
) -> None:
    result = from_wire(wire)

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "wire",
    [{}, {"S": "a", "N": "1"}, {"X": "a"}, {"N": "x"}, {"B": "?"}, {"L": 5}, {"M": 5}],
)
def test_what_is_no_attribute_value_is_said_to_be_malformed(
    wire: AttributeValue,
) -> None:
    with pytest.raises(InvalidItemError) as refusal:
        from_wire(wire)

    assert refusal.value.code == "MalformedWire"


class Broken(Mapping[str, object]):
    """A mapping whose code fails."""

    def __getitem__(self, name: str) -> object:
        raise ZeroDivisionError

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


def cyclic_list() -> list[object]:
    cycle: list[object] = []
    cycle.append(cycle)
    return cycle


def cyclic_record() -> Address:
    record = Address("x", [])
    record.lines.append(record)
    return record


def cyclic_model() -> Recursive:
    model = Recursive()
    model.child = model
    return model


def released() -> memoryview:
    view = memoryview(b"ab")
    view.release()
    return view


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "NotANumber"),
        (float("inf"), "NotANumber"),
        (Decimal("NaN"), "NotANumber"),
        (Decimal("sNaN"), "NotANumber"),
        (Decimal("-Infinity"), "NotANumber"),
        (np.float32("nan"), "NotANumber"),
        (1e300, "NumberMagnitude"),
        (1e-300, "NumberMagnitude"),
        (10**126, "NumberMagnitude"),
        (-(10**126), "NumberMagnitude"),
        pytest.param(10**5000, "NumberMagnitude", id="too long for str()"),
        (Decimal("1E-131"), "NumberMagnitude"),
        (Decimal("1E+999999"), "NumberMagnitude"),
        (10**38 + 1, "NumberPrecision"),
        (Decimal("1." + "1" * 38), "NumberPrecision"),
        (set(), "EmptySet"),
        (frozenset(), "EmptySet"),
        ({1, "a"}, "UnsupportedType"),
        ({1, None}, "UnsupportedType"),
        ({(1, 2)}, "UnsupportedType"),
        ({True}, "UnsupportedType"),
        ("\ud800", "InvalidString"),
        ({"\ud800": 1}, "InvalidString"),
        ({"\ud800"}, "InvalidString"),
        ({"": 1}, "AttributeName"),
        ({1: 1}, "AttributeName"),
        ({"é" * 32_769: 1}, "AttributeName"),
        (object(), "UnsupportedType"),
        (object, "UnsupportedType"),
        (Address, "UnsupportedType"),
        (1j, "UnsupportedType"),
        (Fraction(1, 2), "UnsupportedType"),
        (timedelta(1), "UnsupportedType"),
        (deque([1]), "UnsupportedType"),
        (range(3), "UnsupportedType"),
        (iter([1]), "UnsupportedType"),
        (np.array([1]), "UnsupportedType"),
        (np.timedelta64(1, "s"), "UnsupportedType"),
        (np.datetime64("NaT"), "UnsupportedType"),
        (np.complex64(1), "UnsupportedType"),
        (WireItem({}), "UnsupportedType"),
        (Delete({}), "UnsupportedType"),
        (Broken(), "UnsupportedType"),
        (released(), "UnsupportedType"),
        (cyclic_list(), "NestingTooDeep"),
        (cyclic_record(), "NestingTooDeep"),
        (cyclic_model(), "UnsupportedType"),
    ],
)
def test_what_dynamodb_has_not_is_refused_with_its_reason(
    value: object, code: str
) -> None:
    with pytest.raises(InvalidItemError) as refusal:
        to_wire(value)

    assert refusal.value.code == code


def nested(levels: int, leaf: object, *, in_lists: bool) -> object:
    for _ in range(levels):
        leaf = [leaf] if in_lists else {"a": leaf}
    return leaf


@pytest.mark.parametrize("in_lists", [True, False])
@pytest.mark.parametrize(("levels", "leaf"), [(31, 1), (31, {}), (31, []), (31, {"x"})])
def test_31_nested_containers_are_accepted(
    levels: int, leaf: object, *, in_lists: bool
) -> None:
    item = item_to_wire({"value": nested(levels, leaf, in_lists=in_lists)})

    assert str(item).count("'L'" if in_lists else "'M'") >= levels


@pytest.mark.parametrize("in_lists", [True, False])
@pytest.mark.parametrize("leaf", [1, {}, []])
def test_32_nested_containers_are_refused(leaf: object, *, in_lists: bool) -> None:
    with pytest.raises(InvalidItemError) as refusal:
        item_to_wire({"value": nested(32, leaf, in_lists=in_lists)})

    assert refusal.value.code == "NestingTooDeep"


def test_a_refusal_names_the_path_and_the_type_but_no_value() -> None:
    item = {"profile": {"addresses": ["secret", {"geo": 12345j}]}}

    with pytest.raises(InvalidItemError) as refusal:
        item_to_wire(item)

    message = str(refusal.value)
    assert message.startswith("attribute profile.addresses[1].geo has the type complex")
    assert "secret" not in message
    assert "12345" not in message


def test_the_path_in_a_message_is_escaped_and_bounded() -> None:
    with pytest.raises(InvalidItemError) as refusal:
        item_to_wire({"a\x1b[31m": nested(20, 1j, in_lists=False), "b": 1})
    with pytest.raises(InvalidItemError) as long_refusal:
        item_to_wire({"n" * 60_000: {"m" * 60_000: {"o" * 60_000: 1j}}})

    assert str(refusal.value).startswith(r"attribute a\x1b[31m.a.a")
    assert len(str(long_refusal.value)) < 300


def test_errors_of_a_callers_own_type_are_named_and_chained() -> None:
    with pytest.raises(InvalidItemError) as refusal:
        item_to_wire({"value": [{"deep": Broken()}]})

    assert "ZeroDivisionError" in str(refusal.value)
    assert isinstance(refusal.value.__cause__, ZeroDivisionError)


def test_a_model_is_dumped_without_warnings_that_would_show_its_values() -> None:
    model = Profile.model_construct(first_name=5, address=Address("x", []))

    assert to_wire(model)["M"]["firstName"] == {"N": "5"}


def test_numpy_is_never_imported_for_a_caller_who_does_not_use_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "numpy")

    with pytest.raises(InvalidItemError):
        to_wire(object())

    assert "numpy" not in sys.modules


def test_names_and_types_are_remembered_only_up_to_a_bound() -> None:
    encoders = ValueEncoders()

    for number in range(6000):
        encoders.encode({f"name{number}": number})
        encoders.encode(type(f"Kind{number}", (str,), {})("x"))
    long_name = "n" * 60_000
    long_names = ValueEncoders()
    long_names.encode({long_name: 1})

    assert len(encoders) <= 4096
    assert len(encoders.heads) <= 4096
    assert long_name not in long_names.heads
    assert encoders.encode({"name5999": 1})[0] == '{"M":{"name5999":{"N":"1"}}}'
