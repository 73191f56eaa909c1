"""Describing, listing and deleting tables; their time to live; the account's limits."""

from dataclasses import replace
from math import ceil
from typing import Any, Final

from ddbbulk.limits import TABLE_UNITS
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.description import describe
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.service_error import ServiceError

_PAGE: Final = 100


def described_table(engine: Engine, name: str) -> Table:
    """A table for an operation on tables, whatever its state.

    Raises:
        ServiceError: there is none of that name.
    """
    table = engine.catalog.find(name)
    if table is None:
        raise ServiceError(
            "ResourceNotFoundException",
            f"Requested resource not found: Table: {name} not found",
        )
    return table


def refuse_busy(engine: Engine, table: Table) -> None:
    """Refuse to change a table that is being created or updated, or its indexes."""
    change = table.transition(engine.clock())
    if change is not None:
        word = "created" if change.status == "CREATING" else "updated"
        raise ServiceError(
            "ResourceInUseException",
            "Attempt to change a resource which is still in use: Table is being "
            f"{word}: {table.name}",
        )


def describe_limits(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """How much capacity the account may have: in all, and for each table or index."""
    Parameters("DescribeLimits", request, {}).check()
    quotas = engine.quotas
    return {
        "AccountMaxReadCapacityUnits": ceil(quotas.account_read),
        "AccountMaxWriteCapacityUnits": ceil(quotas.account_write),
        "TableMaxReadCapacityUnits": TABLE_UNITS,
        "TableMaxWriteCapacityUnits": TABLE_UNITS,
    }


def describe_table(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Everything that is to be known about a table."""
    table = _named_table(engine, "DescribeTable", request)
    return {"Table": describe(engine, table)}


def list_tables(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """The names of the tables, a page at a time."""
    types = {"ExclusiveStartTableName": str, "Limit": int}
    parameters = Parameters("ListTables", request, types)
    limit = parameters.within("Limit", 1, _PAGE, default=_PAGE) or _PAGE
    parameters.name("ExclusiveStartTableName")
    parameters.check()
    start: str = request.get("ExclusiveStartTableName", "")
    names = [table.name for table in engine.catalog if table.name > start]
    answer: dict[str, Any] = {"TableNames": names[:limit]}
    if len(names) > limit:
        answer["LastEvaluatedTableName"] = names[limit - 1]
    return answer


def delete_table(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Remove a table with its items, at once; the answer says DELETING."""
    table = _named_table(engine, "DeleteTable", request)
    refuse_busy(engine, table)
    if table.definition.is_protected:
        raise ServiceError.validation(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    description = describe(engine, table) | {"TableStatus": "DELETING"}
    engine.catalog.delete(table)
    return {"TableDescription": description}


def update_time_to_live(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Say which attribute holds the time at which an item expires.

    The simulator keeps the setting; it never deletes an expired item (AWS promises only
    "within days").
    """
    types = {"TableName": str, "TimeToLiveSpecification": dict}
    parameters = Parameters("UpdateTimeToLive", request, types)
    parameters.require("TableName", "TimeToLiveSpecification")
    parameters.check()
    table = described_table(engine, request["TableName"])
    refuse_busy(engine, table)
    specification: dict[str, Any] = request["TimeToLiveSpecification"]
    attribute, is_enabled = _read_time_to_live(specification)
    current = table.definition.time_to_live
    if is_enabled and current is not None:
        if current != attribute:
            raise ServiceError.validation(
                "TimeToLive is active on a different AttributeName: current "
                f"AttributeName is {current}"
            )
        raise ServiceError.validation("TimeToLive is already enabled")
    if not is_enabled and current is None:
        raise ServiceError.validation("TimeToLive is already disabled")
    engine.catalog.redefine(
        table,
        replace(table.definition, time_to_live=attribute if is_enabled else None),
    )
    return {"TimeToLiveSpecification": specification}


def _read_time_to_live(specification: dict[str, Any]) -> tuple[str, bool]:
    attribute = specification.get("AttributeName")
    is_enabled = specification.get("Enabled")
    if not isinstance(attribute, str) or not attribute:
        raise ServiceError.validation("TimeToLiveSpecification must name AttributeName")
    if not isinstance(is_enabled, bool):
        raise ServiceError.validation("TimeToLiveSpecification must say Enabled")
    return attribute, is_enabled


def describe_time_to_live(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Which attribute holds the time at which an item expires, if any does."""
    table = _named_table(engine, "DescribeTimeToLive", request)
    attribute = table.definition.time_to_live
    description = {"TimeToLiveStatus": "DISABLED"}
    if attribute is not None:
        description = {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}
    return {"TimeToLiveDescription": description}


def describe_kinesis_streaming_destination(
    engine: Engine, request: dict[str, Any]
) -> dict[str, Any]:
    """Where a table's changes go: nowhere."""
    table = _named_table(engine, "DescribeKinesisStreamingDestination", request)
    return {"TableName": table.name, "KinesisDataStreamDestinations": []}


def describe_contributor_insights(
    engine: Engine, request: dict[str, Any]
) -> dict[str, Any]:
    """Whether a table's most frequent keys are recorded: they are not."""
    table = _named_table(engine, "DescribeContributorInsights", request)
    return {"TableName": table.name, "ContributorInsightsStatus": "DISABLED"}


def _named_table(engine: Engine, operation: str, request: dict[str, Any]) -> Table:
    parameters = Parameters(operation, request, {"TableName": str})
    parameters.require("TableName")
    parameters.check()
    return described_table(engine, request["TableName"])
