"""What was asked for, held against the tables, and made into two loads."""

from dataclasses import dataclass, replace

import ddbbulk
from ddbbulk.examples.screen import counted
from ddbbulk.examples.tweeter.loads import LoadPlan
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.preflight import PARTITION_WRITE_UNITS, rates
from ddbbulk.examples.tweeter.stage import Stage
from ddbbulk.examples.tweeter.tables import (
    Capacity,
    Table,
    follows_table,
    users_table,
)
from ddbbulk.examples.tweeter.users import is_alias_below

_MAX_ALIAS_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: how much, how fast, and where it goes.

    Args:
        count: how many users, and follows.
        followee: whom they follow.
        wcu: write units a second on each table.
        index_wcu: the same on the index of the follows.
        names: of tables, index and attributes.
        raised_from: tables and index are raised to these rates while they are loaded,
            and a simulator's begin with so many; None: they are as they are.

    Raises:
        ddbbulk.ConfigurationError: something of it cannot work.
    """

    count: int
    followee: str
    wcu: float
    index_wcu: float
    names: Names
    raised_from: float | None = None

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ddbbulk.ConfigurationError(f"--count {self.count}: give 0 or more")
        if self.raised_from is not None:
            check_rate("--wcu", self.raised_from)
        check_rate("--wcu" if self.raised_from is None else "--raise-to", self.wcu)
        check_rate("--index-wcu", self.index_wcu)
        check_followee(self.followee, self.count)

    @property
    def capacity(self) -> Capacity:
        """What a simulator is to provision for it.

        The checks read each item a few times, and no simulator's reads cost anything.
        """
        table = self.raised_from or self.wcu
        index = self.raised_from or self.index_wcu
        return Capacity(table, index, max(1000.0, 5 * self.wcu))

    def raised(self, description: ddbbulk.TableDescription) -> ddbbulk.TableDescription:
        """Return a table as it is while it is loaded."""
        if self.raised_from is None or description.is_on_demand:
            return description
        return replace(
            description,
            write_capacity=max(self.wcu, description.write_capacity or 0.0),
            index_write_capacity={
                name: max(self.index_wcu, units or 0.0)
                for name, units in description.index_write_capacity.items()
            },
        )


def check_rate(option: str, wcu: float) -> None:
    """Refuse what is no rate.

    Raises:
        ddbbulk.ConfigurationError: it is not above 0.
    """
    if not 0 < wcu < float("inf"):
        raise ddbbulk.ConfigurationError(
            f"{option} {wcu:g}: write units a second are a number above 0"
        )


def check_followee(alias: str, count: int = 0) -> None:
    """Refuse whoever cannot be followed.

    Raises:
        ddbbulk.ConfigurationError: no alias, too long, or one of the users themselves.
    """
    if not 0 < len(alias.encode()) <= _MAX_ALIAS_BYTES:
        raise ddbbulk.ConfigurationError(
            f"--followee: an alias has 1 to {_MAX_ALIAS_BYTES} bytes"
        )
    if is_alias_below(alias, count):
        raise ddbbulk.ConfigurationError(
            f"--followee {alias} is one of the users themselves: name another"
        )


async def plan_loads(
    stage: Stage,
    order: Order,
    *,
    users: ddbbulk.ItemSource,
    follows: ddbbulk.ItemSource,
    verb: str,
) -> tuple[LoadPlan, LoadPlan]:
    """Return the loads of users and of follows, after all that could keep them back.

    Args:
        stage: where they go.
        order: what was asked for.
        users: what is written to the table of users.
        follows: what is written to the table of follows.
        verb: what happens to them, such as ``load``, for the question.

    Raises:
        ddbbulk.ConfigurationError: a table is not what the items need.
        DeclinedError: the user was asked, and said no.
    """
    names = order.names
    budgets = ", ".join(
        f"{name} at {rate:g} WCU"
        for name, rate in (
            (names.users_table, order.wcu),
            (names.follows_table, order.wcu),
            (names.index, order.index_wcu),
        )
    )
    stage.screen.say(f"{stage.address}: {budgets}")
    users_plan = await _plan(stage, order, users_table(names), users, title="users")
    follows_plan = await _plan(
        stage, order, follows_table(names), follows, title="follows"
    )
    raised = "" if order.raised_from is None else ", raised to that meanwhile"
    stage.confirm(
        f"{verb} {counted(order.count, 'users')} and {counted(order.count, 'follows')} "
        f"({budgets}{raised})",
        users_plan.description,
    )
    return users_plan, follows_plan


async def _plan(
    stage: Stage,
    order: Order,
    table: Table,
    source: ddbbulk.ItemSource,
    *,
    title: str,
) -> LoadPlan:
    description = await stage.table(table, order.capacity)
    index_rate = order.index_wcu
    if table.schema.indexes and index_rate > PARTITION_WRITE_UNITS:
        # All follows have the same key there.
        index_rate = PARTITION_WRITE_UNITS
        stage.screen.tell(
            "note",
            f"every follow has the key {order.followee} in {order.names.index}, and "
            f"DynamoDB gives one key {PARTITION_WRITE_UNITS:g} WCU: that is its budget",
        )
    used = rates(
        order.raised(description),
        wcu=order.wcu,
        index_wcu={index.name: index_rate for index in table.schema.indexes},
        items=order.count,
        attributes=table.attributes,
    )
    for warning in used.warnings:
        stage.screen.tell("warning", warning)
    return LoadPlan(
        title=title,
        table=table.name,
        description=description,
        source=source,
        rates=used,
    )
