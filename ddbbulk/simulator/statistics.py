"""What ``GET /_simulator/stats`` and ``Simulator.stats()`` answer."""

from typing import Any

from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.throughput import TABLE, Resource


def statistics(engine: Engine) -> dict[str, Any]:
    """Counts of each table since the simulator started, and its items now.

    A request of which something was throttled counts among ``throttled_requests``,
    whether it was answered with an exception or with UnprocessedItems.
    """
    return {
        "tables": {
            table.name: {
                "items": engine.store.count(table.name),
                **_consumption(table.resources[TABLE]),
                "throttled_requests": table.throttled_requests,
                "unprocessed_items": table.unprocessed_items,
                "indexes": {
                    name: _consumption(resource)
                    for name, resource in table.resources.items()
                    if name != TABLE
                },
            }
            for table in engine.catalog
        }
    }


def _consumption(resource: Resource) -> dict[str, float]:
    return {
        "write_units": resource.meter.total,
        "max_window_units": resource.meter.maximum,
    }
