"""Whose limit a throttle met: that of the table, an index, a key or the account.

A request that was throttled as a whole says so by ThrottlingReasons; one of which some
writes came back does not, and is judged by what was consumed and by its keys.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ddbbulk.adaptive import AdaptiveRate
from ddbbulk.batch import total_units
from ddbbulk.marshal import Key, Partitions, Write
from ddbbulk.schema import TableSchema

Limit = Literal["capacity", "key_range", "account"]

_LIMITS: Final[Mapping[str, Limit]] = {
    "ProvisionedThroughputExceeded": "capacity",
    "MaxOnDemandThroughputExceeded": "capacity",
    "KeyRangeThroughputExceeded": "key_range",
    "AccountLimitExceeded": "account",
}
# A resource that used less of what it has is not what throttled.
_PRESSED: Final = 0.9


@dataclass(frozen=True, slots=True)
class Blame:
    """One limit that a request met.

    Args:
        resource: the name of an index; ``""`` is the table.
        limit: which of its limits.
    """

    resource: str
    limit: Limit


def blamed(reasons: Iterable[tuple[str, str]]) -> list[Blame]:
    """Return what ThrottlingReasons say: pairs of reason and resource ARN."""
    found: dict[Blame, None] = {}
    for reason, arn in reasons:
        for word, limit in _LIMITS.items():
            if reason.endswith(word):
                _, _, index = arn.rpartition("/index/")
                is_index = reason.startswith("Index") and "/index/" in arn
                found[Blame(index if is_index else "", limit)] = None
    return list(found)


class Suspicion:
    """Judges throttles that name no cause.

    Args:
        schema: the table's keys and indexes.
        searches: for resources whose rate is being found out, what finds it.
    """

    def __init__(
        self, schema: TableSchema, searches: Mapping[str, AdaptiveRate]
    ) -> None:
        self._resources = schema.resources
        self._partitions = Partitions(schema)
        self._searches = searches
        self._convicted: set[str] = set()
        # The only keys of what came back the last time.
        self._last_keys: tuple[Key | None, ...] = ()

    def convict(self, resource: str) -> None:
        """Remember that a reason has named a resource."""
        self._convicted.add(resource)

    def is_one_key(self, returned: Sequence[Write], processed: Sequence[Write]) -> bool:
        """Say whether, somewhere, a single partition key is what had nothing left.

        It is where all that came back is of one key and nothing else is; a single write
        says so only if it was the same key the last time.
        """
        if not processed:
            return False
        numbers = range(len(self._resources))
        keys = [self._keys(returned, number) for number in numbers]
        last, only = self._last_keys, [_single(some) for some in keys]
        self._last_keys = tuple(only)
        for number, some in enumerate(keys):
            if only[number] is None or some & self._keys(processed, number):
                continue
            if len(returned) > 1 or (last and last[number] == only[number]):
                return True
        return False

    def suspects(self, returned: Sequence[Write]) -> list[str]:
        """Return the resources one of which had not enough left for some writes."""
        units = total_units(returned, resources=len(self._resources))
        touched = [
            name
            for name, cost in zip(self._resources, units, strict=True)
            if cost and name in self._searches
        ]
        if len(touched) <= 1:
            return touched
        pressures = {name: self._pressure(name) for name in touched}
        known = {name: one for name, one in pressures.items() if one is not None}
        pressed = [name for name, one in known.items() if one >= _PRESSED]
        if pressed:
            return [max(pressed, key=lambda name: known[name])]
        unknown = [name for name in touched if name not in known]
        return [name for name in unknown if name in self._convicted] or (
            unknown or [max(touched, key=lambda name: known[name])]
        )

    def is_spread(self, writes: Sequence[Write], resource: str) -> bool:
        """Say whether writes go to several partition keys of a resource."""
        return len(self._keys(writes, self._resources.index(resource))) > 1

    def _pressure(self, name: str) -> float | None:
        """Return what share of its capacity a resource used of late, if one can say."""
        search = self._searches[name]
        capacity = search.known
        if capacity is None and name in self._convicted:
            capacity = search.limit
        return search.used / capacity if capacity else None

    def _keys(self, writes: Sequence[Write], number: int) -> set[Key | None]:
        keys = {self._partitions.of(write)[number] for write in writes}
        return keys - {None}


def _single(keys: Collection[Key | None]) -> Key | None:
    return next(iter(keys)) if len(keys) == 1 else None
