"""What an account may ask for: how much capacity, and how often less of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ddbbulk.errors import ConfigurationError
from ddbbulk.limits import ACCOUNT_UNITS, TABLE_UNITS
from ddbbulk.simulator.catalog import REGION
from ddbbulk.simulator.definition import Definition, Throughput, Warm
from ddbbulk.simulator.service_error import ServiceError

DAILY_DECREASES: Final = 4
DECREASE_SECONDS: Final = 3600.0
_DAY_SECONDS: Final = 86_400
_GUIDE: Final = (
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
    "request higher limits."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """An account's quotas.

    Attributes:
        is_enforced: whether more capacity than the quotas allow is refused.
        account_read: read units that all tables and indexes may have together.
        account_write: likewise write units.
        daily_decreases: how often capacity may be lowered in a day, at any time.
        decrease_seconds: how long each later decrease must wait for.
    """

    is_enforced: bool = False
    account_read: float = ACCOUNT_UNITS
    account_write: float = ACCOUNT_UNITS
    daily_decreases: int = DAILY_DECREASES
    decrease_seconds: float = DECREASE_SECONDS

    def __post_init__(self) -> None:
        for name in ("daily_decreases", "decrease_seconds"):
            if not getattr(self, name) >= 0:
                raise ConfigurationError(f"{name} must be 0 or more")

    def refuse_frequent(self, throughput: Throughput, wall_now: float) -> None:
        """Refuse to lower a table's or index's capacity once too often.

        As measured on AWS, which is stricter than its pages say: so many decreases in
        a day that begins at midnight UTC, then one each time that so many seconds have
        passed since the last one.

        Raises:
            ServiceError: with the time at which it may be lowered.
        """
        last = throughput.decreased_at
        decreases = throughput.decreases_on_day_of(wall_now)
        if last is None or decreases < self.daily_decreases:
            return
        midnight = (wall_now // _DAY_SECONDS + 1) * _DAY_SECONDS
        # Where no decrease is free, midnight brings none.
        next_at = last + self.decrease_seconds
        if self.daily_decreases:
            next_at = min(next_at, midnight)
        if wall_now >= next_at:
            return
        raise ServiceError(
            "LimitExceededException",
            "Subscriber limit exceeded: Provisioned throughput decreases are limited "
            f"within a given UTC day. After the first {self.daily_decreases} "
            "decreases, each subsequent decrease in the same UTC day can be performed "
            f"at most once every {self.decrease_seconds:g} seconds. Number of "
            f"decreases today: {decreases}. Last decrease at {_moment(last)}. Next "
            f"decrease can be made at {_moment(next_at)}",
        )

    def refuse_excess(
        self, before: Definition | None, after: Definition, others: Iterable[Definition]
    ) -> None:
        """Refuse more provisioned capacity than a table, an index or the account may.

        Args:
            before: the table as it is; None: it is new.
            after: the table as it is to be.
            others: all other tables.

        Raises:
            ServiceError: with what is too much.
        """
        if not self.is_enforced:
            return
        others = tuple(others)
        for name, throughput in after.throughput.items():
            _refuse_large(name, "Read", throughput.read)
            _refuse_large(name, "Write", throughput.write)
            if throughput.warming is not None:
                _refuse_too_warm(name, throughput.warming)
            elif before is None or name not in before.throughput:
                warm = Warm(throughput.warm_read, throughput.warm_write)
                _refuse_too_warm(name, warm)
        reserved = _provisioned((*others, before) if before else others)
        wanted = _provisioned((*others, after))
        limits = (self.account_read, self.account_write)
        for kind, limit, now, then in zip(
            ("Read", "Write"), limits, reserved, wanted, strict=True
        ):
            if then > max(limit, now):
                raise ServiceError(
                    "LimitExceededException",
                    f"This request would have caused the {kind}CapacityUnits limit to "
                    f"be exceeded for the account in {REGION}. Current {kind}"
                    f"CapacityUnits reserved by the account: {now}. Limit: {limit:g}. "
                    f"Requested: {then - now}. {_GUIDE}",
                )


def _refuse_large(index: str, kind: str, units: int) -> None:
    if units > TABLE_UNITS:
        what, owner = (f" for index {index}", "index") if index else ("", "table")
        raise ServiceError(
            "LimitExceededException",
            f"The requested {kind}CapacityUnits{what}, {units}, is above the per "
            f"{owner} maximum for the account in {REGION}. Per {owner} maximum: "
            f"{TABLE_UNITS}. {_GUIDE}",
        )


def _refuse_too_warm(index: str, wanted: Warm) -> None:
    for kind, units in zip(("Read", "Write"), wanted, strict=True):
        if units > TABLE_UNITS:
            what = f"index {index}" if index else "table"
            raise ServiceError(
                "LimitExceededException",
                f"Subscriber limit exceeded: Requested {kind}UnitsPerSecond for "
                f"WarmThroughput for {what} exceeds TableMax{kind}CapacityUnits of "
                f"the account in region {REGION}",
            )


def _provisioned(definitions: Iterable[Definition]) -> tuple[int, int]:
    throughputs = [one for each in definitions for one in each.throughput.values()]
    return sum(one.read for one in throughputs), sum(one.write for one in throughputs)


def _moment(seconds: float) -> str:
    # As AWS writes it: "Friday, October 9, 2026 at 1:21:34 AM Coordinated …".
    moment = datetime.fromtimestamp(seconds, UTC)
    return (
        f"{moment:%A, %B} {moment.day}, {moment.year} at "
        f"{moment.hour % 12 or 12}:{moment:%M:%S %p} Coordinated Universal Time"
    )
