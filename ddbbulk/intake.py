"""Where items come in: each becomes a write, or is rejected and counted."""

from typing import Protocol, cast

from ddbbulk.errors import InvalidItemError, TooManyFailuresError
from ddbbulk.events import ItemRejected, Listener
from ddbbulk.ledger import Ledger
from ddbbulk.marshal import Delete, Marshaller, Write
from ddbbulk.report import Rejection
from ddbbulk.retry import scrubbed
from ddbbulk.sources import BrokenRecord

# A source whose first items are all refused is not the one that was meant.
HOPELESS_REJECTIONS = 1000


class Origin(Protocol):
    """What can say where a person finds an item: a source's chunk, or a feed."""

    def where(self, position: int) -> str:
        """Name the place of the item at this position."""
        ...


class Feed:
    """The origin of items that were put one by one."""

    def where(self, position: int) -> str:
        """Name the place of the item at this position."""
        return f"item {position:,}"


class Intake:
    """Marshals items, and keeps the account of those that cannot be written.

    Args:
        table: name or ARN, for events.
        marshaller: for the table's schema.
        ledger: where items are counted.
        on_event: told of every rejection.
    """

    def __init__(
        self,
        *,
        table: str,
        marshaller: Marshaller,
        ledger: Ledger,
        on_event: Listener | None,
    ) -> None:
        self._table = table
        self._marshaller = marshaller
        self._ledger = ledger
        self._on_event = on_event

    def admit(self, item: object, position: int, origin: Origin) -> Write | None:
        """Return the item as a write, or None where it is rejected.

        Raises:
            TooManyFailuresError: the first 1,000 items were all rejected.
        """
        try:
            write = self._marshalled(item)
        except InvalidItemError as error:
            self._ledger.items_read += 1
            self._reject(position, origin, error.code, str(error))
            return None
        write.position = position
        write.origin = origin
        return write

    def refuse(self, write: Write, code: str, message: str) -> None:
        """Reject a write because the service did."""
        origin = cast("Origin", write.origin)
        self._reject(write.position, origin, code, scrubbed(message))

    def _marshalled(self, item: object) -> Write:
        if isinstance(item, Delete):
            return self._marshaller.delete(item.key)
        if isinstance(item, BrokenRecord):
            raise InvalidItemError(item.message, code=item.code)
        return self._marshaller.put(item)

    def _reject(self, position: int, origin: Origin, code: str, message: str) -> None:
        where = origin.where(position)
        self._ledger.reject(
            Rejection(position=position, where=where, code=code, message=message)
        )
        if self._on_event is not None:
            self._on_event(ItemRejected(self._table, position, where, code, message))
        rejected = self._ledger.items_rejected
        if rejected == HOPELESS_REJECTIONS == self._ledger.items_read:
            first = self._ledger.rejections[0]
            raise TooManyFailuresError(
                f"all of the first {rejected:,} items were rejected; "
                f"{first.where}: {first.message}"
            )
