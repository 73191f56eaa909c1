"""Warm throughput: what a table can give as soon as it is allowed to.

It says how far an on-demand table has grown, or how far provisioned capacity may be
raised at once; it is no limit of its own. It can be asked for, and only ever rises.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from ddbbulk.simulator.definition import BillingMode, Definition, Throughput, Warm
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.throughput import TABLE

_MEMBERS: Final = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")
_NEW: Final = (
    "lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/"
    "amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
    "#on-demand-capacity-mode-initial"
)
_LOWERED: Final = (
    "lower than current WarmThroughput, decreasing WarmThroughput is not supported"
)


def created_warm(
    throughput: Throughput,
    element: Mapping[str, Any],
    billing_mode: BillingMode,
    index: str = TABLE,
) -> Throughput:
    """The throughput of a new table or index, as warm as a request asks for.

    Args:
        throughput: what it has else.
        element: what may have the member WarmThroughput.
        billing_mode: of the table.
        index: the index's name, where it is one's.

    Raises:
        ServiceError: it would be colder than it is anyway.
    """
    least = throughput.warm(billing_mode)

    def too_low(member: str) -> str:
        if billing_mode == "PAY_PER_REQUEST":
            return _NEW
        kind = member.removesuffix("UnitsPerSecond")
        return f"lower than {kind}CapacityUnits of ProvisionedThroughput"

    read, write = _read(element.get("WarmThroughput") or {}, least, index, too_low)
    return replace(throughput, warm_read=read, warm_write=write)


def is_warming_asked(element: Mapping[str, Any]) -> bool:
    """Whether an update asks for warm throughput."""
    return "WarmThroughput" in element


def warming(
    definition: Definition, elements: Mapping[str, Mapping[str, Any]]
) -> Definition:
    """The definition of a table that is being warmed.

    Args:
        definition: the table as it is.
        elements: what may have the member WarmThroughput, of the table and of indexes.

    Raises:
        ServiceError: there is no such index, or it would become colder.
    """
    throughput = dict(definition.throughput)
    for name, element in elements.items():
        if not is_warming_asked(element):
            continue
        if name not in throughput:
            raise ServiceError(
                "ResourceNotFoundException", f"Requested resource not found: {name}"
            )
        asked = element["WarmThroughput"]
        if not asked:
            raise ServiceError.invalid_parameter(
                "WarmThroughput must have at least one of ReadUnitsPerSecond or "
                f"WriteUnitsPerSecond specified for {_what(name, ': ')}"
            )
        now = throughput[name].warm(definition.billing_mode)
        wanted = _read(asked, now, name, lambda _: _LOWERED)
        throughput[name] = replace(throughput[name], warming=wanted)
    return replace(definition, throughput=throughput)


def _read(
    asked: Mapping[str, int], least: Warm, index: str, too_low: Callable[[str], str]
) -> Warm:
    units = [
        asked.get(name, default) for name, default in zip(_MEMBERS, least, strict=True)
    ]
    for name, wanted, lowest in zip(_MEMBERS, units, least, strict=True):
        if wanted < lowest:
            raise ServiceError.invalid_parameter(
                f"Requested {name} for WarmThroughput for {_what(index, ' ')} is "
                + too_low(name)
            )
    return Warm(*units)


def _what(index: str, colon: str) -> str:
    return f"index{colon}{index}" if index else "table"
