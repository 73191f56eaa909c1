"""Updates as objects: what an update expression makes of an item.

Every value is taken from the item as it was before the update, and positions in lists
mean what they meant then, whatever else the expression changes:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from ddbbulk.simulator.expressions.documents import MutableItem, put_at, remove_at
from ddbbulk.simulator.expressions.operands import Attribute, Literal
from ddbbulk.simulator.expressions.paths import Path, value_at
from ddbbulk.simulator.expressions.values import (
    SET_MEMBERS,
    AttributeValue,
    Item,
    comparable,
    type_of,
)
from ddbbulk.simulator.numbers import canonical_number
from ddbbulk.simulator.service_error import ServiceError

# Enough digits to add 9.99E+125 and 1E-130 without rounding: a sum that needs more
# than DynamoDB's 38 digits is refused, never rounded.
_EXACT: Final = Context(prec=400)


@dataclass(frozen=True, slots=True)
class IfNotExists:
    """``if_not_exists(path, default)``."""

    attribute: Attribute
    default: "Expression"

    def value_in(self, item: Item) -> AttributeValue | None:
        """What stands at the path, else the default."""
        value = self.attribute.value_in(item)
        return self.default.value_in(item) if value is None else value


@dataclass(frozen=True, slots=True)
class ListAppend:
    """``list_append(first, second)``."""

    first: "Expression"
    second: "Expression"

    def value_in(self, item: Item) -> AttributeValue:
        """Both lists as one."""
        first, second = _required(self.first, item), _required(self.second, item)
        if "L" not in first or "L" not in second:
            raise _wrong_operand()
        return {"L": [*first["L"], *second["L"]]}


@dataclass(frozen=True, slots=True)
class Sum:
    """``left + right``, or ``left - right``."""

    left: "Expression"
    sign: str
    right: "Expression"

    def value_in(self, item: Item) -> AttributeValue:
        """The number, exactly."""
        return _sum(_required(self.left, item), self.sign, _required(self.right, item))


Expression = Attribute | Literal | IfNotExists | ListAppend | Sum


@dataclass(frozen=True, slots=True)
class Update:
    """The four clauses of an update expression: paths and what to do at them."""

    sets: tuple[tuple[Path, Expression], ...] = ()
    removes: tuple[Path, ...] = ()
    adds: tuple[tuple[Path, AttributeValue], ...] = ()
    deletes: tuple[tuple[Path, AttributeValue], ...] = ()

    @property
    def paths(self) -> Iterator[Path]:
        """Every path that the update changes."""
        for path, _ in (*self.sets, *self.adds, *self.deletes):
            yield path
        yield from self.removes

    def apply(self, item: Item) -> MutableItem:
        """The item after the update; the one given is not changed.

        Raises:
            ServiceError: an attribute is missing, of the wrong type, or nowhere.
        """
        after = dict(item)
        values = [(path, _required(value, item)) for path, value in self.sets]
        # In the order of positions, so that what is beyond a list's end is appended
        # in that order.
        for path, value in sorted(values, key=_path_of):
            put_at(after, path, value)
        for path, change in self.adds:
            put_at(after, path, _added(value_at(item, path), change))
        removes = list(self.removes)
        for path, change in self.deletes:
            rest = _without(value_at(item, path), change)
            if rest is None:
                removes.append(path)
            else:
                put_at(after, path, rest)
        # Last and from behind, so that no position means another element. What was
        # not there before cannot be removed, but its path must make sense.
        for path in sorted(removes, reverse=True):
            is_there = value_at(item, path) is not None
            remove_at(after if is_there else dict(item), path)
        return after


def _path_of(change: tuple[Path, AttributeValue]) -> Path:
    return change[0]


def _required(expression: Expression, item: Item) -> AttributeValue:
    value = expression.value_in(item)
    if value is None:
        raise ServiceError(
            "ValidationException",
            "The provided expression refers to an attribute that does not exist in "
            "the item",
        )
    return value


def _added(value: AttributeValue | None, change: AttributeValue) -> AttributeValue:
    kind = type_of(change)
    if value is None:
        return change
    if kind != type_of(value):
        raise _wrong_operand()
    if kind == "N":
        return _sum(value, "+", change)
    known = _members(value)
    new = [each for each in change[kind] if _member(kind, each) not in known]
    return {kind: [*value[kind], *new]}


def _without(
    value: AttributeValue | None, change: AttributeValue
) -> AttributeValue | None:
    if value is None:
        return None
    kind = type_of(change)
    if kind != type_of(value):
        raise _wrong_operand()
    gone = _members(change)
    rest = [each for each in value[kind] if _member(kind, each) not in gone]
    return {kind: rest} if rest else None  # there is no empty set


def _members(value: AttributeValue) -> frozenset[Any]:
    members: frozenset[Any] = comparable(value)
    return members


def _member(kind: str, content: str) -> Any:  # noqa: ANN401 - text, number or bytes
    return comparable({SET_MEMBERS[kind]: content})


def _sum(left: AttributeValue, sign: str, right: AttributeValue) -> AttributeValue:
    if "N" not in left or "N" not in right:
        raise _wrong_operand()
    first, second = Decimal(left["N"]), Decimal(right["N"])
    total = _EXACT.add(first, second if sign == "+" else -second)
    return {"N": canonical_number(str(total))}


def _wrong_operand() -> ServiceError:
    return ServiceError(
        "ValidationException",
        "An operand in the update expression has an incorrect data type",
    )
