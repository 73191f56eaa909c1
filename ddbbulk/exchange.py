"""A batch's request as bytes, and what the answer to it says: without I/O."""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any, Final, Protocol

import orjson

from ddbbulk.answer import Answer
from ddbbulk.batch import Batch
from ddbbulk.consumption import Consumption
from ddbbulk.errors import InvalidItemError
from ddbbulk.events import RequestSettled
from ddbbulk.marshal import Key
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport import Operation, Outcome, Reply, Unmet

# What reading an answer raises that has not the form of one.
MALFORMED: Final = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    InvalidItemError,
)


class Exchange(Protocol):
    """What the writer's loop needs to know of the requests that it sends."""

    @property
    def operation(self) -> Operation:
        """The operation that carries a batch."""
        ...

    def request(self, batch: Batch) -> bytes:
        """Return the body of the request that carries a batch."""
        ...

    def answer(self, outcome: Outcome | Unmet, batch: Batch) -> Answer | Failure:
        """Return what became of a batch."""
        ...


class BatchExchange:
    """Writes batches of one table by BatchWriteItem.

    Args:
        table: name or ARN.
        consumption: reads what a request has consumed.
        key_of: reads the canonical key of an item as it stands on the wire.
    """

    operation: Operation = "BatchWriteItem"

    def __init__(
        self,
        *,
        table: str,
        consumption: Consumption,
        key_of: Callable[[Mapping[str, Any]], Key],
    ) -> None:
        self._table_json = orjson.dumps(table)
        self._consumption = consumption
        self._key_of = key_of

    def request(self, batch: Batch) -> bytes:
        """Return the body of the request that carries a batch."""
        return b'{"RequestItems":{%b:[%b]},"ReturnConsumedCapacity":"%b"}' % (
            self._table_json,
            ",".join(batch.bodies).encode(),
            self._consumption.detail,
        )

    def answer(self, outcome: Outcome | Unmet, batch: Batch) -> Answer | Failure:
        """Return what became of a batch."""
        if isinstance(outcome, Failure):
            return self._consumption.reconsidered(outcome)
        try:
            if isinstance(outcome, Reply):
                return self._answer(outcome.body, batch)
        except MALFORMED:
            pass
        return Failure(
            FailureKind.FAULT, "MalformedAnswer", "not a BatchWriteItem answer"
        )

    def _answer(self, body: Mapping[str, Any], batch: Batch) -> Answer:
        returned = body.get("UnprocessedItems")
        unprocessed: frozenset[Key] = frozenset()
        if returned:
            unprocessed = frozenset(
                self._key_of(
                    request["PutRequest"]["Item"]
                    if "PutRequest" in request
                    else request["DeleteRequest"]["Key"]
                )
                for request in chain.from_iterable(returned.values())
            )
        return Answer(unprocessed, self._consumption.units(body, batch.units))


def settled_event(
    table: str, batch: Batch, outcome: Answer | Failure, latency: float
) -> RequestSettled:
    """Return what an observer is told of a batch's outcome."""
    if isinstance(outcome, Failure):
        return RequestSettled(
            table=table,
            items=len(batch),
            unprocessed=0,
            write_units=0.0,
            latency_seconds=latency,
            code=outcome.code,
            reasons=tuple(reason for reason, _ in outcome.reasons),
        )
    return RequestSettled(
        table=table,
        items=len(batch),
        unprocessed=len(outcome.unprocessed),
        write_units=outcome.consumed[0] if outcome.consumed else 0.0,
        latency_seconds=latency,
    )
