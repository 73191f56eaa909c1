"""Conditions as objects that say whether an item satisfies them.

An attribute that an item lacks equals nothing and is in no order: every comparison
with it is false, except ``<>``, which is true.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from ddbbulk.simulator.expressions.operands import Attribute, Literal
from ddbbulk.simulator.expressions.values import (
    AttributeValue,
    Item,
    compare,
    contains,
    has_prefix,
    is_equal,
    size_of,
    type_of,
)


@dataclass(frozen=True, slots=True)
class Size:
    """``size(path)``: a number."""

    operand: Attribute | Literal

    def value_in(self, item: Item) -> AttributeValue | None:
        """The size; None where there is no value, or its type has no size."""
        value = self.operand.value_in(item)
        size = None if value is None else size_of(value)
        return None if size is None else {"N": str(size)}


Operand = Attribute | Literal | Size


class Condition(Protocol):
    """What a condition expression, a filter or a part of one became."""

    def holds(self, item: Item) -> bool:
        """Whether the item (an empty one where there is none) satisfies it."""
        ...


@dataclass(frozen=True, slots=True)
class And:
    """All of its terms hold."""

    terms: tuple[Condition, ...]

    def holds(self, item: Item) -> bool:
        """Whether every term holds."""
        return all(term.holds(item) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Or:
    """One of its terms holds."""

    terms: tuple[Condition, ...]

    def holds(self, item: Item) -> bool:
        """Whether any term holds."""
        return any(term.holds(item) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Not:
    """Its term does not hold."""

    term: Condition

    def holds(self, item: Item) -> bool:
        """Whether the term is false."""
        return not self.term.holds(item)


_ORDERS: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left = right`` and its kin."""

    operator: str
    left: Operand
    right: Operand

    def holds(self, item: Item) -> bool:
        """Whether the two values stand in this relation."""
        left, right = self.left.value_in(item), self.right.value_in(item)
        if left is None or right is None:
            return self.operator == "<>"
        if self.operator == "=":
            return is_equal(left, right)
        if self.operator == "<>":
            return not is_equal(left, right)
        order = compare(left, right)
        return order is not None and _ORDERS[self.operator](order)


@dataclass(frozen=True, slots=True)
class Between:
    """``operand BETWEEN lower AND upper``, both bounds included."""

    operand: Operand
    lower: Operand
    upper: Operand

    def holds(self, item: Item) -> bool:
        """Whether the value lies within the bounds."""
        return (
            Comparison(">=", self.operand, self.lower).holds(item)
            and Comparison("<=", self.operand, self.upper).holds(item)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Membership:
    """``operand IN (one, other, …)``."""

    operand: Operand
    choices: tuple[Operand, ...]

    def holds(self, item: Item) -> bool:
        """Whether the value equals one of the choices."""
        return any(
            Comparison("=", self.operand, choice).holds(item) for choice in self.choices
        )


@dataclass(frozen=True, slots=True)
class Exists:
    """``attribute_exists(path)`` and ``attribute_not_exists(path)``."""

    attribute: Attribute
    is_expected: bool

    def holds(self, item: Item) -> bool:
        """Whether the item has, or has not, the attribute."""
        return (self.attribute.value_in(item) is not None) is self.is_expected


@dataclass(frozen=True, slots=True)
class HasType:
    """``attribute_type(path, :type)``."""

    attribute: Attribute
    type: str

    def holds(self, item: Item) -> bool:
        """Whether the attribute is there and of the type."""
        value = self.attribute.value_in(item)
        return value is not None and type_of(value) == self.type


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """``begins_with(operand, prefix)``."""

    operand: Operand
    prefix: Operand

    def holds(self, item: Item) -> bool:
        """Whether both are strings, or binaries, and one begins with the other."""
        value, prefix = self.operand.value_in(item), self.prefix.value_in(item)
        return value is not None and prefix is not None and has_prefix(value, prefix)


@dataclass(frozen=True, slots=True)
class Contains:
    """``contains(operand, part)``."""

    operand: Operand
    part: Operand

    def holds(self, item: Item) -> bool:
        """Whether the string, binary, set or list has the part in it."""
        value, part = self.operand.value_in(item), self.part.value_in(item)
        return value is not None and part is not None and contains(value, part)
