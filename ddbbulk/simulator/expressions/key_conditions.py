"""Key conditions: what part of a table or index a query asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ddbbulk.schema import KeyAttribute
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
    Or,
    Size,
)
from ddbbulk.simulator.expressions.operands import Attribute, Literal
from ddbbulk.simulator.expressions.values import AttributeValue, type_of
from ddbbulk.simulator.keys import after_prefix, key_part
from ddbbulk.simulator.service_error import ServiceError

_EMPTY: Final = {"S": ("", "string"), "B": ("", "binary")}
_REFUSED: Final[Mapping[type, str]] = {
    Or: "OR",
    Not: "NOT",
    Membership: "IN",
    Exists: "attribute_exists",
    HasType: "attribute_type",
    Contains: "contains",
}


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The keys, as ordered bytes, with ``lower <= key < upper``."""

    lower: bytes
    upper: bytes

    def holds(self, key: bytes) -> bool:
        """Whether a key lies in the range."""
        return self.lower <= key < self.upper


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    operator: str
    values: tuple[AttributeValue, ...]


def key_range(
    condition: Condition,
    partition_keys: Sequence[KeyAttribute],
    sort_keys: Sequence[KeyAttribute],
) -> KeyRange:
    """The keys that a key condition asks for.

    Every partition key must be given by ``=``. Of the sort keys, from the first on,
    any number may be given by ``=``, and the next one by any comparison.

    Raises:
        ServiceError: the condition is not one on these keys.
    """
    terms = _by_name(condition)
    if len(terms) > len(partition_keys) + len(sort_keys):
        raise ServiceError.validation("Conditions can be of length 1 or 2 only")
    prefix = b"".join(_equal(key, terms.pop(key.name, None)) for key in partition_keys)
    for key in sort_keys:
        if not terms:
            break
        term = terms.pop(key.name, None)
        if not terms and term is not None and term.operator != "=":
            return _range(prefix, key, term)
        prefix += _equal(key, term)
    if terms:
        raise _missing((*sort_keys, *partition_keys)[0])
    return _whole(prefix)


def _equal(key: KeyAttribute, term: "_Term | None") -> bytes:
    if term is None:
        raise _missing(key)
    if term.operator != "=":
        raise ServiceError.validation("Query key condition not supported")
    return _part(key, term.values[0])


def _by_name(condition: Condition) -> dict[str, _Term]:
    terms: dict[str, _Term] = {}
    for term in _terms(condition):
        if term.name in terms:
            raise ServiceError.validation(
                "KeyConditionExpressions must only contain one condition per key"
            )
        terms[term.name] = term
    return terms


def _terms(condition: Condition) -> Iterator[_Term]:
    match condition:
        case And(terms=terms):
            for term in terms:
                yield from _terms(term)
        case Comparison(operator=operator, left=left, right=right) if operator != "<>":
            yield _term(operator, left, right)
        case Between(operand=operand, lower=lower, upper=upper):
            yield _term("BETWEEN", operand, lower, upper)
        case BeginsWith(operand=operand, prefix=prefix):
            yield _term("begins_with", operand, prefix)
        case _:
            operator = _REFUSED.get(type(condition), "<>")
            raise _refused(operator)


def _term(operator: str, operand: object, *values: object) -> _Term:
    if isinstance(operand, Size):
        raise _refused("size")
    if not isinstance(operand, Attribute):
        raise ServiceError.validation("Query key condition not supported")
    name, *below = operand.path
    if below:
        raise ServiceError.validation(
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have "
            "conditions on nested attributes"
        )
    literals = tuple(value.value for value in values if isinstance(value, Literal))
    if len(literals) < len(values):
        raise ServiceError.validation(
            "Invalid condition in KeyConditionExpression: Multiple attribute names "
            "used in one condition"
        )
    return _Term(str(name), operator, literals)


def _range(prefix: bytes, key: KeyAttribute, term: _Term) -> KeyRange:
    whole = _whole(prefix)
    if term.operator == "begins_with":
        _check_value(key, term.values[0])
        return _whole(prefix + key_part(term.values[0], is_prefix=True))
    exact = [_whole(prefix + _part(key, value)) for value in term.values]
    match term.operator:
        case "<":
            return KeyRange(whole.lower, exact[0].lower)
        case "<=":
            return KeyRange(whole.lower, exact[0].upper)
        case ">":
            return KeyRange(exact[0].upper, whole.upper)
        case ">=":
            return KeyRange(exact[0].lower, whole.upper)
        case _:
            return KeyRange(exact[0].lower, exact[1].upper)


def _whole(prefix: bytes) -> KeyRange:
    upper = after_prefix(prefix)
    # Text has no byte 255, and every finished part ends with zeros; only a prefix of a
    # binary key can have nothing above it, and it never stands alone.
    assert upper is not None  # noqa: S101 - see above
    return KeyRange(prefix, upper)


def _part(key: KeyAttribute, value: AttributeValue) -> bytes:
    _check_value(key, value)
    return key_part(value)


def _check_value(key: KeyAttribute, value: AttributeValue) -> None:
    kind = type_of(value)
    if kind != key.type:
        raise ServiceError.invalid_parameter(
            "Condition parameter type does not match schema type"
        )
    if kind in _EMPTY and value[kind] == "":
        raise ServiceError.validation(
            "One or more parameter values are not valid. The AttributeValue for a key "
            f"attribute cannot contain an empty {_EMPTY[kind][1]} value. "
            f"Key: {key.name}"
        )


def _missing(key: KeyAttribute) -> ServiceError:
    return ServiceError.validation(
        f"Query condition missed key schema element: {key.name}"
    )


def _refused(operator: str) -> ServiceError:
    return ServiceError.validation(
        f"Invalid operator used in KeyConditionExpression: {operator}"
    )
