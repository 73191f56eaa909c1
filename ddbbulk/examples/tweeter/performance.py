"""Loads carried out and shown: the sheets, the report file, the simulator's proof."""

from pathlib import Path

import ddbbulk
from ddbbulk.examples.tweeter.loads import Loads
from ddbbulk.examples.tweeter.report_file import write_report_file
from ddbbulk.examples.tweeter.simulation import usage_sheet
from ddbbulk.examples.tweeter.stage import Stage


async def perform(loads: Loads, stage: Stage, report_file: Path | None) -> None:
    """Run the loads; show and write the reports, also of loads that were stopped.

    Raises:
        ddbbulk.DdbBulkError: a load failed; its report was shown before.
    """
    try:
        await loads.run()
    finally:
        stage.screen.say()
        for title, report in loads.reports.items():
            stage.screen.show(ddbbulk.report_sheet(report, title=title))
        if report_file is not None and loads.reports:
            write_report_file(report_file, loads.reports)
    if stage.simulation is not None:
        budgets = [
            (report.table, index, rate)
            for report in loads.reports.values()
            for index, rate in {"": report.budget, **report.index_budgets}.items()
        ]
        stage.screen.show(usage_sheet(await stage.simulation.stats(), budgets))
