"""Steers an adaptive budget by what the requests of one load meet.

What is decided for each resource is ``adaptive``, and whose limit it was ``blame``;
here both are told what the answers say, and the load's observers what became of it.
"""

import math
from collections.abc import Sequence
from typing import Final

from ddbbulk.batch import Batch, total_units
from ddbbulk.blame import Suspicion, blamed
from ddbbulk.budget import Budget
from ddbbulk.events import BudgetCause, BudgetChanged, Listener
from ddbbulk.marshal import Write
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.schema import TableSchema

# A rate that changes by less than this factor is not worth an event.
_NOTABLE: Final = 1.1
# For so long a resource that was named may clear others that were only suspected.
_ACQUITTAL_SECONDS: Final = 10.0
# Limits that differ by less than this factor are one.
_ONE_LIMIT: Final = 1.25


class Steering:
    """Steers a budget for one load; several may steer the same.

    Args:
        budget: an adaptive one.
        schema: the table's keys and indexes.
        table: name or ARN, for events.
        is_on_demand: whether the table is; there a lack of partitions is told in the
            words for a hot key.
        on_event: told of rates that change notably.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        schema: TableSchema,
        table: str,
        is_on_demand: bool | None,
        on_event: Listener | None,
    ) -> None:
        self._budget = budget
        self._resources = schema.resources
        self._searches = budget.searches
        self._suspicion = Suspicion(schema, budget.searches)
        self._table = table
        self._is_provisioned = is_on_demand is False
        self._on_event = on_event
        self._told = {name: search.rate for name, search in self._searches.items()}
        self._suspected: tuple[frozenset[str], float] = (frozenset(), -math.inf)

    def answered(
        self,
        batch: Batch,
        returned: Sequence[Write],
        consumed: Sequence[float] | None,
        now: float,
    ) -> None:
        """Learn from an answer.

        Args:
            batch: what was sent.
            returned: what came back of it.
            consumed: units on each resource; None where the service did not say.
            now: the time.
        """
        processed, estimated = batch.writes, batch.units
        if returned:
            lost = {write.key for write in returned}
            processed = [write for write in batch.writes if write.key not in lost]
            estimated = total_units(processed, resources=len(self._resources))
        count = len(batch) - len(returned)
        if consumed is None:
            consumed = estimated
        for name, units in zip(self._resources, consumed, strict=True):
            search = self._searches.get(name)
            if search is not None and units:
                search.consumed(units, now, items=max(1, count))
        if returned:
            self._suspect(returned, processed, batch.sent_at, now)
        self._follow(now)

    def failed(self, batch: Batch, failure: Failure, now: float) -> None:
        """Learn from a request that was throttled as a whole."""
        if failure.kind is not FailureKind.THROTTLED:
            return
        found = blamed(failure.reasons)
        if not found:
            self._suspect(batch.writes, (), batch.sent_at, now)
        for blame in found:
            # An index that nobody has told us of is slowed by way of the table.
            name = blame.resource if blame.resource in self._searches else ""
            if name != blame.resource and blame.resource in self._resources:
                continue
            if blame.limit == "key_range" and not self._lacks_partitions(batch, name):
                self._clear(now)
                continue
            self._clear(now, guilty=name)
            self._suspicion.convict(name)
            search = self._searches[name]
            search.throttled(now, sent_at=batch.sent_at)
            if blame.limit == "account":
                if not search.is_account_bound:
                    self._tell(name, search.rate, "account")
                search.met_account_limit(now)
        self._follow(now)

    def verdict(self, resource: int) -> str:
        """Return what a resource gave, in one sentence; empty where a budget bound."""
        name = self._resources[resource]
        search = self._searches.get(name)
        of = f"index {name}" if name else "the table"
        if search is None or (search.is_at_ceiling and search.limit is None):
            return ""
        if search.limit is None:
            return (
                f"ended before the limit of {of} was found: it took {search.used:,.0f} "
                f"WCU in the end"
            )
        bound = f"bound by {of}: it"
        if search.is_account_bound:
            bound = f"bound by the account's limit: {of}"
        low, high = search.lowest, search.highest
        if not high:
            return f"{bound} throttled, and the load was over before it was measured"
        gave = f"{_rounded(high)} WCU"
        if high > _ONE_LIMIT * low:
            gave = f"{_rounded(low)} to {gave}"
        return f"{bound} gave {gave}"

    def _suspect(
        self,
        returned: Sequence[Write],
        processed: Sequence[Write],
        sent_at: float,
        now: float,
    ) -> None:
        """Slow all that may be meant, until a reason says which it was."""
        if self._suspicion.is_one_key(returned, processed):
            self._clear(now)
            return
        fell = [
            name
            for name in self._suspicion.suspects(returned)
            if self._searches[name].throttled(now, sent_at=sent_at)
        ]
        if fell:
            self._suspected = frozenset(fell), now

    def _clear(self, now: float, *, guilty: str | None = None) -> None:
        """Take back what was done to others on a mere suspicion."""
        suspects, since = self._suspected
        if now - since <= _ACQUITTAL_SECONDS:
            for name in suspects - {guilty}:
                self._searches[name].acquit(now)
        self._suspected = frozenset(), -math.inf

    def _lacks_partitions(self, batch: Batch, name: str) -> bool:
        """Say whether it is no hot key, for on demand all of a table may be short."""
        if self._is_provisioned:
            return False
        return self._suspicion.is_spread(batch.writes, name)

    def _follow(self, now: float) -> None:
        for name, rate in self._budget.follow_searches(now):
            told = self._told.get(name, rate)
            if max(rate, told) >= _NOTABLE * min(rate, told):
                self._tell(name, rate, "probing" if rate > told else "throttled")

    def _tell(self, name: str, rate: float, cause: BudgetCause) -> None:
        self._told[name] = rate
        if self._on_event is not None:
            self._on_event(BudgetChanged(self._table, name, rate, cause))


def _rounded(rate: float) -> str:
    """Write a measured rate to two digits: 998.3 is 1,000."""
    digits = 1 - math.floor(math.log10(rate))
    return f"{round(rate, digits):,g}" if rate < 1 else f"{round(rate, digits):,.0f}"
