"""What a command has consumed, added up from what the answers say."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from ddbbulk import LoadReport
from ddbbulk.examples.screen import counted

_READS: Final = ("query", "scan", "get_item")


class Meter:
    """Adds up the consumed capacity of a command's requests and loads."""

    def __init__(self) -> None:
        self._units: dict[str, defaultdict[str, float]] = {
            "RCU": defaultdict(float),
            "WCU": defaultdict(float),
        }
        self._requests = 0

    def record(self, operation: str, answer: Mapping[str, Any]) -> None:
        """Count an answer."""
        self._requests += 1
        units = self._units["RCU" if operation in _READS else "WCU"]
        for consumed in _consumptions(answer):
            indexes: Mapping[str, Any] = consumed.get("GlobalSecondaryIndexes") or {}
            rest = float(consumed.get("CapacityUnits", 0.0))
            for name, part in indexes.items():
                units[name] += part["CapacityUnits"]
                rest -= part["CapacityUnits"]
            units[consumed.get("TableName", "the table")] += rest

    def add(self, report: LoadReport) -> None:
        """Count a load."""
        self._requests += report.requests
        units = self._units["WCU"]
        units[report.table] += report.write_units
        for name, used in report.index_write_units.items():
            units[name] += used

    def __str__(self) -> str:
        """Return the account, as the last line of a command says it."""
        parts = [
            f"{_number(units)} {kind} of {name}"
            for kind, counted in self._units.items()
            for name, units in counted.items()
            if units
        ]
        requests = counted(self._requests, "requests")
        return f"consumed: {', '.join(parts) or 'no capacity'} ({requests})"


def _consumptions(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    consumed: object = answer.get("ConsumedCapacity")
    # A transaction may be of several tables, so it answers with a list.
    if isinstance(consumed, list):
        return cast("list[Mapping[str, Any]]", consumed)
    return [cast("Mapping[str, Any]", consumed)] if consumed else []


def _number(units: float) -> str:
    return f"{units:,.1f}".removesuffix(".0")
