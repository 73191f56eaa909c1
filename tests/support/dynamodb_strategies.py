"""Hypothesis strategies for items and expressions, as they travel.

Text is drawn from few letters and numbers from a small range, so that what is compared
is often equal. Attribute names are ``a`` to ``e``; what they hold is of any type, and
the same one in most items.
"""

import base64
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Value = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

TEXTS = st.text("ab\u00e9\U0001f600", min_size=1, max_size=3)
NUMBERS = st.one_of(
    st.integers(-3, 12).map(str),
    st.sampled_from(["1.0", "1e1", "0.5", "-0", "05", "-1.50", "1E+2", "12.25"]),
    st.decimals(-(10**20), 10**20, places=3).map(str),
)
BINARIES = st.binary(min_size=1, max_size=3).map(
    lambda content: base64.b64encode(content).decode()
)
# Now and then something that takes more than one unit.
LONG_TEXTS = st.sampled_from([900, 1100, 4100, 9000]).map("x".__mul__)

_STRINGS = st.builds(lambda text: {"S": text}, TEXTS | st.just(""))
_NUMBERS = st.builds(lambda number: {"N": number}, NUMBERS)
_BINARIES = st.builds(lambda content: {"B": content}, BINARIES)
_SCALARS = st.one_of(
    _STRINGS,
    _NUMBERS,
    _BINARIES,
    st.sampled_from([{"BOOL": True}, {"BOOL": False}, {"NULL": True}]),
)
SETS = st.one_of(
    st.builds(
        lambda members: {"SS": members},
        st.lists(TEXTS, min_size=1, max_size=3, unique=True),
    ),
    st.builds(
        lambda members: {"NS": [str(member) for member in members]},
        st.lists(st.integers(-2, 4), min_size=1, max_size=3, unique=True),
    ),
    st.builds(
        lambda members: {"BS": members},
        st.lists(BINARIES, min_size=1, max_size=3, unique=True),
    ),
)
ORDERED = st.one_of(_STRINGS, _NUMBERS, _BINARIES)


def _documents(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(
        st.builds(lambda elements: {"L": elements}, st.lists(inner, max_size=3)),
        st.builds(
            lambda members: {"M": members},
            st.dictionaries(st.sampled_from(["x", "y"]), inner, max_size=2),
        ),
    )


VALUES: st.SearchStrategy[Value] = st.recursive(
    _SCALARS | SETS, _documents, max_leaves=5
)

_TYPICAL: dict[str, st.SearchStrategy[Value]] = {
    "a": _NUMBERS,
    "b": _STRINGS | st.builds(lambda text: {"S": text}, LONG_TEXTS),
    "c": VALUES,
    "d": st.fixed_dictionaries(
        {},
        optional={"x": _SCALARS, "y": st.builds(lambda v: {"L": [v]}, _SCALARS)},
    ).map(lambda members: {"M": members}),
    "e": SETS,
}
ATTRIBUTES = st.fixed_dictionaries({}, optional=_TYPICAL)
ALL_ATTRIBUTES = st.fixed_dictionaries(_TYPICAL)

PATHS = st.sampled_from(
    ["a", "b", "c", "d", "e", "d.x", "d.y", "d.y[0]", "c[0]", "c.x", "absent"]
)


class Placeholders:
    """Names the values of an expression while it is drawn."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}

    def __call__(self, value: Value) -> str:
        """Return the placeholder for a value."""
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    @property
    def request(self) -> dict[str, Any]:
        """The parameter that goes with the expression, if it used any value."""
        return {"ExpressionAttributeValues": self.values} if self.values else {}


def condition(draw: Draw, values: Placeholders, *, depth: int = 2) -> str:
    """Draw a condition that every implementation should take."""
    if depth and draw(st.booleans()):
        left = condition(draw, values, depth=depth - 1)
        form = draw(st.sampled_from(["NOT", "AND", "OR", "("]))
        if form == "NOT":
            return f"NOT {_grouped(left)}"
        if form == "(":
            return _grouped(left)
        right = condition(draw, values, depth=depth - 1)
        if draw(st.booleans()):
            return f"{_grouped(left)} {form} {_grouped(right)}"
        return f"{left} {form} {right}"
    return _predicate(draw, values)


def _grouped(text: str) -> str:
    # A second pair of parentheses around the same thing is refused.
    return text if text.startswith("(") else f"({text})"


_COMPARISONS: dict[str, tuple[str, list[str], st.SearchStrategy[Value]]] = {
    "=": ("{}", ["=", "<>"], VALUES),
    "<": ("{}", ["<", "<=", ">", ">="], ORDERED),
    "size": (
        "size({})",
        ["=", "<>", "<", ">="],
        st.integers(0, 4).map(lambda size: {"N": str(size)}),
    ),
}


def _predicate(draw: Draw, values: Placeholders) -> str:
    path = draw(PATHS)
    kind = draw(st.sampled_from(["=", "<", "size", "BETWEEN", "IN", "()", "path"]))
    if kind in _COMPARISONS:
        left, operators, right = _COMPARISONS[kind]
        operator = draw(st.sampled_from(operators))
        return f"{left.format(path)} {operator} {values(draw(right))}"
    if kind == "BETWEEN":
        lower, upper = draw(bounds())
        return f"{path} BETWEEN {values(lower)} AND {values(upper)}"
    if kind == "IN":
        choices = [values(value) for value in draw(st.lists(ORDERED, min_size=1))]
        return f"{path} IN ({', '.join(choices)})"
    if kind == "path":
        other = draw(PATHS.filter(lambda other: other != path))
        return f"{path} {draw(st.sampled_from(['=', '<>', '<', '>=']))} {other}"
    return _function(draw, values, path)


def _function(draw: Draw, values: Placeholders, path: str) -> str:
    name = draw(
        st.sampled_from(
            [
                "attribute_exists",
                "attribute_not_exists",
                "attribute_type",
                "begins_with",
                "contains",
            ]
        )
    )
    if name == "attribute_type":
        types = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]
        value = values({"S": draw(st.sampled_from(types))})
        return f"attribute_type({path}, {value})"
    if name == "begins_with":
        return f"begins_with({path}, {values(draw(_STRINGS | _BINARIES))})"
    if name == "contains":
        return f"contains({path}, {values(draw(_SCALARS))})"
    return f"{name}({path})"


def bounds() -> st.SearchStrategy[tuple[Value, Value]]:
    """Two values of one type, the lower one first."""
    integers = st.lists(st.integers(-3, 12), min_size=2, max_size=2).map(sorted)
    texts = st.lists(TEXTS, min_size=2, max_size=2).map(sorted)
    return st.one_of(
        integers.map(lambda pair: ({"N": str(pair[0])}, {"N": str(pair[1])})),
        texts.map(lambda pair: ({"S": pair[0]}, {"S": pair[1]})),
    )
