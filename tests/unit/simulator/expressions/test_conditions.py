from collections.abc import Mapping
from typing import Any

import pytest

from ddbbulk.simulator.expressions import RequestExpressions
from ddbbulk.simulator.service_error import ServiceError

ITEM: Mapping[str, Any] = {
    "alias": {"S": "@donald"},
    "age": {"N": "86"},
    "key_bytes": {"B": "YWJj"},  # abc
    "tags": {"SS": ["duck", "sailor"]},
    "scores": {"NS": ["1", "2.5"]},
    "photos": {"BS": ["YQ==", "Yg=="]},
    "nephews": {"L": [{"S": "Huey"}, {"S": "Dewey"}, {"N": "3"}]},
    "car": {"M": {"plate": {"S": "313"}, "doors": {"L": [{"N": "1"}, {"N": "2"}]}}},
    "is_angry": {"BOOL": True},
    "nothing": {"NULL": True},
    "name": {"S": "Donald"},
    "a.b": {"S": "dotted"},
}


def holds(
    text: str,
    values: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
    item: Mapping[str, Any] = ITEM,
) -> bool:
    expressions = RequestExpressions(
        {
            "ConditionExpression": text,
            "ExpressionAttributeValues": values,
            "ExpressionAttributeNames": names,
        }
    )
    condition = expressions.condition("ConditionExpression")
    expressions.refuse_unused()
    assert condition is not None
    return condition.holds(item)


def refusal(
    text: str,
    values: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    with pytest.raises(ServiceError) as caught:
        holds(text, values, names)
    assert caught.value.code == "ValidationException"
    return caught.value.message


@pytest.mark.parametrize(
    ("operator", "number", "expected"),
    [
        ("=", "86.0", True),
        ("=", "8.6e1", True),
        ("=", "85", False),
        ("<>", "85", True),
        ("<>", "86", False),
        ("<", "86", False),
        ("<", "100", True),
        ("<=", "86", True),
        (">", "9", True),
        (">=", "86.00", True),
        (">=", "86.1", False),
    ],
)
def test_numbers_compare_by_value_not_by_text(
    operator: str, number: str, *, expected: bool
) -> None:
    assert holds(f"age {operator} :n", {":n": {"N": number}}) is expected


def test_38_digits_are_compared_exactly() -> None:
    item = {"n": {"N": "9" * 38}}
    almost = {":n": {"N": "9" * 37 + "8"}}
    assert holds("n > :n", almost, item=item)
    assert not holds("n = :n", almost, item=item)


def test_strings_and_binaries_are_in_byte_order() -> None:
    # U+FFFD sorts before U+1F600 in UTF-8, but after it in UTF-16.
    item = {"s": {"S": "\ufffd"}, "b": {"B": "/w=="}}  # byte 255
    assert holds("s < :s", {":s": {"S": "\U0001f600"}}, item=item)
    assert holds("b > :b", {":b": {"B": "fw=="}}, item=item)  # byte 127


@pytest.mark.parametrize("operator", ["=", "<", "<=", ">", ">="])
def test_what_is_missing_or_of_another_type_compares_false(operator: str) -> None:
    assert not holds(f"lacking {operator} :n", {":n": {"N": "1"}})
    assert not holds(f"alias {operator} :n", {":n": {"N": "1"}})
    assert not holds(f"lacking {operator} absent")


def test_what_is_missing_or_of_another_type_is_unequal() -> None:
    assert holds("lacking <> :n", {":n": {"N": "1"}})
    assert holds("alias <> :n", {":n": {"N": "1"}})
    assert holds("NOT lacking = :n", {":n": {"N": "1"}})


def test_sets_are_equal_in_any_order_and_lists_only_in_their_own() -> None:
    assert holds("scores = :s", {":s": {"NS": ["2.50", "1"]}})
    assert holds("photos = :s", {":s": {"BS": ["Yg==", "YQ=="]}})
    assert not holds("tags = :s", {":s": {"SS": ["duck"]}})
    doors = {":d": {"L": [{"N": "2"}, {"N": "1"}]}}
    assert not holds("car.doors = :d", doors)


def test_documents_are_equal_member_by_member() -> None:
    doors = {"L": [{"N": "1.0"}, {"N": "2"}]}
    assert holds("car = :c", {":c": {"M": {"doors": doors, "plate": {"S": "313"}}}})
    assert not holds("car = :c", {":c": {"M": {"doors": doors}}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age BETWEEN :low AND :high", True),
        ("age BETWEEN :low AND :nine", False),
        ("age BETWEEN :top AND :top", False),
        ("age BETWEEN :low AND absent", False),
        ("age BETWEEN absent AND :top", False),
        ("age between :high and :top", True),
        ("alias BETWEEN :low AND :high", False),
        ("lacking BETWEEN :low AND :high", False),
        ("age IN (:low, :high)", True),
        ("age IN (:low)", False),
        ("lacking IN (:low, :high)", False),
    ],
)
def test_bounds_are_included_and_a_choice_is_equal(
    text: str, *, expected: bool
) -> None:
    values = {
        ":low": {"N": "1"},
        ":nine": {"N": "9"},
        ":high": {"N": "86.0"},
        ":top": {"N": "100"},
    }
    used = {name: value for name, value in values.items() if name in text}
    assert holds(text, used) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # NOT binds tighter than AND, AND tighter than OR.
        ("NOT age = :one AND age = :age OR age = :one", True),
        ("NOT (age = :one OR age = :age)", False),
        ("age = :one AND age = :one OR age = :age", True),
        ("age = :age AND (age = :one OR age = :age)", True),
        ("age = :age OR age = :one AND age = :one", True),
        ("(age = :age OR age = :one) AND age = :one", False),
        ("NOT NOT age = :age OR age = :one", True),
        ("age BETWEEN :one AND :age AND NOT age = :one", True),
        ("not age=:one and(age=:age)or age=:one", True),
    ],
)
def test_operators_bind_as_documented(text: str, *, expected: bool) -> None:
    assert holds(text, {":one": {"N": "1"}, ":age": {"N": "86"}}) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("alias", True),
        ("lacking", False),
        ("nothing", True),
        ("car.plate", True),
        ("car.colour", False),
        ("car.doors[1]", True),
        ("car . doors [ 2 ]", False),
        ("nephews[0]", True),
        ("nephews[0].age", False),
        ("alias[0]", False),
        ("alias.len", False),
    ],
)
def test_attributes_are_found_at_their_paths(path: str, *, expected: bool) -> None:
    assert holds(f"attribute_exists({path})") is expected
    assert holds(f"attribute_not_exists({path})") is not expected


