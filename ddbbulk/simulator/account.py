"""What an account may consume with all of its tables and indexes together."""

from ddbbulk.simulator.capacity import Bucket
from ddbbulk.simulator.rationing import Rationing


class Account:
    """A bucket for reads and one for writes, where there is a limit.

    Like a partition's, the limit holds in every second: nothing is saved for later.

    Attributes:
        read: read units that are left; None: without limit.
        write: write units that are left; None: without limit.
    """

    __slots__ = ("read", "write")

    def __init__(self, rationing: Rationing, *, now: float) -> None:
        self.read = _bucket(rationing.account_rcu, rationing, now)
        self.write = _bucket(rationing.account_wcu, rationing, now)


def _bucket(units: float | None, rationing: Rationing, now: float) -> Bucket | None:
    if units is None:
        return None
    seconds = min(1.0, rationing.burst_seconds)
    return Bucket(units, burst_seconds=seconds, now=now)
