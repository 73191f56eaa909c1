"""What the provisioned capacity costs for as long as it stays, and how to lower it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ddbbulk.examples.tweeter.stage import Stage
from ddbbulk.examples.tweeter.tables import command, update_request

# https://aws.amazon.com/dynamodb/pricing/provisioned/
DOLLARS_PER_WCU_HOUR: Final = 0.00065
_LOWERED_WCU: Final = 1.0


async def show_bill(stage: Stage, tables: Sequence[str]) -> None:
    """Say which WCU the tables have now, what an hour costs, and what lowers it."""
    described = [await stage.describe(table) for table in tables]
    provisioned = {
        name: units for table in described for name, units in _write_units(table)
    }
    total = sum(provisioned.values())
    if not total:
        stage.screen.say("the tables are on demand: nothing is provisioned")
        return
    each = ", ".join(f"{name} {units:,} WCU" for name, units in provisioned.items())
    stage.screen.say(
        f"provisioned now: {each}. That costs ${total * DOLLARS_PER_WCU_HOUR:,.4f} an "
        f"hour, used or not (${DOLLARS_PER_WCU_HOUR} per WCU-hour, the price of "
        "us-east-1)."
    )
    lowered = [
        request
        for table in described
        if (request := update_request(table, _lowest(table)))
    ]
    if lowered:
        stage.screen.say(f"To lower it to {_LOWERED_WCU:g} WCU each:")
    for request in lowered:
        stage.screen.write(command("update-table", request, stage.connection))


def _write_units(table: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return table and indexes with their WCU; zero stands for on demand."""
    return [
        (element.get("IndexName") or table["TableName"], _provisioned(element))
        for element in (table, *(table.get("GlobalSecondaryIndexes") or ()))
    ]


def _provisioned(element: Mapping[str, Any]) -> int:
    throughput: Mapping[str, int] = element.get("ProvisionedThroughput") or {}
    return int(throughput.get("WriteCapacityUnits", 0))


def _lowest(table: Mapping[str, Any]) -> dict[str, float]:
    """Return the resources that are provisioned, each at the lowest that costs less."""
    return {
        "" if name == table["TableName"] else name: _LOWERED_WCU
        for name, units in _write_units(table)
        if units > 0
    }
