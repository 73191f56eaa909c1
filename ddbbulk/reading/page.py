"""One answer to a Scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """Some items that follow one another in a segment of a table.

    Args:
        segment: which of the segments, from 0.
        items: in DynamoDB JSON, such as ``{"alias": {"S": "@daisy"}}``; binary values
            are base64 text. None of them where only their number was asked for.
        count: how many items there are: those that fulfil the filter.
        scanned: how many items were looked at.
        units: the read units that were consumed.
        last_key: what the next page begins after; None: the segment is done.
    """

    segment: int
    items: Sequence[dict[str, Any]]
    count: int
    scanned: int
    units: float
    last_key: dict[str, Any] | None
