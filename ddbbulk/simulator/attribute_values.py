"""Attribute values of a request: checked, brought to their stored form, and measured.

All in one walk, because every item that is written passes here. Sizes are those of
``ddbbulk.sizing`` (a property test holds the two together).
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from typing import Any, Final

from ddbbulk.limits import MAX_ATTRIBUTE_NAME_BYTES, MAX_ITEM_BYTES, MAX_NESTING
from ddbbulk.simulator.numbers import canonical_number
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.sizing import number_size

_CONTAINER_BYTES: Final = 3
_SMALL_NUMBERS: Final = {
    str(number): number_size(str(number)) for number in range(1000)
}
_EMPTY: Final = (
    "Supplied AttributeValue is empty, must contain exactly one of the supported "
    "datatypes"
)
_SEVERAL: Final = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly "
    "one of the supported datatypes"
)


def measure_item(item: object) -> int:
    """The size in bytes of an item as it came; its numbers are made canonical in place.

    Raises:
        ServiceError: an attribute that DynamoDB refuses, or too large an item.
    """
    size = measure_attributes(item, 1)
    if size > MAX_ITEM_BYTES:
        raise ServiceError.validation("Item size has exceeded the maximum allowed size")
    return size


def measure_attributes(attributes: Any, depth: int = 1) -> int:  # noqa: ANN401, C901 -- anything may come; one loop, for speed
    """As ``measure_item``, for any map of attribute values, whatever its size."""
    if attributes.__class__ is not dict:
        raise _not_a_map(attributes)
    size = 0
    for name, value in attributes.items():
        if value.__class__ is not dict:
            raise _not_a_map(value)
        if len(value) != 1:
            raise ServiceError.validation(_SEVERAL if value else _EMPTY)
        size += len(name) if name.isascii() else len(name.encode())
        # Written out rather than in calls: most of what comes is strings and counters.
        if "S" in value:
            content = value["S"]
            if content.__class__ is str:
                size += len(content) if content.isascii() else len(content.encode())
                continue
        for kind, content in value.items():
            if kind == "N" and content.__class__ is str and content in _SMALL_NUMBERS:
                size += _SMALL_NUMBERS[content]
            else:
                size += _measure(kind, content, value, depth)
    if "" in attributes or size >= MAX_ATTRIBUTE_NAME_BYTES:
        _check_names(attributes)
    return size


def _measure(kind: str, content: Any, value: dict[str, Any], depth: int) -> int:  # noqa: ANN401 -- anything may come
    measure = _MEASURES.get(kind)
    if measure is None:
        raise ServiceError.validation(_EMPTY)
    return measure(content, value, depth)


def _string(content: Any, _value: object, _depth: int) -> int:  # noqa: ANN401 -- anything may come
    if type(content) is not str:
        raise _not_a_string(content)
    return len(content.encode())


def _number(content: Any, value: dict[str, Any], _depth: int) -> int:  # noqa: ANN401 -- anything may come
    if type(content) is not str:
        raise _not_a_string(content)
    canonical = canonical_number(content)
    if canonical != content:
        value["N"] = canonical
    return number_size(canonical)


def _binary(content: Any, _value: object, _depth: int) -> int:  # noqa: ANN401 -- anything may come
    if type(content) is not str:
        raise _not_a_string(content)
    try:
        return len(b64decode(content, validate=True))
    except (Base64Error, ValueError) as error:
        raise ServiceError.serialization(
            f"A value can not be converted to a Blob: {error}"
        ) from error


def _boolean(content: Any, _value: object, _depth: int) -> int:  # noqa: ANN401 -- anything may come
    if type(content) is not bool:
        raise ServiceError.serialization(
            f"{_token(content)} cannot be converted to Boolean"
        )
    return 1


def _null(content: Any, value: dict[str, Any], depth: int) -> int:  # noqa: ANN401 -- anything may come
    _boolean(content, value, depth)
    if not content:
        raise ServiceError.invalid_parameter(
            "Null attribute value types must have the value of true"
        )
    return 1


def _map(content: Any, _value: object, depth: int) -> int:  # noqa: ANN401 -- anything may come
    if content:
        _check_depth(depth)
    return _CONTAINER_BYTES + measure_attributes(content, depth + 1) + len(content)


def _list(content: Any, _value: object, depth: int) -> int:  # noqa: ANN401 -- anything may come
    if content.__class__ is not list:
        raise _not_a_list(content)
    if content:
        _check_depth(depth)
    size = _CONTAINER_BYTES
    for element in content:
        if element.__class__ is not dict:
            raise _not_a_map(element)
        if len(element) != 1:
            raise ServiceError.validation(_SEVERAL if element else _EMPTY)
        for kind, member in element.items():
            size += 1 + _measure(kind, member, element, depth + 1)
    return size


def _check_depth(depth: int) -> None:
    # Below the last container there is still the scalar that it holds.
    if depth >= MAX_NESTING:
        raise ServiceError.validation(
            "Nesting Levels have exceeded supported limits: Attributes in the item "
            "have nested levels beyond supported limit"
        )


def _set_of(
    kind: str, empty: str, measure: Callable[[Any, dict[str, Any], int], int]
) -> Callable[[Any, dict[str, Any], int], int]:
    def measure_set(content: Any, value: dict[str, Any], depth: int) -> int:  # noqa: ANN401 -- anything may come
        if content.__class__ is not list:
            raise _not_a_list(content)
        if not content:
            raise ServiceError.invalid_parameter(empty)
        members: list[str] = []
        size = 0
        for member in content:
            holder: dict[str, Any] = {"N": member}
            size += measure(member, holder, depth)
            members.append(holder["N"])
        if len(set(members)) != len(members):
            raise ServiceError.invalid_parameter(
                f"Input collection [{', '.join(members)}] contains duplicates."
            )
        value[kind] = members
        return size

    return measure_set


_MEASURES: Final[dict[str, Callable[[Any, dict[str, Any], int], int]]] = {
    "S": _string,
    "N": _number,
    "B": _binary,
    "BOOL": _boolean,
    "NULL": _null,
    "M": _map,
    "L": _list,
    "SS": _set_of("SS", "An string set  may not be empty", _string),
    "NS": _set_of("NS", "An number set  may not be empty", _number),
    "BS": _set_of("BS", "Binary sets should not be empty", _binary),
}


def _token(content: object) -> str:
    match content:
        case bool():
            return "TRUE_VALUE" if content else "FALSE_VALUE"
        case str():
            return "STRING_VALUE"
        case int() | float():
            return "NUMBER_VALUE"
        case _:
            return "Start of structure or map" if content else "Unexpected value"


def _not_a_string(content: object) -> ServiceError:
    if isinstance(content, dict | list):
        return ServiceError.serialization(
            "Start of structure or map found where not expected."
        )
    return ServiceError.serialization(
        f"{_token(content)} cannot be converted to String"
    )


def _not_a_map(content: object) -> ServiceError:
    if content is None:
        return ServiceError.validation(_EMPTY)
    if isinstance(content, list):
        return ServiceError.serialization(
            "Unrecognized collection type class java.util.ArrayList"
        )
    return ServiceError.serialization("Unexpected value type in payload")


def _not_a_list(content: object) -> ServiceError:
    if isinstance(content, dict):
        return ServiceError.serialization(
            "Start of structure or map found where not expected."
        )
    return ServiceError.serialization("Unexpected field type")


def _check_names(attributes: Iterable[str]) -> None:
    for name in attributes:
        if not name:
            raise ServiceError.invalid_parameter("Attribute names must not be empty")
        if len(name.encode()) >= MAX_ATTRIBUTE_NAME_BYTES:
            raise ServiceError.invalid_parameter(
                "Attribute name is too large, must be less than "
                f"{MAX_ATTRIBUTE_NAME_BYTES} bytes"
            )
