"""The seam: what the writer needs of whatever carries its requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ddbbulk.retry import Failure


@dataclass(frozen=True, slots=True)
class Reply:
    """The parsed body of an answer with HTTP status 200."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A put that was not done, because its condition did not hold.

    Args:
        item: the table's item in DynamoDB JSON; None where the answer does not show it.
    """

    item: Mapping[str, Any] | None


Outcome = Reply | Failure


class Transport(Protocol):
    """Carries one prepared request at a time and tells what became of it."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def batch_write(self, body: bytes) -> Outcome:
        """Send one BatchWriteItem body, once; never raise for what the service says."""
        ...

    async def put_item(self, body: bytes) -> Outcome | Unmet:
        """Send one PutItem body, once; never raise for what the service says."""
        ...
