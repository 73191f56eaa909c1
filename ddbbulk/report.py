"""The account of a load: frozen, stable in JSON, balanced to the item."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ddbbulk.errors import RejectedItemsError


class Rejection(BaseModel):
    """One rejected item: where it came from and why it was refused."""

    model_config = ConfigDict(frozen=True)

    position: int
    where: str
    code: str
    message: str


class Latency(BaseModel):
    """Milliseconds from a request's first byte to the end of its answer."""

    model_config = ConfigDict(frozen=True)

    p50: float
    p90: float
    p99: float
    max: float


class HotKey(BaseModel):
    """One partition key that was written to more than a partition bears at the budget.

    Args:
        resource: the index, or ``""`` for the table.
        key: its value, escaped, and cut at 64 characters; several attributes are joined
            by commas.
        write_units: about how many units went to it, and at least so many.
        share: of all units of its table or index.
        floor_seconds: how long they take at 1,000 units a second.
    """

    model_config = ConfigDict(frozen=True)

    resource: str
    key: str
    write_units: float
    share: float
    floor_seconds: float


class LoadReport(BaseModel):
    """What became of every item, what it cost, and what bound the load.

    ``items_read`` is always the sum of written, superseded, existing, rejected and
    pending. Units are write units (WCU seconds); times are seconds unless named
    otherwise. After a resume the counts of items cover the whole load
    (``items_resumed`` of them were settled by earlier runs), all else this run.
    ``floor_seconds`` is what the budgets allow, and what the hottest key does;
    ``hot_keys`` are the ten hottest, by their floors.
    """

    model_config = ConfigDict(frozen=True)

    table: str
    started_at: datetime
    elapsed_seconds: float
    floor_seconds: float
    items_read: int
    items_written: int
    items_superseded: int
    items_existing: int
    items_rejected: int
    items_pending: int
    items_resumed: int = 0
    write_units: float
    index_write_units: dict[str, float]
    budget: float
    index_budgets: dict[str, float]
    budget_utilization: float
    requests: int
    throttled_requests: int
    unprocessed_items: int
    retried_items: int
    latency_ms: Latency
    transport: str
    verdict: str
    rejections: tuple[Rejection, ...] = ()
    hot_keys: tuple[HotKey, ...] = ()

    def raise_for_rejected(self) -> None:
        """Raise ``RejectedItemsError`` where any item was rejected."""
        if not self.items_rejected:
            return
        first = self.rejections[0]
        error = RejectedItemsError(
            f"{self.items_rejected:,} of {self.items_read:,} items for {self.table} "
            f"were rejected; the first at {first.where}: {first.message}"
        )
        error.report = self
        raise error
