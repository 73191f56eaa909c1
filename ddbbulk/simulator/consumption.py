"""What a request consumed of a table, and how the answer says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(slots=True)
class Consumption:
    """Units consumed of one table: by itself, by its global and its local indexes."""

    table: str
    units: float = 0.0
    global_units: dict[str, float] = field(default_factory=dict[str, float])
    local_units: dict[str, float] = field(default_factory=dict[str, float])

    def add(
        self,
        units: float,
        global_units: Mapping[str, float],
        local_units: Mapping[str, float],
    ) -> None:
        """Count another write or read of the request."""
        self.units += units
        for index, more in global_units.items():
            self.global_units[index] = self.global_units.get(index, 0.0) + more
        for index, more in local_units.items():
            self.local_units[index] = self.local_units.get(index, 0.0) + more

    def to_json(
        self, detail: str, *, transaction: Literal["", "Read", "Write"] = ""
    ) -> dict[str, Any]:
        """The element ``ConsumedCapacity``, for ``TOTAL`` or ``INDEXES``.

        Indexes that were not touched are absent.

        Args:
            detail: what the request asked for.
            transaction: of which kind of units, where it was a transaction: then they
                are told once more by that name.
        """
        indexes = sum(self.global_units.values()) + sum(self.local_units.values())
        answer: dict[str, Any] = {
            "TableName": self.table,
            **_told(self.units + indexes, transaction),
        }
        if detail == "INDEXES":
            answer["Table"] = _told(self.units, transaction)
            for member, units in (
                ("GlobalSecondaryIndexes", self.global_units),
                ("LocalSecondaryIndexes", self.local_units),
            ):
                if units:
                    answer[member] = {
                        index: _told(used, transaction) for index, used in units.items()
                    }
        return answer


def _told(units: float, transaction: str) -> dict[str, float]:
    told = {"CapacityUnits": float(units)}
    if transaction:
        told[f"{transaction}CapacityUnits"] = float(units)
    return told
