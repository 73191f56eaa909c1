"""What is asked of a table: the bodies of Scan requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ddbbulk.reading.filters import Filter, projection


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What every page of a scan has in common.

    Args:
        table: name or ARN.
        segments: into how many parts the table is divided.
        attributes: the only ones that are wanted; None: all.
        filter: which items are wanted; None: all.
        is_count: whether only their number is wanted.
        is_consistent: whether reads are strongly consistent, at double the cost.
    """

    table: str
    segments: int = 1
    attributes: tuple[str, ...] | None = None
    filter: Filter | None = None
    is_count: bool = False
    is_consistent: bool = False

    @property
    def shows_whole_items(self) -> bool:
        """Whether every item that is read could be seen, with all that it has."""
        return self.attributes is None and self.filter is None

    def body(
        self,
        segment: int,
        *,
        start: Mapping[str, Any] | None,
        limit: int | None,
        is_count: bool,
    ) -> bytes:
        """Return the body that asks for one page.

        Args:
            segment: from 0.
            start: what the page begins after; None: at the beginning.
            limit: how many items are looked at; None: as many as fit into 1 MB.
            is_count: whether to return only their number.
        """
        asked: dict[str, Any] = {
            "TableName": self.table,
            "Segment": segment,
            "TotalSegments": self.segments,
            "ReturnConsumedCapacity": "TOTAL",
        }
        if self.is_consistent:
            asked["ConsistentRead"] = True
        if start is not None:
            asked["ExclusiveStartKey"] = start
        if limit is not None:
            asked["Limit"] = limit
        if is_count:
            asked["Select"] = "COUNT"
        self._add_expressions(asked, is_count=is_count)
        return orjson.dumps(asked)

    def _add_expressions(self, asked: dict[str, Any], *, is_count: bool) -> None:
        names: dict[str, str] = {}
        if self.filter is not None:
            asked["FilterExpression"] = self.filter.expression
            names |= self.filter.names
            if self.filter.values:
                asked["ExpressionAttributeValues"] = self.filter.values
        if self.attributes is not None and not is_count:
            expression, projected = projection(self.attributes)
            asked["ProjectionExpression"] = expression
            names |= projected
        if names:
            asked["ExpressionAttributeNames"] = names
