"""Parameters of a request: of the right JSON type, within the model's constraints."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.shapes import Shape, check_shape, remove_nulls

RETURN_CONSUMED_CAPACITY: Final = ("INDEXES", "TOTAL", "NONE")
RETURN_ITEM_COLLECTION_METRICS: Final = ("SIZE", "NONE")
_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]+")
_NAME_LENGTHS: Final = range(3, 256)


class Parameters:
    """Checks a request's parameters and gathers what breaks the model's constraints.

    Args:
        operation: the operation's name.
        request: what came.
        types: the JSON type, or the whole shape, of each parameter that the simulator
            understands. A parameter that is not among them may change what the request
            means, so it is refused rather than ignored.
        path: where these parameters stand, if not in the request itself: ``part.``.
    """

    def __init__(
        self,
        operation: str,
        request: dict[str, Any],
        types: Mapping[str, Shape],
        *,
        path: str = "",
    ) -> None:
        self._request = request
        self._path = path
        self._broken: list[str] = []
        remove_nulls(request)
        for name, value in request.items():
            expected = types.get(name)
            if expected is None:
                raise ServiceError.not_simulated(f"{operation}'s parameter {name}")
            if type(value) is not expected:
                check_shape(name, value, expected)

    def require(self, *names: str) -> None:
        """Each of these must be there."""
        for name in names:
            if name not in self._request:
                self._break("null", name, "Member must not be null")

    def one_of(self, name: str, choices: Sequence[str], default: str = "NONE") -> str:
        """The value of an enumeration, or its default."""
        value: str = self._request.get(name, default)
        if value not in choices:
            listed = ", ".join(choices)
            self._break(
                f"'{value}'", name, f"Member must satisfy enum value set: [{listed}]"
            )
        return value

    def within(
        self, name: str, least: int, most: int | None = None, default: int | None = None
    ) -> int | None:
        """An integer that is at least and at most so much, or its default."""
        value: int | None = self._request.get(name, default)
        if value is None:
            return None
        if value < least:
            constraint = "greater than or equal to"
            self._break(
                f"'{value}'", name, f"Member must have value {constraint} {least}"
            )
        elif most is not None and value > most:
            constraint = "less than or equal to"
            self._break(
                f"'{value}'", name, f"Member must have value {constraint} {most}"
            )
        return value

    def name(self, parameter: str) -> None:
        """A table's or index's name, where it is given."""
        value = self._request.get(parameter)
        if value is None:
            return
        for constraint in broken_by_name(value):
            self._break(f"'{value}'", parameter, constraint)

    def add(self, broken: str) -> None:
        """Note another broken constraint, in full."""
        self._broken.append(broken)

    def check(self) -> None:
        """End of the model's constraints.

        Raises:
            ServiceError: all those that were broken, in one message.
        """
        if self._broken:
            count = len(self._broken)
            plural = "s" if count > 1 else ""
            raise ServiceError.validation(
                f"{count} validation error{plural} detected: {'; '.join(self._broken)}"
            )

    def _break(self, value: str, name: str, constraint: str) -> None:
        member = self._path + name[0].lower() + name[1:]
        self._broken.append(
            f"Value {value} at '{member}' failed to satisfy constraint: {constraint}"
        )


def broken_by_name(name: str) -> Iterator[str]:
    """The constraints that the name of a table or index breaks."""
    if not _NAME.fullmatch(name):
        yield f"Member must satisfy regular expression pattern: {_NAME.pattern}"
    if len(name) < _NAME_LENGTHS[0]:
        yield f"Member must have length greater than or equal to {_NAME_LENGTHS[0]}"
    if len(name) > _NAME_LENGTHS[-1]:
        yield f"Member must have length less than or equal to {_NAME_LENGTHS[-1]}"
