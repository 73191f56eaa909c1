"""Changes of capacity: what may be changed, and when; table and indexes count apart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ddbbulk.simulator.definition import BillingMode, Definition, Throughput
from ddbbulk.simulator.quotas import Quotas
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.table_parts import read_throughput
from ddbbulk.simulator.throughput import TABLE


def change_capacity(
    definition: Definition,
    request: Mapping[str, Any],
    index_updates: Mapping[str, Mapping[str, Any]],
    *,
    quotas: Quotas,
    wall_now: float,
) -> Definition:
    """The definition with the capacity and billing mode that a request asks for.

    Args:
        definition: the table as it is.
        request: UpdateTable's parameters.
        index_updates: the ``Update`` elements for global indexes, by index name.
        quotas: how often capacity may be lowered.
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
            new, old = read_throughput(element, mode, what), throughput[name]
            if is_switch:
                warm = old.warm(definition.billing_mode)
                new = replace(new, warm_read=warm.read, warm_write=warm.write)
            else:
                new = _changed(name, old, new, quotas, wall_now)
            throughput[name] = new.kept_warm(mode)
    return replace(definition, billing_mode=mode, throughput=throughput)


def is_capacity_asked(
    request: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether a request asks for a change of capacity at all."""
    is_asked = any(_is_asked(element) for element in (request, *updates))
    return is_asked or "BillingMode" in request


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


def _changed(
    name: str, old: Throughput, new: Throughput, quotas: Quotas, now: float
) -> Throughput:
    if (new.read, new.write) == (old.read, old.write):
        if (new.max_read, new.max_write) != (old.max_read, old.max_write):
            return replace(old, max_read=new.max_read, max_write=new.max_write)
        raise ServiceError.validation(_unchanged(name, old, new))
    decreased_at, decreases = old.decreased_at, old.decreases_on_day_of(now)
    if new.read < old.read or new.write < old.write:
        quotas.refuse_frequent(old, now)
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
