"""Tables, items and writes to send to two servers, as hypothesis strategies.

What dynoxide is known to do otherwise than DynamoDB is not drawn, and said where it
would be.
"""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.support.dynamodb_strategies import (
    ATTRIBUTES,
    NUMBERS,
    SETS,
    VALUES,
    Draw,
    Placeholders,
    Value,
    condition,
)

KEYS = {"pk": "S", "sk": "N", "g": "S", "h": "N"}
DEFINITION: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind} for name, kind in KEYS.items()
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
GLOBAL_INDEXES = {
    "whole": (("g", "h"), {"ProjectionType": "ALL"}),
    "only_keys": (("g",), {"ProjectionType": "KEYS_ONLY"}),
    "some": (
        ("h", "pk"),
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "c"]},
    ),
}
LOCAL_INDEXES = {
    "local": (("pk", "h"), {"ProjectionType": "ALL"}),
    "local_keys": (("pk", "g"), {"ProjectionType": "KEYS_ONLY"}),
}
INDEXES = GLOBAL_INDEXES | LOCAL_INDEXES


PARTITIONS = st.sampled_from(["p", "q", "pé", "p\U0001f600"])
SORTS = st.sampled_from(["-1.5", "0", "1", "2", "10", "1e2", "0.001", "-20"])
ITEM_KEYS = st.builds(
    lambda partition, sort: {"pk": {"S": partition}, "sk": {"N": sort}},
    PARTITIONS,
    SORTS,
)
INDEX_ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "g": st.sampled_from(["g", "gg", "h"]).map(lambda text: {"S": text}),
        "h": st.sampled_from(["-1", "0", "2", "2.5", "10"]).map(lambda n: {"N": n}),
    },
)
ITEMS = st.builds(
    lambda key, index, attributes: key | index | attributes,
    ITEM_KEYS,
    INDEX_ATTRIBUTES,
    ATTRIBUTES,
)


def distinct(
    items: st.SearchStrategy[dict[str, Value]], *, at_most: int, at_least: int = 0
) -> st.SearchStrategy[list[dict[str, Value]]]:
    """Items that can stand in one table together."""
    return st.lists(
        items,
        min_size=at_least,
        max_size=at_most,
        unique_by=lambda item: (item["pk"]["S"], Decimal(item["sk"]["N"])),
    )


DISTINCT_ITEMS = distinct(ITEMS, at_most=14)
# Enough of them in one partition, of the table and of each index, to fill pages.
CROWDED_ITEMS = distinct(
    st.builds(
        lambda item, rank: (
            item | {"pk": {"S": "p"}, "g": {"S": "g"}, "h": {"N": str(rank)}}
        ),
        ITEMS,
        st.sampled_from([2, 2, 2, 10]),
    ),
    at_least=3,
    at_most=8,
)
# One in some is refused: a key of the table or of an index that cannot be one.
WRONG_KEYS = st.sampled_from(
    [
        {"pk": {"S": ""}},
        {"pk": {"N": "1"}},
        {"sk": {"S": "1"}},
        {"sk": {"N": "one"}},
        {"sk": {"N": "1" * 39}},
        {"g": {"N": "1"}},
        {"g": {"S": ""}},
        {"h": {"S": "1"}},
        {"h": {"L": []}},
        {"a": {"NS": ["1", "1.0"]}},
        {"a": {"SS": []}},
        {"a": {"NULL": False}},
        {"a": {"N": "1e126"}},
        {"a": {"N": "1e-131"}},
        {"a": {}},
    ]
)


# So few that most writes meet an item.
FEW_KEYS = st.sampled_from(
    [
        {"pk": {"S": partition}, "sk": {"N": sort}}
        for partition in ("p", "q")
        for sort in ("1", "2")
    ]
)
PUT_ITEMS = st.builds(lambda item, key: item | key, ITEMS, FEW_KEYS)
MOSTLY_RIGHT = st.one_of(
    *[PUT_ITEMS] * 4, st.builds(lambda item, wrong: item | wrong, PUT_ITEMS, WRONG_KEYS)
)


