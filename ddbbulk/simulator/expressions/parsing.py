"""An expression's text as a syntax tree, or DynamoDB's ValidationException."""

from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal, cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from ddbbulk.simulator.service_error import ServiceError

Start = Literal["condition", "projection", "update"]
_Parse = Callable[[str, Start], Tree[Token]]

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MAX_EXPRESSION_BYTES: Final = 4096
MAX_OPERATORS: Final = 300
MAX_MEMBERSHIP_OPERANDS: Final = 100
MAX_PATH_DEPTH: Final = 32

_GRAMMAR: Final = Path(__file__).with_name("grammar.lark")
_OPERATORS: Final = frozenset(
    {"negated", "comparison", "between", "membership", "function", "sum", "assignment"}
)


def invalid(parameter: str, reason: str) -> ServiceError:
    """The error for an expression that says something wrong."""
    return ServiceError("ValidationException", f"Invalid {parameter}: {reason}")


def syntax_error(parameter: str, token: str, near: str) -> ServiceError:
    """The error for an expression that is not of its grammar."""
    return invalid(parameter, f'Syntax error; token: "{token}", near: "{near}"')


def parse(text: str, start: Start, parameter: str) -> Tree[Token]:
    """The tree of an expression, within DynamoDB's limits.

    Args:
        text: the expression.
        start: which of the three grammars it has.
        parameter: the request's parameter, named in errors.

    Raises:
        ServiceError: it is empty, too long, too complex, or not of the grammar.
    """
    if not text.strip():
        raise invalid(parameter, "The expression can not be empty;")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_EXPRESSION_BYTES:
        raise invalid(
            parameter,
            "Expression size has exceeded the maximum allowed size; "
            f"expression size: {size}",
        )
    try:
        tree = _tree(text, start)
    except UnexpectedInput as error:
        token, near = _place(error, text)
        raise syntax_error(parameter, token, near) from error
    _refuse_complexity(tree, parameter)
    return tree


@cache
def _parser() -> Lark:
    # Built on first use: whoever never sends an expression does not pay for it.
    return Lark(
        _GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        start=["condition", "projection", "update"],
        maybe_placeholders=False,
    )


@lru_cache(maxsize=256)
def _tree(text: str, start: Start) -> Tree[Token]:
    # Clients send the same few expressions over and over.
    # Lark's text may also be a slice of bytes, which leaves its type open.
    parse_text = cast("_Parse", _parser().parse)  # pyright: ignore[reportUnknownMemberType] -- as said above
    return parse_text(text, start)


def _place(error: UnexpectedInput, text: str) -> tuple[str, str]:
    # Lark's declarations leave these types open. A text that ends too early has no
    # position, or that of its last token.
    position = cast("int | None", error.pos_in_stream)
    token = cast("Token | None", getattr(error, "token", None))
    rest = text[position:].split(maxsplit=1) if position is not None else []
    if position is None or not rest or (token is not None and token.type == "$END"):
        return "<EOF>", text[-20:]
    return rest[0][:64], text[max(0, position - 10) : position + 20]


def _refuse_complexity(tree: Tree[Token], parameter: str) -> None:
    # Lark's parser does not recurse, and neither may this: a tree can be as deep as
    # the text is long until it is checked.
    operators = 0
    for node in tree.iter_subtrees():
        kind, children = str(node.data), node.children
        if kind in _OPERATORS:
            operators += 1
        elif kind in {"disjunction", "conjunction"}:
            operators += len(children) - 1
        elif kind == "group":
            _refuse_redundant(node, parameter)
        elif kind == "path" and len(children) > MAX_PATH_DEPTH:
            raise invalid(
                parameter,
                "The document path has too many nesting elements; "
                f"nesting levels: {len(children)}",
            )
        if kind == "membership" and len(children) - 1 > MAX_MEMBERSHIP_OPERANDS:
            raise invalid(
                parameter,
                "The IN operator has too many operands; "
                f"number of operands: {len(children) - 1}",
            )
    if operators > MAX_OPERATORS:
        raise invalid(
            parameter,
            f"The expression contains too many operators; operator count: {operators}",
        )


def _refuse_redundant(group: Tree[Token], parameter: str) -> None:
    inner = group.children[0]
    if isinstance(inner, Tree) and str(inner.data) == "group":
        raise invalid(parameter, "The expression has redundant parentheses;")
