"""``tweeter load``: users and follows, side by side, each on its own budget."""

import asyncio
import time
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import counted, duration
from ddbbulk.examples.tweeter.begun import BegunSource
from ddbbulk.examples.tweeter.bill import show_bill
from ddbbulk.examples.tweeter.checks import Check
from ddbbulk.examples.tweeter.daisy import Followee
from ddbbulk.examples.tweeter.follows import follows
from ddbbulk.examples.tweeter.loads import LoadPlan, Loads
from ddbbulk.examples.tweeter.passwords import Passwords, hashing_threads
from ddbbulk.examples.tweeter.performance import display, perform, say_next
from ddbbulk.examples.tweeter.plans import Order, plan_loads
from ddbbulk.examples.tweeter.raised import is_owed, raised_table
from ddbbulk.examples.tweeter.stage import Stage
from ddbbulk.examples.tweeter.users import UserSource

_WORTH_A_NOTE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """The main job: users, follows of one of them, and the proof that all are there.

    Args:
        order: what is asked for.
        passwords: make the users' password hashes.
        images_url: folder of their pictures.
        report_file: where the reports go as JSON, if anywhere.
    """

    order: Order
    passwords: Passwords
    images_url: str
    report_file: Path | None

    async def __call__(self, stage: Stage) -> ExitCode:
        """Load, check and account for it."""
        order, names = self.order, self.order.names
        users = UserSource(
            indexes=range(order.count),
            passwords=self.passwords,
            images_url=self.images_url,
            names=names,
        )
        plans = await plan_loads(
            stage,
            order,
            users=users,
            follows=follows(count=order.count, followee=order.followee, names=names),
            verb="load",
        )
        followee = Followee(stage.requests, names=names, alias=order.followee)
        await self._invite(stage, followee, users, plans[0])
        check = Check(stage, order)
        # Passwords are hashed from here on, so that the load need not wait for one.
        async with aclosing(await BegunSource.begin(users)) as begun:
            await check.before()
            loads = Loads(
                (replace(plans[0], source=begun), plans[1]),
                connection=stage.connection,
                display=display(stage, "Created"),
                retry=stage.retry,
            )
            async with AsyncExitStack() as stack:
                raised = [
                    await stack.enter_async_context(raised_table(stage, plan))
                    for plan in plans
                    if order.raised_from is not None
                ]
                await perform(loads, stage, self.report_file)
        with loads.reported():
            await self._count_followers(stage, followee, loads)
            is_complete = await check.all_there() and not loads.items_rejected
            if stage.is_aws:
                await show_bill(stage, [plan.table for plan in plans])
        say_next(stage, table=names.users_table, then="post 'Quack!'")
        if is_complete and any(map(is_owed, raised)):
            return ExitCode.RESTORE_OWED
        return ExitCode.COMPLETE if is_complete else ExitCode.SOME_MISSING

    async def _invite(
        self, stage: Stage, followee: Followee, users: UserSource, plan: LoadPlan
    ) -> None:
        """See to it that the one whom all follow is there; one can log in as her."""
        began = time.perf_counter()
        password_hash = await asyncio.to_thread(self.passwords.hash_of, followee.alias)
        seconds = time.perf_counter() - began
        is_new = await followee.ensure(password_hash, images_url=self.images_url)
        stage.screen.say(f"{followee.alias} {'created' if is_new else 'is there'}")
        hashing = users.hashes * seconds / hashing_threads()
        if hashing > plan.rates.seconds(users.length) + _WORTH_A_NOTE_SECONDS:
            stage.screen.tell(
                "note",
                f"{users.hashes:,} password hashes take about {duration(hashing)} on "
                "this machine, longer than the writing; --hash-per run makes one",
            )

    async def _count_followers(
        self, stage: Stage, followee: Followee, loads: Loads
    ) -> None:
        names, written = self.order.names, loads.reports["follows"].items_written
        count = await followee.followers(at_least=written)
        await followee.set_follower_count(count)
        stage.screen.say(
            f"{followee.alias} has {counted(count, 'followers')} in {names.index}, "
            f"and her {names.follower_count} says so"
        )
