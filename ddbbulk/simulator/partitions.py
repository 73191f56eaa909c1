"""Provisioned throughput split among partitions, as it is before DynamoDB adapts.

Each partition has an even share of what is provisioned, and nothing of what the others
leave: that is a table whose traffic has just begun, or has just shifted. DynamoDB's
adaptive capacity then lends a busy partition what the others do not use. A simulator
without the split stands for its end, where every partition key has what it needs, up to
the table's total and 1,000 units. Real tables lie between the two.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
"""

import zlib
from typing import Final, Protocol

from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.simulator.capacity import Bucket

_HASH_BITS: Final = 32


class Partitions(Protocol):
    """What the partitions of a table or index have left."""

    def admits(self, partition: bytes, now: float) -> bool:
        """Whether something may be taken out of a partition key's partition."""
        ...

    def take(self, partition: bytes, units: float, now: float) -> None:
        """Take units out of a partition key's partition."""
        ...


class SplitPartitions:
    """A number of partitions, each with its share; a key's hash says which is its own.

    Args:
        count: how many partitions.
        rate: units a second that they share.
        burst_seconds: how many seconds' units a share saves. A partition's own second
            is a hard limit that no saving stretches.
        now: when they are made.
        is_full: whether the shares are full then; partitions that come of a split
            begin empty, for nothing was saved in them yet.
    """

    __slots__ = ("_limits", "_shares")

    def __init__(
        self,
        count: int,
        rate: float,
        *,
        burst_seconds: float,
        now: float,
        is_full: bool = True,
    ) -> None:
        self._shares = [
            Bucket(rate / count, burst_seconds=burst_seconds, now=now)
            for _ in range(count)
        ]
        self._limits = [
            Bucket(
                PARTITION_WRITE_UNITS_PER_SECOND,
                burst_seconds=min(1.0, burst_seconds),
                now=now,
            )
            for _ in range(count)
        ]
        if not is_full:
            for share in self._shares:
                share.take(share.level(now), now)

    def __len__(self) -> int:
        return len(self._shares)

    def admits(self, partition: bytes, now: float) -> bool:
        """Whether something may be taken out of a partition key's partition."""
        number = self.number(partition)
        return self._shares[number].admits(now) and self._limits[number].admits(now)

    def take(self, partition: bytes, units: float, now: float) -> None:
        """Take units out of a partition key's partition."""
        number = self.number(partition)
        self._shares[number].take(units, now)
        self._limits[number].take(units, now)

    def resize(self, rate: float, now: float) -> None:
        """Change the rate: what a share holds stays, but for what no longer fits."""
        for share in self._shares:
            share.resize(rate / len(self._shares), now)

    def number(self, partition: bytes) -> int:
        """Which partition a partition key lies in: each has a range of the hashes."""
        return zlib.crc32(partition) * len(self._shares) >> _HASH_BITS
