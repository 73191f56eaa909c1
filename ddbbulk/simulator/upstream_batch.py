"""A BatchWriteItem on its way to another server: what goes on, what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddbbulk.simulator.admission import Admission, WriteCost
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.upstream_costs import as_asked, asking_all, estimate, settle


@dataclass(frozen=True, slots=True)
class Share:
    """One table's part of the batch.

    Attributes:
        name: what the request calls the table.
        table: the table.
        entries: its puts and deletes.
        costs: what each of them costs.
        admission: which of them go on.
    """

    name: str
    table: Table
    entries: Sequence[Any]
    costs: Sequence[WriteCost]
    admission: Admission


def passed_on(request: Mapping[str, Any], shares: Sequence[Share]) -> dict[str, Any]:
    """The request with nothing but what was admitted, asking for all capacity."""
    return {
        **asking_all(request),
        "RequestItems": {
            share.name: [share.entries[one] for one in share.admission.admitted]
            for share in shares
            if share.admission.admitted
        },
    }


def merged(
    content: dict[str, Any], shares: Sequence[Share], *, detail: str, now: float
) -> dict[str, Any]:
    """The answer for the client; what was consumed is counted on the way.

    Args:
        content: the server's answer.
        shares: what the request was made of.
        detail: of ConsumedCapacity, as the client asked for it.
        now: the time.
    """
    consumed: dict[str, Any] = {
        element["TableName"]: element
        for element in content.pop("ConsumedCapacity", None) or ()
    }
    unprocessed: dict[str, list[Any]] = content.setdefault("UnprocessedItems", {})
    for share in shares:
        lost = [share.entries[one] for one in share.admission.refused]
        if lost:
            share.table.unprocessed_items += len(lost)
            unprocessed[share.name] = unprocessed.get(share.name, []) + lost
        if share.admission.admitted:
            done = [share.costs[one] for one in share.admission.admitted]
            guess = estimate(share.table.name, done)
            settle(share.table, guess, consumed.get(share.table.name), now=now)
    if detail != "NONE" and consumed:
        content["ConsumedCapacity"] = [
            as_asked(element, detail) for element in consumed.values()
        ]
    return content
