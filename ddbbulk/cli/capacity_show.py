"""What ``ddbbulk capacity show`` shows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ddbbulk.aws import Connection
from ddbbulk.capacity import (
    AutoScaling,
    NotePlace,
    RestoreNote,
    ScalingTarget,
    TableCapacity,
    describe_capacity,
    dollars,
    read_note,
)
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.errors import RequestError
from ddbbulk.prices import Prices
from ddbbulk.printable import printable

_PATIENCE_SECONDS: Final = 5.0
_HOURS_A_MONTH: Final = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of a table's capacity."""

    described: TableCapacity
    targets: Mapping[str, ScalingTarget]
    note: RestoreNote | None
    prices: Prices

    @property
    def dollars_per_hour(self) -> float:
        """What is provisioned costs in an hour, used or not."""
        return sum(
            units.write * self.prices.write_unit_hour
            + units.read * self.prices.read_unit_hour
            for units in self.described.units.values()
        )

    def found(self, resource: str) -> int | None:
        """Return what will be put back; None: nothing will."""
        one = None if self.note is None else self.note.resource(resource)
        return None if one is None else one.write.found


async def show_capacity(
    connection: Connection,
    table: str,
    *,
    prices: Prices,
    errors: Console,
    output: Console,
    is_json: bool,
) -> ExitCode:
    """Describe a table's capacity to a person or a program."""
    async with connection, AutoScaling(connection) as scaling:
        described = await describe_capacity(
            connection, table, patience_seconds=_PATIENCE_SECONDS
        )
        targets: Mapping[str, ScalingTarget] = {}
        try:
            targets = await scaling.targets(described, is_needed=True)
        except RequestError as error:
            say(errors, str(error), kind="note")
        place = NotePlace.of(
            table=described.name,
            arn=described.arn,
            endpoint_url=connection.endpoint_url,
        )
    shown = Shown(
        described=described,
        targets=targets,
        note=read_note(place.path),
        prices=prices,
    )
    if is_json:
        text = json.dumps(_document(shown, place), indent=2)
        output.print(Text(text), soft_wrap=True)
    else:
        output.print(*_sheet(shown), sep="\n")
    return ExitCode.COMPLETE


def _document(shown: Shown, place: NotePlace) -> dict[str, Any]:
    described = shown.described
    return {
        "table": described.name,
        "arn": described.arn,
        "is_on_demand": described.is_on_demand,
        "is_changing": bool(described.busy),
        "resources": [
            {
                "index": name or None,
                "read_units": units.read,
                "write_units": units.write,
                "auto_scaling": _limits(shown.targets.get(name)),
                "found_write_units": shown.found(name),
            }
            for name, units in described.units.items()
        ],
        "dollars_per_hour": shown.dollars_per_hour,
        "prices_as_of": shown.prices.as_of.isoformat(),
        "restore_note": None if shown.note is None else str(place.path),
    }


def _limits(target: ScalingTarget | None) -> dict[str, int] | None:
    if target is None:
        return None
    return {"minimum": target.minimum, "maximum": target.maximum}


def _sheet(shown: Shown) -> Iterator[Table | Text]:
    described, prices = shown.described, shown.prices
    sheet = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    sheet.add_column("table and indexes", overflow="fold")
    for heading in ("WCU", "RCU", "auto scaling", "put back to", "an hour"):
        sheet.add_column(heading, justify="right", no_wrap=True)
    for name, units in described.units.items():
        target, found = shown.targets.get(name), shown.found(name)
        hourly = (
            units.write * prices.write_unit_hour + units.read * prices.read_unit_hour
        )
        sheet.add_row(
            f"  {printable(name)}" if name else printable(described.name),
            "on demand" if described.is_on_demand else f"{units.write:,}",
            "" if described.is_on_demand else f"{units.read:,}",
            f"{target.minimum:,} to {target.maximum:,}" if target else "",
            "" if found is None else f"{found:,}" if found else "on demand",
            dollars(hourly) if hourly else "",
        )
    yield sheet
    for text in described.busy:
        yield Text(f"{printable(text)}: these are the old values")
    hourly = shown.dollars_per_hour
    if hourly:
        yield Text(
            f"together {dollars(hourly)} an hour, {dollars(hourly * _HOURS_A_MONTH)} a "
            f"month, used or not (prices of {prices.region}, {prices.as_of})"
        )
