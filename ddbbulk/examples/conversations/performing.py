"""From the options of a command to its exit code."""

from collections.abc import Callable

import typer

import ddbbulk
from ddbbulk.examples.conversations.running import Job, run
from ddbbulk.examples.conversations.where import Where
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import Screen


def perform(
    job: Callable[[], Job],
    where: Callable[[], Where],
    *,
    table: str,
    is_data: bool = False,
) -> None:
    """Do a command's work, and exit with its code.

    Args:
        job: makes it of the options; those that cannot work end in a message.
        where: says of the options which DynamoDB it is for, likewise.
        table: its name.
        is_data: standard output is for a program.
    """
    screen = Screen()
    try:
        work, place = job(), where()
    except ddbbulk.DdbBulkError as error:
        screen.tell("error", str(error))
        raise typer.Exit(ExitCode.WRONG_SETTINGS) from None
    raise typer.Exit(run(work, place, screen, table=table, is_data=is_data))
