"""No text crashes the simulator: it is an expression, or a ValidationException."""

from collections.abc import Mapping
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from ddbbulk.schema import KeyAttribute
from ddbbulk.simulator.expressions import RequestExpressions, key_range
from ddbbulk.simulator.service_error import ServiceError

VALUES: Mapping[str, Any] = {
    ":n": {"N": "1"},
    ":s": {"S": "x"},
    ":b": {"B": "eA=="},
    ":l": {"L": [{"N": "1"}]},
    ":m": {"M": {"x": {"S": "x"}}},
    ":ss": {"SS": ["x", "y"]},
    ":ns": {"NS": ["1"]},
    ":t": {"BOOL": True},
}
NAMES = {"#a": "a", "#b": "b", "#dot": "a.b"}
ITEM: Mapping[str, Any] = {
    "a": {"N": "1"},
    "b": {"S": "x"},
    "c": {"L": [{"N": "1"}, {"L": [{"S": "x"}]}, {"M": {"a": {"N": "2"}}}]},
    "d": {"M": {"a": {"N": "1"}, "b": {"SS": ["x"]}}},
    "e": {"SS": ["x", "z"]},
    "a.b": {"NULL": True},
}

WORDS = st.sampled_from(
    [
        *("a", "b", "c", "d", "e", "absent", "c[0]", "c[1][0]", "c[2].a", "d.a", "d.b"),
        *NAMES,
        "#undefined",
        *VALUES,
        ":undefined",
        *("=", "<>", "<", "<=", ">", ">=", "(", ")", "((", "))", ",", "+", "-", "."),
        *("[0]", "[99]", "AND", "or", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD"),
        *("DELETE", "name", "size(", "contains(", "begins_with(", "attribute_exists("),
        *("attribute_not_exists(", "attribute_type(", "if_not_exists("),
        *("list_append(", "set a =", "remove c[0]", "a = :n", "SET a = :n"),
    ]
)
TEXTS = st.text(max_size=60) | st.lists(WORDS, max_size=14).map(" ".join)


def evaluate(text: str) -> None:
    """Read the text as every kind of expression, and use what comes out."""
    for parameter in (
        "ConditionExpression",
        "FilterExpression",
        "KeyConditionExpression",
        "ProjectionExpression",
        "UpdateExpression",
    ):
        request = {
            parameter: text,
            "ExpressionAttributeNames": NAMES,
            "ExpressionAttributeValues": VALUES,
        }
        refusal = refusal_of(request)
        assert refusal is None or refusal.code == "ValidationException"


def refusal_of(request: Mapping[str, Any]) -> ServiceError | None:
    try:
        use(RequestExpressions(request))
    except ServiceError as error:
        return error
    return None


def use(expressions: RequestExpressions) -> None:
    if condition := expressions.condition("ConditionExpression"):
        condition.holds(ITEM)
        condition.holds({})
    if condition := expressions.filter(keys=["b"]):
        condition.holds(ITEM)
    if condition := expressions.condition("KeyConditionExpression"):
        key_range(condition, [KeyAttribute("b")], [KeyAttribute("a", "N")])
    if projection := expressions.projection():
        projection.apply(ITEM)
    if update := expressions.update():
        update.apply(ITEM)


@given(TEXTS)
@example("\0")
@example("a" * 4097)
@example("(" * 4096)
@example("NOT " * 1024)
@example("NOT (" * 600 + "a = :n" + ")" * 600)
@example("SET a = " + "list_append(" * 250 + ":l" + ", :l)" * 250)
@example("SET a = " + "if_not_exists(a, " * 200 + ":l" + ")" * 200)
@example("a" + "[0]" * 1300)
@example("a[" + "9" * 4000 + "]")
@example("SET c[" + "9" * 4000 + "] = :n")
@example(", ".join(f"a.b{number}" for number in range(500)))
def test_any_text_is_an_expression_or_a_validation_exception(text: str) -> None:
    evaluate(text)
