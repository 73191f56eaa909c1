"""Where a command plays: an open connection, and what is at its other end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tenacity import (
    AsyncRetrying,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
)

import ddbbulk
from ddbbulk.examples.questions import ask_to_go_on
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import Screen
from ddbbulk.examples.tweeter.preflight import check_table, creation
from ddbbulk.examples.tweeter.simulation import Simulation
from ddbbulk.examples.tweeter.tables import (
    Capacity,
    Table,
    create_request,
    update_request,
)

_CREATION_SECONDS: Final = 60.0
_SIMULATOR_SECONDS: Final = 15.0
_POLL_SECONDS: Final = 0.05
_ARN_PARTS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every command works with.

    Args:
        connection: to whatever holds the tables.
        requests: sends single requests over it.
        screen: speaks to the user.
        simulation: the simulator of this run; None: the tables are somebody's.
        is_aws: requests cost money.
        is_confirmed: the user has said yes beforehand.
    """

    connection: ddbbulk.Connection
    requests: Requests
    screen: Screen
    simulation: Simulation | None
    is_aws: bool
    is_confirmed: bool

    @property
    def address(self) -> str:
        """Endpoint and region, as the first line of a run says them."""
        where = ""
        if self.simulation:
            file = self.simulation.file
            where = f" (simulator, kept in {file})" if file else " (simulator)"
        return f"{self.connection.endpoint_url}{where}, {self.connection.region}"

    @property
    def retry(self) -> ddbbulk.RetryPolicy:
        """How long loads are patient: a simulator of our own does not come back."""
        if self.simulation is None:
            return ddbbulk.RetryPolicy()
        return ddbbulk.RetryPolicy(stop=stop_after_delay(_SIMULATOR_SECONDS))

    async def table(
        self, table: Table, capacity: Capacity | None = None
    ) -> ddbbulk.TableDescription:
        """Return what a table is, checked; in our own simulator it is made first.

        Args:
            table: what the items need.
            capacity: what the simulator is to provision; None: it is as it is.

        Raises:
            ddbbulk.ConfigurationError: keys or an index differ.
            ddbbulk.TableNotFoundError: there is none; the message has the command that
                creates it.
        """
        if self.simulation and capacity:
            await self._provide(table, capacity)
        try:
            description = await ddbbulk.describe_table(self.connection, table.name)
        except ddbbulk.TableNotFoundError as error:
            raise ddbbulk.TableNotFoundError(
                f"{error}:\n{creation(table, self.connection)}",
                table=table.name,
                code=error.code,
            ) from error
        check_table(description, table, self.connection)
        return description

    async def describe(self, table: str) -> Mapping[str, Any]:
        """Return the ``Table`` element of DescribeTable, with its read capacity."""
        answer = await self.requests.send("describe_table", TableName=table)
        described: Mapping[str, Any] = answer["Table"]
        return described

    def confirm(self, what: str, description: ddbbulk.TableDescription) -> None:
        """Ask, where it costs money, whether to go on.

        Args:
            what: one sentence about what will happen.
            description: of a table, whose ARN tells the account.

        Raises:
            DeclinedError: the user said no.
            ddbbulk.ConfigurationError: there is nobody to ask.
        """
        if not self.is_aws:
            return
        arn = description.arn.split(":", _ARN_PARTS - 1)
        account = arn[4] if len(arn) == _ARN_PARTS else "unknown"
        self.screen.say(
            f"AWS account {account}, region {self.connection.region}: {what}",
            style="bold",
        )
        if not self.is_confirmed:
            ask_to_go_on()

    async def _provide(self, table: Table, capacity: Capacity) -> None:
        try:
            described = await self.describe(table.name)
        except ddbbulk.TableNotFoundError:
            await self.requests.send("create_table", **create_request(table, capacity))
        else:
            write = dict.fromkeys(
                (index.name for index in table.schema.indexes), capacity.index_write
            )
            change = update_request(described, write | {"": capacity.write})
            if change:
                await self.requests.send("update_table", **change)
        is_pending = retry_if_result(lambda status: status != "ACTIVE")
        retrying = AsyncRetrying(
            retry=is_pending,
            wait=wait_fixed(_POLL_SECONDS),
            stop=stop_after_delay(_CREATION_SECONDS),
        )
        await retrying(self._status, table.name)

    async def _status(self, table: str) -> str:
        described = await self.describe(table)
        return str(described["TableStatus"])
