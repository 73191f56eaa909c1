"""The capacity of a table and its indexes, and whether it can be changed now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from ddbbulk.aws import Connection
from ddbbulk.errors import (
    ConnectionFailedError,
    ServiceUnavailableError,
    TableNotFoundError,
    ThrottledError,
)
from ddbbulk.tables import listed, member

TABLE: Final = ""  # the table's own name among those of its indexes
TRANSIENT: Final = (ConnectionFailedError, ServiceUnavailableError, ThrottledError)
# In these the table comes to rest by itself.
_PASSING: Final = frozenset({"ACTIVE", "CREATING", "UPDATING"})


@dataclass(frozen=True, slots=True)
class Units:
    """What is provisioned a second; zeros on demand."""

    read: int
    write: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCapacity:
    """A table's capacity as DescribeTable tells it.

    Args:
        name: the table's name.
        arn: its ARN, which tells account and region; "" where a server gives none.
        table_id: what tells it from a later table of the same name.
        is_on_demand: whether requests are paid singly.
        has_ceiling: whether it is on demand up to a maximum only.
        units: of the table (under ``""``) and of each global index.
        busy: what is not ACTIVE, in words; while there is any, values are old ones.
    """

    name: str
    arn: str
    table_id: str | None
    is_on_demand: bool
    has_ceiling: bool
    units: Mapping[str, Units]
    busy: tuple[str, ...]

    @property
    def write(self) -> dict[str, int]:
        """Write units of the table and of each global index."""
        return {resource: units.write for resource, units in self.units.items()}

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Self:
        """Read the ``Table`` element of a DescribeTable answer.

        Raises:
            TableNotFoundError: it is being deleted, or cannot be reached.
        """
        name, status = table["TableName"], table.get("TableStatus", "ACTIVE")
        if status not in _PASSING:
            raise TableNotFoundError(
                f"table {name} is {status}: its capacity cannot be changed",
                table=name,
                code="ResourceNotFoundException",
            )
        indexes = [*listed(table, "GlobalSecondaryIndexes")]
        states = {f"index {one['IndexName']}": _index_status(one) for one in indexes}
        mode = member(table, "BillingModeSummary").get("BillingMode")
        ceilings = member(table, "OnDemandThroughput").values()
        return cls(
            name=name,
            arn=table.get("TableArn", ""),
            table_id=table.get("TableId") or None,
            is_on_demand=mode == "PAY_PER_REQUEST",
            has_ceiling=any(ceiling > 0 for ceiling in ceilings),
            units={TABLE: _units(table)}
            | {index["IndexName"]: _units(index) for index in indexes},
            busy=tuple(
                f"{what} is {state}"
                for what, state in {f"table {name}": status, **states}.items()
                if state != "ACTIVE"
            ),
        )


async def describe_capacity(
    connection: Connection, table: str, *, patience_seconds: float
) -> TableCapacity:
    """Return the capacity that a table has now.

    Args:
        connection: an open connection.
        table: its name or ARN.
        patience_seconds: for how long an endpoint may fail to answer.

    Raises:
        RequestError: there is no such table, it may not be described, or nobody
            answers.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(TRANSIENT),
        wait=wait_exponential(multiplier=0.1, max=2) + wait_random(0, 0.1),
        stop=stop_after_delay(patience_seconds),
        reraise=True,
    )
    answer: dict[str, Any] = await retrying(
        connection.request, "describe_table", TableName=table
    )
    return TableCapacity.parse(answer["Table"])


def named(table: str, resource: str) -> str:
    """Return what a person calls a resource."""
    return f"index {resource}" if resource else f"table {table}"


def _index_status(index: Mapping[str, Any]) -> str:
    return str(index.get("IndexStatus") or "ACTIVE")


def _units(described: Mapping[str, Any]) -> Units:
    throughput = member(described, "ProvisionedThroughput")
    return Units(
        int(throughput.get("ReadCapacityUnits", 0)),
        int(throughput.get("WriteCapacityUnits", 0)),
    )
