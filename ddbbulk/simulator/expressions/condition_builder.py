"""A condition's syntax tree as a condition, once it is known to make sense."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from ddbbulk.simulator.expressions.conditions import (
    And,
    BeginsWith,
    Between,
    Comparison,
    Condition,
    Contains,
    Exists,
    HasType,
    Membership,
    Not,
    Operand,
    Or,
    Size,
)
from ddbbulk.simulator.expressions.operands import Attribute, Literal
from ddbbulk.simulator.expressions.paths import path_text
from ddbbulk.simulator.expressions.placeholders import Placeholders
from ddbbulk.simulator.expressions.tree_builder import Children, TreeBuilder
from ddbbulk.simulator.expressions.values import (
    ALL_TYPES,
    ORDERED_TYPES,
    compare,
    size_of,
    type_of,
)

_OPERAND_COUNTS: Final = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    meaning: Condition | Operand


@dataclass(frozen=True, slots=True)
class _Group:
    inner: object


class ConditionBuilder(TreeBuilder):
    """Builds conditions, filters and key conditions.

    Attributes:
        attribute_names: the attributes that the condition looks at.
    """

    def __init__(self, placeholders: Placeholders, parameter: str) -> None:
        super().__init__(placeholders, parameter)
        self.attribute_names: set[str] = set()

    def path(self, children: Children) -> Attribute:
        """``a.#b[0]``, remembering ``a``."""
        attribute = super().path(children)
        self.attribute_names.add(str(attribute.path[0]))
        return attribute

    def condition(self, children: Children) -> Condition:
        """The whole expression."""
        return self._as_condition(children[0])

    def disjunction(self, children: Children) -> Condition:
        """``… OR …``."""
        return Or(tuple(self._as_condition(child) for child in children))

    def conjunction(self, children: Children) -> Condition:
        """``… AND …``."""
        return And(tuple(self._as_condition(child) for child in children))

    def negated(self, children: Children) -> Condition:
        """``NOT …``."""
        return Not(self._as_condition(children[0]))

    def comparison(self, children: Children) -> Condition:
        """``… = …`` and its kin."""
        operator = str(children[1])
        left, right = self._as_operand(children[0]), self._as_operand(children[2])
        self._refuse_same(operator, left, right)
        if operator not in {"=", "<>"}:
            self._require_order(operator, (left, right))
        return Comparison(operator, left, right)

    def between(self, children: Children) -> Condition:
        """``… BETWEEN … AND …``."""
        operand, lower, upper = (self._as_operand(child) for child in children)
        self._require_order("BETWEEN", (operand, lower, upper))
        if isinstance(lower, Literal) and isinstance(upper, Literal):
            self._check_bounds(lower, upper)
        return Between(operand, lower, upper)

    def membership(self, children: Children) -> Condition:
        """``… IN (…)``."""
        operand, *choices = (self._as_operand(child) for child in children)
        return Membership(operand, tuple(choices))

    def group(self, children: Children) -> _Group:
        """``(…)``."""
        return _Group(children[0])

    def function(self, children: Children) -> _Call:
        """``contains(…)`` and all other functions."""
        name, *arguments = children
        name = str(name)
        if name in {"if_not_exists", "list_append"}:
            raise self._invalid(
                "The function is not allowed in a condition expression; "
                f"function: {name}"
            )
        if name not in _OPERAND_COUNTS:
            raise self._invalid(f"Invalid function name; function: {name}")
        if len(arguments) != _OPERAND_COUNTS[name]:
            raise self._wrong_count(name, len(arguments))
        operands = [self._as_operand(argument) for argument in arguments]
        return _Call(name, self._call(name, operands))

    def _call(self, name: str, operands: Sequence[Operand]) -> Condition | Operand:
        first = operands[0]
        match name:
            case "attribute_exists" | "attribute_not_exists":
                return Exists(self._attribute(name, first), name == "attribute_exists")
            case "attribute_type":
                return HasType(self._attribute(name, first), self._type(operands[1]))
            case "begins_with":
                self._refuse_same(name, first, operands[1])
                self._require_order(name, operands, frozenset({"S", "B"}))
                return BeginsWith(first, operands[1])
            case "contains":
                self._refuse_same(name, first, operands[1])
                return Contains(first, operands[1])
            case _:
                return self._size(first)

    def _as_condition(self, node: object) -> Condition:
        function, meaning = _opened(node)
        if not isinstance(meaning, Operand):
            return cast("Condition", meaning)
        if function:
            raise self._misused(function)
        raise self._misplaced("<operand>")

    def _as_operand(self, node: object) -> Operand:
        function, meaning = _opened(node)
        if isinstance(meaning, Operand):
            return meaning
        if function:
            raise self._misused(function)
        raise self._misplaced("<condition>")

    def _misused(self, function: str) -> Exception:
        return self._invalid(
            "The function is not allowed to be used this way in an expression; "
            f"function: {function}"
        )

    def _attribute(self, function: str, operand: Operand) -> Attribute:
        if isinstance(operand, Attribute):
            return operand
        raise self._invalid(
            "Operator or function requires a document path; "
            f"operator or function: {function}"
        )

    def _type(self, operand: Operand) -> str:
        if not isinstance(operand, Literal) or type_of(operand.value) != "S":
            found = type_of(operand.value) if isinstance(operand, Literal) else "path"
            raise self._wrong_type("attribute_type", found)
        name = str(operand.value["S"])
        if name not in ALL_TYPES:
            raise self._invalid(
                f"Invalid attribute type name found; type: {name[:64]}, "
                f"valid types: {{{','.join(sorted(ALL_TYPES))}}}"
            )
        return name

    def _size(self, operand: Operand) -> Size:
        if isinstance(operand, Size):
            raise self._misused("size")
        if isinstance(operand, Literal) and size_of(operand.value) is None:
            raise self._wrong_type("size", type_of(operand.value))
        return Size(operand)

    def _refuse_same(self, operator: str, first: Operand, other: Operand) -> None:
        if isinstance(first, Attribute) and first == other:
            raise self._invalid(
                "The first operand must be distinct from the remaining operands for "
                f"this operator or function; operator: {operator}, "
                f"first operand: {path_text(first.path)}"
            )

    def _require_order(
        self,
        operator: str,
        operands: Sequence[Operand],
        types: frozenset[str] = ORDERED_TYPES,
    ) -> None:
        for operand in operands:
            if isinstance(operand, Literal) and type_of(operand.value) not in types:
                raise self._wrong_type(operator, type_of(operand.value))

    def _check_bounds(self, lower: Literal, upper: Literal) -> None:
        order = compare(lower.value, upper.value)
        if order is None:
            raise self._invalid(
                "The BETWEEN operator requires same data type for lower and upper "
                f"bounds; lower bound operand type: {type_of(lower.value)}, "
                f"upper bound operand type: {type_of(upper.value)}"
            )
        if order > 0:
            raise self._invalid(
                "The BETWEEN operator requires upper bound to be greater than or "
                "equal to lower bound"
            )


def _opened(node: object) -> tuple[str, object]:
    """What is inside of parentheses and calls, and the innermost call's function."""
    function = ""
    while isinstance(node, _Group | _Call):
        if isinstance(node, _Call):
            function, node = node.name, node.meaning
        else:
            node = node.inner
    return function, node
