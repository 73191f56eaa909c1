"""Changes of capacity: what may be changed, and how often it may be lowered.

Decreases are counted as measured on AWS, which is stricter than its pages say: four in
a day that begins at midnight UTC, then one an hour. Table and indexes count apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from ddbbulk.simulator.definition import BillingMode, Definition, Throughput
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.table_parts import read_throughput
from ddbbulk.simulator.throughput import TABLE

_FREE_DECREASES: Final = 4
_DECREASE_SECONDS: Final = 3600
_DAY_SECONDS: Final = 86_400


def change_capacity(
    definition: Definition,
    request: Mapping[str, Any],
    index_updates: Mapping[str, Mapping[str, Any]],
    *,
    wall_now: float,
) -> Definition:
    """The definition with the capacity and billing mode that a request asks for.

    Args:
        definition: the table as it is.
        request: UpdateTable's parameters.
        index_updates: the ``Update`` elements for global indexes, by index name.
        wall_now: seconds since 1970.

    Raises:
        ServiceError: nothing would change, or it may not be changed (now).
    """
    mode: BillingMode = request.get("BillingMode", definition.billing_mode)
    is_switch = mode != definition.billing_mode
    throughput = dict(definition.throughput)
    for name in index_updates:
        if name not in throughput:
            raise ServiceError(
                "ResourceNotFoundException", f"Requested resource not found: {name}"
            )
    for name, element in _elements(definition, request, index_updates).items():
        is_asked = _is_asked(element)
        if is_switch or is_asked:
            what = f" for index: {name}" if name else ""
            new = read_throughput(element, mode, what)
            throughput[name] = (
                new if is_switch else _changed(name, throughput[name], new, wall_now)
            )
    return replace(definition, billing_mode=mode, throughput=throughput)


def is_capacity_asked(request: Mapping[str, Any], updates: Sequence[object]) -> bool:
    """Whether a request asks for a change of capacity at all."""
    return _is_asked(request) or bool(updates) or "BillingMode" in request


def _is_asked(element: Mapping[str, Any]) -> bool:
    return "ProvisionedThroughput" in element or "OnDemandThroughput" in element


def _elements(
    definition: Definition,
    request: Mapping[str, Any],
    index_updates: Mapping[str, Mapping[str, Any]],
) -> dict[str, Mapping[str, Any]]:
    return {
        name: request if name == TABLE else index_updates.get(name, {})
        for name in definition.throughput
    }


def _changed(name: str, old: Throughput, new: Throughput, now: float) -> Throughput:
    if (new.read, new.write) == (old.read, old.write):
        if (new.max_read, new.max_write) != (old.max_read, old.max_write):
            return replace(old, max_read=new.max_read, max_write=new.max_write)
        raise ServiceError.validation(_unchanged(name, old, new))
    decreased_at, decreases = old.decreased_at, _decreases_today(old, now)
    if new.read < old.read or new.write < old.write:
        _refuse_frequent(decreases, decreased_at, now)
        decreased_at, decreases = now, decreases + 1
    is_increase = new.read > old.read or new.write > old.write
    return replace(
        old,
        read=new.read,
        write=new.write,
        increased_at=now if is_increase else old.increased_at,
        decreased_at=decreased_at,
        decreases_today=decreases,
    )


def _unchanged(name: str, old: Throughput, new: Throughput) -> str:
    what = f"index {name}" if name else "table"
    return (
        f"The provisioned throughput for the {what} will not change. The requested "
        "value equals the current value. Current ReadCapacityUnits provisioned for the "
        f"{what}: {old.read}. Requested ReadCapacityUnits: {new.read}. Current "
        f"WriteCapacityUnits provisioned for the {what}: {old.write}. Requested "
        f"WriteCapacityUnits: {new.write}. Refer to the Amazon DynamoDB Developer "
        "Guide for current limits and how to request higher limits."
    )


def _decreases_today(throughput: Throughput, now: float) -> int:
    last = throughput.decreased_at
    is_today = last is not None and last // _DAY_SECONDS == now // _DAY_SECONDS
    return throughput.decreases_today if is_today else 0


def _refuse_frequent(decreases: int, last: float | None, now: float) -> None:
    if last is None or decreases < _FREE_DECREASES:
        return
    if now >= last + _DECREASE_SECONDS:
        return
    raise ServiceError(
        "LimitExceededException",
        "Subscriber limit exceeded: Provisioned throughput decreases are limited "
        "within a given UTC day. After the first 4 decreases, each subsequent decrease "
        "in the same UTC day can be performed at most once every 3600 seconds. Number "
        f"of decreases today: {decreases}. Last decrease at {_moment(last)}. Next "
        f"decrease can be made at {_moment(last + _DECREASE_SECONDS)}",
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%A, %B %d, %Y %H:%M:%S UTC")
