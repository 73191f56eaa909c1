"""What a verification says: frozen, stable in JSON, balanced to the item."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ddbbulk.report import Rejection

Consistency = Literal["rechecked", "consistent", "eventual"]

_FROZEN = ConfigDict(frozen=True)


class Difference(BaseModel):
    """An item of the source that the table does not hold.

    Args:
        position: its index in the source, from 0.
        where: where a person finds it: ``users.csv, line 17``.
        key: its key, escaped and cut; None where keys are not to be shown.
        code: ``Missing``, ``Different`` or ``NotDeleted``.
        attributes: names of the attributes that differ; no values.
    """

    model_config = _FROZEN

    position: int
    where: str
    key: str | None
    code: str
    attributes: tuple[str, ...] = ()


class SampleBound(BaseModel):
    """What a sample says of the whole.

    Args:
        items: how many were compared.
        seed: of the choice: the same seed chooses the same items again.
        differing: how many of them are missing or different.
        confidence: in so many of a hundred samples the bound holds.
        highest_share: no more than this share of all items differs, from 0 to 1: the
            exact one-sided bound of Clopper and Pearson.
    """

    model_config = _FROZEN

    items: int
    seed: int
    differing: int
    confidence: float
    highest_share: float


class VerifyReport(BaseModel):
    """Whether a table holds what a source says; nothing was changed.

    ``items_read`` is always the sum of equal, missing, different, superseded, expired,
    rejected and unsampled.

    Args:
        items_equal: the table holds them, or their deletes were done.
        items_missing: the table has no item of their key.
        items_different: it has another one.
        items_superseded: a later item of their key is in the source. (Where all the
            items of a key are the same and the table holds them, all count as equal.)
        items_expired: their time to live has passed, so they need not be there.
        items_rejected: DynamoDB would not take them, so no load could write them.
        items_unsampled: not of the sample.
        items_extra: in the table, not in the source; None: that was not asked.
        is_equal: nothing is missing or different, and nothing extra was found.
        sample: what the sample says of the whole; None: all items were compared, as
            they are where a sample was asked for that is as large as the source.
        table_item_count: DynamoDB's own count, about six hours old.
        source_keys: how many different keys the source has, where that was counted.
        read_units: what the look-ups, and the scan for extra items, have consumed.
        rcu: the read budget, units a second.
        consistency: ``rechecked``: looked up eventually consistent, and what was not
            equal once more, strongly consistent; or ``consistent`` or ``eventual``.
        differences: the first of them.
        rejections: the first of the rejected items.
    """

    model_config = _FROZEN

    table: str
    source: str
    started_at: datetime
    elapsed_seconds: float
    items_read: int
    items_equal: int
    items_missing: int
    items_different: int
    items_superseded: int
    items_expired: int
    items_rejected: int
    items_unsampled: int
    items_extra: int | None
    is_equal: bool
    sample: SampleBound | None
    table_item_count: int | None
    source_keys: int | None
    read_units: float
    rcu: float
    requests: int
    throttled_requests: int
    consistency: Consistency
    verdict: str
    differences: tuple[Difference, ...] = ()
    rejections: tuple[Rejection, ...] = ()
