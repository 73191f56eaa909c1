"""Equal items have one canonical form and one digest, others have not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.canonical import canonical_item, item_digest, key_digest
from ddbbulk.marshal import item_to_wire
from ddbbulk.sizing import Item, is_equal
from tests.property.strategies import items, values


def test_what_dynamodb_takes_for_equal_has_one_form() -> None:
    one: Item = {
        "n": {"N": "1.0"},
        "s": {"NS": ["10", "2E0"]},
        "m": {"M": {"b": {"BS": ["AQ==", "/w=="]}, "a": {"SS": ["y", "x"]}}},
        "l": {"L": [{"N": "-0"}, {"BOOL": True}, {"NULL": True}]},
    }
    other: Item = {
        "l": {"L": [{"N": "0"}, {"BOOL": True}, {"NULL": True}]},
        "m": {"M": {"a": {"SS": ["x", "y"]}, "b": {"BS": ["/w==", "AQ=="]}}},
        "s": {"NS": ["2", "1e1"]},
        "n": {"N": "1"},
    }
    assert canonical_item(one) == canonical_item(other)
    assert item_digest(one) == item_digest(other)


def test_the_unused_bits_of_base64_do_not_matter() -> None:
    one, other = {"b": {"B": "/w=="}}, {"b": {"B": "/x=="}}
    assert canonical_item(one) == canonical_item(other)


@settings(max_examples=40)
@given(values, values)
def test_values_have_one_digest_if_they_are_equal_and_only_then(
    left: object, right: object
) -> None:
    one, other = item_to_wire({"v": left}), item_to_wire({"v": right})
    is_same = item_digest(one) == item_digest(other)
    assert is_same == is_equal({"M": one}, {"M": other})


@settings(max_examples=40)
@given(items, st.data())
def test_any_change_of_an_attribute_changes_the_digest(
    item: dict[str, object], data: st.DataObject
) -> None:
    wire = item_to_wire(item)
    name = data.draw(st.sampled_from(sorted(wire)))
    changed = {key: value for key, value in wire.items() if key != name}
    assert item_digest(wire) != item_digest(changed)


def test_keys_of_two_parts_are_told_apart_wherever_they_are_cut() -> None:
    keys: list[str | tuple[str, ...]] = [
        "ab",
        ("a", "b"),
        ("ab", ""),
        ("", "ab"),
        "1:a1:b",
    ]
    assert len({key_digest(key) for key in keys}) == len(keys)
