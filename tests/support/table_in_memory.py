"""A transport that is a table: our own seam, for tests in virtual time."""

import asyncio
import random
from base64 import b64decode
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import orjson

from ddbbulk.retry import Failure, FailureKind
from ddbbulk.sizing import item_size, write_units
from ddbbulk.transport import Outcome, Reply, Unmet

THROTTLED = Failure(
    FailureKind.THROTTLED, "ProvisionedThroughputExceededException", "slow"
)
Behaviour = Callable[["TableInMemory", list[dict[str, Any]]], Failure | None]


Answer = TypeVar("Answer")


class Killable:
    """The way to a table of a process that dies: no answer comes back any more.

    Args:
        table: where requests go.
        lands_after: seconds after which a request that the death overtook is applied
            all the same; None: it is not.
    """

    name = "killable"

    def __init__(
        self, table: "TableInMemory", *, lands_after: float | None = None
    ) -> None:
        self._table = table
        self._lands_after = lands_after
        self._is_dead = False

    def kill(self) -> None:
        self._is_dead = True

    async def batch_write(self, body: bytes) -> Outcome:
        if self._lands_after is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(self._lands_after, self._table.apply, body)
            await asyncio.Event().wait()
        return await self._answered(self._table.batch_write(body))

    async def put_item(self, body: bytes) -> Outcome | Unmet:
        return await self._answered(self._table.put_item(body))

    async def _answered(self, request: Coroutine[Any, Any, Answer]) -> Answer:
        if self._is_dead:
            request.close()
            await asyncio.Event().wait()
        answer = await request
        if self._is_dead:
            await asyncio.Event().wait()
        return answer


