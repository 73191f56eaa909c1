"""Point-in-time recovery, which can be switched on and seen; nothing is restored.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
"""

from dataclasses import replace
from typing import Any, Final

from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.features import RECOVERY_DAYS
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.table_parts import member

# The latest moment that could be restored is typically five minutes ago.
_LAG_SECONDS: Final = 300.0


def describe_continuous_backups(
    engine: Engine, request: dict[str, Any]
) -> dict[str, Any]:
    """Whether a table could be restored to a point in time.

    Raises:
        ServiceError: there is no such table.
    """
    parameters = Parameters("DescribeContinuousBackups", request, {"TableName": str})
    parameters.require("TableName")
    parameters.check()
    return _describe(engine, _table(engine, request))


def update_continuous_backups(
    engine: Engine, request: dict[str, Any]
) -> dict[str, Any]:
    """Switch point-in-time recovery on or off, or change how far back it goes.

    Raises:
        ServiceError: the request is not valid, or there is no such table.
    """
    specified = "PointInTimeRecoverySpecification"
    types = {"TableName": str, specified: dict}
    parameters = Parameters("UpdateContinuousBackups", request, types)
    parameters.require("TableName", specified)
    parameters.check()
    specification: dict[str, Any] = request[specified]
    path = "pointInTimeRecoverySpecification"
    is_enabled = member(specification, "PointInTimeRecoveryEnabled", path)
    within = Parameters(
        "UpdateContinuousBackups",
        specification,
        {"PointInTimeRecoveryEnabled": bool, "RecoveryPeriodInDays": int},
        path=f"{path}.",
    )
    days = within.within("RecoveryPeriodInDays", 1, RECOVERY_DAYS)
    within.check()
    table = _table(engine, request)
    features = table.definition.features
    since = None
    if is_enabled:
        since = features.recoverable_since or engine.wall_clock()
    features = replace(
        features, recoverable_since=since, recovery_days=days or RECOVERY_DAYS
    )
    engine.catalog.redefine(table, replace(table.definition, features=features))
    return _describe(engine, table)


def _table(engine: Engine, request: dict[str, Any]) -> Table:
    name: str = request["TableName"]
    table = engine.catalog.find(name)
    if table is None:
        raise ServiceError("TableNotFoundException", f"Table not found: {name}")
    return table


def _describe(engine: Engine, table: Table) -> dict[str, Any]:
    features = table.definition.features
    since = features.recoverable_since
    recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if since is not None:
        recovery = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": features.recovery_days,
            "EarliestRestorableDateTime": since,
            "LatestRestorableDateTime": max(since, engine.wall_clock() - _LAG_SECONDS),
        }
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": recovery,
        }
    }
