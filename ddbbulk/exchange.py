"""A batch on its way and back: its request's bytes, and what the answer says of it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import orjson

from ddbbulk.batching import Batch
from ddbbulk.events import RequestSettled
from ddbbulk.marshal import Key
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.scheduler import Answer
from ddbbulk.transport import Transport

_LOG = logging.getLogger(__name__)


class Exchange:
    """Sends batches of one table through a transport.

    Args:
        transport: what carries the bytes.
        table: name or ARN.
        resources: names of what has a budget, the table (``""``) first.
        key_of: reads the canonical key of an item as it stands on the wire.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        table: str,
        resources: Sequence[str],
        key_of: Callable[[Mapping[str, Any]], Key],
    ) -> None:
        self._transport = transport
        self._table = table
        self._table_json = orjson.dumps(table)
        self._resources = resources
        self._key_of = key_of
        self._detail = b"INDEXES"
        self._told_of: set[str] = set()

    async def carry(self, batch: Batch) -> Answer | Failure:
        """Send a batch, once, and return what became of it."""
        outcome = await self._transport.batch_write(self._body(batch))
        if isinstance(outcome, Failure):
            return self._reconsidered(outcome)
        try:
            return self._answer(outcome.body, batch)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Failure(
                FailureKind.FAULT, "MalformedAnswer", "not a BatchWriteItem answer"
            )

    def _body(self, batch: Batch) -> bytes:
        return b'{"RequestItems":{%b:[%b]},"ReturnConsumedCapacity":"%b"}' % (
            self._table_json,
            b",".join([write.body for write in batch.writes]),
            self._detail,
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
        consumed = consumed_units(
            body, resources=self._resources, estimated=batch.units
        )
        self._warn_of_indexes(body)
        return Answer(unprocessed, consumed)

    def _warn_of_indexes(self, body: Mapping[str, Any]) -> None:
        """Say once of each index that it is written to without a budget."""
        for entry in body.get("ConsumedCapacity", ()):
            indexes = entry.get("GlobalSecondaryIndexes")
            if indexes and len(indexes) >= len(self._resources):
                unknown = set(indexes) - set(self._resources) - self._told_of
                self._told_of |= unknown
                for name in sorted(unknown):
                    _LOG.warning(
                        "%s: index %s is not in the schema that was given, so its "
                        "capacity is used without a budget",
                        self._table,
                        name,
                    )

    def _reconsidered(self, failure: Failure) -> Failure:
        """Ask for totals where a server does not know INDEXES, and send again."""
        if (
            failure.kind is not FailureKind.REFUSED
            or "ReturnConsumedCapacity" not in failure.message
            or self._detail != b"INDEXES"
        ):
            return failure
        _LOG.info("%s: the server tells no capacity by index", self._table)
        self._detail = b"TOTAL"
        return replace(failure, kind=FailureKind.FAULT)


def consumed_units(
    answer: Mapping[str, Any], *, resources: Sequence[str], estimated: Sequence[float]
) -> Sequence[float] | None:
    """Return what an answer's ConsumedCapacity says for each resource.

    Where the service tells no more than a total, it is divided as the estimate is.
    """
    entries = answer.get("ConsumedCapacity")
    if not entries:
        return None
    entry = entries[0]
    total = float(entry["CapacityUnits"])
    if "Table" not in entry:
        expected = sum(estimated)
        return [total * part / expected if expected else 0.0 for part in estimated]
    indexes = _units_by_index(entry, "GlobalSecondaryIndexes")
    # A local index has no budget of its own: its units are the table's.
    local = sum(_units_by_index(entry, "LocalSecondaryIndexes").values())
    table = float(entry["Table"]["CapacityUnits"]) + local
    return [table, *(indexes.get(name, 0.0) for name in resources[1:])]


def _units_by_index(entry: Mapping[str, Any], member: str) -> dict[str, float]:
    told: Mapping[str, Mapping[str, Any]] = entry.get(member) or {}
    return {name: float(units["CapacityUnits"]) for name, units in told.items()}


def settled_event(
    table: str, batch: Batch, outcome: Answer | Failure, latency: float
) -> RequestSettled:
    """Return what an observer is told of a batch's outcome."""
    if isinstance(outcome, Failure):
        return RequestSettled(
            table=table,
            items=len(batch.writes),
            unprocessed=0,
            write_units=0.0,
            latency_seconds=latency,
            code=outcome.code,
            reasons=tuple(reason for reason, _ in outcome.reasons),
        )
    return RequestSettled(
        table=table,
        items=len(batch.writes),
        unprocessed=len(outcome.unprocessed),
        write_units=outcome.consumed[0] if outcome.consumed else 0.0,
        latency_seconds=latency,
    )
