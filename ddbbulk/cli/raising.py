"""What ``--raise-to`` does around a load, and what it says of it."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.capacity import (
    CapacityChange,
    ProvisionedCapacity,
    Restoration,
    dollars,
    in_words,
    named,
    provisioned,
)
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.options import IndexRate, index_rates
from ddbbulk.errors import ConfigurationError, RestoreOwedError
from ddbbulk.prices import Prices
from ddbbulk.tables import TableDescription

_GOOD_ENDS: Final = (ExitCode.COMPLETE, ExitCode.SOME_REJECTED)


class Raising:
    """Capacity that one run of a command raises.

    Args:
        wcu: write units for the table; None: it stays as it is.
        index_wcu: for global indexes by name; None: all as the table.
        restore_note: where it is kept what is to be put back.
        wait_restore: wait for the service to allow a decrease.
        on_demand_rcu: switch a table that is on demand, with so many read units.
        has_auto_scaling: look for auto scaling.
        prices: what capacity costs.
        has_budget: the load has a budget of its own.

    Attributes:
        is_owed: it could not be put back.
    """

    def __init__(
        self,
        *,
        wcu: float | None,
        index_wcu: Mapping[str, float] | None,
        restore_note: Path | None,
        wait_restore: bool,
        on_demand_rcu: float | None,
        has_auto_scaling: bool,
        prices: Prices,
        has_budget: bool,
    ) -> None:
        self.is_owed = False
        self._wcu = wcu
        self._index_wcu = index_wcu
        self._restore_note = restore_note
        self._wait_restore = wait_restore
        self._on_demand_rcu = on_demand_rcu
        self._has_auto_scaling = has_auto_scaling
        self._prices = prices
        self._has_budget = has_budget

    @classmethod
    def asked(
        cls,
        wcu: float | None,
        indexes: Iterable[IndexRate] | None,
        *,
        restore_note: Path | None = None,
        wait_restore: bool = False,
        on_demand_rcu: float | None = None,
        has_auto_scaling: bool = True,
        prices: Path | None = None,
        has_budget: bool = False,
    ) -> "Raising | None":
        """Return what options ask for; None: nothing is raised.

        Raises:
            ConfigurationError: some are given that only go with others.
        """
        named_indexes = index_rates(indexes or (), option="--raise-index")
        if wcu is None and not named_indexes:
            alone = {
                "--restore-note": restore_note is not None,
                "--wait-restore": wait_restore,
                "--switch-on-demand": on_demand_rcu is not None,
                "--no-auto-scaling": not has_auto_scaling,
                "--prices": prices is not None,
            }
            given = [option for option, is_given in alone.items() if is_given]
            if given:
                raise ConfigurationError(
                    f"{' and '.join(given)}: only with --raise-to or --raise-index"
                )
            return None
        return cls(
            wcu=wcu,
            index_wcu=named_indexes or None,
            restore_note=restore_note,
            wait_restore=wait_restore,
            on_demand_rcu=on_demand_rcu,
            has_auto_scaling=has_auto_scaling,
            prices=Prices.standard() if prices is None else Prices.read(prices),
            has_budget=has_budget,
        )

    def expected(self, table: TableDescription) -> TableDescription:
        """Return the table as it will be while it is raised."""
        if table.write_capacity is None:
            return table
        indexes = table.index_write_capacity
        raised = self._index_wcu
        if raised is None:
            raised = {} if self._wcu is None else dict.fromkeys(indexes, self._wcu)
        return replace(
            table,
            write_capacity=max(table.write_capacity, self._wcu or 0.0),
            index_write_capacity={
                name: max(units or 0.0, raised.get(name, 0.0))
                for name, units in indexes.items()
            },
        )

    @asynccontextmanager
    async def around(
        self, table: str, connection: Connection, console: Console
    ) -> AsyncGenerator[None, None]:
        """Keep the table raised while the block lasts, and say what becomes of it."""
        capacity = provisioned(
            table,
            wcu=self._wcu,
            index_wcu=self._index_wcu,
            on_demand_rcu=self._on_demand_rcu,
            restore_note=self._restore_note,
            wait_restore=self._wait_restore,
            auto_scaling=self._has_auto_scaling,
            prices=self._prices,
            connection=connection,
        )
        try:
            async with capacity:
                self._say_raised(capacity, console)
                yield
        except RestoreOwedError as error:
            say(console, str(error), kind="error")
        finally:
            done = capacity.restoration
            if done is not None:
                self.is_owed = bool(done.owed)
                say_restored(done, console)

    def exit_code(self, code: ExitCode) -> ExitCode:
        """Return the exit code, given the one that the load itself has earned."""
        return ExitCode.RESTORE_OWED if self.is_owed and code in _GOOD_ENDS else code

    def _say_raised(self, capacity: ProvisionedCapacity, console: Console) -> None:
        table = capacity.table
        if capacity.is_on_demand:
            text = f"table {table} is on demand: there is nothing to raise"
            if not self._has_budget:
                raise ConfigurationError(
                    f"{text}. Say by --wcu N what the load may use of it, or add "
                    "--switch-on-demand RCU to provision it meanwhile"
                )
            say(console, f"{text} (--switch-on-demand provisions it)", kind="note")
        elif capacity.changes:
            prices = self._prices
            hourly = dollars(capacity.dollars_per_hour)
            say(
                console,
                f"raised: {changes_in_words(table, capacity.changes)}. This costs "
                f"{hourly} an hour more (prices of {prices.region}, {prices.as_of})",
            )
        elif capacity.note_path is None:
            say(console, f"table {table} has that capacity already: nothing is raised")
        if capacity.is_shared:
            text = "another load needs the raised capacity too: the last that ends puts"
            say(console, f"{text} it back", kind="note")


def say_restored(done: Restoration, console: Console) -> None:
    """Say what was put back, what was not, and what the raise has cost."""
    if done.changes:
        say(
            console,
            f"put back: {changes_in_words(done.table, done.changes)}. The raise has "
            f"cost about {dollars(done.dollars)}",
        )
    if done.left_to:
        say(
            console,
            f"table {done.table} stays raised for {in_words(done.left_to)}, which puts "
            "it back",
            kind="note",
        )


def changes_in_words(table: str, changes: Sequence[CapacityChange]) -> str:
    """Return changes as a person reads them."""
    return ", ".join(
        f"{named(table, one.resource)} from {_units(one.before)} to {_units(one.after)}"
        for one in changes
    )


def _units(units: int) -> str:
    return f"{units:,} WCU" if units else "on demand"
