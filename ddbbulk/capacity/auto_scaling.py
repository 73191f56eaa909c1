"""Application Auto Scaling: what it may set a table's capacity to, and its minimum.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Final, Self

from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from ddbbulk.aws import Connection, translated
from ddbbulk.aws.endpoint import is_aws_endpoint
from ddbbulk.capacity.changes import ScalingTarget
from ddbbulk.capacity.described import TABLE, TRANSIENT, TableCapacity
from ddbbulk.errors import (
    AccessDeniedError,
    ConnectionFailedError,
    RequestError,
    RequestRejectedError,
)

_SERVICE: Final = "application-autoscaling"
_ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING"
_NAMESPACE: Final = "dynamodb"
_PATIENCE_SECONDS: Final = 20.0
_UPDATED_AT_ONCE: Final = "ConcurrentUpdateException"


class AutoScaling:
    """The scaling targets of tables, as long as its block lasts.

    The client is made when it is first needed. Servers other than AWS have no such
    service: there it is asked only where the environment names an endpoint for it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stack = AsyncExitStack()
        self._client: Any = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def targets(
        self, described: TableCapacity, *, is_needed: bool = False
    ) -> dict[str, ScalingTarget]:
        """Return what scales the write capacity of a table, by resource.

        Args:
            described: the table.
            is_needed: nobody can do without, so that errors say no way to.

        Raises:
            AccessDeniedError: that may not be asked.
            RequestError: it could not be asked.
        """
        found: dict[str, ScalingTarget] = {}
        try:
            async for name, target in self._targets(described):
                if target["ScalableDimension"] == _dimension(name):
                    found[name] = ScalingTarget(
                        minimum=target["MinCapacity"], maximum=target["MaxCapacity"]
                    )
        except (AccessDeniedError, ConnectionFailedError) as error:
            raise _explained(error, is_needed=is_needed) from error
        return found

    async def scaled(self, described: TableCapacity) -> tuple[str, ...]:
        """Return the resources of a table that are scaled, in reads or in writes.

        Raises:
            AccessDeniedError: that may not be asked.
            RequestError: it could not be asked.
        """
        names = [name async for name, _ in self._targets(described)]
        return tuple(dict.fromkeys(names))

    async def set_minimum(self, table: str, resource: str, minimum: int) -> None:
        """Move the minimum of a resource's target, and nothing else of it.

        Raises:
            RequestError: it was refused.
        """
        await self._ask(
            "register_scalable_target",
            table,
            ServiceNamespace=_NAMESPACE,
            ResourceId=_resource_id(table, resource),
            ScalableDimension=_dimension(resource),
            MinCapacity=minimum,
        )

    async def _targets(
        self, described: TableCapacity
    ) -> AsyncGenerator[tuple[str, Mapping[str, Any]], None]:
        """Yield the targets of a table and its indexes, each with its resource."""
        if not self._is_there():
            return
        names = {_resource_id(described.name, one): one for one in described.units}
        token: dict[str, str] = {}
        while True:
            page = await self._ask(
                "describe_scalable_targets",
                described.name,
                ServiceNamespace=_NAMESPACE,
                ResourceIds=list(names),
                **token,
            )
            for target in page["ScalableTargets"]:
                if target["ResourceId"] in names:
                    yield names[target["ResourceId"]], target
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}

    def _is_there(self) -> bool:
        is_aws = is_aws_endpoint(self._connection.endpoint_url)
        return is_aws or bool(os.environ.get(_ENDPOINT_VARIABLE))

    async def _ask(
        self,
        operation: str,
        table: str,
        **parameters: Any,  # noqa: ANN401 -- a request is what the service's API says
    ) -> Any:  # noqa: ANN401 -- as above
        retrying = AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            wait=wait_exponential(multiplier=0.2, max=2) + wait_random(0, 0.1),
            stop=stop_after_delay(_PATIENCE_SECONDS),
            reraise=True,
        )
        return await retrying(self._send, operation, table, parameters)

    async def _send(self, operation: str, table: str, parameters: Any) -> Any:  # noqa: ANN401 -- as above
        action = f"{_SERVICE}:{operation.title().replace('_', '')}"
        with translated(table=table, action=action):
            if self._client is None:
                client = self._connection.client_of(_SERVICE)
                self._client = await self._stack.enter_async_context(client)
            return await getattr(self._client, operation)(**parameters)


def _resource_id(table: str, resource: str) -> str:
    return f"table/{table}/index/{resource}" if resource else f"table/{table}"


def _dimension(resource: str) -> str:
    kind = "table" if resource == TABLE else "index"
    return f"dynamodb:{kind}:WriteCapacityUnits"


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, RequestRejectedError):
        return error.code == _UPDATED_AT_ONCE
    return isinstance(error, TRANSIENT)


def _explained(error: RequestError, *, is_needed: bool) -> RequestError:
    text = f"whether auto scaling is at work cannot be seen: {error}"
    if not is_needed:
        text += (
            "; where you know that it is not, or will not mind: --no-auto-scaling "
            "(auto_scaling=False)"
        )
    return type(error)(text, table=error.table, code=error.code)
