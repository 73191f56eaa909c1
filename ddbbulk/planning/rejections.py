"""The items that a load would reject: counted by reason, the first ones kept."""

from typing import Final

from ddbbulk.marshal import Refused
from ddbbulk.planning.report import RejectionReason
from ddbbulk.report import Rejection

_EXAMPLES: Final = 3
# Codes are ours, and a few more of other people's sources.
_MAX_CODES: Final = 100
_OTHER: Final = "Other"
# The only messages that hold a value: that of a key, at their end.
_BEFORE_VALUE: Final = " are allowed"


class Rejections:
    """Counts rejected items.

    Args:
        redact_keys: leave the values of keys out of the messages.
    """

    def __init__(self, *, redact_keys: bool) -> None:
        self._redact_keys = redact_keys
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[Rejection]] = {}

    def add(self, refused: Refused, where: str) -> None:
        """Count one more."""
        code = refused.code
        if code not in self._counts and len(self._counts) >= _MAX_CODES:
            code = _OTHER
        self._counts[code] = self._counts.get(code, 0) + 1
        examples = self._examples.setdefault(code, [])
        if len(examples) < _EXAMPLES:
            examples.append(
                Rejection(
                    position=refused.position,
                    where=where,
                    code=refused.code,
                    message=self._shown(refused),
                )
            )

    def reasons(self) -> tuple[RejectionReason, ...]:
        """Return the reasons, the most frequent first."""
        return tuple(
            RejectionReason(
                code=code, items=count, examples=tuple(self._examples[code])
            )
            for code, count in sorted(
                self._counts.items(), key=lambda pair: pair[1], reverse=True
            )
        )

    def _shown(self, refused: Refused) -> str:
        if self._redact_keys and refused.code.endswith("KeyTooLong"):
            before, found, _ = refused.message.partition(_BEFORE_VALUE)
            return before + found
        return refused.message
