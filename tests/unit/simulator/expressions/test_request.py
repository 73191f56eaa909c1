from collections.abc import Mapping
from typing import Any

import pytest

from ddbbulk.simulator.expressions import RequestExpressions, read_condition
from ddbbulk.simulator.expressions.reserved_words import RESERVED_WORDS
from ddbbulk.simulator.service_error import ServiceError

NAMES = "ExpressionAttributeNames"
VALUES = "ExpressionAttributeValues"


def refusal(request: Mapping[str, Any]) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        read_condition(request)
    return caught.value


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"ConditionExpression": "a = b", NAMES: {"#x": "y"}},
            (
                "Value provided in ExpressionAttributeNames unused in expressions: "
                "keys: {#x}"
            ),
        ),
        (
            {"ConditionExpression": "a = b", VALUES: {":x": {"S": ""}}},
            (
                "Value provided in ExpressionAttributeValues unused in expressions: "
                "keys: {:x}"
            ),
        ),
        (
            {"ConditionExpression": "a = b", NAMES: {}},
            "ExpressionAttributeNames must not be empty",
        ),
        (
            {"ConditionExpression": "a = b", VALUES: {}},
            "ExpressionAttributeValues must not be empty",
        ),
        (
            {"ConditionExpression": "#x = b", NAMES: {"x": "y"}},
            'ExpressionAttributeNames contains invalid key: Syntax error; key: "x"',
        ),
        (
            {"ConditionExpression": "a = :x", VALUES: {":x-y": {"S": "y"}}},
            'ExpressionAttributeValues contains invalid key: Syntax error; key: ":x-y"',
        ),
        (
            {"ConditionExpression": "a = :x", VALUES: {":x": {"N": "one"}}},
            (
                "ExpressionAttributeValues contains invalid value: The parameter "
                "cannot be converted to a numeric value: one for key :x"
            ),
        ),
        (
            {NAMES: {"#x": "y"}},
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
    ],
)
def test_placeholders_that_mean_nothing_are_refused(
    request_: Mapping[str, Any], message: str
) -> None:
    error = refusal(request_)
    assert error.code == "ValidationException"
    assert error.message == message


@pytest.mark.parametrize(
    "parameter",
    [
        "AttributesToGet",
        "AttributeUpdates",
        "ConditionalOperator",
        "Expected",
        "KeyConditions",
        "QueryFilter",
        "ScanFilter",
    ],
)
def test_a_legacy_parameter_is_refused_by_its_name(parameter: str) -> None:
    error = refusal({parameter: "whatever"})
    assert error.code == "ValidationException"
    assert error.message.startswith(f"{parameter}, a legacy parameter (use ")
    assert "--upstream" in error.message


@pytest.mark.parametrize(
    "request_",
    [
        {"ConditionExpression": 5},
        {"ConditionExpression": "a = :x", VALUES: ["x"]},
        {"ConditionExpression": "#a = b", NAMES: "x"},
        {"ConditionExpression": "#a = b", NAMES: {"#a": 5}},
    ],
)
def test_what_has_the_wrong_json_type_is_a_serialization_error(
    request_: Mapping[str, Any],
) -> None:
    assert refusal(request_).code == "SerializationException"


def test_a_placeholder_may_be_used_by_any_expression_of_the_request() -> None:
    expressions = RequestExpressions(
        {
            "UpdateExpression": "SET #a = :one",
            "ConditionExpression": "#b = :two",
            NAMES: {"#a": "a", "#b": "b"},
            VALUES: {":one": {"N": "1"}, ":two": {"N": "2"}},
        }
    )
    expressions.update()
    with pytest.raises(ServiceError, match=r"keys: \{#b\}"):
        expressions.refuse_unused()
    expressions.condition("ConditionExpression")
    expressions.refuse_unused()


def test_a_request_without_a_condition_has_none() -> None:
    assert read_condition({"TableName": "ducks"}) is None


def test_there_are_573_reserved_words_in_any_case() -> None:
    assert len(RESERVED_WORDS) == 573
    for word in sorted(RESERVED_WORDS):
        message = f"reserved keyword: {word.title()}"
        error = refusal({"ConditionExpression": f"pk.{word.title()} = sk"})
        assert error.message.endswith(message)
