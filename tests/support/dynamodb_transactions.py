"""Requests about many items to send to two servers, as hypothesis strategies.

What dynoxide is known to do otherwise than DynamoDB is not drawn, and said where it
would be.
"""

from typing import Any

from hypothesis import strategies as st

from tests.support.dynamodb_reads import WRONG_TABLE_KEYS
from tests.support.dynamodb_strategies import Draw, Placeholders, condition
from tests.support.dynamodb_writes import (
    FEW_KEYS,
    ITEM_KEYS,
    MOSTLY_RIGHT,
    draw_update,
)

KINDS = ("Put", "Delete", "Update", "ConditionCheck")


@st.composite
def batch_gets(draw: Draw) -> dict[str, Any]:
    """Draw one table's part of a batch get; of a projection dynoxide charges less."""
    keys = draw(st.lists(ITEM_KEYS, min_size=1, max_size=6))
    if draw(st.integers(0, 5)) == 0:
        keys[0] |= draw(WRONG_TABLE_KEYS)
    part: dict[str, Any] = {"Keys": keys, "ConsistentRead": draw(st.booleans())}
    if draw(st.integers(0, 2)) == 0:
        part["ProjectionExpression"] = "pk, sk, d.y[0], c, absent"
    return part


@st.composite
def transactions(draw: Draw) -> list[dict[str, Any]]:
    """Draw the actions of a transaction, now and then two of them on one item."""
    keys = draw(
        st.lists(FEW_KEYS, min_size=1, max_size=4, unique_by=repr)
        | st.lists(FEW_KEYS, min_size=1, max_size=3)
    )
    return [draw_action(draw, key) for key in keys]


def draw_action(draw: Draw, key: dict[str, Any]) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    values = Placeholders()
    action: dict[str, Any] = {
        "ReturnValuesOnConditionCheckFailure": draw(
            st.sampled_from(["ALL_OLD", "NONE"])
        )
    }
    if kind == "Put":
        # An item whose key is wrong keeps it: it is then on no item at all.
        item = draw(MOSTLY_RIGHT)
        action["Item"] = item
    else:
        action["Key"] = key
    if kind == "Update":
        update = draw_update(draw, values)
        action["UpdateExpression"] = update.get("UpdateExpression", "REMOVE absent")
    if kind == "ConditionCheck" or draw(st.integers(0, 2)) == 0:
        action["ConditionExpression"] = draw(
            st.sampled_from(["attribute_exists(pk)", "attribute_not_exists(pk)"])
            | st.builds(lambda: condition(draw, values))
        )
    return {kind: action | values.request}


@st.composite
def transaction_gets(draw: Draw) -> list[dict[str, Any]]:
    keys = draw(st.lists(ITEM_KEYS, min_size=1, max_size=5, unique_by=repr))
    if draw(st.integers(0, 5)) == 0:
        keys[-1] |= draw(WRONG_TABLE_KEYS)
    projections = st.sampled_from([{}, {}, {"ProjectionExpression": "pk, sk, c, d.x"}])
    return [{"Key": key, **draw(projections)} for key in keys]
