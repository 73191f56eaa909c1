"""The check that a run's items are there: counting scans before and after."""

from ddbbulk.examples.screen import counted
from ddbbulk.examples.tweeter.census import Census, Registrar
from ddbbulk.examples.tweeter.plans import Order
from ddbbulk.examples.tweeter.stage import Stage


class Check:
    """Counts users and follows, compares, and says what it found.

    Args:
        stage: where they are.
        order: how many there must be.
    """

    def __init__(self, stage: Stage, order: Order) -> None:
        self._screen = stage.screen
        self._order = order
        self._registrar = Registrar(
            stage.requests,
            names=order.names,
            count=order.count,
            followee=order.followee,
        )
        self._before = (Census(0, 0), Census(0, 0))

    async def before(self) -> None:
        """Count what is there before the first write."""
        self._before = await self._count("counting what is there before")

    async def all_there(self) -> bool:
        """Say how many of this run's items are there; True: all of them."""
        names = self._order.names
        after = await self._count("checking that all is there")
        tables = (("users", names.users_table), ("follows", names.follows_table))
        # Each is said, also after one that is not complete.
        found = [
            self._say(what, table, was, now)
            for (what, table), was, now in zip(tables, self._before, after, strict=True)
        ]
        return all(found)

    async def all_gone(self) -> bool:
        """Say how many of this run's items are left; True: none of them."""
        names = self._order.names
        users, follows = await self._count("checking that all is gone")
        is_clear = not (users.own or follows.own)
        others = (
            f"(other items: {users.items - users.own:,} in {names.users_table}, "
            f"{follows.items - follows.own:,} in {names.follows_table})"
        )
        if is_clear:
            self._screen.say(f"checked: none of them is left {others}", style="green")
        else:
            left = f"{counted(users.own, 'users')}, {counted(follows.own, 'follows')}"
            self._screen.tell("error", f"not deleted: {left} {others}")
        return is_clear

    async def _count(self, activity: str) -> tuple[Census, Census]:
        with self._screen.activity(activity) as progress:
            users = await self._registrar.users(progress)
            return users, await self._registrar.follows(progress)

    def _say(self, what: str, table: str, was: Census, now: Census) -> bool:
        count = self._order.count
        text = (
            f"{what} in {table}: {now.own:,} of this run's {count:,} ({was.own:,} of "
            f"them before; all items: {was.items:,} before, {now.items:,} now)"
        )
        if now.own == count:
            self._screen.say(f"checked: {text}", style="green")
        else:
            self._screen.tell("error", f"{count - now.own:,} missing: {text}")
        return now.own == count
