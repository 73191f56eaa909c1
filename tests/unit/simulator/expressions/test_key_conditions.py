from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.schema import KeyAttribute
from ddbbulk.simulator.expressions import KeyRange, RequestExpressions, key_range
from ddbbulk.simulator.keys import key_of
from ddbbulk.simulator.service_error import ServiceError

PARTITION = KeyAttribute("pk")
SORT = KeyAttribute("sk", "N")


def range_of(
    text: str,
    values: Mapping[str, Any],
    partition_keys: tuple[KeyAttribute, ...] = (PARTITION,),
    sort_keys: tuple[KeyAttribute, ...] = (SORT,),
) -> KeyRange:
    expressions = RequestExpressions(
        {"KeyConditionExpression": text, "ExpressionAttributeValues": values}
    )
    condition = expressions.condition("KeyConditionExpression")
    assert condition is not None
    return key_range(condition, partition_keys, sort_keys)


def numbers() -> st.SearchStrategy[str]:
    return st.decimals(-1000, 1000, places=2).map(str)


@given(
    operator=st.sampled_from(["=", "<", "<=", ">", ">="]),
    bound=numbers(),
    number=numbers(),
    partition=st.sampled_from(["p", "p\0", "pp", "o"]),
)
def test_the_range_of_a_comparison_holds_the_keys_that_satisfy_it(
    operator: str, bound: str, number: str, partition: str
) -> None:
    text = f"pk = :p AND sk {operator} :n"
    values = {":p": {"S": "p"}, ":n": {"N": bound}}
    item = {"pk": {"S": partition}, "sk": {"N": number}}
    condition = RequestExpressions(
        {"ConditionExpression": text, "ExpressionAttributeValues": values}
    ).condition("ConditionExpression")
    assert condition is not None
    key = key_of((PARTITION, SORT), item)
    assert range_of(text, values).holds(key) is condition.holds(item)


@given(
    prefix=st.text(st.sampled_from("a\0\x01é\U0010ffff"), min_size=1, max_size=3),
    text=st.text(st.sampled_from("a\0\x01é\U0010ffff"), min_size=1, max_size=4),
)
def test_the_range_of_a_prefix_holds_the_keys_that_begin_with_it(
    prefix: str, text: str
) -> None:
    sort = KeyAttribute("sk")
    values = {":p": {"S": "p"}, ":n": {"S": prefix}}
    keys = range_of("pk = :p AND begins_with(sk, :n)", values, sort_keys=(sort,))
    key = key_of((PARTITION, sort), {"pk": {"S": "p"}, "sk": {"S": text}})
    assert keys.holds(key) is text.startswith(prefix)


def test_a_prefix_of_the_highest_bytes_has_an_upper_bound() -> None:
    sort = KeyAttribute("sk", "B")
    values = {":p": {"S": "p"}, ":n": {"B": "////"}}
    keys = range_of("pk = :p AND begins_with(sk, :n)", values, sort_keys=(sort,))
    for content, expected in (("////", True), ("////AA==", True), ("//8=", False)):
        key = key_of((PARTITION, sort), {"pk": {"S": "p"}, "sk": {"B": content}})
        assert keys.holds(key) is expected
    other = key_of((PARTITION, sort), {"pk": {"S": "q"}, "sk": {"B": "////"}})
    assert not keys.holds(other)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("1", False), ("2", True), ("10", True), ("10.5", False)],
)
def test_both_bounds_of_between_are_in_the_range(
    number: str, *, expected: bool
) -> None:
    values = {":p": {"S": "p"}, ":a": {"N": "2"}, ":b": {"N": "10"}}
    keys = range_of("sk BETWEEN :a AND :b AND pk = :p", values)
    key = key_of((PARTITION, SORT), {"pk": {"S": "p"}, "sk": {"N": number}})
    assert keys.holds(key) is expected


def test_an_index_of_several_sort_keys_is_cut_from_the_left() -> None:
    sort_keys = (KeyAttribute("year", "N"), KeyAttribute("month", "N"))
    keys = (PARTITION, *sort_keys)
    values = {":p": {"S": "p"}, ":y": {"N": "1934"}, ":m": {"N": "6"}}
    expressions = RequestExpressions(
        {
            "KeyConditionExpression": "pk = :p AND #y = :y AND #m >= :m",
            "ExpressionAttributeValues": values,
            "ExpressionAttributeNames": {"#y": "year", "#m": "month"},
        }
    )
    condition = expressions.condition("KeyConditionExpression")
    assert condition is not None
    found = key_range(condition, (PARTITION,), sort_keys)
    for year, month, expected in (
        ("1934", "5", False),
        ("1934", "6", True),
        ("1934", "12", True),
        ("1935", "7", False),
    ):
        item = {"pk": {"S": "p"}, "year": {"N": year}, "month": {"N": month}}
        assert found.holds(key_of(keys, item)) is expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sk = :n", "Query condition missed key schema element: pk"),
        ("pk = :p AND age = :n", "Query condition missed key schema element: sk"),
        ("pk = :p AND sk = :n AND x = :n", "Conditions can be of length 1 or 2 only"),
        ("pk > :p", "Query key condition not supported"),
        ("begins_with(pk, :p)", "Query key condition not supported"),
        ("pk BETWEEN :p AND :p", "Query key condition not supported"),
        ("pk = :p OR sk = :n", "Invalid operator used in KeyConditionExpression: OR"),
        ("NOT pk = :p", "Invalid operator used in KeyConditionExpression: NOT"),
        ("pk = :p AND sk <> :n", "operator used in KeyConditionExpression: <>"),
        ("pk = :p AND sk IN (:n)", "operator used in KeyConditionExpression: IN"),
        ("pk = :p AND contains(sk, :n)", "KeyConditionExpression: contains"),
        ("pk = :p AND size(sk) = :n", "KeyConditionExpression: size"),
        ("attribute_exists(pk)", "KeyConditionExpression: attribute_exists"),
        ("pk = :p AND pk = :p", "must only contain one condition per key"),
        ("pk = sk", "Multiple attribute names used in one condition"),
        ("pk.x = :p", "cannot have conditions on nested attributes"),
        ("pk = :n", "Condition parameter type does not match schema type"),
        ("pk = :p AND sk < :p", "Condition parameter type does not match"),
        ("pk = :e", "cannot contain an empty string value. Key: pk"),
    ],
)
def test_a_condition_that_is_not_one_on_the_keys_is_refused(
    text: str, reason: str
) -> None:
    values = {":p": {"S": "p"}, ":n": {"N": "1"}, ":e": {"S": ""}}
    with pytest.raises(ServiceError) as caught:
        range_of(text, values)
    assert caught.value.code == "ValidationException"
    assert reason in caught.value.message


def test_a_table_without_a_sort_key_takes_no_condition_on_one() -> None:
    values = {":p": {"S": "p"}}
    range_of("pk = :p", values, sort_keys=())
    with pytest.raises(ServiceError, match="Conditions can be of length 1 or 2 only"):
        range_of("pk = :p AND sk = :p", values, sort_keys=())
