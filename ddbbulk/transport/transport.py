"""The seam: what the writer needs of whatever carries its requests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from ddbbulk.retry import Failure


class Reply(msgspec.Struct, frozen=True):
    """The parsed body of an answer with HTTP status 200."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A write that was not done, because its condition did not hold.

    Args:
        item: the table's item in DynamoDB JSON; None where the answer does not show it.
    """

    item: Mapping[str, Any] | None


Outcome = Reply | Failure
Operation: TypeAlias = Literal["BatchWriteItem", "PutItem", "DeleteItem"]
ReadOperation: TypeAlias = Literal["Scan", "BatchGetItem"]
Settle: TypeAlias = Callable[[Outcome | Unmet], None]


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


@runtime_checkable
class DeletingTransport(Transport, Protocol):
    """A transport that carries conditional deletes, too; both of ours do."""

    async def delete_item(self, body: bytes) -> Outcome | Unmet:
        """Send one DeleteItem body, once; never raise for what the service says."""
        ...


@runtime_checkable
class SubmittingTransport(Transport, Protocol):
    """A transport that needs no task for a request: it calls back with the outcome."""

    def submit(self, operation: Operation, body: bytes, settle: Settle) -> None:
        """Send one request, once, and have ``settle`` called with its outcome.

        It is never called before this returns, and never after the transport is closed.
        """
        ...


@runtime_checkable
class ReadingTransport(Protocol):
    """Carries prepared requests that read; both of ours do."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
        """Send one body, once; never raise for what the service says."""
        ...
