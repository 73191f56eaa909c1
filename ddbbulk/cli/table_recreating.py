"""What ``ddbbulk table recreate`` does."""

import asyncio
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.cli.confirmation import confirm_name
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.table_sheet import show_table
from ddbbulk.cli.waiting import waiting
from ddbbulk.cli.whereabouts import contents, whereabouts
from ddbbulk.errors import DdbBulkError, TableNotFoundError
from ddbbulk.limits import ON_DEMAND_WRITE_UNITS_PER_SECOND
from ddbbulk.recreation import (
    LOSSES,
    Inspection,
    KeptDefinition,
    Recreation,
    inspect_table,
)

_MANY_TAGS: Final = 5


async def recreate_empty(
    connection: Connection,
    table: str,
    *,
    lose: Sequence[str],
    is_agreed: bool,
    errors: Console,
    output: Console,
    is_json: bool,
) -> ExitCode:
    """Show what is carried over and what is not, ask, and make the table anew.

    Raises:
        ConfigurationError: it would lose something, is protected from deletion, or
            was not confirmed.
        RequestError: there is none of this name, or it cannot be dropped or created.
    """
    async with connection:
        try:
            recreation = await Recreation.of(connection, table)
        except TableNotFoundError:
            for path in KeptDefinition.left_of(table):
                say(errors, _how_to_finish(str(path)), kind="note")
            raise
        recreation.check(lose)
        for text in _notes(recreation.inspection):
            say(errors, text, kind="note")
        await confirm_name(
            recreation.inspection.description.name,
            errors=errors,
            what="\n".join(_what_happens(recreation, lose)),
            is_agreed=is_agreed,
        )
        if not is_agreed:
            # While somebody read and typed it may have become something else.
            recreation = await Recreation.of(connection, table)
            recreation.check(lose)
        if not await _is_run(recreation, errors):
            return ExitCode.STOPPED_EARLY
        inspection = await inspect_table(connection, table)
    show_table(inspection, output, is_json=is_json)
    return ExitCode.COMPLETE


async def _is_run(recreation: Recreation, errors: Console) -> bool:
    """Make the table anew; where that fails midway say so, and how to go on."""
    name = recreation.inspection.description.name
    path = str(recreation.kept.path)
    say(errors, f"the definition of {name} is kept in {path} until it is done")
    try:
        with waiting(errors, f"dropping table {name} and creating it anew"):
            await recreation.run()
    except asyncio.CancelledError:
        say(errors, _how_to_finish(path), kind="warning")
        raise
    except DdbBulkError as error:
        if not recreation.kept.path.exists():
            raise  # nothing was dropped
        say(errors, str(error), kind="error")
        say(errors, _how_to_finish(path), kind="warning")
        return False
    return True


def _how_to_finish(path: str) -> str:
    return (
        "a table was being dropped and created anew, and that did not come to its "
        "end. Where it is not there any more, this creates it, with the same "
        "--endpoint-url, --region and --profile (the file's first lines say which "
        f"table it is):\nddbbulk table create {shlex.quote(path)} --if-not-exists"
    )


def _what_happens(recreation: Recreation, lose: Sequence[str]) -> Iterator[str]:
    inspection = recreation.inspection
    described, definition = inspection.description, inspection.definition
    place = whereabouts(recreation.connection, described.arn)
    yield (
        f"table {described.name} {place} will be dropped and created anew: "
        f"{contents(described)} (by a count up to six hours old) will be gone for good"
    )
    carried = ["keys", "capacity"]
    carried += [f"index {index.name}" for index in described.schema.indexes]
    if definition.ttl_attribute:
        carried.append(f"time to live by {definition.ttl_attribute}")
    if definition.tags:
        names = list(definition.tags)
        shown = ", ".join(names[:_MANY_TAGS])
        more = " and others" if names[_MANY_TAGS:] else ""
        carried.append(f"tags {shown}{more}")
    yield f"carried over: {', '.join(carried)}"
    lost = [str(loss) for loss in inspection.losses if loss.name in lose]
    if lost:
        yield f"lost: {'; '.join(lost)}"


def _notes(inspection: Inspection) -> Iterator[str]:
    for name, reason in inspection.surroundings.unseen:
        yield (
            f"{LOSSES[name]} would be lost, and whether there is such a thing could "
            f"not be seen: {reason}"
        )
    described = inspection.description
    warm = described.warm_write_units or 0.0
    if described.is_on_demand and warm > ON_DEMAND_WRITE_UNITS_PER_SECOND:
        yield (
            f"it gives {warm:,.0f} write units a second at once, because it has grown; "
            f"a new table gives {ON_DEMAND_WRITE_UNITS_PER_SECOND:,} and has to grow "
            "again"
        )
