"""Reads to send to two servers, as hypothesis strategies."""

from typing import Any

from hypothesis import strategies as st

from tests.support.dynamodb_strategies import (
    Draw,
    Placeholders,
    Value,
    bounds,
    condition,
)
from tests.support.dynamodb_writes import (
    GLOBAL_INDEXES,
    INDEXES,
    ITEM_KEYS,
    KEYS,
    LOCAL_INDEXES,
    PARTITIONS,
)


@st.composite
def queries(draw: Draw) -> dict[str, Any]:
    """Draw a query of the table or of an index.

    Not drawn, because dynoxide differs from AWS's documentation: attributes that a
    local index has not copied (AWS fetches them, and charges the table for it) or a
    global one (AWS refuses); the sort key's condition before the partition key's (it
    is refused); empty key values (it finds nothing); start keys out of range. Nor are
    a megabyte of items: AWS ends a page with the item that brings it to 1 MB, dynoxide
    before it.
    """
    index = draw(st.sampled_from([None, None, *INDEXES]))
    partition, *sort = ("pk", "sk") if index is None else INDEXES[index][0]
    values = Placeholders()
    text = f"{partition} = {values(draw(key_value(partition)))}"
    if sort and draw(st.booleans()):
        text += f" AND {sort_condition(draw, values, sort[0])}"
    request: dict[str, Any] = {"KeyConditionExpression": text}
    if index is not None:
        request["IndexName"] = index
    request |= draw_view(draw, values, index)
    request["ScanIndexForward"] = draw(st.booleans())
    return request | values.request


@st.composite
def crowded_queries(draw: Draw) -> dict[str, Any]:
    """Draw a query of a whole partition of CROWDED_ITEMS."""
    index = draw(st.sampled_from([None, *INDEXES]))
    partition = "pk" if index is None else INDEXES[index][0][0]
    crowds = {"pk": {"S": "p"}, "g": {"S": "g"}, "h": {"N": "2"}}
    values = Placeholders()
    text = f"{partition} = {values(crowds[partition])}"
    request: dict[str, Any] = {"KeyConditionExpression": text}
    if index is not None:
        request["IndexName"] = index
    request |= draw_view(draw, values, index)
    request["ScanIndexForward"] = draw(st.booleans())
    return request | values.request


def key_value(name: str) -> st.SearchStrategy[Value]:
    if KEYS[name] == "N":
        return st.sampled_from(["-1", "0", "2", "2.0", "10", "1.5"]).map(
            lambda number: {"N": number}
        )
    if name == "pk":
        return PARTITIONS.map(lambda text: {"S": text})
    return st.sampled_from(["g", "gg", "h"]).map(lambda text: {"S": text})


def sort_condition(draw: Draw, values: Placeholders, name: str) -> str:
    operators = ["=", "<", "<=", ">", ">=", "BETWEEN"]
    if KEYS[name] == "S":
        operators.append("begins_with")
    operator = draw(st.sampled_from(operators))
    if operator == "BETWEEN":
        kind = KEYS[name]
        pair = draw(bounds().filter(lambda pair: kind in pair[0]))
        return f"{name} BETWEEN {values(pair[0])} AND {values(pair[1])}"
    value = values(draw(key_value(name)))
    if operator == "begins_with":
        return f"begins_with({name}, {value})"
    return f"{name} {operator} {value}"


def draw_view(draw: Draw, values: Placeholders, index: str | None) -> dict[str, Any]:
    """Draw what Query and Scan have in common."""
    request: dict[str, Any] = {
        "ReturnConsumedCapacity": draw(st.sampled_from(["TOTAL", "INDEXES"]))
    }
    if index not in GLOBAL_INDEXES:
        request["ConsistentRead"] = draw(st.booleans())
    if draw(st.booleans()):
        request["FilterExpression"] = condition(draw, values, depth=1)
    form = draw(st.sampled_from(["all", "count", "projection"]))
    if form == "count":
        request["Select"] = "COUNT"
    elif form == "projection":
        paths = ["pk", "sk"]
        if index in (None, "whole", "local"):
            paths = ["pk", "a", "b", "c[0]", "d.x", "d.y[0]", "absent"]
        drawn = draw(st.lists(st.sampled_from(paths), min_size=1, unique=True))
        request["ProjectionExpression"] = ", ".join(drawn)
    return request


@st.composite
def scans(draw: Draw) -> dict[str, Any]:
    index = draw(st.sampled_from([None, None, *INDEXES]))
    values = Placeholders()
    request = draw_view(draw, values, index)
    if index is not None:
        request["IndexName"] = index
    if index in LOCAL_INDEXES:
        # dynoxide charges the table for what it reads of a local index.
        request["ReturnConsumedCapacity"] = "TOTAL"
    return request | values.request


WRONG_TABLE_KEYS = st.sampled_from(
    [
        {"pk": {"S": ""}},
        {"pk": {"N": "1"}},
        {"sk": {"S": "1"}},
        {"sk": {"N": "1e200"}},
        {"other": {"S": "x"}},
    ]
)


@st.composite
def gets(draw: Draw) -> dict[str, Any]:
    """Draw a get; of one with a projection dynoxide charges only the projection."""
    key = draw(ITEM_KEYS)
    if draw(st.integers(0, 4)) == 0:
        key |= draw(WRONG_TABLE_KEYS)
    request: dict[str, Any] = {
        "Key": key,
        "ConsistentRead": draw(st.booleans()),
    }
    if draw(st.booleans()):
        request["ProjectionExpression"] = "pk, d.y[0], c, absent"
    else:
        request["ReturnConsumedCapacity"] = "INDEXES"
    return request
