"""The objects and lists of an answer, also of servers that send null for none."""

from collections.abc import Iterable, Mapping
from typing import Any, cast


def member(element: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object in another; an empty one where there is none."""
    return cast("Mapping[str, Any] | None", element.get(name)) or {}


def listed(element: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    """Return the objects of a list; none where there is no list."""
    return cast("Iterable[Mapping[str, Any]] | None", element.get(name)) or ()
