"""The account of a reading: what it read, what that cost, and what bound it."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

# Where less of a budget was used, it was something else that bound the reading.
_USED_IN_FULL: Final = 0.95
_SHORT_SECONDS: Final = 1.0
_BUSY: Final = 0.8


class ReadReport(BaseModel):
    """What a reading of a whole table did.

    Units are read units (RCU seconds); ``floor_seconds`` is what the budget allows for
    those that were consumed. ``scanned`` counts the items that were looked at, wanted
    or not; ``is_complete`` says whether all was read that was to be read.
    """

    model_config = ConfigDict(frozen=True)

    table: str
    started_at: datetime
    elapsed_seconds: float
    floor_seconds: float
    is_complete: bool
    scanned: int
    read_units: float
    rcu: float
    budget_utilization: float
    segments: int
    requests: int
    throttled_requests: int
    transport: str
    verdict: str


def read_verdict(
    *,
    elapsed: float,
    floor: float,
    processor: float,
    rcu: float,
    throttled: int,
    segments: int,
) -> str:
    """Return in a sentence what bound a reading.

    Args:
        elapsed: seconds that it took.
        floor: seconds that its units take at the budget.
        processor: seconds of the processor within that time.
        rcu: the budget.
        throttled: how many requests were throttled.
        segments: into how many parts the table was divided.
    """
    if elapsed < _SHORT_SECONDS:
        return "it was done before anything could bind it"
    used = floor / elapsed
    if used >= _USED_IN_FULL:
        share = f"{min(used, 1.0):.1%}"
        return f"the read budget of {rcu:,g} RCU bound it: {share} of it was used"
    if throttled:
        return (
            f"the table throttled {throttled:,} requests: it gave {used:.1%} of the "
            f"read budget of {rcu:,g} RCU"
        )
    if processor >= _BUSY * elapsed:
        return (
            f"this machine's processor bound it: {used:.1%} of the read budget of "
            f"{rcu:,g} RCU was used"
        )
    return (
        f"{used:.1%} of the read budget of {rcu:,g} RCU was used: {segments:,} "
        "segments take their time; more of them would read faster"
    )
