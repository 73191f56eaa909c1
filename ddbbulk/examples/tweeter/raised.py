"""Tables that are raised while they are loaded, and what is said of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import ddbbulk
from ddbbulk.examples.tweeter.loads import LoadPlan
from ddbbulk.examples.tweeter.stage import Stage


@asynccontextmanager
async def raised_table(
    stage: Stage, plan: LoadPlan
) -> AsyncGenerator[ddbbulk.ProvisionedCapacity, None]:
    """Raise a table and the indexes that a load needs, and put them back after."""
    capacity = ddbbulk.provisioned(
        plan.table,
        wcu=plan.rates.table,
        index_wcu=plan.rates.indexes,
        connection=stage.connection,
    )
    try:
        async with capacity:
            if capacity.changes:
                stage.screen.say(
                    f"raised: {_told(capacity.table, capacity.changes)}. This costs "
                    f"${capacity.dollars_per_hour:,.4f} an hour more"
                )
            elif capacity.is_on_demand:
                stage.screen.say(f"{capacity.table} is on demand: nothing is raised")
            yield capacity
    except ddbbulk.RestoreOwedError as error:
        stage.screen.tell("error", str(error))
    finally:
        done = capacity.restoration
        if done is not None and done.changes:
            stage.screen.say(
                f"put back: {_told(capacity.table, done.changes)}. The raise has cost "
                f"about ${done.dollars:,.4f}"
            )


def is_owed(capacity: ddbbulk.ProvisionedCapacity) -> bool:
    """Say whether it could not be put back."""
    return bool(capacity.restoration and capacity.restoration.owed)


def _told(table: str, changes: tuple[ddbbulk.CapacityChange, ...]) -> str:
    return ", ".join(
        f"{change.resource or table} from {change.before:,} to {change.after:,} WCU"
        for change in changes
    )
