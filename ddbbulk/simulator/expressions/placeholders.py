"""The names ``#n`` and values ``:v`` that the expressions of one request share."""

import re
from collections.abc import Mapping
from typing import Final

from ddbbulk.simulator.expressions.parsing import invalid
from ddbbulk.simulator.expressions.reserved_words import RESERVED_WORDS
from ddbbulk.simulator.expressions.values import AttributeValue
from ddbbulk.simulator.service_error import ServiceError

_NAME_KEY: Final = re.compile(r"#[A-Za-z0-9_]+")
_VALUE_KEY: Final = re.compile(r":[A-Za-z0-9_]+")


class Placeholders:
    """Looks placeholders up, and knows at the end which ones no expression used.

    Args:
        names: the request's ExpressionAttributeNames.
        values: the request's ExpressionAttributeValues, already valid.
    """

    def __init__(
        self, names: Mapping[str, str], values: Mapping[str, AttributeValue]
    ) -> None:
        _check_keys("ExpressionAttributeNames", names, _NAME_KEY)
        _check_keys("ExpressionAttributeValues", values, _VALUE_KEY)
        self._names = names
        self._values = values
        self._unused_names = set(names)
        self._unused_values = set(values)

    def attribute_name(self, element: str, parameter: str) -> str:
        """The attribute that an element of a path means: ``#n`` or a plain name."""
        if not element.startswith("#"):
            if element.upper() in RESERVED_WORDS:
                raise invalid(
                    parameter,
                    "Attribute name is a reserved keyword; "
                    f"reserved keyword: {element}",
                )
            return element
        if element not in self._names:
            raise invalid(
                parameter,
                "An expression attribute name used in the document path is not "
                f"defined; attribute name: {element}",
            )
        self._unused_names.discard(element)
        return self._names[element]

    def value(self, placeholder: str, parameter: str) -> AttributeValue:
        """The value that ``:v`` stands for."""
        if placeholder not in self._values:
            raise invalid(
                parameter,
                "An expression attribute value used in expression is not defined; "
                f"attribute value: {placeholder}",
            )
        self._unused_values.discard(placeholder)
        return self._values[placeholder]

    def refuse_unused(self) -> None:
        """Refuse placeholders that no expression of the request used."""
        for parameter, unused in (
            ("ExpressionAttributeNames", self._unused_names),
            ("ExpressionAttributeValues", self._unused_values),
        ):
            if unused:
                raise ServiceError(
                    "ValidationException",
                    f"Value provided in {parameter} unused in expressions: "
                    f"keys: {{{', '.join(sorted(unused))}}}",
                )


def _check_keys(
    parameter: str, mapping: Mapping[str, object], pattern: re.Pattern[str]
) -> None:
    for key in mapping:
        if not pattern.fullmatch(key):
            raise ServiceError(
                "ValidationException",
                f'{parameter} contains invalid key: Syntax error; key: "{key}"',
            )
