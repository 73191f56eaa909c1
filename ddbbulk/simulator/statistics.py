"""What ``GET /_simulator/stats`` and ``Simulator.stats()`` answer."""

from collections.abc import Callable, Iterable
from typing import Any

from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.throughput import TABLE, Resource


def statistics(tables: Iterable[Table], items: Callable[[str], int]) -> dict[str, Any]:
    """Counts of each table since the simulator started, and its items now.

    A request to write of which something was throttled counts among a table's
    ``throttled_requests``, one to read among the ``throttled_reads`` of what was read,
    whether it was answered with an exception or in part. ``FaultyBackend`` adds faults.
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


def _consumption(resource: Resource) -> dict[str, float | int]:
    return {
        "write_units": resource.meter.total,
        "max_window_units": resource.meter.maximum,
        "read_units": resource.read_meter.total,
        "max_read_window_units": resource.read_meter.maximum,
        "throttled_reads": resource.throttled_reads,
    }
