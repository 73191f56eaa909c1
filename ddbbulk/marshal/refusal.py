"""Why a value cannot be stored, and where in its item it stands."""

from collections.abc import Sized
from typing import Final, Self

from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_NESTING

_MAX_LABEL: Final = 64
_MAX_PATH: Final = 160


class RefusedValueError(InvalidItemError):
    """A value that DynamoDB would refuse, with the path that leads to it.

    Args:
        reason: what is wrong, as the rest of a sentence that begins with the attribute.
        code: a stable word for the reason.
        path: how to get from the item to the value: ``address.lines[2]``.
    """

    def __init__(self, reason: str, *, code: str, path: str = "") -> None:
        shown = path if len(path) <= _MAX_PATH else path[: _MAX_PATH - 1] + "…"
        super().__init__(f"attribute {shown} {reason}" if path else reason, code=code)
        self.reason = reason
        self.path = path

    def within(self, step: str) -> Self:
        """Return the same refusal, seen from one container further out."""
        return type(self)(self.reason, code=self.code, path=step + self.path)


def check_depth(depth: int, container: Sized) -> None:
    """Refuse a list or map whose members would stand too deep.

    An attribute of the item is level 1, and level 32 the deepest that a value may be
    at: an empty map may be there, one with members may not. Python values that contain
    themselves end here too.
    """
    if depth >= MAX_NESTING and len(container):
        raise RefusedValueError(
            f"is nested deeper than {MAX_NESTING} levels (or contains itself)",
            code="NestingTooDeep",
        )


def label(name: object) -> str:
    """Return an attribute's name (or a key's value) as messages may show it."""
    text = ascii(name)
    if isinstance(name, str) and name:
        text = text[1:-1]
    if len(text) <= _MAX_LABEL:
        return text
    return text[: _MAX_LABEL - 1] + "…"
