"""Items by their keys: batches that the budget can bear, some of them at a time."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from ddbbulk.reading.answers import Found, Wire
from ddbbulk.reading.paid_requests import PaidRequests

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MAX_KEYS: Final = 100
_MOST_IN_FLIGHT: Final = 8
# As for pages: what has been seen may be unlike what comes.
_GROWTH: Final = 4
_MEMORY: Final = 0.95


class LookUps:
    """Asks for items by their keys.

    Args:
        table: name or ARN.
        requests: sends and pays.
        is_consistent: whether reads are strongly consistent, at double the cost.
    """

    def __init__(
        self, table: str, requests: PaidRequests, *, is_consistent: bool
    ) -> None:
        self._table = table
        self._requests = requests
        self._is_consistent = is_consistent
        self._units_per_key = 1.0 if is_consistent else 0.5
        self._most = 1
        self._first = asyncio.Lock()

    async def find(self, keys: Sequence[Mapping[str, Any]]) -> list[Wire]:
        """Return the items that there are, in any order.

        Args:
            keys: of items, all different, in DynamoDB JSON.

        Raises:
            RequestError: they cannot be read.
        """
        asked = deque(keys)
        found: list[Wire] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(_MOST_IN_FLIGHT, self._batches(len(keys)))):
                    tasks.create_task(self._take_part(asked, found))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        return found

    def _batches(self, keys: int) -> int:
        return -(-keys // self._batch_keys())

    def _batch_keys(self) -> int:
        """Return how many keys a request may have."""
        fitting = int(self._requests.budget.page_units / self._units_per_key)
        return max(1, min(fitting, self._most, MAX_KEYS))

    async def _take_part(
        self, asked: deque[Mapping[str, Any]], found: list[Wire]
    ) -> None:
        # Until an item is known, any might cost a hundred times what it is thought to.
        if self._most == 1:
            async with self._first:
                if self._most == 1:
                    await self._ask(asked, found, attempts=0)
        attempts = 0
        while asked:
            attempts = await self._ask(asked, found, attempts=attempts)

    async def _ask(
        self, asked: deque[Mapping[str, Any]], found: list[Wire], *, attempts: int
    ) -> int:
        """Ask for some of the keys; return how often in a row some came back."""
        if not asked:
            return 0
        count = min(self._batch_keys(), len(asked))
        keys = [asked.popleft() for _ in range(count)]
        answer, units = await self._requests.send(
            "BatchGetItem",
            self._body(keys),
            units=count * self._units_per_key,
            read=Found.of,
        )
        found.extend(answer.items)
        unprocessed = answer.unprocessed
        self._learn(count - len(unprocessed), units)
        if not unprocessed:
            return 0
        attempts += 1
        asked.extend(unprocessed)
        is_progress = len(unprocessed) < count
        await self._requests.wait_unprocessed(attempts, is_progress=is_progress)
        return attempts

    def _body(self, keys: Sequence[Mapping[str, Any]]) -> bytes:
        wanted: dict[str, Any] = {"Keys": keys}
        if self._is_consistent:
            wanted["ConsistentRead"] = True
        return orjson.dumps(
            {"RequestItems": {self._table: wanted}, "ReturnConsumedCapacity": "TOTAL"}
        )

    def _learn(self, processed: int, units: float) -> None:
        if processed <= 0:
            return
        self._requests.progressed()
        self._most = max(self._most, _GROWTH * processed)
        memory = _MEMORY**processed
        mean = memory * self._units_per_key + (1 - memory) * units / processed
        self._units_per_key = max(mean, 0.5)