def test_a_placeholder_is_one_name_even_with_dots() -> None:
    assert holds("#n = :v", {":v": {"S": "dotted"}}, {"#n": "a.b"})
    assert holds("#c.#p = :v", {":v": {"S": "313"}}, {"#c": "car", "#p": "plate"})


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("begins_with(alias, :v)", {"S": "@don"}, True),
        ("begins_with(alias, :v)", {"S": "don"}, False),
        ("begins_with(key_bytes, :v)", {"B": "YWI="}, True),
        ("begins_with(age, :v)", {"S": "8"}, False),
        ("begins_with(lacking, :v)", {"S": ""}, False),
        ("contains(alias, :v)", {"S": "nal"}, True),
        ("contains(key_bytes, :v)", {"B": "YmM="}, True),
        ("contains(tags, :v)", {"S": "sailor"}, True),
        ("contains(tags, :v)", {"S": "sail"}, False),
        ("contains(scores, :v)", {"N": "2.50"}, True),
        ("contains(photos, :v)", {"B": "Yg=="}, True),
        ("contains(nephews, :v)", {"N": "3.0"}, True),
        ("contains(nephews, :v)", {"S": "Hue"}, False),
        ("contains(tags, :v)", {"N": "1"}, False),
        ("contains(age, :v)", {"N": "86"}, False),
        ("contains(alias, :v)", {"N": "1"}, False),
        ("contains(lacking, :v)", {"S": "x"}, False),
        ("attribute_type(tags, :v)", {"S": "SS"}, True),
        ("attribute_type(tags, :v)", {"S": "S"}, False),
        ("attribute_type(lacking, :v)", {"S": "S"}, False),
        ("size(alias) = :v", {"N": "7"}, True),
        ("size(key_bytes) = :v", {"N": "3"}, True),
        ("size(tags) = :v", {"N": "2"}, True),
        ("size(nephews) = :v", {"N": "3"}, True),
        ("size(car) = :v", {"N": "2"}, True),
        ("size(age) >= :v", {"N": "0"}, False),
        ("size(lacking) >= :v", {"N": "0"}, False),
        ("(size(tags)) < :v", {"N": "3"}, True),
    ],
)
def test_functions_answer_as_documented(
    text: str, value: Mapping[str, Any], *, expected: bool
) -> None:
    assert holds(text, {":v": value}) is expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The expression can not be empty;"),
        ("  ", "The expression can not be empty;"),
        ("age = ", "Syntax error"),
        ("age == :v", "Syntax error"),
        ("age = :v AND", "Syntax error"),
        ("age", "Syntax error"),
        ("(age = :v) = :v", "Syntax error"),
        ("age = :v )", "Syntax error"),
        ("car..plate = :v", "Syntax error"),
        ("nephews[x] = :v", "Syntax error"),
        ("first-name = :v", "Syntax error"),
        ("age = 'x'", "Syntax error"),
        ("name = :v", "Attribute name is a reserved keyword; reserved keyword: name"),
        ("car.Status = :v", "Attribute name is a reserved keyword"),
        ("#x = :v", "attribute name used in the document path is not defined"),
        ("age = :w", "attribute value used in expression is not defined"),
        ("((age = :v))", "The expression has redundant parentheses;"),
        ("age = age", "The first operand must be distinct"),
        ("contains(tags, tags)", "The first operand must be distinct"),
        ("magic(age)", "Invalid function name; function: magic"),
        ("SIZE(age) = :v", "Invalid function name; function: SIZE"),
        ("size(age)", "not allowed to be used this way in an expression"),
        ("attribute_exists(age) = :v", "not allowed to be used this way"),
        ("size(size(age)) = :v", "not allowed to be used this way"),
        ("if_not_exists(age, :v) = :v", "not allowed in a condition expression"),
        ("attribute_exists(:v)", "requires a document path"),
        ("attribute_exists(age, tags)", "Incorrect number of operands"),
        ("size(:v) = :v", "Incorrect operand type"),
        ("age IN ()", "Syntax error"),
        (f"age IN ({', '.join([':v'] * 101)})", "The IN operator has too many"),
        (" AND ".join(["age = :v"] * 151), "too many operators"),
        ("NOT " * 301 + "age = :v", "too many operators"),
        (f"age = :v OR {'a' * 4096} = :v", "Expression size has exceeded"),
        (".".join("a" * 33) + " = :v", "too many nesting elements"),
    ],
)
def test_a_wrong_condition_is_refused(text: str, reason: str) -> None:
    values = {":v": {"N": "86"}} if ":v" in text else None
    message = refusal(text, values)
    assert message.startswith("Invalid ConditionExpression: ")
    assert reason in message


