"""In what two items differ, without their values."""

from typing import Any

import pytest
from hypothesis import given, settings

from ddbbulk.marshal import item_to_wire
from ddbbulk.sizing import is_equal
from ddbbulk.verifying.comparing import differences
from tests.property.strategies import items


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"N": "1"}, {"N": "1.0"}),
        ({"NS": ["1", "2"]}, {"NS": ["2.00", "1"]}),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}),
        ({"L": [{"N": "10"}]}, {"L": [{"N": "1E1"}]}),
    ],
)
def test_what_dynamodb_takes_for_equal_does_not_differ(
    mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    assert differences({"a": mine}, {"a": theirs}) == ()


@pytest.mark.parametrize(
    ("mine", "theirs", "told"),
    [
        ({"N": "1"}, {"S": "1"}, "a (N, in the table S)"),
        ({"N": "1" * 38}, {"N": "1" * 37 + "2"}, "a"),
        ({"N": "0.1"}, {"N": "0.10000000000000000000000000000000000001"}, "a"),
        ({"NS": ["1"]}, {"SS": ["1"]}, "a (NS, in the table SS)"),
        ({"L": [{"N": "1"}, {"N": "2"}]}, {"L": [{"N": "2"}, {"N": "1"}]}, "a[0]"),
        ({"L": []}, {"L": [{"N": "1"}]}, "a"),
        ({"M": {"b": {"S": "x"}}}, {"M": {"b": {"S": "y"}}}, "a.b"),
        ({"M": {"b": {"S": "x"}}}, {"M": {}}, "a.b (not in the table)"),
        ({"M": {}}, {"M": {"c": {"S": "x"}}}, "a.c (only in the table)"),
        ({"B": "AA=="}, {"B": "AQ=="}, "a"),
        ({"NULL": True}, {"BOOL": True}, "a (NULL, in the table BOOL)"),
    ],
)
def test_a_difference_is_told_by_its_place_and_type(
    mine: dict[str, Any], theirs: dict[str, Any], told: str
) -> None:
    found = differences({"pk": {"S": "k"}, "a": mine}, {"pk": {"S": "k"}, "a": theirs})
    assert found[0] == told


def test_names_are_safe_for_a_terminal_and_few() -> None:
    mine = {f"\x1b[{n}m" + "x" * 100: {"S": "secret"} for n in range(13)}
    told = differences(mine, {})
    assert len(told) == 11
    assert told[-1] == "and 3 more"
    assert told[0].startswith("\\x1b[0mxxx")
    assert not any("secret" in text for text in told)


@settings(max_examples=40)
@given(items, items)
def test_items_differ_if_they_are_not_equal_and_only_then(
    left: dict[str, object], right: dict[str, object]
) -> None:
    one, other = item_to_wire(left), item_to_wire(right)
    assert bool(differences(one, other)) != is_equal({"M": one}, {"M": other})
    assert differences(one, one) == ()
