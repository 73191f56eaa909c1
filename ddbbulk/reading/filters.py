"""Which items are wanted, and which of their attributes: DynamoDB's expressions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

# No name that a user's own expression is likely to have.
_PLACEHOLDER: Final = "#ddbbulk"


@dataclass(frozen=True, slots=True)
class Filter:
    """A FilterExpression: which of the items that are read are wanted.

    What is not wanted is read all the same, and paid for.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html

    Args:
        expression: such as ``"age > :min and #s = :open"``.
        names: what its names stand for, such as ``{"#s": "status"}``.
        values: what its values stand for in DynamoDB JSON, such as
            ``{":min": {"N": "5"}}``.

    Example:
        >>> Filter("age > :min", values={":min": {"N": "5"}}).expression
        'age > :min'
    """

    expression: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]]
    )


def projection(attributes: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the ProjectionExpression of whole attributes, and its names.

    Every name is written as a placeholder: it may be a reserved word, or have dots.
    """
    names = {
        f"{_PLACEHOLDER}{number}": name
        for number, name in enumerate(dict.fromkeys(attributes))
    }
    return ",".join(names), names
