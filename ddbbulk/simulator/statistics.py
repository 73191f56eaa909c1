"""What ``GET /_simulator/stats`` and ``Simulator.stats()`` answer."""

from collections.abc import Callable, Iterable
from typing import Any

from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.throughput import TABLE, Resource


def statistics(tables: Iterable[Table], items: Callable[[str], int]) -> dict[str, Any]:
    """Counts of each table since the simulator started, and its items now.

    A request to write of which something was throttled counts among
    ``throttled_requests``, whether it was answered with an exception or with
    UnprocessedItems. Reads are rationed too, but not counted here, nor are faults:
    ``FaultyBackend`` adds those.
    """
    return {
        "tables": {
            table.name: {
                "items": items(table.name),
                **_consumption(table.resources[TABLE]),
                "throttled_requests": table.throttled_requests,
                "unprocessed_items": table.unprocessed_items,
                "indexes": {
                    name: _consumption(resource)
                    for name, resource in tuple(table.resources.items())
                    if name != TABLE
                },
            }
            for table in tables
        },
        "faults": {},
    }


def _consumption(resource: Resource) -> dict[str, float]:
    return {
        "write_units": resource.meter.total,
        "max_window_units": resource.meter.maximum,
    }
