"""What a delete asks for that takes nothing but what was seen."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import Marshaller
from ddbbulk.simulator.expressions import read_condition
from ddbbulk.unchanged import Unchanged
from tests.property.strategies import SCHEMA, items

CONDITION = Unchanged(table="t", schema=SCHEMA)
KEY = {"pk": "a", "sk": 1}


def requested(item: dict[str, Any]) -> dict[str, Any]:
    write = Marshaller(SCHEMA).put(item)
    CONDITION.admit(write)
    body: dict[str, Any] = orjson.loads(CONDITION.request(write, b"INDEXES"))
    return body


def test_every_attribute_but_the_key_is_compared() -> None:
    assert requested(KEY | {"size": 5, "my.name": {"x"}}) == {
        "TableName": "t",
        "Key": {"pk": {"S": "a"}, "sk": {"N": "1"}},
        "ConditionExpression": "#0 = :0 AND #1 = :1",
        "ExpressionAttributeNames": {"#0": "size", "#1": "my.name"},
        "ExpressionAttributeValues": {":0": {"N": "5"}, ":1": {"SS": ["x"]}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "ReturnConsumedCapacity": "INDEXES",
    }


def test_an_item_of_nothing_but_its_key_has_to_be_there() -> None:
    body = requested(KEY)
    assert body["ConditionExpression"] == "attribute_exists(#0)"
    assert body["ExpressionAttributeNames"] == {"#0": "pk"}
    assert "ExpressionAttributeValues" not in body


@settings(max_examples=40)
@given(items)
def test_the_condition_holds_for_the_item_and_for_no_other(
    item: dict[str, Any],
) -> None:
    body = requested(item)
    condition = read_condition(body)
    assert condition is not None
    write = Marshaller(SCHEMA).put(item)
    wire = orjson.loads(write.body)["PutRequest"]["Item"]
    assert condition.holds(wire)
    assert not condition.holds({})
    for name in set(wire) - {"pk", "sk"}:
        changed = {"S": "other"} if wire[name] != {"S": "other"} else {"NULL": True}
        assert not condition.holds(wire | {name: changed})
        assert not condition.holds({key: wire[key] for key in wire if key != name})


def test_as_many_attributes_as_a_condition_can_compare_are_admitted() -> None:
    most = KEY | {f"a{n}": Decimal(n) for n in range(150)}
    assert read_condition(requested(most)) is not None
    with pytest.raises(InvalidItemError, match="153 attributes") as caught:
        requested(most | {"one": "more"})
    assert caught.value.code == "TooManyAttributes"


def test_a_delete_by_its_key_says_nothing_of_the_item() -> None:
    with pytest.raises(InvalidItemError, match="takes the item"):
        CONDITION.admit(Marshaller(SCHEMA).delete(KEY))
