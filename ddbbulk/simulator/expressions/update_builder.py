"""An update's syntax tree as an update, once it is known to make sense."""

from typing import Any, Final

from ddbbulk.simulator.expressions.operands import Attribute, Literal
from ddbbulk.simulator.expressions.paths import Path, refuse_overlaps
from ddbbulk.simulator.expressions.tree_builder import Children, TreeBuilder
from ddbbulk.simulator.expressions.updates import (
    Expression,
    IfNotExists,
    ListAppend,
    Sum,
    Update,
)
from ddbbulk.simulator.expressions.values import (
    SET_MEMBERS,
    AttributeValue,
    type_of,
)

_OPERAND_COUNT: Final = 2
_CONDITION_FUNCTIONS: Final = frozenset(
    {
        "attribute_exists",
        "attribute_not_exists",
        "attribute_type",
        "begins_with",
        "contains",
        "size",
    }
)
_TYPE_NAMES: Final = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
}
# Which types of a literal an operator or function takes.
_OPERAND_TYPES: Final = {
    "+": frozenset({"N"}),
    "-": frozenset({"N"}),
    "list_append": frozenset({"L"}),
    "ADD": frozenset({"N", *SET_MEMBERS}),
    "DELETE": frozenset(SET_MEMBERS),
}


_Clause = tuple[str, tuple[Any, ...]]


class UpdateBuilder(TreeBuilder):
    """Builds updates."""

    def update(self, children: Children) -> Update:
        """The whole expression."""
        clauses: dict[str, tuple[Any, ...]] = {}
        for clause, changes in children:
            if clause in clauses:
                raise self._invalid(
                    f'The "{clause}" section can only be used once in an update '
                    "expression;"
                )
            clauses[clause] = changes
        update = Update(
            sets=clauses.get("SET", ()),
            removes=clauses.get("REMOVE", ()),
            adds=clauses.get("ADD", ()),
            deletes=clauses.get("DELETE", ()),
        )
        refuse_overlaps(tuple(update.paths), self._parameter)
        return update

    def set_clause(self, children: Children) -> _Clause:
        """``SET …``."""
        return "SET", tuple(children)

    def remove_clause(self, children: Children) -> _Clause:
        """``REMOVE …``."""
        return "REMOVE", tuple(attribute.path for attribute in children)

    def add_clause(self, children: Children) -> _Clause:
        """``ADD …``."""
        return "ADD", self._changes("ADD", children)

    def delete_clause(self, children: Children) -> _Clause:
        """``DELETE …``."""
        return "DELETE", self._changes("DELETE", children)

    def assignment(self, children: Children) -> tuple[Path, Expression]:
        """``path = …``."""
        attribute, _equals, expression = children
        return attribute.path, expression

    def set_change(self, children: Children) -> tuple[Path, AttributeValue]:
        """``path :v`` of ADD and DELETE."""
        attribute, token = children
        return attribute.path, self.value([token]).value

    def sum(self, children: Children) -> Sum:
        """``… + …`` and ``… - …``."""
        left, token, right = children
        sign = str(token)
        self._require_types(sign, left, right)
        return Sum(left, sign, right)

    def group(self, children: Children) -> Expression:
        """``(…)``."""
        expression: Expression = children[0]
        return expression

    def function(self, children: Children) -> Expression:
        """``if_not_exists(…)`` and ``list_append(…)``."""
        name, *operands = children
        if name in _CONDITION_FUNCTIONS:
            raise self._invalid(
                f"The function is not allowed in an update expression; function: {name}"
            )
        if name not in {"if_not_exists", "list_append"}:
            raise self._invalid(f"Invalid function name; function: {name}")
        if len(operands) != _OPERAND_COUNT:
            raise self._wrong_count(name, len(operands))
        first, second = operands
        if name == "list_append":
            self._require_types("list_append", first, second)
            return ListAppend(first, second)
        if not isinstance(first, Attribute):
            raise self._invalid(
                "Operator or function requires a document path; "
                "operator or function: if_not_exists"
            )
        return IfNotExists(first, second)

    def _changes(self, clause: str, changes: Children) -> tuple[Any, ...]:
        for _path, value in changes:
            self._require_types(clause, Literal(value))
        return tuple(changes)

    def _require_types(self, operator: str, *operands: Expression) -> None:
        for operand in operands:
            if isinstance(operand, Literal):
                kind = type_of(operand.value)
                if kind not in _OPERAND_TYPES[operator]:
                    raise self._wrong_type(operator, _TYPE_NAMES[kind])
