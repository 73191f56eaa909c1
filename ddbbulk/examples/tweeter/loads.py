"""Loads side by side: one connection, a budget each, one display."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ddbbulk
from ddbbulk.examples.tweeter.preflight import Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """One of the loads.

    Args:
        title: what it writes, such as ``users``.
        table: where it goes.
        description: what that table is.
        source: what is written.
        rates: how fast.
    """

    title: str
    table: str
    description: ddbbulk.TableDescription
    source: ddbbulk.ItemSource
    rates: Rates


class Loads:
    """Runs loads together, and keeps the report of each, however it ends.

    Args:
        plans: the loads; none waits for another.
        connection: what all of them use.
        display: what shows them.

    Attributes:
        reports: of those that have ended, by title.
    """

    def __init__(
        self,
        plans: Sequence[LoadPlan],
        *,
        connection: ddbbulk.Connection,
        display: ddbbulk.ProgressDisplay,
    ) -> None:
        self._plans = plans
        self._connection = connection
        self._display = display
        self.reports: dict[str, ddbbulk.LoadReport] = {}

    async def run(self) -> Mapping[str, ddbbulk.LoadReport]:
        """Run every load to its end; the first error stops the others in good order.

        Raises:
            ddbbulk.DdbBulkError: one of them failed; the reports of all are kept.
        """
        try:
            # The display is entered once around all, so that the last bar stays.
            with self._display:
                async with asyncio.TaskGroup() as tasks:
                    for plan in self._plans:
                        tasks.create_task(self._load(plan))
        except BaseExceptionGroup as group:
            error = group.exceptions[0]
            if isinstance(error, ddbbulk.DdbBulkError) and self.reports:
                error.report = next(iter(self.reports.values()))
            raise error from None
        return self.reports

    async def _load(self, plan: LoadPlan) -> None:
        def keep(event: ddbbulk.Event) -> None:
            if isinstance(event, ddbbulk.LoadFinished):
                self.reports[plan.title] = event.report

        await ddbbulk.load(
            plan.table,
            plan.source,
            wcu=plan.rates.table,
            index_wcu=plan.rates.indexes,
            connection=self._connection,
            progress=self._display,
            title=plan.title,
            on_event=keep,
        )
