"""Where items come in: each becomes a write, or is rejected and counted."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from ddbbulk.conditions import WriteCondition
from ddbbulk.errors import InvalidItemError, TooManyFailuresError
from ddbbulk.events import ItemExisting, ItemRejected, Listener
from ddbbulk.failures import FailedItem, FailureLimit, OnFailure, Told
from ddbbulk.ledger import Ledger
from ddbbulk.marshal import Bundle, Marshaller, Refused, Write
from ddbbulk.report import Rejection
from ddbbulk.retry import scrubbed
from ddbbulk.sources import BrokenRecord

# Takes what is to be written in its turn.
Queue = Callable[[Sequence[Write] | Bundle], None]

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
        condition: on which items are written, if on any.
        ledger: where items are counted.
        on_event: told of every rejection.
        on_failure: told of every rejected item itself.
        limit: how many rejections are borne.
    """

    def __init__(
        self,
        *,
        table: str,
        marshaller: Marshaller,
        ledger: Ledger,
        on_event: Listener | None,
        on_failure: OnFailure | None = None,
        limit: FailureLimit | None = None,
        condition: WriteCondition | None = None,
    ) -> None:
        self._table = table
        self._marshaller = marshaller
        self._condition = condition
        self._ledger = ledger
        self._on_event = on_event
        self._on_failure = on_failure
        self._limit = limit or FailureLimit()

    def admit(
        self, items: Sequence[object], position: int, origin: Origin, queue: Queue
    ) -> None:
        """Hand the items to ``queue`` in their order, but for those that are rejected.

        Args:
            items: those that are read now.
            position: of the first.
            origin: where they come from.
            queue: takes what was admitted, also where this raises.

        Raises:
            TooManyFailuresError: more items were rejected than are borne, or the
                first 1,000 were all.
        """
        for lot in self._marshaller.lots(items, position, origin):
            if not isinstance(lot, Bundle):
                self._admit_each(lot, origin, queue)
            elif self._condition is not None:
                self._admit_each(lot.writes(), origin, queue)
            else:
                self._ledger.items_read += len(lot)
                queue(lot)

    def refuse(self, write: Write, code: str, message: str) -> None:
        """Reject a write because the service did.

        Raises:
            TooManyFailuresError: more items were rejected than are borne.
        """
        origin = cast("Origin", write.origin)
        rejection = Rejection(
            position=write.position,
            where=origin.where(write.position),
            code=code,
            message=scrubbed(message),
        )
        self._reject(rejection, write)

    def stay(self, write: Write) -> None:
        """Count a write in whose place the table's item stayed."""
        self._ledger.existing(write)
        if self._on_event is not None:
            where = cast("Origin", write.origin).where(write.position)
            self._on_event(ItemExisting(self._table, write.position, where))

    def _admit_each(
        self, results: Sequence[Write | Refused], origin: Origin, queue: Queue
    ) -> None:
        if self._condition is None and set(map(type, results)) == {Write}:
            self._ledger.items_read += len(results)
            queue(cast("Sequence[Write]", results))
            return
        writes: list[Write] = []
        try:
            for result in results:
                self._ledger.items_read += 1
                refused = self._refused(result)
                if refused is None:
                    writes.append(cast("Write", result))
                else:
                    self._turn_down(refused, origin)
        finally:
            if writes:
                queue(writes)

    def _refused(self, result: Write | Refused) -> Refused | None:
        """Return what is wrong with an item, if anything is."""
        if isinstance(result, Refused):
            return result
        if self._condition is not None:
            try:
                self._condition.admit(result)
            except InvalidItemError as error:
                return Refused(result, result.position, error.code, str(error))
        return None

    def _turn_down(self, refused: Refused, origin: Origin) -> None:
        rejection = Rejection(
            position=refused.position,
            where=origin.where(refused.position),
            code=refused.code,
            message=refused.message,
        )
        self._reject(rejection, refused.item)

    def _reject(self, rejection: Rejection, refused: object) -> None:
        self._ledger.reject(rejection)
        if self._on_failure is not None:
            self._on_failure(failed_item(self._table, rejection, refused))
        if self._on_event is not None:
            self._on_event(
                ItemRejected(
                    self._table,
                    rejection.position,
                    rejection.where,
                    rejection.code,
                    rejection.message,
                )
            )
        self._judge(rejection)

    def _judge(self, last: Rejection) -> None:
        rejected, read = self._ledger.items_rejected, self._ledger.items_read
        if rejected == HOPELESS_REJECTIONS == read:
            first = self._ledger.rejections[0]
            raise TooManyFailuresError(
                f"all of the first {rejected:,} items were rejected; "
                f"{first.where}: {first.message}"
            )
        if self._limit.is_exceeded(rejected=rejected, read=read):
            raise TooManyFailuresError(
                f"{rejected:,} of {read:,} items were rejected, and no more than "
                f"{self._limit} may be (max_failures, --max-failures); the last at "
                f"{last.where}: {last.message}"
            )


def failed_item(table: str, rejection: Rejection, refused: object) -> FailedItem:
    """Return a rejected item with all that is known of it.

    Args:
        table: name or ARN.
        rejection: where it stands, and what is wrong with it.
        refused: the ``Write`` that the service refused, or what could not become one.
    """
    raw: str | None = None
    attempts = 0
    if isinstance(refused, Write):
        told, attempts = Told.of_write(refused), refused.attempts
    elif isinstance(refused, BrokenRecord):
        told, raw = Told(None), refused.raw
    else:
        told = Told.of_item(refused)
    return FailedItem(
        table=table,
        item=told.item,
        operation=told.operation,
        reason=rejection.code,
        message=rejection.message,
        attempts=attempts,
        position=rejection.position,
        where=rejection.where,
        raw=raw,
        omitted=told.omitted,
    )
