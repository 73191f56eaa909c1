"""What the builders of conditions, projections and updates have in common."""

from typing import Any

from lark import Token, Tree
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from ddbbulk.simulator.expressions.operands import Attribute, Literal
from ddbbulk.simulator.expressions.parsing import Start, invalid, parse, syntax_error
from ddbbulk.simulator.expressions.placeholders import Placeholders
from ddbbulk.simulator.service_error import ServiceError

Children = list[Any]  # what lark hands to a rule's method: tokens and built nodes


class TreeBuilder(Transformer_NonRecursive[Token, Any]):
    """Turns the rules that every grammar has into paths and values.

    The methods are named after the grammar's rules; lark calls them bottom-up and
    without recursion, so that no expression is too deep for Python's stack.

    Args:
        placeholders: what the request's names and values mean.
        parameter: the request's parameter, named in errors.
    """

    def __init__(self, placeholders: Placeholders, parameter: str) -> None:
        super().__init__()
        self._placeholders = placeholders
        self._parameter = parameter

    def build(self, text: str, start: Start) -> Any:  # noqa: ANN401 - by ``start``
        """Whatever the subclass makes of the start rule."""
        tree: Tree[Token] = parse(text, start, self._parameter)
        try:
            return self.transform(tree)
        except VisitError as error:
            if isinstance(error.orig_exc, ServiceError):
                raise error.orig_exc from None
            raise

    def path(self, children: Children) -> Attribute:
        """``a.#b[0]`` with its names looked up."""
        return Attribute(
            tuple(
                int(token)
                if token.type == "POSITION"
                else self._placeholders.attribute_name(str(token), self._parameter)
                for token in children
            )
        )

    def value(self, children: Children) -> Literal:
        """``:v``."""
        return Literal(self._placeholders.value(str(children[0]), self._parameter))

    def _invalid(self, reason: str) -> ServiceError:
        return invalid(self._parameter, reason)

    def _misplaced(self, token: str) -> ServiceError:
        return syntax_error(self._parameter, token, token)

    def _wrong_type(self, operator: str, operand_type: str) -> ServiceError:
        return self._invalid(
            "Incorrect operand type for operator or function; "
            f"operator or function: {operator}, operand type: {operand_type}"
        )

    def _wrong_count(self, function: str, count: int) -> ServiceError:
        return self._invalid(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {function}, number of operands: {count}"
        )