class TableInMemory:
    """Applies batches to a dict after a latency, and remembers what it consumed.

    Args:
        key_names: the key attributes.
        latency_seconds: mean latency; each request takes 0.5 to 1.5 of it.
        capacity: write units a second admitted; None for no limit.
        behaviour: may fail a request before anything is written.
        lost_answers: share of requests whose answer is lost after they were applied.
        late: share of requests that time out and are applied some seconds later.
        index: attribute of an index that copies every item that has it.
    """

    name = "memory"

    def __init__(
        self,
        *key_names: str,
        latency_seconds: float = 0.01,
        capacity: float | None = None,
        behaviour: Behaviour | None = None,
        lost_answers: float = 0.0,
        late: float = 0.0,
        index: str | None = None,
        seed: int = 0,
    ) -> None:
        self.items: dict[tuple[str, ...], dict[str, Any]] = {}
        self.sizes: list[int] = []
        self.keys_in_flight: Counter[tuple[str, ...]] = Counter()
        self.most_in_flight_per_key = 0
        self.requests_in_flight = 0
        self.most_requests_in_flight = 0
        self.consumed: list[tuple[float, float]] = []
        self._key_names = key_names
        self._latency = latency_seconds
        self._capacity = capacity
        self._tokens = capacity or 0.0
        self._refilled_at = 0.0
        self._behaviour = behaviour
        self._lost_answers = lost_answers
        self._late = late
        self._index = index
        self.random = random.Random(seed)

    async def batch_write(self, body: bytes) -> Outcome:
        request = orjson.loads(body)
        ((table, writes),) = request["RequestItems"].items()
        keys = [self._key(write) for write in writes]
        assert 1 <= len(writes) <= 25
        assert len(set(keys)) == len(keys), "two writes of one key in a request"
        outcome = await self._serve(writes, lambda: self._apply(table, writes))
        assert not isinstance(outcome, Unmet)
        return outcome

    async def put_item(self, body: bytes) -> Outcome | Unmet:
        request = orjson.loads(body)
        assert request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
        write = {"PutRequest": {"Item": request["Item"]}}

        return await self._serve([write], lambda: self._put(request, write))

    async def _serve(
        self, writes: list[dict[str, Any]], carry_out: Callable[[], Outcome | Unmet]
    ) -> Outcome | Unmet:
        keys = [self._key(write) for write in writes]
        self._enter(keys)
        try:
            await asyncio.sleep(self._latency * self.random.uniform(0.25, 0.75))
            failure = self._behaviour and self._behaviour(self, writes)
            if failure:
                return failure
            if self.random.random() < self._late:
                loop = asyncio.get_running_loop()
                loop.call_later(self.random.uniform(0.1, 8), carry_out)
                return Failure(FailureKind.FAULT, "Timeout", "no answer")
            reply = carry_out()
            await asyncio.sleep(self._latency * self.random.uniform(0.25, 0.75))
        finally:
            self.keys_in_flight.subtract(keys)
            self.requests_in_flight -= 1
        if self.random.random() < self._lost_answers:
            return Failure(FailureKind.FAULT, "Timeout", "no answer")
        return reply

    def apply(self, body: bytes) -> None:
        """Carry out a request whose sender is no more."""
        ((table, writes),) = orjson.loads(body)["RequestItems"].items()
        self._apply(table, writes)

    def max_window(self, seconds: float = 1.0) -> float:
        """Return the most units consumed in any window of so many seconds."""
        window: deque[tuple[float, float]] = deque()
        total = highest = 0.0
        for at, units in self.consumed:
            window.append((at, units))
            total += units
            while window[0][0] <= at - seconds + 1e-9:
                total -= window.popleft()[1]
            highest = max(highest, total)
        return highest

    def _enter(self, keys: list[tuple[str, ...]]) -> None:
        self.sizes.append(len(keys))
        self.keys_in_flight.update(keys)
        self.most_in_flight_per_key = max(
            self.most_in_flight_per_key, *self.keys_in_flight.values()
        )
        self.requests_in_flight += 1
        self.most_requests_in_flight = max(
            self.most_requests_in_flight, self.requests_in_flight
        )

    def _apply(self, table: str, writes: list[dict[str, Any]]) -> Outcome:
        now = asyncio.get_running_loop().time()
        unprocessed: list[dict[str, Any]] = []
        units = index_units = 0.0
        for write in writes:
            if not self._admits(now):
                unprocessed.append(write)
                continue
            key = self._key(write)
            old = self.items.pop(key, None)
            new = write["PutRequest"]["Item"] if "PutRequest" in write else None
            if new is not None:
                self.items[key] = new
            cost = max(_units(old), _units(new))
            self._tokens -= cost
            units += cost
            index_units += max(self._index_units(old), self._index_units(new))
        if len(unprocessed) == len(writes):
            return THROTTLED
        self.consumed.append((now, units))
        consumed: dict[str, Any] = {
            "TableName": table,
            "CapacityUnits": units + index_units,
            "Table": {"CapacityUnits": units},
        }
        if index_units:
            consumed["GlobalSecondaryIndexes"] = {
                f"{self._index}_index": {"CapacityUnits": index_units}
            }
        return Reply(
            {
                "UnprocessedItems": {table: unprocessed} if unprocessed else {},
                "ConsumedCapacity": [consumed],
            }
        )

    def _put(self, request: dict[str, Any], write: dict[str, Any]) -> Outcome | Unmet:
        now = asyncio.get_running_loop().time()
        old = self.items.get(self._key(write))
        if old is None or _holds(request, old):
            reply = self._apply(request["TableName"], [write])
            if isinstance(reply, Reply):
                (told,) = reply.body["ConsumedCapacity"]
                return Reply({"ConsumedCapacity": told})
            return reply
        if not self._admits(now):
            return THROTTLED
        cost = max(_units(old), _units(request["Item"]))
        self._tokens -= cost
        self.consumed.append((now, cost))
        return Unmet(old)

    def _admits(self, now: float) -> bool:
        if self._capacity is None:
            return True
        gained = (now - self._refilled_at) * self._capacity
        self._tokens = min(self._capacity, self._tokens + gained)
        self._refilled_at = now
        return self._tokens > 0

    def _index_units(self, item: Mapping[str, Any] | None) -> int:
        if item is None or self._index is None or self._index not in item:
            return 0
        return write_units(item_size(item))

    def _key(self, write: dict[str, Any]) -> tuple[str, ...]:
        put = write.get("PutRequest")
        attributes = put["Item"] if put else write["DeleteRequest"]["Key"]
        return tuple(str(attributes[name]) for name in self._key_names)


def _units(item: Mapping[str, Any] | None) -> int:
    return write_units(item_size(item)) if item else 1


def _holds(request: dict[str, Any], old: Mapping[str, Any]) -> bool:
    """Say whether one of the two conditions that ddbbulk knows holds for an item."""
    name = request["ExpressionAttributeNames"]["#a"]
    if name not in old:
        return True
    if request["ConditionExpression"] == "attribute_not_exists(#a)":
        return False
    assert request["ConditionExpression"] == "attribute_not_exists(#a) OR #a < :a"
    ((kind, stored),) = old[name].items()
    ((other, ours),) = request["ExpressionAttributeValues"][":a"].items()
    if kind != other:
        return False
    if kind == "N":
        return Decimal(stored) < Decimal(ours)
    if kind == "B":
        return b64decode(stored) < b64decode(ours)
    return bool(stored.encode() < ours.encode())
