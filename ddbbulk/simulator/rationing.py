"""How capacity is rationed: what tables of one simulator have in common."""

from dataclasses import dataclass
from math import ceil, inf
from typing import Final, Literal, cast

from ddbbulk.errors import ConfigurationError
from ddbbulk.limits import (
    PARTITION_READ_UNITS_PER_SECOND,
    PARTITION_WRITE_UNITS_PER_SECOND,
)

Partitioning = int | Literal["auto"] | None
AUTO: Final = "auto"
DOUBLING_SECONDS: Final = 1800.0
MOST_PARTITIONS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rationing:
    """The settings of the capacity that is at work; ``Simulator`` describes each."""

    burst_seconds: float = 1.0
    partitions: Partitioning = None
    account_wcu: float | None = None
    account_rcu: float | None = None
    doubling_seconds: float = DOUBLING_SECONDS

    def __post_init__(self) -> None:
        if not self.burst_seconds > 0:
            raise ConfigurationError(
                "burst_seconds must be more than 0: a bucket that holds nothing admits "
                "nothing (1 is the default)"
            )
        for name in ("account_wcu", "account_rcu"):
            units: float | None = getattr(self, name)
            if units is not None and not 0 < units < inf:
                raise ConfigurationError(
                    f"{name} must be a number above 0: an account that may consume "
                    "nothing can do nothing"
                )
        if not self.doubling_seconds >= 0:
            raise ConfigurationError("doubling_seconds must be 0 or more")

    def partition_count(self, warm_read: float, warm_write: float) -> int:
        """Among how many partitions provisioned throughput is split; 0: it is not.

        Args:
            warm_read: the read units a second that it has partitions for.
            warm_write: likewise the write units.
        """
        if self.partitions is None:
            return 0
        if self.partitions != AUTO:
            return self.partitions
        count = ceil(
            warm_read / PARTITION_READ_UNITS_PER_SECOND
            + warm_write / PARTITION_WRITE_UNITS_PER_SECOND
        )
        return min(count, MOST_PARTITIONS)


def read_partitions(value: object) -> Partitioning:
    """Return the setting ``partitions`` as given: a number, ``auto`` or None.

    Raises:
        ConfigurationError: it is none of them.
    """
    if value is None or value == AUTO:
        return cast("Partitioning", value)
    is_number = type(value) is int or (isinstance(value, str) and value.isdecimal())
    count = int(cast("int | str", value)) if is_number else 0
    if not 1 <= count <= MOST_PARTITIONS:
        raise ConfigurationError(
            f"partitions {value!r}: give a number from 1 to {MOST_PARTITIONS}, or "
            "'auto'"
        )
    return count
