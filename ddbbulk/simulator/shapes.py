"""The JSON that a parameter must be, type by type, down to its innermost member."""

from collections.abc import Mapping
from typing import Any, Final, cast

from ddbbulk.simulator.service_error import ServiceError

# A type; the shapes of an object's members, of which any may be missing or null; or, as
# a tuple, the shape of each element of a list.
Shape = type | Mapping[str, "Shape"] | tuple["Shape"]

_WORDS: Final[Mapping[type, str]] = {
    str: "String",
    bool: "Boolean",
    int: "Integer",
    list: "List",
    dict: "Map",
}


def check_shape(name: str, value: object, shape: Shape) -> None:
    """Check that a value has its shape; members that are null are taken out of it.

    Raises:
        ServiceError: it, or something inside of it, is of another type.
    """
    expected = _type_of(shape)
    if type(value) is not expected:
        raise ServiceError.serialization(
            f"{name} cannot be converted to {_WORDS[expected]}"
        )
    if isinstance(shape, tuple):
        for element in cast("list[Any]", value):
            check_shape(name, element, shape[0])
    elif isinstance(shape, Mapping):
        members = cast("dict[str, Any]", value)
        remove_nulls(members)
        for member in shape.keys() & members.keys():
            check_shape(member, members[member], shape[member])


def remove_nulls(members: dict[str, Any]) -> None:
    """Take out what is null: it means the same as if it were not there."""
    for name in [name for name, value in members.items() if value is None]:
        del members[name]


def _type_of(shape: Shape) -> type:
    if isinstance(shape, type):
        return shape
    return list if isinstance(shape, tuple) else dict
