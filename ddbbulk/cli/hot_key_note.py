"""What is said of a hot key while a load runs: of the first, for there may be many."""

from ddbbulk.events import HotKeyFound
from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND


class HotKeyNote:
    """Says once what hot keys are, and what becomes of their writes.

    Args:
        is_interleaving: whether they are spread.
    """

    def __init__(self, *, is_interleaving: bool) -> None:
        self._is_interleaving = is_interleaving
        self._is_said = False

    def of(self, event: HotKeyFound) -> str:
        """Return what is to be said; nothing where it was said before."""
        if self._is_said:
            return ""
        self._is_said = True
        sequel = (
            "its writes are spread over time, others pass them"
            if self._is_interleaving
            else "some of its writes will be throttled"
        )
        return (
            f"hot key {event.key} of {event.resource or 'the table'} gets more than "
            f"the {PARTITION_WRITE_UNITS_PER_SECOND:,} WCU of a partition key: {sequel}"
        )
