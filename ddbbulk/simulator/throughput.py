"""Who gets capacity: admission to a table and its global indexes, item by item."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.simulator.capacity import Bucket, PartitionBuckets, WindowMeter
from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason

Limit = Literal["Provisioned", "MaxOnDemand", "OnDemand"]
TABLE: Final = ""  # the name of the table's own resource beside those of its indexes

_LIMIT_REASONS: Final[Mapping[Limit, str]] = {
    "Provisioned": "ProvisionedThroughputExceeded",
    "MaxOnDemand": "MaxOnDemandThroughputExceeded",
    # An on-demand table that grows too fast is short of partitions.
    "OnDemand": "KeyRangeThroughputExceeded",
}
_TABLE_MESSAGE: Final = (
    "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API."
)
_INDEX_MESSAGE: Final = (
    "The level of configured provisioned throughput for one or more global secondary "
    "indexes of the table was exceeded. Consider increasing your provisioning level "
    "for the under-provisioned global secondary indexes with the UpdateTable API"
)
_OTHER_MESSAGE: Final = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is "
    "automatically scaling your table or index so please try again shortly. If "
    "exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/"
    "amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)


class Rate(NamedTuple):
    """Units a second, and what sets them."""

    units: float
    limit: Limit


class IndexCost(NamedTuple):
    """What a write costs on one global index."""

    name: str
    partition: bytes
    units: int


class WriteCost(NamedTuple):
    """What a write costs on the table (with its local indexes) and global indexes."""

    partition: bytes
    units: int
    indexes: tuple[IndexCost, ...] = ()


class Resource:
    """A table or global index: what it has left, and what was consumed of it."""

    def __init__(
        self,
        arn: str,
        *,
        is_index: bool,
        read: Rate,
        write: Rate,
        burst_seconds: float,
        now: float,
    ) -> None:
        self.arn = arn
        self._kind = "Index" if is_index else "Table"
        self.read = Bucket(read.units, burst_seconds=burst_seconds, now=now)
        self.write = Bucket(write.units, burst_seconds=burst_seconds, now=now)
        self.read_limit: Limit = read.limit
        self.write_limit: Limit = write.limit
        # A partition's second is a hard limit: no burst setting stretches it.
        self.partitions = PartitionBuckets(
            PARTITION_WRITE_UNITS_PER_SECOND, burst_seconds=min(1.0, burst_seconds)
        )
        self.meter = WindowMeter()

    def resize(self, read: Rate, write: Rate, now: float) -> None:
        """Change the rates: what is left stays, but for what no longer fits."""
        self.read.resize(read.units, now)
        self.write.resize(write.units, now)
        self.read_limit = read.limit
        self.write_limit = write.limit

    def check_read(self, now: float) -> None:
        """Refuse a read where nothing is left (charge it with ``read.take`` after).

        Raises:
            ServiceError: throttled.
        """
        if not self.read.admits(now):
            reason = f"{self._kind}Read{_LIMIT_REASONS[self.read_limit]}"
            raise throttled([ThrottlingReason(reason, self.arn)])

    def write_obstacle(self, partition: bytes, now: float) -> ThrottlingReason | None:
        """What keeps a write from being admitted now; None: nothing."""
        if self.write.level(now) <= 0:
            reason = f"{self._kind}Write{_LIMIT_REASONS[self.write_limit]}"
        elif not self.partitions.admits(partition, now):
            reason = f"{self._kind}WriteKeyRangeThroughputExceeded"
        else:
            return None
        return ThrottlingReason(reason, self.arn)

    def take_write(self, partition: bytes, units: int, now: float) -> None:
        """Charge an admitted write (metered apart, once for a whole request)."""
        self.write.take(units, now)
        self.partitions.take(partition, units, now)


class Admission(NamedTuple):
    """What became of the writes of a request, by their positions.

    Attributes:
        admitted: positions of the writes that got capacity, in order.
        refused: positions of those that did not, in order.
        reasons: why those did not, without repetition.
    """

    admitted: list[int]
    refused: list[int]
    reasons: tuple[ThrottlingReason, ...]


def admit(
    resources: Mapping[str, Resource],
    costs: Sequence[WriteCost],
    *,
    now: float,
    chance: random.Random,
) -> Admission:
    """Charge the writes for which there is capacity on the table and every index.

    Where there is not enough for all, chance says which of them come first. A refused
    write costs nothing anywhere.
    """
    table = resources[TABLE]
    order: Iterable[int] = range(len(costs))
    if len(costs) > 1:
        ranks = [chance.random() for _ in costs]
        order = sorted(order, key=ranks.__getitem__)
    refused: list[int] = []
    reasons: dict[ThrottlingReason, None] = {}
    for position in order:
        partition, units, indexes = costs[position]
        obstacle = table.write_obstacle(partition, now)
        for index, entry_partition, _ in indexes:
            obstacle = obstacle or resources[index].write_obstacle(entry_partition, now)
        if obstacle is not None:
            refused.append(position)
            reasons[obstacle] = None
            continue
        table.take_write(partition, units, now)
        for index, entry_partition, entry_units in indexes:
            resources[index].take_write(entry_partition, entry_units, now)
    if not refused:
        return Admission(list(range(len(costs))), [], ())
    lost = set(refused)
    admitted = [position for position in range(len(costs)) if position not in lost]
    return Admission(admitted, sorted(refused), tuple(reasons))


def throttled(reasons: Iterable[ThrottlingReason]) -> ServiceError:
    """The error of a request of which nothing was admitted.

    AWS's pages disagree on the class for a hot key; here provisioned capacity is the
    one, everything else the other, as the BatchWriteItem page has it.
    """
    reasons = tuple(dict.fromkeys(reasons))
    provisioned = [
        reason
        for reason in reasons
        if reason.reason.endswith("ProvisionedThroughputExceeded")
    ]
    if not provisioned:
        return ServiceError("ThrottlingException", _OTHER_MESSAGE, reasons=reasons)
    is_index = all(reason.reason.startswith("Index") for reason in provisioned)
    return ServiceError(
        "ProvisionedThroughputExceededException",
        _INDEX_MESSAGE if is_index else _TABLE_MESSAGE,
        reasons=reasons,
    )
