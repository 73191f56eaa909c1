"""A transport that rations as DynamoDB does: buckets that change, burst, reasons."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson

from ddbbulk.retry import Failure, FailureKind
from ddbbulk.simulator.capacity import Bucket
from ddbbulk.transport import Outcome, Reply, Unmet

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/ducks"


class RationedTable:
    """Takes items of one unit as its capacity flows in, and keeps none of them.

    An item with the attribute ``team`` costs a unit on the index ``team_index`` too.

    Args:
        wcu: what the table has, from the moments on that stand beside it.
        index_wcu: what the index has.
        burst_seconds: how many seconds' units are saved.
        account_wcu: what the account gives, if that is less.
        hot_wcu: what each partition key gives.
    """

    name = "rationed"

    def __init__(
        self,
        *wcu: tuple[float, float],
        index_wcu: float | None = None,
        burst_seconds: float = 1.0,
        account_wcu: float | None = None,
        hot_wcu: float | None = None,
    ) -> None:
        self._changes = list(wcu)
        rate = self._changes[0][1]
        self._table = _bucket(rate, burst_seconds)
        self._index = _bucket(index_wcu or rate, burst_seconds)
        self._account = _bucket(account_wcu or rate, burst_seconds)
        self._has_account_limit = account_wcu is not None
        self._hot_wcu = hot_wcu
        self._keys: dict[str, Bucket] = {}
        self._chance = random.Random(7)
        self.units = 0
        self.requests = 0
        self.throttled_requests = 0

    @property
    def throttled_share(self) -> float:
        """Share of the requests that were throttled, wholly or in part."""
        return self.throttled_requests / self.requests

    def perfect_seconds(self) -> float:
        """Return how long the table's capacity takes to be what was consumed."""
        left, changes = float(self.units), self._changes
        for (since, rate), (until, _) in pairwise(changes):
            if left <= rate * (until - since):
                return since + left / rate
            left -= rate * (until - since)
        since, rate = changes[-1]
        return since + left / rate

    async def batch_write(self, body: bytes) -> Outcome:
        self.requests += 1
        ((table, writes),) = orjson.loads(body)["RequestItems"].items()
        await asyncio.sleep(self._chance.uniform(0.0025, 0.0075))
        outcome = self._admit(table, writes, asyncio.get_running_loop().time())
        await asyncio.sleep(self._chance.uniform(0.0025, 0.0075))
        return outcome

    async def put_item(self, body: bytes) -> Outcome | Unmet:
        raise NotImplementedError(body)

    def _admit(self, table: str, writes: list[dict[str, Any]], now: float) -> Outcome:
        for at, rate in self._changes:
            if at <= now and at:
                self._table.resize(rate, now)
        returned: list[Mapping[str, Any]] = []
        reasons: dict[str, str] = {}
        index_units = 0
        for write in self._chance.sample(writes, len(writes)):
            item = write["PutRequest"]["Item"]
            reason = self._obstacle(item, now)
            if reason:
                returned.append(write)
                where = "/index/team_index" if reason.startswith("Index") else ""
                reasons[reason] = ARN + where
                continue
            buckets = [self._table, self._account, *self._key_buckets(item, now)]
            if "team" in item:
                buckets.append(self._index)
                index_units += 1
            for bucket in buckets:
                bucket.take(1, now)
        self.throttled_requests += bool(returned)
        units = len(writes) - len(returned)
        self.units += units
        if not units:
            code = "ProvisionedThroughputExceededException"
            return _throttled(code, tuple(reasons.items()))
        return _reply(table, returned, units, index_units)

    def _obstacle(self, item: Mapping[str, Any], now: float) -> str:
        if not all(bucket.admits(now) for bucket in self._key_buckets(item, now)):
            return "TableWriteKeyRangeThroughputExceeded"
        if self._has_account_limit and not self._account.admits(now):
            return "TableWriteAccountLimitExceeded"
        if not self._table.admits(now):
            return "TableWriteProvisionedThroughputExceeded"
        if "team" in item and not self._index.admits(now):
            return "IndexWriteProvisionedThroughputExceeded"
        return ""

    def _key_buckets(self, item: Mapping[str, Any], now: float) -> list[Bucket]:
        if self._hot_wcu is None:
            return []
        key = item["pk"]["S"]
        if key not in self._keys:
            self._keys[key] = Bucket(self._hot_wcu, burst_seconds=1.0, now=now)
        return [self._keys[key]]


def _bucket(rate: float, burst_seconds: float) -> Bucket:
    return Bucket(rate, burst_seconds=burst_seconds, now=0.0)


def _throttled(code: str, reasons: tuple[tuple[str, str], ...]) -> Failure:
    return Failure(FailureKind.THROTTLED, code, "slow down", reasons)


def _reply(
    table: str, returned: Sequence[Mapping[str, Any]], units: int, index_units: int
) -> Reply:
    consumed: dict[str, Any] = {
        "TableName": table,
        "CapacityUnits": units + index_units,
        "Table": {"CapacityUnits": units},
    }
    if index_units:
        consumed["GlobalSecondaryIndexes"] = {
            "team_index": {"CapacityUnits": index_units}
        }
    return Reply(
        {
            "UnprocessedItems": {table: returned} if returned else {},
            "ConsumedCapacity": [consumed],
        }
    )
