"""The seam: what the writer needs of whatever carries its requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ddbbulk.retry import Failure


@dataclass(frozen=True, slots=True)
class Reply:
    """The parsed body of an answer with HTTP status 200."""

    body: Mapping[str, Any]


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
