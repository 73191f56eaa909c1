"""Changes at document paths, in an item of one's own that shares parts with others.

Whatever a change passes through is copied first, so that the item before an update,
and values that an update took from it, stay as they were.
"""

from typing import Any, cast

from ddbbulk.simulator.expressions.paths import Path
from ddbbulk.simulator.expressions.values import AttributeValue
from ddbbulk.simulator.service_error import ServiceError

MutableItem = dict[str, AttributeValue]
_Container = dict[str, Any] | list[Any]


def put_at(item: MutableItem, path: Path, value: AttributeValue) -> None:
    """Put a value at the path; beyond a list's end it is appended.

    Raises:
        ServiceError: there is no map or list where the path goes through.
    """
    container, step = _container(item, path), path[-1]
    if isinstance(container, dict) and isinstance(step, str):
        container[step] = value
    elif isinstance(container, list) and isinstance(step, int):
        container[step : step + 1] = [value]
    else:
        raise _invalid_path()


def remove_at(item: MutableItem, path: Path) -> None:
    """Remove what stands at the path, if anything does.

    Raises:
        ServiceError: there is no map or list where the path goes through.
    """
    container, step = _container(item, path), path[-1]
    if isinstance(container, dict) and isinstance(step, str):
        container.pop(step, None)
    elif isinstance(container, list) and isinstance(step, int):
        del container[step : step + 1]
    else:
        raise _invalid_path()


def _container(item: MutableItem, path: Path) -> _Container:
    content: _Container = item
    for step in path[:-1]:
        content = _open(content, step)
    return content


def _open(content: _Container, step: str | int) -> _Container:
    value: AttributeValue | None = None
    if isinstance(content, dict) and isinstance(step, str):
        value = content.get(step)
    elif isinstance(content, list) and isinstance(step, int) and step < len(content):
        value = content[step]
    for kind in ("M", "L"):
        if value is not None and kind in value:
            copy: _Container = value[kind].copy()
            # It was found by this step, so this step fits the container.
            cast("dict[str | int, Any]", content)[step] = {kind: copy}
            return copy
    raise _invalid_path()


def _invalid_path() -> ServiceError:
    return ServiceError(
        "ValidationException",
        "The document path provided in the update expression is invalid for update",
    )
