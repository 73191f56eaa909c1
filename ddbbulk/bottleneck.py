"""What bound a load: where its time went, told in one sentence."""

from collections.abc import Callable, Sequence

# From this share of throttled requests on, throttling is what a reader must hear of.
_THROTTLED_SHARE = 0.05
_BUSY_SHARE = 0.9
# A load that used less of its budget, besides the time that opening a connection takes,
# was not bound by it.
_USED_SHARE = 0.9
_OPENING_SECONDS = 1.0


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
    ) -> str:
        """Return the sentence for the report.

        Args:
            rates: the budget of each resource, in write units a second.
            elapsed_seconds: how long the load took.
            floor_seconds: how long its budgets alone would have taken.
            throttled_share: share of requests that were throttled, wholly or in part.
            cpu_share: share of the elapsed time that this process computed.
            max_connections: how many requests could be in flight.
        """
        if throttled_share > _THROTTLED_SHARE and self._verdict_of is None:
            return (
                f"bound by throttling: {throttled_share:.0%} of the requests were "
                f"throttled, so the table gave less than the budget"
            )
        cause = max(self._seconds, key=lambda key: self._seconds[key], default="items")
        if isinstance(cause, int):
            return self._of_budget(cause, rates, elapsed_seconds, floor_seconds)
        if cpu_share > _BUSY_SHARE:
            return "bound by this process's CPU: another process would add speed"
        if cause == "connections":
            return (
                f"bound by latency: all {max_connections} connections were busy; "
                f"more (max_connections) would add speed"
            )
        return "bound by the source: the writer waited for items"

    def _of_budget(
        self,
        cause: int,
        rates: Sequence[float],
        elapsed_seconds: float,
        floor_seconds: float,
    ) -> str:
        found = self._verdict_of(cause) if self._verdict_of else ""
        if found:
            return found
        used = floor_seconds / max(floor_seconds, elapsed_seconds - _OPENING_SECONDS)
        if used < _USED_SHARE:
            return (
                f"held up by a busy machine: {1 - used:.0%} of the budget passed "
                f"unused because this process woke too late"
            )
        name = self._resources[cause]
        of = f"index {name}" if name else "the table"
        return f"bound by the budget of {of}: {rates[cause]:,.6g} WCU"
