"""Requests about many items to send to two servers, as hypothesis strategies.

What the other servers are known to do otherwise than DynamoDB is not drawn, and said
where it would be.
"""

from typing import Any

from hypothesis import strategies as st

from tests.support.dynamodb_strategies import (
    TEXTS,
    Draw,
    Placeholders,
    condition,
)
from tests.support.dynamodb_writes import (
    FEW_KEYS,
    PARTITIONS,
    PUT_ITEMS,
    SORTS,
    draw_update,
)

# Not drawn: other wrong values (dynoxide cancels a transaction for what AWS refuses).
WRONG_KEYS = st.sampled_from(
    [
        {"pk": {"S": ""}},
        {"pk": {"N": "1"}},
        {"sk": {"S": "1"}},
        {"g": {"N": "1"}},
        {"g": {"S": ""}},
        {"h": {"L": []}},
    ]
)
PUTS = st.one_of(
    *[PUT_ITEMS] * 4, st.builds(lambda item, wrong: item | wrong, PUT_ITEMS, WRONG_KEYS)
)
# Not drawn: numbers that are written otherwise than they are stored. dynoxide takes two
# of them for two keys, and ministack does not find what it stores under one.
KEYS = st.builds(
    lambda partition, sort: {"pk": {"S": partition}, "sk": {"N": sort}},
    PARTITIONS,
    SORTS.filter(lambda sort: "e" not in sort),
)
DISTINCT_KEYS = st.lists(KEYS, min_size=1, max_size=6, unique_by=repr)
EXISTENCE = st.sampled_from(["attribute_exists(pk)", "attribute_not_exists(pk)"])


@st.composite
def batch_gets(draw: Draw) -> dict[str, Any]:
    """Draw one table's part of a batch get, now and then with a key twice."""
    keys = draw(DISTINCT_KEYS | st.lists(KEYS, min_size=1, max_size=3))
    part: dict[str, Any] = {"Keys": keys, "ConsistentRead": draw(st.booleans())}
    if draw(st.integers(0, 2)) == 0:
        part["ProjectionExpression"] = "pk, sk, d.y[0], c, absent"
    return part


@st.composite
def transaction_gets(draw: Draw) -> list[dict[str, Any]]:
    """Draw the actions of a transaction that reads.

    Not drawn: projections without the key, which dynoxide adds.
    """
    projections = st.sampled_from([{}, {"ProjectionExpression": "pk, sk, c, d.x"}])
    return [{"Get": {"Key": key, **draw(projections)}} for key in draw(DISTINCT_KEYS)]


@st.composite
def transactions(draw: Draw, *, is_plain: bool = False) -> list[dict[str, Any]]:
    """Draw the actions of a transaction, now and then two of them on one item.

    Args:
        draw: given by hypothesis.
        is_plain: nothing is wrong but conditions, and they ask only whether there is an
            item (in conditions and updates ministack differs from AWS's documentation).
    """
    keys = draw(
        st.lists(FEW_KEYS, min_size=1, max_size=4, unique_by=repr)
        | st.lists(FEW_KEYS, min_size=1, max_size=3)
    )
    return [_action(draw, key, is_plain=is_plain) for key in keys]


def _action(draw: Draw, key: dict[str, Any], *, is_plain: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(["Put", "Delete", "Update", "ConditionCheck"]))
    choices = st.sampled_from(["ALL_OLD", "NONE"])
    action: dict[str, Any] = {"ReturnValuesOnConditionCheckFailure": draw(choices)}
    values = Placeholders()
    if kind == "Put":
        action["Item"] = draw(PUT_ITEMS) | key if is_plain else draw(PUTS)
    else:
        action["Key"] = key
    if kind == "Update":
        action["UpdateExpression"] = _update(draw, values, is_plain=is_plain)
    if kind == "ConditionCheck" or draw(st.integers(0, 2)) == 0:
        any_condition = st.builds(lambda: condition(draw, values))
        is_any = not is_plain and draw(st.booleans())
        action["ConditionExpression"] = draw(any_condition if is_any else EXISTENCE)
    return {kind: action | values.request}


def _update(draw: Draw, values: Placeholders, *, is_plain: bool) -> str:
    if is_plain:
        return f"SET c = {values({'S': draw(TEXTS)})} REMOVE a"
    text: str = draw_update(draw, values).get("UpdateExpression", "REMOVE absent")
    return text
