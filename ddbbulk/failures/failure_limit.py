"""How many items may be rejected before a load is stopped."""

import re
from dataclasses import dataclass
from typing import Final, Self

from ddbbulk.errors import ConfigurationError

# A share of fewer items than these says little about the rest.
JUDGED_FROM: Final = 1000
_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%", re.ASCII)
_MAX_SHARE: Final = 100.0


@dataclass(frozen=True, slots=True)
class FailureLimit:
    """A number of rejected items, or a share of all, that is still borne.

    Args:
        count: as many may be rejected; None: no number is set.
        percent: of a hundred items so many may be; judged once 1,000 were read.
    """

    count: int | None = None
    percent: float | None = None

    @classmethod
    def parse(cls, wanted: int | str) -> Self:
        """Read ``100``, ``"100"`` or ``"1%"``.

        Raises:
            ConfigurationError: it is neither a number nor a share.
        """
        text = str(wanted).strip()
        if text.isascii() and text.isdigit():
            return cls(count=int(text))
        share = _SHARE.fullmatch(text)
        if share is None or float(share[1]) > _MAX_SHARE:
            raise ConfigurationError(
                f"max_failures is {wanted!r}: give a number of items, 0 or more, such "
                "as 100, or a share such as '1%'"
            )
        return cls(percent=float(share[1]))

    def is_exceeded(self, *, rejected: int, read: int) -> bool:
        """Say whether more are rejected than are borne."""
        if self.count is not None:
            return rejected > self.count
        if self.percent is not None and read >= JUDGED_FROM:
            return 100 * rejected > self.percent * read
        return False

    def __str__(self) -> str:
        return f"{self.count:,}" if self.count is not None else f"{self.percent:g}%"