@st.composite
def writes(draw: Draw) -> tuple[str, Any]:
    """A single write, or a batch of them."""
    kind = draw(st.sampled_from(["put", "delete", "update", "batch"]))
    if kind == "batch":
        return "BatchWriteItem", draw(st.lists(batch_entries(), max_size=5))
    values = Placeholders()
    request: dict[str, Any] = {
        "ReturnConsumedCapacity": draw(st.sampled_from(["NONE", "TOTAL", "INDEXES"])),
        "ReturnValuesOnConditionCheckFailure": draw(
            st.sampled_from(["ALL_OLD", "NONE"])
        ),
    }
    operation = {"put": "PutItem", "delete": "DeleteItem", "update": "UpdateItem"}[kind]
    if kind == "put":
        request["Item"] = draw(MOSTLY_RIGHT)
    else:
        request["Key"] = draw(FEW_KEYS)
    if kind == "update":
        request |= draw_update(draw, values)
    else:
        request["ReturnValues"] = draw(st.sampled_from(["ALL_OLD", "NONE"]))
    if draw(st.integers(0, 2)) == 0:
        request["ConditionExpression"] = draw(
            st.sampled_from(["attribute_exists(pk)", "attribute_not_exists(pk)"])
            | st.builds(lambda: condition(draw, values))
            | st.builds(lambda: newer(draw, values))
        )
    return operation, request | values.request


def newer(draw: Draw, values: Placeholders) -> str:
    """Draw the condition of mode ``newer``: also between values of different types."""
    version = draw(st.sampled_from([{"N": "1.5"}, {"S": "b"}, {"B": "Yg=="}]))
    return f"attribute_not_exists(a) OR a < {values(version)}"


@st.composite
def batch_entries(draw: Draw) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"PutRequest": {"Item": draw(MOSTLY_RIGHT)}}
    return {"DeleteRequest": {"Key": draw(FEW_KEYS)}}


def draw_update(draw: Draw, values: Placeholders) -> dict[str, Any]:
    """Draw an update.

    Not drawn, because dynoxide differs from AWS's documentation: a position beyond the
    end of a list (it fills up with NULL, AWS appends); two positions of a list in one
    REMOVE (it counts the second after the first is gone); REMOVE below what is not
    there (it is silent); UPDATED_OLD and UPDATED_NEW of paths below an attribute (it
    answers the whole attribute).
    """
    sets = draw(st.lists(st.sampled_from("abcgh"), max_size=3, unique=True))
    clauses: dict[str, list[str]] = {}
    for name in sets:
        clauses.setdefault("SET", []).append(
            f"{name} = {set_value(draw, values, name)}"
        )
    rest = [name for name in "abcdegh" if name not in sets]
    removes = draw(st.lists(st.sampled_from(rest), max_size=2, unique=True))
    if removes:
        clauses["REMOVE"] = removes
    rest = [name for name in ("a", "e", "new_set") if name not in {*sets, *removes}]
    for clause in ("ADD", "DELETE"):
        if rest and draw(st.integers(0, 3)) == 0:
            name = draw(st.sampled_from(rest))
            rest.remove(name)
            change = draw(SETS)
            if clause == "ADD" and draw(st.booleans()):
                change = {"N": draw(NUMBERS)}
            clauses[clause] = [f"{name} {values(change)}"]
    choices = ["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"]
    request = {"ReturnValues": draw(st.sampled_from(choices))}
    if clauses:
        request["UpdateExpression"] = " ".join(
            f"{clause} {', '.join(actions)}" for clause, actions in clauses.items()
        )
    return request


def set_value(draw: Draw, values: Placeholders, name: str) -> str:
    if name in KEYS:
        return values(draw(st.sampled_from([{"S": "g"}, {"S": "h"}, {"N": "2.0"}])))
    path = draw(st.sampled_from(["a", "b", "c", "d.x", "absent"]))
    form = draw(st.sampled_from(["value", "path", "sum", "default", "list"]))
    if form == "value":
        return values(draw(VALUES))
    if form == "sum":
        sign = draw(st.sampled_from("+-"))
        return f"{path} {sign} {values({'N': str(draw(st.integers(-5, 5)))})}"
    if form == "default":
        return f"if_not_exists({path}, {values(draw(VALUES))})"
    if form == "list":
        return f"list_append({path}, {values({'L': [draw(VALUES)]})})"
    return str(path)
