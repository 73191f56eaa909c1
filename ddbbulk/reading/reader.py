"""What reads one table, through one transport, under one budget."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ddbbulk.errors import ConfigurationError
from ddbbulk.reading.budget import ReadBudget
from ddbbulk.reading.filters import Filter
from ddbbulk.reading.look_ups import LookUps
from ddbbulk.reading.page import Page
from ddbbulk.reading.page_sizes import PageSizes
from ddbbulk.reading.paid_requests import PaidRequests
from ddbbulk.reading.scan_request import ScanRequest
from ddbbulk.reading.segments import SegmentReading, SideBySide
from ddbbulk.retry import RetryPolicy
from ddbbulk.transport import ReadingTransport

DEFAULT_SEGMENTS: Final = 4
# AWS allows a million; here each has a task, and may have a page at hand.
MAX_SEGMENTS: Final = 1024


def check_segments(segments: int) -> None:
    """Refuse to divide a table into so many parts.

    Raises:
        ConfigurationError: there are none, or too many.
    """
    if not 1 <= segments <= MAX_SEGMENTS:
        raise ConfigurationError(f"segments is {segments}: give 1 to {MAX_SEGMENTS:,}")


class Reader:
    """Reads a table: all of it, or items by their keys.

    Args:
        transport: carries the requests.
        table: name or ARN.
        budget: read units a second; several readers may share one.
        retry: when to send again, and when to give up.
        is_consistent: whether reads are strongly consistent, at double the cost.
    """

    def __init__(
        self,
        transport: ReadingTransport,
        *,
        table: str,
        budget: ReadBudget,
        retry: RetryPolicy | None = None,
        is_consistent: bool = False,
    ) -> None:
        self.table = table
        self.transport = transport
        self.is_consistent = is_consistent
        self._requests = PaidRequests(
            transport, table=table, budget=budget, retry=retry or RetryPolicy()
        )
        self._look_ups = LookUps(table, self._requests, is_consistent=is_consistent)

    @property
    def budget(self) -> ReadBudget:
        """What pays for the requests."""
        return self._requests.budget

    @property
    def units(self) -> float:
        """The read units consumed so far."""
        return self._requests.units

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._requests.requests

    @property
    def throttled_requests(self) -> int:
        """How many of them were throttled, or came back with keys unprocessed."""
        return self._requests.throttled_requests

    async def scan(
        self,
        *,
        segments: int = DEFAULT_SEGMENTS,
        attributes: Sequence[str] | None = None,
        filter: Filter | None = None,  # noqa: A002 - what DynamoDB calls it
        is_count: bool = False,
        limit: int | None = None,
        starts: Mapping[int, Mapping[str, Any] | None] | None = None,
    ) -> AsyncGenerator[Page, None]:
        """Yield the pages of a table as they come, from its segments side by side.

        Whoever may stop before the end wraps this in ``contextlib.aclosing``.

        Args:
            segments: into how many parts the table is divided.
            attributes: the only ones that are wanted.
            filter: which items are wanted.
            is_count: whether only their number is wanted: pages have no items then.
            limit: how many items are wanted at the most. With it, segments are read
                one after the other, so that little is read in vain.
            starts: what segments begin after, by their numbers: the ``last_key`` of a
                page. A segment that has None is done; one that is not named begins at
                its beginning.

        Raises:
            RequestError: the table cannot be read.
        """
        request = ScanRequest(
            self.table,
            segments=segments,
            attributes=None if attributes is None else tuple(attributes),
            filter=filter,
            is_count=is_count,
            is_consistent=self.is_consistent,
        )
        readings = self.segment_readings(request, starts or {})
        if limit is not None:
            async for page in _one_by_one(readings, limit, is_filtered=bool(filter)):
                yield page
            return
        left = len(readings)
        async with SideBySide(readings) as pages:
            while left:
                page = await pages.next_page(readings[0].segment)
                left -= page.last_key is None
                yield page

    def segment_readings(
        self, request: ScanRequest, starts: Mapping[int, Mapping[str, Any] | None]
    ) -> list[SegmentReading]:
        """Return the segments that are not done, each to be read by itself.

        Args:
            request: what is asked for.
            starts: as for ``scan``.
        """
        check_segments(request.segments)
        sizes = PageSizes(
            is_consistent=self.is_consistent,
            shows_whole_items=request.shows_whole_items,
        )
        first = asyncio.Lock()
        return [
            SegmentReading(
                segment,
                request=request,
                requests=self._requests,
                sizes=sizes,
                first=first,
                start=starts.get(segment),
            )
            for segment in range(request.segments)
            if segment not in starts or starts[segment] is not None
        ]

    async def look_up(self, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the items that there are of these keys, in any order.

        Args:
            keys: all different, in DynamoDB JSON; any number of them.

        Raises:
            RequestError: the table cannot be read.
        """
        return await self._look_ups.find(keys)


async def _one_by_one(
    readings: Sequence[SegmentReading], limit: int, *, is_filtered: bool
) -> AsyncGenerator[Page, None]:
    """Yield pages until there were so many items."""
    left = limit
    for reading in readings:
        while left > 0 and not reading.is_done:
            page = await reading.next_page(most=None if is_filtered else left)
            if page.count > left:
                page = replace(page, items=page.items[:left], count=left)
            left -= page.count
            yield page
