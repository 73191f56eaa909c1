"""Loads carried out and shown: the sheets, the simulator's proof, what comes next."""

import shlex
from pathlib import Path

import ddbbulk
from ddbbulk.examples.tweeter.loads import Loads
from ddbbulk.examples.tweeter.report_file import write_report_file
from ddbbulk.examples.tweeter.simulation import usage_sheet
from ddbbulk.examples.tweeter.stage import Stage


def display(stage: Stage, verb: str) -> ddbbulk.ProgressDisplay:
    """Return what shows loads: bars, or lines such as ``Created 1000 users``."""
    return ddbbulk.ProgressDisplay(
        console=stage.screen.output, line=lambda title, count: f"{verb} {count} {title}"
    )


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
        with loads.reported():
            stats = await stage.simulation.stats()
        stage.screen.show(usage_sheet(stats, budgets))


def say_next(stage: Stage, *, table: str, then: str) -> None:
    """Say how to look at what was written.

    Args:
        stage: where it is.
        table: the one to look at.
        then: the command to try next.
    """
    look = f"aws dynamodb scan --max-items 3 --table-name {table}"
    if stage.simulation is None:
        url = stage.connection.endpoint_url
        where = "" if stage.is_aws else f" --endpoint-url {url}"
        stage.screen.write(
            f"To look at it: {look} --region {stage.connection.region}{where}"
        )
        return
    file = stage.simulation.file
    if file is None:
        stage.screen.say(
            "The simulator ends now, and its tables with it. To keep them for a look, "
            "and for 'post' and 'clear', add --keep tweeter.db"
        )
        return
    data = shlex.quote(str(file))
    stage.screen.write(
        f"The tables are kept in {file}. To look at them:\n"
        f"  ddbbulk simulate --data {data}\n"
        f"  {look} --region us-east-1 --endpoint-url http://127.0.0.1:8000\n"
        f"Try next: python -m ddbbulk.examples.tweeter {then} --keep {data}"
    )
