"""Rows into the table: one load, shown while it runs, and counted."""

from collections.abc import Iterable
from typing import Literal

import ddbbulk
from ddbbulk.examples.conversations.stage import Stage


def pace(stage: Stage, wcu: float | None) -> float | Literal["adaptive"] | None:
    """Return the budget of writes: what was asked for, or else what fits the place.

    At AWS it is what the table has (None); elsewhere all that it gives, for nobody else
    uses it.
    """
    return wcu or (None if stage.is_aws else "adaptive")


async def write(
    stage: Stage,
    source: ddbbulk.ItemSource | Iterable[object],
    *,
    title: str,
    wcu: float | None,
    every: int = 1000,
) -> ddbbulk.LoadReport:
    """Load a source, and return the account of it.

    Args:
        stage: where it goes.
        source: rows, and what deletes rows.
        title: what is written, such as ``messages``.
        wcu: write units a second; None: what fits the place.
        every: without a terminal, a line tells each so many.

    Raises:
        ddbbulk.DdbBulkError: the load was stopped; the error has its report.
    """
    display = ddbbulk.ProgressDisplay(
        console=stage.screen.output,
        every=every,
        line=lambda title, count: f"{count} {title}",
    )
    report = await ddbbulk.load(
        stage.table,
        source,
        wcu=pace(stage, wcu),
        connection=stage.connection,
        progress=display,
        title=title,
    )
    stage.meter.add(report)
    report.raise_for_rejected()
    return report
