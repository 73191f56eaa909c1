"""What answers to requests that read say; what is no such answer is none at all.

An answer that says nothing must not pass for that of an empty table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

Wire = dict[str, Any]

# What comes of taking an answer apart that is none.
MALFORMED: Final = (AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What an answer to Scan says.

    Args:
        items: in DynamoDB JSON; none where only their number was asked for.
        count: how many items there are.
        scanned: how many were looked at.
        last_key: what the next page begins after; None: there is none.
    """

    items: Sequence[Wire]
    count: int
    scanned: int
    last_key: Wire | None

    @classmethod
    def of_items(cls, answer: Mapping[str, Any]) -> "Scanned":
        """Read an answer that has the items.

        Raises:
            MALFORMED: it is none.
        """
        items = _wires(answer["Items"])
        count = answer.get("Count", len(items))
        if count != len(items):
            raise ValueError("so many items did not come")
        return cls(items, count, *_end(answer, count))

    @classmethod
    def of_count(cls, answer: Mapping[str, Any]) -> "Scanned":
        """Read an answer that has only the items' number.

        Raises:
            MALFORMED: it is none.
        """
        count = int(answer["Count"])
        return cls((), count, *_end(answer, count))


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer to BatchGetItem says.

    Args:
        items: in DynamoDB JSON.
        unprocessed: the keys that are to be asked for again.
    """

    items: Sequence[Wire]
    unprocessed: Sequence[Wire]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Found":
        """Read an answer.

        Raises:
            MALFORMED: it is none.
        """
        left: Mapping[str, Any] = answer.get("UnprocessedKeys") or {}
        found: Mapping[str, Any] = (
            answer.get("Responses", {}) if left else answer["Responses"]
        )
        return cls(
            [item for items in found.values() for item in _wires(items)],
            [key for wanted in left.values() for key in _wires(wanted["Keys"])],
        )


def consumed_units(answer: Mapping[str, Any]) -> float | None:
    """Return the read units that a request has consumed; None: nobody says.

    Raises:
        MALFORMED: the answer is none.
    """
    told: object = answer.get("ConsumedCapacity")
    if not told:
        return None
    listed = cast(
        "Sequence[Mapping[str, Any]]", told if isinstance(told, list) else [told]
    )
    return sum(float(each["CapacityUnits"]) for each in listed)


def _end(answer: Mapping[str, Any], count: int) -> tuple[int, Wire | None]:
    last_key = answer.get("LastEvaluatedKey") or None
    if last_key is not None:
        _wires([last_key])
    return int(answer.get("ScannedCount", count)), last_key


def _wires(items: object) -> list[Wire]:
    if not isinstance(items, list):
        raise TypeError("no list of items")
    wires = cast("list[Wire]", items)
    if not all(isinstance(cast("object", item), dict) for item in wires):
        raise TypeError("an item is no object")
    return wires