@pytest.mark.parametrize(
    ("text", "values", "reason"),
    [
        ("age < :v", {":v": {"BOOL": True}}, "operand type: BOOL"),
        ("age >= :v", {":v": {"L": []}}, "operand type: L"),
        ("begins_with(alias, :v)", {":v": {"N": "1"}}, "operand type: N"),
        ("attribute_type(age, :v)", {":v": {"N": "1"}}, "operand type: N"),
        ("attribute_type(age, :v)", {":v": {"S": "X"}}, "Invalid attribute type"),
        (
            "age BETWEEN :v AND :w",
            {":v": {"N": "2"}, ":w": {"N": "1"}},
            "requires upper bound to be greater",
        ),
        (
            "age BETWEEN :v AND :w",
            {":v": {"N": "2"}, ":w": {"S": "1"}},
            "requires same data type",
        ),
    ],
)
def test_a_literal_of_the_wrong_type_is_refused_before_any_item_is_looked_at(
    text: str, values: Mapping[str, Any], reason: str
) -> None:
    assert reason in refusal(text, values)


def test_the_deepest_condition_that_is_allowed_is_evaluated() -> None:
    values = {":v": {"N": "86"}}
    assert holds("NOT (" * 298 + "age = :v" + ")" * 298, values)
    nested = "age = :v AND (" * 149 + "age = :v" + ")" * 149
    assert holds(nested, values)


def test_what_just_keeps_the_limits_is_accepted() -> None:
    values = {":v": {"N": "86"}}
    padding = " " * (4096 - len("age=:v"))
    assert holds(f"age=:v{padding}", values)
    # 150 comparisons with 149 AND, and one NOT: 300.
    assert holds("NOT age <> :v AND " + " AND ".join(["age = :v"] * 149), values)
    assert not holds(f"age IN ({', '.join(['absent'] * 99 + ['tags'])})")
    assert not holds(".".join("a" * 32) + " = :v", values)


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [
        ("age = = :v", "=", "age = = :v"),
        ("age = :v :v", ":v", "age = :v :v"),
        ("age > :v AND", "<EOF>", "age > :v AND"),
        ("age > :v AND  ", "<EOF>", "age > :v AND  "),
        ("(age > :v", "<EOF>", "(age > :v"),
        ("age ~ :v", "~", "age ~ :v"),
    ],
)
def test_a_syntax_error_says_where_it_is(text: str, token: str, near: str) -> None:
    message = refusal(text, {":v": {"N": "1"}})
    assert message.endswith(f'Syntax error; token: "{token}", near: "{near}"')
