"""Resource-based policies of tables: kept as text, and never asked.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
"""

from dataclasses import replace
from typing import Any, Final

import orjson

from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.features import Policy
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.resources import table_of_arn
from ddbbulk.simulator.service_error import ServiceError

_MAX_BYTES: Final = 20 * 1024
_NO_POLICY: Final = "NO_POLICY"


def read_policy(text: str, *, wall_now: float) -> Policy:
    """A policy as a request gives it; its revision tells it from all before.

    Raises:
        ServiceError: it is no JSON object, or too long.
    """
    try:
        policy = orjson.loads(text)
    except orjson.JSONDecodeError:
        policy = None
    if not isinstance(policy, dict):
        raise ServiceError.validation("The resource policy is not a JSON document")
    if len(text.encode()) > _MAX_BYTES:
        raise ServiceError.validation(
            f"The resource policy exceeds the limit of {_MAX_BYTES} bytes"
        )
    return Policy(text, str(int(wall_now * 1000)))


def put_resource_policy(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Give a table a policy, in place of the one that it has.

    Raises:
        ServiceError: it is not valid, or the one there is not what was expected.
    """
    types = {
        "ResourceArn": str,
        "Policy": str,
        "ExpectedRevisionId": str,
        "ConfirmRemoveSelfResourceAccess": bool,
    }
    parameters = Parameters("PutResourcePolicy", request, types)
    parameters.require("ResourceArn", "Policy")
    parameters.check()
    table = _expected(engine, request)
    policy = read_policy(request["Policy"], wall_now=engine.wall_clock())
    _set(engine, table, policy)
    return {"RevisionId": policy.revision}


def get_resource_policy(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """The policy of a table.

    Raises:
        ServiceError: it has none.
    """
    parameters = Parameters("GetResourcePolicy", request, {"ResourceArn": str})
    parameters.require("ResourceArn")
    parameters.check()
    table = table_of_arn(engine, request["ResourceArn"])
    policy = table.definition.features.policy
    if policy is None:
        raise _not_found(table)
    return {"Policy": policy.text, "RevisionId": policy.revision}


def delete_resource_policy(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Take a table's policy away; harmless where it has none.

    Raises:
        ServiceError: the one there is not what was expected.
    """
    types = {"ResourceArn": str, "ExpectedRevisionId": str}
    parameters = Parameters("DeleteResourcePolicy", request, types)
    parameters.require("ResourceArn")
    parameters.check()
    table = _expected(engine, request)
    policy = table.definition.features.policy
    if policy is None:
        return {}
    _set(engine, table, None)
    return {"RevisionId": policy.revision}


def _expected(engine: Engine, request: dict[str, Any]) -> Table:
    table = table_of_arn(engine, request["ResourceArn"])
    expected = request.get("ExpectedRevisionId")
    policy = table.definition.features.policy
    revision = _NO_POLICY if policy is None else policy.revision
    if expected is not None and expected != revision:
        raise _not_found(table)
    return table


def _set(engine: Engine, table: Table, policy: Policy | None) -> None:
    features = replace(table.definition.features, policy=policy)
    engine.catalog.redefine(table, replace(table.definition, features=features))


def _not_found(table: Table) -> ServiceError:
    return ServiceError(
        "PolicyNotFoundException",
        f"Resource-based policy not found for the provided ResourceArn: {table.arn}",
    )
