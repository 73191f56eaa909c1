"""What ``ddbbulk capacity set`` does."""

from collections.abc import Mapping

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.capacity import CapacitySetting, dollars
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.raising import changes_in_words
from ddbbulk.cli.waiting import waiting
from ddbbulk.cli.whereabouts import whereabouts
from ddbbulk.prices import Prices


async def set_table(
    connection: Connection,
    table: str,
    write: Mapping[str, float],
    *,
    has_auto_scaling: bool,
    prices: Prices,
    errors: Console,
) -> ExitCode:
    """Set the capacity of a table and its indexes, and say what that costs."""
    async with connection:
        setting = CapacitySetting(
            connection, table, write, has_auto_scaling=has_auto_scaling
        )
        table = table.rpartition("/")[2]
        text = f"setting the capacity of table {table} {whereabouts(connection)}"
        with waiting(errors, text):
            await setting.make()
    if not setting.changes:
        say(errors, f"table {table} has that capacity already: nothing is changed")
        return ExitCode.COMPLETE
    difference = sum(change.after - change.before for change in setting.changes)
    hourly = dollars(abs(difference) * prices.write_unit_hour)
    say(
        errors,
        f"set: {changes_in_words(table, setting.changes)}. This costs {hourly} an hour "
        f"{'more' if difference > 0 else 'less'} (prices of {prices.region}, "
        f"{prices.as_of})",
    )
    return ExitCode.COMPLETE
