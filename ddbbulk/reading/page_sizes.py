"""How many items a page asks for, so that it costs what a budget can bear at once.

Each page's bytes are rounded up to 4 KB (which costs one unit, or a half where the read
is eventually consistent). So a page that is a little above a multiple of 4 KB wastes
nearly one: the number of items is chosen so that most pages end just below one.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ddbbulk.limits import READ_UNIT_BYTES
from ddbbulk.sizing import item_size

# A page ends with the item that brings it to 1 MB; so it is a little larger.
FULL_PAGE_STEPS: Final = 1024 * 1024 // READ_UNIT_BYTES + 1
# Of so many times the items as before a page may consist: what has been seen of a table
# may be unlike what comes.
_GROWTH: Final = 4
# As many items of each page are measured.
_SAMPLE: Final = 32
# What was measured longer ago counts half.
_MEMORY: Final = 4096
# How often a scan that only counts looks at the items.
_LOOK_EVERY: Final = 32
_FEW: Final = 64
_MOST_DEVIATIONS: Final = 3.0


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What to ask for.

    Args:
        limit: how many items; None: as many as fit into 1 MB.
        units: what that is thought to cost.
        is_measuring: whether items should be asked for where their number would do.
    """

    limit: int | None
    units: float
    is_measuring: bool


class PageSizes:
    """What is known of the sizes of a table's items, and what follows for its pages.

    Args:
        is_consistent: whether reads are strongly consistent.
        shows_whole_items: whether all that is read is seen; else sizes are known only
            from what pages cost.
    """

    def __init__(self, *, is_consistent: bool, shows_whole_items: bool) -> None:
        self.step_units = 1.0 if is_consistent else 0.5
        self._is_measured = shows_whole_items
        self._weight = 0.0
        self._sum = 0.0
        self._squares = 0.0
        self._most = 1
        self._planned = 0

    def plan(self, page_units: float) -> PagePlan:
        """Return what the next page asks for.

        Args:
            page_units: what it may cost, unless one item alone costs more.
        """
        self._planned += 1
        is_due = self._weight < _FEW or self._planned % _LOOK_EVERY == 0
        if page_units >= FULL_PAGE_STEPS * self.step_units:
            return PagePlan(None, FULL_PAGE_STEPS * self.step_units, False)
        steps = max(1, int(page_units / self.step_units))
        limit = min(self._fitting(steps * READ_UNIT_BYTES), self._most)
        size = max(1.0, limit * self._mean)
        steps = min(math.ceil(size / READ_UNIT_BYTES), FULL_PAGE_STEPS)
        return PagePlan(limit, steps * self.step_units, self._is_measured and is_due)

    def learn(
        self, plan: PagePlan, items: Sequence[Any], *, scanned: int, units: float
    ) -> None:
        """Take what a page shows of the items' sizes.

        Args:
            plan: what was asked for.
            items: what it brought; empty where only their number was asked for.
            scanned: how many items it looked at.
            units: what it consumed.
        """
        if plan.limit is None or not scanned:
            return
        if self._is_measured:
            stride = max(1, len(items) // _SAMPLE)
            for size in map(item_size, items[::stride]):
                self._add(1.0, size, size * size)
        else:
            # Somewhere in the last step the page has ended: in its middle, mostly.
            read = max(units / self.step_units - 0.5, 0.5) * READ_UNIT_BYTES
            self._add(scanned, read, read * read / scanned)
        self._most = max(self._most, _GROWTH * scanned)

    def is_guess(self, page_units: float) -> bool:
        """Say whether the next plan is no more than a guess: no item was seen yet."""
        return not self._weight and page_units < FULL_PAGE_STEPS * self.step_units

    @property
    def _mean(self) -> float:
        return self._sum / self._weight if self._weight else READ_UNIT_BYTES

    def _add(self, weight: float, total: float, squares: float) -> None:
        if self._weight >= _MEMORY:
            self._weight /= 2
            self._sum /= 2
            self._squares /= 2
        self._weight += weight
        self._sum += total
        self._squares += squares

    def _fitting(self, room: int) -> int:
        """Return how many items make a page of about so many bytes, seldom of more.

        The margin is where its own cost, and that of the pages that need a step more
        all the same, are together the least: at the deviation whose density is that of
        a step.
        """
        mean = max(self._mean, 1.0)
        if not self._weight:
            return 1
        variance = max(0.0, self._squares / self._weight - mean * mean)
        spread = math.sqrt(variance * max(1.0, room / mean))
        density = spread * math.sqrt(2 * math.pi) / READ_UNIT_BYTES
        margin = 0.0
        if 0 < density < 1:
            margin = min(_MOST_DEVIATIONS, math.sqrt(-2 * math.log(density))) * spread
        return max(1, int((room - margin) / mean))
