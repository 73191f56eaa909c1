"""From a command to its exit code: the way to the table, signals, errors."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import ddbbulk
from ddbbulk.examples.conversations.meter import Meter
from ddbbulk.examples.conversations.schema import loading_command
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.where import Place, Where, opened
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.interrupts import signals_interrupt
from ddbbulk.examples.questions import DeclinedError
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import Screen

_INTERRUPTED: Final = "interrupted; run the same command again: nothing doubles by it"

Job = Callable[[Stage], Awaitable[ExitCode]]


def run(
    job: Job, where: Where, screen: Screen, *, table: str, is_data: bool = False
) -> ExitCode:
    """Do a command's work, and return its exit code; nothing is left running.

    Args:
        job: the work.
        where: which DynamoDB it is for.
        screen: speaks to the user.
        table: its name.
        is_data: standard output is for a program: whatever is said goes beside it.
    """
    try:
        with signals_interrupt():
            return asyncio.run(_on_stage(job, where, screen, table, is_data=is_data))
    except (KeyboardInterrupt, asyncio.CancelledError):
        screen.tell("note", _INTERRUPTED)
        return ExitCode.INTERRUPTED
    except DeclinedError:
        screen.tell("note", "nothing was changed")
        return ExitCode.INTERRUPTED
    except ddbbulk.TableNotFoundError as error:
        screen.tell("error", f"{error}. To create it: {loading_command(table)}")
        return ExitCode.WRONG_SETTINGS
    except ddbbulk.DdbBulkError as error:
        screen.tell("error", str(error))
        is_begun = error.report is not None
        return ExitCode.STOPPED_EARLY if is_begun else ExitCode.WRONG_SETTINGS


async def _on_stage(
    job: Job, where: Where, screen: Screen, table: str, *, is_data: bool
) -> ExitCode:
    def say(text: str) -> None:
        if is_data:
            screen.tell("note", text)
        else:
            screen.say(text, style="dim")

    async with opened(where, screen) as place:
        say(f"{place.name}, {place.connection.region}: table {table}")
        stage = _stage(place, where, screen, table)
        code = await job(stage)
        say(str(stage.meter))
        return code


def _stage(place: Place, where: Where, screen: Screen, table: str) -> Stage:
    told: set[str] = set()

    def tell_once(table: str) -> None:
        if table not in told:
            told.add(table)
            screen.tell("note", f"{table} is throttled; waiting for its capacity")

    meter = Meter()
    return Stage(
        table=table,
        place=place.name,
        connection=place.connection,
        requests=Requests(
            place.connection, on_throttle=tell_once, on_answer=meter.record
        ),
        meter=meter,
        screen=screen,
        is_aws=where.is_aws or place.is_aws,
        is_confirmed=where.is_confirmed,
    )
