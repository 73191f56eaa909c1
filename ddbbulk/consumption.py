"""What requests have consumed on each resource, as their answers tell it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from ddbbulk.retry import Failure, FailureKind

_LOG = logging.getLogger(__name__)


class Consumption:
    """Asks for consumed capacity by index, and reads what is told of it.

    Args:
        table: name or ARN, for messages.
        resources: names of what has a budget, the table (``""``) first.

    Attributes:
        detail: the value of ReturnConsumedCapacity that requests are to carry.
    """

    def __init__(self, *, table: str, resources: Sequence[str]) -> None:
        self.detail = b"INDEXES"
        self._table = table
        self._resources = resources
        self._told_of: set[str] = set()

    def units(
        self, answer: Mapping[str, Any], estimated: Sequence[float]
    ) -> Sequence[float] | None:
        """Return the units of each resource; None where the answer does not say."""
        told = answer.get("ConsumedCapacity")
        if not told:
            return None
        self._warn_of_indexes(answer)
        return consumed_units(answer, resources=self._resources, estimated=estimated)

    def reconsidered(self, failure: Failure) -> Failure:
        """Ask for totals where a server does not know INDEXES, and send again."""
        if (
            failure.kind is not FailureKind.REFUSED
            or "ReturnConsumedCapacity" not in failure.message
            or self.detail != b"INDEXES"
        ):
            return failure
        _LOG.info("%s: the server tells no capacity by index", self._table)
        self.detail = b"TOTAL"
        return replace(failure, kind=FailureKind.FAULT)

    def _warn_of_indexes(self, answer: Mapping[str, Any]) -> None:
        """Say once of each index that it is written to without a budget."""
        for entry in _entries(answer):
            indexes = entry.get("GlobalSecondaryIndexes")
            if indexes and len(indexes) >= len(self._resources):
                unknown = set(indexes) - set(self._resources) - self._told_of
                self._told_of |= unknown
                for name in sorted(unknown):
                    _LOG.warning(
                        "%s: index %s is not in the schema that was given, so its "
                        "capacity is used without a budget",
                        self._table,
                        name,
                    )


def consumed_units(
    answer: Mapping[str, Any], *, resources: Sequence[str], estimated: Sequence[float]
) -> Sequence[float] | None:
    """Return what an answer's ConsumedCapacity says for each resource.

    Where the service tells no more than a total, it is divided as the estimate is.
    """
    for entry in _entries(answer):
        total = float(entry["CapacityUnits"])
        if "Table" not in entry:
            expected = sum(estimated)
            return [total * part / expected if expected else 0.0 for part in estimated]
        indexes = _units_by_index(entry, "GlobalSecondaryIndexes")
        # A local index has no budget of its own: its units are the table's.
        local = sum(_units_by_index(entry, "LocalSecondaryIndexes").values())
        table = float(entry["Table"]["CapacityUnits"]) + local
        return [table, *(indexes.get(name, 0.0) for name in resources[1:])]
    return None


def _entries(answer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return one entry for each table: a list for batches, itself for single writes."""
    told: Any = answer.get("ConsumedCapacity") or ()
    entries: Iterable[Mapping[str, Any]] = told
    if isinstance(told, dict):
        entries = (cast("Mapping[str, Any]", told),)
    return entries


def _units_by_index(entry: Mapping[str, Any], member: str) -> dict[str, float]:
    told: Mapping[str, Mapping[str, Any]] = entry.get(member) or {}
    return {name: float(units["CapacityUnits"]) for name, units in told.items()}
