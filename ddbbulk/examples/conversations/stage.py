"""Where a command plays: an open connection, and what is at its other end."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import ddbbulk
from ddbbulk.examples.conversations.meter import Meter
from ddbbulk.examples.conversations.queries import Query, consistent, conversations_of
from ddbbulk.examples.conversations.rows import GroupRow, Row, wire
from ddbbulk.examples.conversations.schema import check_schema
from ddbbulk.examples.questions import ask_to_go_on
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import Screen

_ARN_PARTS: Final = 6
_WRITABLE: Final = ("ACTIVE", "UPDATING")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every command works with.

    Args:
        table: its name.
        place: where it is, as a person calls it.
        connection: to whatever holds it.
        requests: sends single requests over it.
        meter: counts what they consume.
        screen: speaks to the user.
        is_aws: requests cost money.
        is_confirmed: the user has said yes beforehand.
    """

    table: str
    place: str
    connection: ddbbulk.Connection
    requests: Requests
    meter: Meter
    screen: Screen
    is_aws: bool
    is_confirmed: bool

    async def send(self, operation: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - a request is what DynamoDB's API says
        """Send a request about the table, have it counted, and return the answer."""
        return await self.requests.send(operation, **self._counted(request))

    async def query(self, query: Query) -> dict[str, Any]:
        """Return the first page of a query."""
        return await self.send("query", **query)

    async def found(self, query: Query) -> AsyncGenerator[dict[str, Any], None]:
        """Yield all items of a query, page by page."""
        async with aclosing(self.pages("query", **query)) as pages:
            async for page in pages:
                for item in page["Items"]:
                    yield item

    def pages(
        self,
        operation: str,
        **request: Any,  # noqa: ANN401 - see send
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the pages of a query or a scan."""
        return self.requests.pages(operation, **self._counted(request))

    async def inbox(self, user_uuid: str) -> list[GroupRow]:
        """Return the group rows that a user has now."""
        query = consistent(conversations_of(user_uuid))
        return [GroupRow.of(item) async for item in self.found(query)]

    async def delete(self, key: Row) -> bool:
        """Delete one row, at once; say whether it was there."""
        answer = await self.send("delete_item", Key=wire(key), ReturnValues="ALL_OLD")
        return bool(answer.get("Attributes"))

    async def checked(self) -> ddbbulk.TableDescription:
        """Return what the table is, fit to be written to.

        Raises:
            ddbbulk.TableNotFoundError: there is none.
            ddbbulk.ConfigurationError: it is another one than conversations need.
        """
        description = await ddbbulk.describe_table(self.connection, self.table)
        check_schema(description)
        if description.status not in _WRITABLE:
            raise ddbbulk.ConfigurationError(
                f"table {self.table} is {description.status}: wait until it is ACTIVE"
            )
        return description

    def confirm(self, what: str, *, arn: str = "") -> None:
        """Ask, where it costs money, whether to go on.

        Args:
            what: one sentence about what will happen.
            arn: of the table, where there is one: it tells the account.

        Raises:
            DeclinedError: the user said no.
            ddbbulk.ConfigurationError: there is nobody to ask.
        """
        if not self.is_aws:
            return
        parts = arn.split(":", _ARN_PARTS - 1)
        account = f"account {parts[4]}, " if len(parts) == _ARN_PARTS else ""
        # Not on standard output, which may be for a program.
        self.screen.tell(
            "note", f"AWS {account}region {self.connection.region}: {what}"
        )
        if not self.is_confirmed:
            ask_to_go_on()

    def _counted(self, request: dict[str, Any]) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "ReturnConsumedCapacity": "INDEXES",
            **request,
        }
