"""A conditional write on its way and back: done, or the table's item stayed."""

from collections.abc import Mapping
from typing import Any

from ddbbulk.answer import Answer
from ddbbulk.batch import Batch
from ddbbulk.conditions import WriteCondition
from ddbbulk.consumption import Consumption
from ddbbulk.exchange import MALFORMED
from ddbbulk.marshal import Write
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.sizing import item_size, write_units
from ddbbulk.transport import Operation, Outcome, Unmet


class ConditionalExchange:
    """Writes to one table, one item a request, each on a condition.

    Args:
        condition: what must hold of the table's item.
        consumption: reads what a request has consumed.
    """

    def __init__(self, *, condition: WriteCondition, consumption: Consumption) -> None:
        self._condition = condition
        self._consumption = consumption
        self.operation: Operation = condition.operation

    def request(self, batch: Batch) -> bytes:
        """Return the body of the request that carries the batch's only write."""
        (write,) = batch.writes
        return self._condition.request(write, self._consumption.detail)

    def answer(self, outcome: Outcome | Unmet, batch: Batch) -> Answer | Failure:
        """Return what became of the batch's only write."""
        if isinstance(outcome, Failure):
            return self._consumption.reconsidered(outcome)
        (write,) = batch.writes
        try:
            if isinstance(outcome, Unmet):
                return self._unmet(write, outcome.item, resources=len(batch.units))
            units = self._consumption.units(outcome.body, batch.units)
        except MALFORMED:
            problem = f"not a {self.operation} answer"
            return Failure(FailureKind.FAULT, "MalformedAnswer", problem)
        return Answer(frozenset(), units)

    def _unmet(
        self, write: Write, stored: Mapping[str, Any] | None, *, resources: int
    ) -> Answer:
        """Return what a condition that did not hold means.

        It costs what the larger of both items does, on the table alone: the error
        brings no ConsumedCapacity.
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
        """
        size = write.size
        is_done = False
        if stored is not None:
            stored_size = item_size(stored)
            size = max(size, stored_size)
            is_done = stored_size == write.size and self._condition.is_done(
                write, stored
            )
        consumed = [float(write_units(size)), *[0.0] * (resources - 1)]
        # Who has written what was wanted, nobody can say: perhaps not this load.
        return Answer(
            frozenset(), consumed, is_unmet=not is_done, is_first_hand=not is_done
        )
