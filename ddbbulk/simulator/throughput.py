"""What tables and global indexes have left of their throughput."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from ddbbulk.limits import (
    PARTITION_READ_UNITS_PER_SECOND,
    PARTITION_WRITE_UNITS_PER_SECOND,
)
from ddbbulk.simulator.account import Account
from ddbbulk.simulator.capacity import Bucket, PartitionBuckets, WindowMeter
from ddbbulk.simulator.growth import PreviousPeak
from ddbbulk.simulator.partitions import Partitions, SplitPartitions
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.service_error import ThrottlingReason
from ddbbulk.simulator.throttling import ACCOUNT, throttled

Limit = Literal["Provisioned", "MaxOnDemand", "OnDemand"]
TABLE: Final = ""  # the name of the table's own resource beside those of its indexes

_LIMIT_REASONS: Final[Mapping[Limit, str]] = {
    "Provisioned": "ProvisionedThroughputExceeded",
    "MaxOnDemand": "MaxOnDemandThroughputExceeded",
    # An on-demand table that grows too fast is short of partitions.
    "OnDemand": "KeyRangeThroughputExceeded",
}


class Rate(NamedTuple):
    """Units a second, and what sets them.

    Attributes:
        units: how many.
        limit: what sets them.
        partitions: among how many partitions they are split; 0: they are not.
    """

    units: float
    limit: Limit
    partitions: int = 0


class Resource:
    """A table or global index: what it has left, and what was consumed of it.

    Attributes:
        arn: of the table or index.
        account: what it may consume together with all others.
        read: read units that are left.
        write: write units that are left.
        partitions: what its partitions have left, of write units.
        read_partitions: likewise of read units; they are never split.
        meter: write units that were consumed.
        read_meter: read units that were consumed.
        throttled_reads: requests to read of which something was throttled.
    """

    def __init__(
        self,
        arn: str,
        *,
        is_index: bool,
        read: Rate,
        write: Rate,
        rationing: Rationing,
        account: Account,
        now: float,
    ) -> None:
        self.arn = arn
        self.account = account
        self._kind = "Index" if is_index else "Table"
        self._rationing = rationing
        burst_seconds = rationing.burst_seconds
        self.read = Bucket(read.units, burst_seconds=burst_seconds, now=now)
        self.write = Bucket(write.units, burst_seconds=burst_seconds, now=now)
        self.read_limit: Limit = read.limit
        self.write_limit: Limit = write.limit
        self.partitions = self._partitions(write, now, is_full=True)
        # A partition's second is a hard limit: no burst setting stretches it.
        self.read_partitions = PartitionBuckets(
            PARTITION_READ_UNITS_PER_SECOND, burst_seconds=min(1.0, burst_seconds)
        )
        self.meter = WindowMeter()
        self.read_meter = WindowMeter()
        self.throttled_reads = 0
        self._peak = self._previous_peak()

    def resize(self, read: Rate, write: Rate, now: float) -> None:
        """Change the rates: what is left stays, but for what no longer fits."""
        self.read.resize(read.units, now)
        self.write.resize(write.units, now)
        self.read_limit = read.limit
        self.write_limit = write.limit
        if self._peak is None:
            self._peak = self._previous_peak()
        split = self.partitions
        if not isinstance(split, SplitPartitions):
            if write.partitions:
                self.partitions = self._partitions(write, now, is_full=False)
        elif len(split) == write.partitions:
            split.resize(write.units, now)
        else:
            self.partitions = self._partitions(write, now, is_full=False)

    def _partitions(self, write: Rate, now: float, *, is_full: bool) -> Partitions:
        burst_seconds = self._rationing.burst_seconds
        if write.partitions:
            return SplitPartitions(
                write.partitions,
                write.units,
                burst_seconds=burst_seconds,
                now=now,
                is_full=is_full,
            )
        return PartitionBuckets(
            PARTITION_WRITE_UNITS_PER_SECOND, burst_seconds=min(1.0, burst_seconds)
        )

    def _previous_peak(self) -> PreviousPeak | None:
        if self.write_limit != "OnDemand":
            return None
        # It takes double its previous peak: a new table is as if it had had half.
        return PreviousPeak(
            self.write.rate / 2, seconds=self._rationing.doubling_seconds
        )

    def grow(self, now: float) -> bool:
        """Take double the previous peak, where on-demand traffic has had a higher one.

        Returns:
            Whether the write rate has changed.
        """
        if self._peak is None or self.write_limit != "OnDemand":
            return False
        doubled = 2 * self._peak.settled(now)
        if doubled <= self.write.rate:
            return False
        self.write.resize(doubled, now)
        return True

    def check_read(self, now: float, partition: bytes | None = None) -> None:
        """Refuse a read where nothing is left (charge it with ``take_read`` after).

        Raises:
            ServiceError: throttled.
        """
        obstacle = self.read_obstacle(now, partition)
        if obstacle is not None:
            self.throttled_reads += 1
            raise throttled([obstacle])

    def read_obstacle(
        self, now: float, partition: bytes | None = None
    ) -> ThrottlingReason | None:
        """What keeps a read (of a partition) from being admitted now; None: nothing."""
        account = self.account.read
        if not self.read.admits(now):
            reason = _LIMIT_REASONS[self.read_limit]
        elif partition and not self.read_partitions.admits(partition, now):
            reason = "KeyRangeThroughputExceeded"
        elif account is not None and not account.admits(now):
            reason = ACCOUNT
        else:
            return None
        return ThrottlingReason(f"{self._kind}Read{reason}", self.arn)

    def take_read(
        self, units: float, now: float, partition: bytes | None = None
    ) -> None:
        """Charge and count a read that was admitted."""
        self.read.take(units, now)
        if self.account.read is not None:
            self.account.read.take(units, now)
        if partition:
            self.read_partitions.take(partition, units, now)
        self.read_meter.add(units, now)

    def write_obstacle(self, partition: bytes, now: float) -> ThrottlingReason | None:
        """What keeps a write from being admitted now; None: nothing of its own."""
        if self.write.level(now) <= 0:
            reason = f"{self._kind}Write{_LIMIT_REASONS[self.write_limit]}"
        elif not self.partitions.admits(partition, now):
            reason = f"{self._kind}WriteKeyRangeThroughputExceeded"
        else:
            return None
        return ThrottlingReason(reason, self.arn)

    def account_obstacle(self) -> ThrottlingReason:
        """What keeps a write from being admitted where the account has nothing left."""
        return ThrottlingReason(f"{self._kind}Write{ACCOUNT}", self.arn)

    def take_write(self, partition: bytes, units: int, now: float) -> None:
        """Charge an admitted write (to the account, and metered, apart)."""
        self.write.take(units, now)
        self.partitions.take(partition, units, now)

    def settle_write(self, units: float, now: float) -> None:
        """Charge what a write cost beyond what it was admitted with."""
        self.write.take(units, now)
        if self.account.write is not None:
            self.account.write.take(units, now)

    def count_write(self, units: float, now: float) -> None:
        """Count write units that were consumed."""
        self.meter.add(units, now)
        if self._peak is not None:
            # A bucket that was full lets through more than its rate for a moment.
            self._peak.note(min(self.meter.window, self.write.rate), now)
