"""Loads side by side: one connection, a budget each, one display."""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
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

    """

    def __init__(
        self,
        plans: Sequence[LoadPlan],
        *,
        connection: ddbbulk.Connection,
        display: ddbbulk.ProgressDisplay,
        retry: ddbbulk.RetryPolicy | None = None,
    ) -> None:
        self._plans = plans
        self._connection = connection
        self._display = display
        self._retry = retry or ddbbulk.RetryPolicy()
        self._reports: dict[str, ddbbulk.LoadReport] = {}

    @property
    def reports(self) -> Mapping[str, ddbbulk.LoadReport]:
        """The reports of those that have ended, by title, in the order of the plans."""
        titles = (plan.title for plan in self._plans)
        return {
            title: self._reports[title] for title in titles if title in self._reports
        }

    @property
    def items_rejected(self) -> int:
        """How many items were rejected in all."""
        return sum(report.items_rejected for report in self._reports.values())

    async def run(self) -> None:
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
            self._credit(error)
            raise error from None

    @contextmanager
    def reported(self) -> Generator[None, None, None]:
        """Let an error of the block carry a report: what was loaded stays loaded."""
        try:
            yield
        except ddbbulk.DdbBulkError as error:
            self._credit(error)
            raise

    def _credit(self, error: BaseException) -> None:
        if isinstance(error, ddbbulk.DdbBulkError) and error.report is None:
            error.report = next(iter(self.reports.values()), None)

    async def _load(self, plan: LoadPlan) -> None:
        def keep(event: ddbbulk.Event) -> None:
            if isinstance(event, ddbbulk.LoadFinished):
                self._reports[plan.title] = event.report

        await ddbbulk.load(
            plan.table,
            plan.source,
            wcu=plan.rates.table,
            index_wcu=plan.rates.indexes,
            connection=self._connection,
            progress=self._display,
            title=plan.title,
            on_event=keep,
            retry=self._retry,
        )
