"""What a request consumed of a table, and how the answer says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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

    def to_json(self, detail: str) -> dict[str, Any]:
        """The element ``ConsumedCapacity``, for ``TOTAL`` or ``INDEXES``.

        Indexes that were not touched are absent.
        """
        indexes = sum(self.global_units.values()) + sum(self.local_units.values())
        answer: dict[str, Any] = {
            "TableName": self.table,
            "CapacityUnits": float(self.units + indexes),
        }
        if detail == "INDEXES":
            answer["Table"] = {"CapacityUnits": float(self.units)}
            if self.global_units:
                answer["GlobalSecondaryIndexes"] = _by_index(self.global_units)
            if self.local_units:
                answer["LocalSecondaryIndexes"] = _by_index(self.local_units)
        return answer


def _by_index(units: Mapping[str, float]) -> dict[str, Any]:
    return {index: {"CapacityUnits": float(used)} for index, used in units.items()}
