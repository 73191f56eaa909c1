"""A backend that fails now and then, in front of one that does not."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson

from ddbbulk.simulator.answer import (
    OK,
    Answer,
    Backend,
    Delivery,
    error_answer,
    read_json,
)
from ddbbulk.simulator.catalog import Clock, arn_of
from ddbbulk.simulator.delivery import AHEAD
from ddbbulk.simulator.faults import OUTAGE, PARTIAL, Fault, Faults, FaultSequence
from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason
from ddbbulk.simulator.throttling import throttled

_BATCH: Final = "BatchWriteItem"
_WRITES: Final = frozenset(
    {_BATCH, "PutItem", "DeleteItem", "UpdateItem", "TransactWriteItems"}
)
_INTERNAL: Final = ("InternalServerError", "Internal server error", 500)
_ERRORS: Final[Mapping[Fault, tuple[str, str, int]]] = {
    Fault.HTTP500: _INTERNAL,
    Fault.HTTP500_AFTER: _INTERNAL,
    Fault.HTTP503: ("ServiceUnavailable", "The service is unavailable", 503),
    Fault.EXPIRED: (
        "ExpiredTokenException",
        "The security token included in the request is expired",
        400,
    ),
}
_BORNE: Final = timedelta(minutes=15)
_RESET: Final = Answer(500, b"", Delivery.RESET)
_SILENCE: Final = Answer(500, b"", Delivery.SILENCE)


class _Rest(NamedTuple):
    """A request without the items that are held back, and those, by table."""

    body: bytes
    held: Mapping[str, list[Any]]
    is_empty: bool = False


class FaultyBackend:
    """Lets requests to write meet faults on their way to a backend and back.

    An item that ``partial`` holds back is not looked at: a batch that is not valid is
    refused when its invalid item gets through.

    Args:
        backend: what performs the operations.
        faults: how often each fault happens.
        seed: of chance.
        clock: seconds that outages count by, from now on.
    """

    def __init__(
        self, backend: Backend, faults: Faults, *, seed: int, clock: Clock
    ) -> None:
        self._backend = backend
        self._faults = faults
        self._sequence = FaultSequence(faults, seed=seed)
        self._clock = clock
        self._start = clock()
        self._counts = Counter(dict.fromkeys(faults.names(), 0))

    async def answer(
        self, name: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """The answer to a request, and how it is to be delivered."""
        if self._faults.is_outage(self._clock() - self._start):
            self._counts[OUTAGE] += 1
            return _RESET
        if name not in _WRITES:
            return await self._backend.answer(name, body, headers)
        fault = self._sequence.next_fault()
        if fault is not None:
            self._counts[fault] += 1
        early = _answer_instead(fault, body)
        if early is not None:
            return early
        rest = self._hold_back(name, body)
        if fault is Fault.LATE:
            await asyncio.sleep(self._faults.late_seconds)
        answer = await self._carry_out(name, rest, headers)
        if fault is Fault.SLOW:
            await asyncio.sleep(self._faults.slow_seconds)
        return _spoilt(fault, answer)

    def statistics(self) -> dict[str, Any]:
        """As the backend's, with how often each fault happened; ``partial``: items."""
        return {**self._backend.statistics(), "faults": dict(self._counts)}

    def _hold_back(self, name: str, body: bytes) -> _Rest:
        if name != _BATCH or not self._faults.partial:
            return _Rest(body, {})
        request = _parsed(body)
        held: dict[str, list[Any]] = {}
        kept: dict[str, list[Any]] = {}
        for table, entries in _request_items(request).items():
            for entry in entries:
                part = held if self._sequence.holds_back() else kept
                part.setdefault(table, []).append(entry)
        if not held:
            return _Rest(body, {})
        self._counts[PARTIAL] += sum(map(len, held.values()))
        rest = orjson.dumps({**request, "RequestItems": kept})
        return _Rest(rest, held, is_empty=not kept)

    async def _carry_out(
        self, name: str, rest: _Rest, headers: Mapping[str, str]
    ) -> Answer:
        if rest.is_empty:
            # Not for want of provisioned capacity: a throttle of the other class.
            reason = "TableWriteKeyRangeThroughputExceeded"
            return _throttle(reason, rest.held)
        answer = await self._backend.answer(name, rest.body, headers)
        if not rest.held or answer.status != OK:
            return answer
        content: dict[str, Any] = orjson.loads(answer.body)
        unprocessed: dict[str, list[Any]] = content.setdefault("UnprocessedItems", {})
        for table, entries in rest.held.items():
            unprocessed[table] = unprocessed.get(table, []) + entries
        return Answer(OK, orjson.dumps(content))


def _answer_instead(fault: Fault | None, body: bytes) -> Answer | None:
    """The answer of a fault that keeps a request from being carried out."""
    match fault:
        case Fault.THROTTLE:
            reason = "TableWriteProvisionedThroughputExceeded"
            return _throttle(reason, _tables(_parsed(body)))
        case Fault.HTTP500 | Fault.HTTP503 | Fault.EXPIRED:
            return error_answer(ServiceError(*_ERRORS[fault]))
        case Fault.SKEW:
            return _too_old(datetime.now(UTC))
        case Fault.RESET:
            return _RESET
        case Fault.HANG:
            return _SILENCE
        case _:
            return None


def _spoilt(fault: Fault | None, answer: Answer) -> Answer:
    """What a fault makes of the answer to a request that was carried out."""
    match fault:
        case Fault.HTTP500_AFTER:
            return error_answer(ServiceError(*_ERRORS[fault]))
        case Fault.RESET_AFTER:
            return _RESET
        case Fault.LATE:
            return _SILENCE
        case Fault.CRC:
            return answer._replace(delivery=Delivery.WRONG_CHECKSUM)
        case Fault.TRUNCATE:
            return answer._replace(delivery=Delivery.TRUNCATED)
        case _:
            return answer


def _throttle(reason: str, tables: Iterable[str]) -> Answer:
    return error_answer(
        throttled(ThrottlingReason(reason, arn_of(table)) for table in tables)
    )


def _too_old(signed_at: datetime) -> Answer:
    limit = "{:%Y%m%dT%H%M%SZ} is now earlier than {:%Y%m%dT%H%M%SZ} ({:%Y%m%dT%H%M%SZ}"
    service_time = signed_at + AHEAD
    said = limit.format(signed_at, service_time - _BORNE, service_time)
    error = ServiceError(
        "InvalidSignatureException", f"Signature expired: {said} - 15 min.)"
    )
    return error_answer(error)._replace(delivery=Delivery.AHEAD)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        return read_json(body)
    except ServiceError:
        return {}  # the backend will say what is wrong with it


def _tables(request: Mapping[str, Any]) -> Iterable[str]:
    named: Any = request.get("TableName")
    if isinstance(named, str):
        return [named]
    return [*_request_items(request), *_transaction_tables(request)]


def _transaction_tables(request: Mapping[str, Any]) -> Iterator[str]:
    try:
        for element in request.get("TransactItems", ()):
            for action in element.values():
                yield str(action["TableName"])
    except (AttributeError, KeyError, TypeError):
        return  # the backend explains that better


def _request_items(request: Mapping[str, Any]) -> dict[str, list[Any]]:
    tables: Any = request.get("RequestItems")
    if tables.__class__ is not dict:
        return {}
    # What is no list is an error that the backend explains better.
    if any(entries.__class__ is not list for entries in tables.values()):
        return {}
    return tables
