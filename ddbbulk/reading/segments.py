"""A table's segments, read side by side: each by a task, a page at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from ddbbulk.reading.answers import Scanned
from ddbbulk.reading.page import Page
from ddbbulk.reading.page_sizes import PageSizes
from ddbbulk.reading.paid_requests import PaidRequests
from ddbbulk.reading.scan_request import ScanRequest


class SegmentReading:
    """One segment, page by page.

    Args:
        segment: which one, from 0.
        request: what every page has in common.
        requests: sends and pays.
        sizes: what is known of the items.
        first: held by the one that reads the first page of all: until its items are
            known, any page might cost a hundred times what it is thought to.
        start: what it begins after; None: at its beginning.

    Attributes:
        is_done: there is nothing more.
    """

    def __init__(
        self,
        segment: int,
        *,
        request: ScanRequest,
        requests: PaidRequests,
        sizes: PageSizes,
        first: asyncio.Lock,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        self.segment = segment
        self._request = request
        self._requests = requests
        self._sizes = sizes
        self._first = first
        self._start = start
        self.is_done = False

    async def next_page(self, *, most: int | None = None) -> Page:
        """Return the next page.

        Args:
            most: how many items to look at, at the most.

        Raises:
            RequestError: it cannot be read.
        """
        if self._is_guessing:
            async with self._first:
                if self._is_guessing:
                    return await self._read(most)
        return await self._read(most)

    @property
    def _is_guessing(self) -> bool:
        return self._sizes.is_guess(self._requests.budget.page_units)

    async def _read(self, most: int | None) -> Page:
        plan = self._sizes.plan(self._requests.budget.page_units)
        limit = plan.limit
        if most is not None:
            limit = most if limit is None else min(limit, most)
        is_count = self._request.is_count and not plan.is_measuring
        body = self._request.body(
            self.segment, start=self._start, limit=limit, is_count=is_count
        )
        read = Scanned.of_count if is_count else Scanned.of_items
        answer, units = await self._requests.send(
            "Scan", body, units=plan.units, read=read
        )
        self._requests.progressed()
        self._sizes.learn(plan, answer.items, scanned=answer.scanned, units=units)
        self._start = answer.last_key
        self.is_done = self._start is None
        return Page(
            segment=self.segment,
            items=() if self._request.is_count else answer.items,
            count=answer.count,
            scanned=answer.scanned,
            units=units,
            last_key=answer.last_key,
        )


class SideBySide:
    """Reads segments at the same time, and hands over their pages.

    A segment asks for a page only when its last one was taken: who takes them slowly
    slows the reading down, and there is never more than a page of each.

    Args:
        readings: the segments.
        is_apart: whether pages are taken from one segment or another, rather than from
            whichever has one.
    """

    def __init__(
        self, readings: Sequence[SegmentReading], *, is_apart: bool = False
    ) -> None:
        self._readings = readings
        # Room for a page of each, and for the error that may follow it.
        room = 2 * len(readings)
        shared = asyncio.Queue[Page | Exception](room)
        self._pages = {
            reading.segment: asyncio.Queue[Page | Exception](2) if is_apart else shared
            for reading in readings
        }
        self._turns = {reading.segment: asyncio.Semaphore(1) for reading in readings}
        self._tasks = asyncio.TaskGroup()
        self._feeding: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._feeding = [
            self._tasks.create_task(self._feed(reading)) for reading in self._readings
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._feeding:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def next_page(self, segment: int) -> Page:
        """Return a page as soon as there is one.

        Args:
            segment: whose page it is to be, where they are taken apart.

        Raises:
            RequestError: a segment cannot be read.
        """
        page = await self._pages[segment].get()
        if isinstance(page, Exception):
            raise page
        self._turns[page.segment].release()
        return page

    async def _feed(self, reading: SegmentReading) -> None:
        pages, turn = self._pages[reading.segment], self._turns[reading.segment]
        try:
            while not reading.is_done:
                await turn.acquire()
                await pages.put(await reading.next_page())
        except Exception as error:  # noqa: BLE001 # whoever takes the pages is to meet it
            await pages.put(error)
