"""What bound a load: where its time went, told in one sentence."""

from collections.abc import Callable, Sequence

from ddbbulk.limits import PARTITION_WRITE_UNITS_PER_SECOND
from ddbbulk.report import HotKey

# From this share of throttled requests on, throttling is what a reader must hear of.
_THROTTLED_SHARE = 0.05
_BUSY_SHARE = 0.9
# A load that left more of its budget unused, besides the time that opening a connection
# takes, was not bound by it.
_UNUSED_SHARE = 0.1
_OPENING_SECONDS = 1.0
# A load that took much longer than its hottest key needs was not bound by it.
_HOT_SHARE = 0.75
_MOMENT = 1e-9


class Bottleneck:
    """Adds up what the loop waited for.

    Args:
        resources: names of what has a budget, the table (``""``) first.
        verdict_of: says of a resource, by its place among them, what it gave, where
            its rate was found out; empty where its budget bound.
    """

    def __init__(
        self,
        resources: Sequence[str],
        verdict_of: Callable[[int], str] | None = None,
    ) -> None:
        self._resources = resources
        self._verdict_of = verdict_of
        self._seconds: dict[str | int, float] = {}

    def waited(self, cause: str | int, seconds: float) -> None:
        """Count a wait: for ``items``, ``connections``, … or a resource's budget."""
        self._seconds[cause] = self._seconds.get(cause, 0.0) + seconds

    def verdict(
        self,
        *,
        rates: Sequence[float],
        elapsed_seconds: float,
        floor_seconds: float,
        throttled_share: float,
        cpu_share: float,
        max_connections: int,
        hot_key: HotKey | None = None,
    ) -> str:
        """Return the sentence for the report.

        Args:
            rates: the budget of each resource, in write units a second.
            elapsed_seconds: how long the load took.
            floor_seconds: how long its budgets alone would have taken.
            throttled_share: share of requests that were throttled, wholly or in part.
            cpu_share: share of the elapsed time that this process computed.
            max_connections: how many requests could be in flight.
            hot_key: the hottest key, if any was hot.
        """
        unused = 1 - floor_seconds / max(
            floor_seconds, elapsed_seconds - _OPENING_SECONDS, _MOMENT
        )
        if hot_key is not None and (
            _takes_as_long(hot_key, elapsed_seconds, floor_seconds)
            or self._is_held_up(unused * elapsed_seconds)
        ):
            return (
                f"bound by hot key {hot_key.key} of {hot_key.resource or 'the table'}: "
                f"{PARTITION_WRITE_UNITS_PER_SECOND:,} WCU per partition key, floor "
                f"{hot_key.floor_seconds:.3g} s"
            )
        if throttled_share > _THROTTLED_SHARE and self._verdict_of is None:
            return (
                f"bound by throttling: {throttled_share:.0%} of the requests were "
                f"throttled, so the table gave less than the budget"
            )
        cause = self._longest_wait()
        if isinstance(cause, int):
            return self._of_budget(cause, rates[cause], unused)
        if cpu_share > _BUSY_SHARE:
            return "bound by this process's CPU: another process would add speed"
        if cause == "connections":
            return (
                f"bound by latency: all {max_connections} connections were busy; "
                f"more (max_connections) would add speed"
            )
        return "bound by the source: the writer waited for items"

    def _of_budget(self, resource: int, rate: float, unused: float) -> str:
        found = self._verdict_of(resource) if self._verdict_of else ""
        if found:
            return found
        if unused > _UNUSED_SHARE:
            return (
                f"held up by a busy machine: {unused:.0%} of the budget passed "
                f"unused because this process woke too late"
            )
        name = self._resources[resource]
        of = f"index {name}" if name else "the table"
        return f"bound by the budget of {of}: {rate:,.6g} WCU"

    def _longest_wait(self) -> str | int:
        return max(self._seconds, key=lambda key: self._seconds[key], default="items")

    def _is_held_up(self, unused_seconds: float) -> bool:
        """Say whether hot partitions are why a good part of the budget passed by."""
        held = self._seconds.get("hot keys", 0.0)
        return self._longest_wait() == "hot keys" or (
            unused_seconds > _OPENING_SECONDS and held > unused_seconds / 2
        )


def _takes_as_long(
    hot_key: HotKey, elapsed_seconds: float, floor_seconds: float
) -> bool:
    """Say whether the hottest key takes what the load took, and no budget does."""
    needed = hot_key.floor_seconds
    is_slowest = needed > floor_seconds
    return is_slowest and needed >= _HOT_SHARE * (elapsed_seconds - _OPENING_SECONDS)
