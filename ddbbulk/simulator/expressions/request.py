"""The expressions of one request, with the placeholders that they share."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, cast

from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.expressions.condition_builder import ConditionBuilder
from ddbbulk.simulator.expressions.conditions import Condition
from ddbbulk.simulator.expressions.placeholders import Placeholders
from ddbbulk.simulator.expressions.projections import Projection, ProjectionBuilder
from ddbbulk.simulator.expressions.update_builder import UpdateBuilder
from ddbbulk.simulator.expressions.updates import Update
from ddbbulk.simulator.expressions.values import AttributeValue
from ddbbulk.simulator.service_error import ServiceError

# What expressions replaced in 2014, and by what.
_LEGACY: Final = {
    "AttributesToGet": "ProjectionExpression",
    "AttributeUpdates": "UpdateExpression",
    "ConditionalOperator": "AND and OR in an expression",
    "Expected": "ConditionExpression",
    "KeyConditions": "KeyConditionExpression",
    "QueryFilter": "FilterExpression",
    "ScanFilter": "FilterExpression",
}
_EXPRESSIONS: Final = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)


class RequestExpressions:
    """Reads a request's expressions; ask for each, then ``refuse_unused``.

    Example:
        >>> request = {
        ...     "ConditionExpression": "#age > :limit",
        ...     "ExpressionAttributeNames": {"#age": "age"},
        ...     "ExpressionAttributeValues": {":limit": {"N": "17"}},
        ... }
        >>> expressions = RequestExpressions(request)
        >>> condition = expressions.condition("ConditionExpression")
        >>> expressions.refuse_unused()
        >>> condition.holds({"age": {"N": "18"}})
        True

    Raises:
        ServiceError: the request uses parameters that expressions replaced, or names
            and values that mean nothing.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        refuse_legacy(request)
        self._request = request
        has_expressions = any(
            request.get(parameter) is not None for parameter in _EXPRESSIONS
        )
        self._placeholders = Placeholders(
            _names(request, has_expressions=has_expressions),
            _values(request, has_expressions=has_expressions),
        )

    def condition(self, parameter: str) -> Condition | None:
        """The condition or key condition; None where the request has none."""
        text = self._text(parameter)
        if text is None:
            return None
        builder = ConditionBuilder(self._placeholders, parameter)
        return cast("Condition", builder.build(text, "condition"))

    def filter(self, *, keys: Collection[str] = ()) -> Condition | None:
        """The FilterExpression; None where the request has none.

        Args:
            keys: attributes that it may not look at.
        """
        text = self._text("FilterExpression")
        if text is None:
            return None
        builder = ConditionBuilder(self._placeholders, "FilterExpression")
        condition = cast("Condition", builder.build(text, "condition"))
        for name in keys:
            if name in builder.attribute_names:
                raise ServiceError.validation(
                    "Filter Expression can only contain non-primary key attributes: "
                    f"Primary key attribute: {name}"
                )
        return condition

    def projection(self) -> Projection | None:
        """The ProjectionExpression; None where the request has none."""
        text = self._text("ProjectionExpression")
        if text is None:
            return None
        builder = ProjectionBuilder(self._placeholders, "ProjectionExpression")
        return cast("Projection", builder.build(text, "projection"))

    def update(self) -> Update | None:
        """The UpdateExpression; None where the request has none."""
        text = self._text("UpdateExpression")
        if text is None:
            return None
        builder = UpdateBuilder(self._placeholders, "UpdateExpression")
        return cast("Update", builder.build(text, "update"))

    def refuse_unused(self) -> None:
        """Refuse names and values that no expression asked for so far used."""
        self._placeholders.refuse_unused()

    def _text(self, parameter: str) -> str | None:
        text = self._request.get(parameter)
        if text is not None and not isinstance(text, str):
            raise ServiceError.serialization(f"{parameter} must be a string")
        return text


def read_condition(request: Mapping[str, Any]) -> Condition | None:
    """The ConditionExpression of a request that has no other expression.

    Raises:
        ServiceError: it, or what belongs to it, is not valid.
    """
    if not _CONDITIONAL.isdisjoint(request):
        expressions = RequestExpressions(request)
        condition = expressions.condition("ConditionExpression")
        expressions.refuse_unused()
        return condition
    return None  # the plain put, which is most of them


_CONDITIONAL: Final = frozenset(
    {
        "ConditionExpression",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        *_LEGACY,
    }
)


def refuse_legacy(request: Mapping[str, Any]) -> None:
    """Refuse the parameters that expressions replaced, naming what replaced them."""
    for parameter, successor in _LEGACY.items():
        if request.get(parameter) is not None:
            raise ServiceError.not_simulated(
                f"{parameter}, a legacy parameter (use {successor}),"
            )


def _names(request: Mapping[str, Any], *, has_expressions: bool) -> Mapping[str, str]:
    parameter = "ExpressionAttributeNames"
    names = _mapping(request, parameter)
    if names is None:
        return {}
    if not has_expressions:
        raise ServiceError.validation(
            f"{parameter} can only be specified when using expressions"
        )
    _refuse_empty(parameter, names)
    for placeholder, name in names.items():
        if not isinstance(name, str):
            raise ServiceError.serialization(f"{parameter}: a name must be a string")
        if not name:
            raise ServiceError.validation(
                f"{parameter} contains invalid value: "
                f"Attribute name must not be empty for key {placeholder}"
            )
    return names


def _values(
    request: Mapping[str, Any], *, has_expressions: bool
) -> Mapping[str, AttributeValue]:
    parameter = "ExpressionAttributeValues"
    values = _mapping(request, parameter)
    if values is None:
        return {}
    if not has_expressions:
        raise ServiceError.validation(
            f"{parameter} can only be specified when using expressions"
        )
    _refuse_empty(parameter, values)
    for placeholder, value in values.items():
        try:
            measure_attributes({placeholder: value})
        except ServiceError as error:
            if error.code != "ValidationException":
                raise
            raise ServiceError.validation(
                f"{parameter} contains invalid value: {error.message} "
                f"for key {placeholder}"
            ) from error
    return values


def _mapping(request: Mapping[str, Any], parameter: str) -> dict[str, Any] | None:
    mapping = request.get(parameter)
    if mapping is not None and not isinstance(mapping, dict):
        raise ServiceError.serialization(f"{parameter} must be a map")
    return cast("dict[str, Any] | None", mapping)


def _refuse_empty(parameter: str, placeholders: Iterable[str]) -> None:
    if not placeholders:
        raise ServiceError.validation(f"{parameter} must not be empty")
