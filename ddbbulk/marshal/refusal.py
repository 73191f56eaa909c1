"""Why a value cannot be stored, and where in its item it stands."""

from typing import Final, Self

from ddbbulk.errors import InvalidItemError

_MAX_LABEL: Final = 64


class RefusedValueError(InvalidItemError):
    """A value that DynamoDB would refuse, with the path that leads to it.

    Args:
        reason: what is wrong, as the rest of a sentence that begins with the attribute.
        code: a stable word for the reason.
        path: how to get from the item to the value: ``address.lines[2]``.
    """

    def __init__(self, reason: str, *, code: str, path: str = "") -> None:
        super().__init__(f"attribute {path} {reason}" if path else reason, code=code)
        self.reason = reason
        self.path = path

    def within(self, step: str) -> Self:
        """Return the same refusal, seen from one container further out."""
        return type(self)(self.reason, code=self.code, path=step + self.path)


def label(name: object) -> str:
    """Return an attribute's name (or a key's value) as messages may show it."""
    text = ascii(name)
    if isinstance(name, str) and name:
        text = text[1:-1]
    if len(text) <= _MAX_LABEL:
        return text
    return text[: _MAX_LABEL - 1] + "…"
