"""A conditional put on its way and back: written, or the table's item stayed."""

from collections.abc import Mapping
from typing import Any

import orjson

from ddbbulk.batch import Batch
from ddbbulk.conditions import Condition, item_json
from ddbbulk.consumption import Consumption
from ddbbulk.exchange import MALFORMED
from ddbbulk.marshal import Write
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.scheduler import Answer
from ddbbulk.sizing import is_equal, item_size, write_units
from ddbbulk.transport import Operation, Outcome, Unmet


class ConditionalExchange:
    """Writes to one table by PutItem, one item a request, each on a condition.

    Args:
        condition: what must hold of the table's item.
        consumption: reads what a request has consumed.
    """

    operation: Operation = "PutItem"

    def __init__(self, *, condition: Condition, consumption: Consumption) -> None:
        self._condition = condition
        self._consumption = consumption

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
                return _unmet(write, outcome.item, resources=len(batch.units))
            units = self._consumption.units(outcome.body, batch.units)
        except MALFORMED:
            return Failure(FailureKind.FAULT, "MalformedAnswer", "not a PutItem answer")
        return Answer(frozenset(), units)


def _unmet(write: Write, stored: Mapping[str, Any] | None, *, resources: int) -> Answer:
    """Return what a condition that did not hold means.

    It costs what the larger of both items does, on the table alone: the error brings
    no ConsumedCapacity.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    """
    size = write.size
    is_ours = False
    if stored is not None:
        stored_size = item_size(stored)
        size = max(size, stored_size)
        # An attempt whose answer was lost, or an earlier run, has written it.
        is_ours = stored_size == write.size and is_equal(
            {"M": stored}, {"M": orjson.loads(item_json(write))}
        )
    consumed = [float(write_units(size)), *[0.0] * (resources - 1)]
    return Answer(frozenset(), consumed, is_unmet=not is_ours)
