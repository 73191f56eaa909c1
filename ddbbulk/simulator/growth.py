"""How on-demand capacity grows: with its previous peak, which takes time to count.

An on-demand table takes up to double its previous peak at once, and may throttle where
traffic doubles again within 30 minutes.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

import math
from collections import deque
from typing import Final

# A peak is remembered with the end of the step in which it was reached: that bounds
# what is kept, and lets none count too early.
_STEPS: Final = 64


class PreviousPeak:
    """The highest rate that was reached, as far as it is old enough.

    Args:
        units: what counts as the peak before there was any, in units a second.
        seconds: how long ago a peak must lie.
    """

    __slots__ = ("_recent", "_seconds", "_settled", "_step")

    def __init__(self, units: float, *, seconds: float) -> None:
        self._settled = units
        self._seconds = seconds
        self._step = seconds / _STEPS
        self._recent: deque[tuple[float, float]] = deque()

    def __len__(self) -> int:
        return len(self._recent)

    def note(self, units: float, now: float) -> None:
        """Remember a rate that was reached now, where it is the highest so far."""
        recent = self._recent
        if units <= (recent[-1][1] if recent else self._settled):
            return
        at = math.ceil(now / self._step) * self._step if self._step else now
        if recent and recent[-1][0] >= at:
            recent[-1] = (recent[-1][0], units)
        else:
            recent.append((at, units))

    def settled(self, now: float) -> float:
        """The highest rate that was reached so long ago, or longer."""
        recent = self._recent
        while recent and recent[0][0] <= now - self._seconds:
            self._settled = recent.popleft()[1]
        return self._settled
