"""``tweeter clear``: what the generators make is deleted, and nothing else."""

from dataclasses import dataclass
from pathlib import Path

import ddbbulk
from ddbbulk.examples.tweeter.census import Registrar
from ddbbulk.examples.tweeter.daisy import Followee
from ddbbulk.examples.tweeter.exit_codes import ExitCode
from ddbbulk.examples.tweeter.follows import follow_keys
from ddbbulk.examples.tweeter.loads import Loads
from ddbbulk.examples.tweeter.performance import perform
from ddbbulk.examples.tweeter.plans import Order, plan_loads
from ddbbulk.examples.tweeter.stage import Stage
from ddbbulk.examples.tweeter.users import user_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """Deletes this run's users and follows, within the budget.

    Args:
        order: what was loaded.
        report_file: where the reports go as JSON, if anywhere.
    """

    order: Order
    report_file: Path | None

    async def __call__(self, stage: Stage) -> ExitCode:
        """Delete, count anew, and check that nothing is left."""
        order, names = self.order, self.order.names
        plans = await plan_loads(
            stage,
            order,
            users=user_keys(count=order.count, names=names),
            follows=follow_keys(
                count=order.count, followee=order.followee, names=names
            ),
            verb="delete",
        )
        display = ddbbulk.ProgressDisplay(
            console=stage.screen.output,
            line=lambda title, count: f"Deleted {count} {title}",
        )
        loads = Loads(plans, connection=stage.connection, display=display)
        await perform(loads, stage, self.report_file)
        with loads.reported():
            is_clear = await self._check(stage)
        return ExitCode.COMPLETE if is_clear else ExitCode.SOME_MISSING

    async def _check(self, stage: Stage) -> bool:
        """Count the followers anew, and say whether all is gone."""
        order, names = self.order, self.order.names
        followee = Followee(stage.requests, names=names, alias=order.followee)
        count = await followee.followers()
        if await followee.set_follower_count(count):
            stage.screen.say(f"{order.followee} now has {count:,} followers")
        registrar = Registrar(
            stage.requests, names=names, count=order.count, followee=order.followee
        )
        with stage.screen.activity("checking that all is gone") as progress:
            users = await registrar.users(progress)
            follows = await registrar.follows(progress)
        if users.own or follows.own:
            stage.screen.tell(
                "error",
                f"{users.own:,} users and {follows.own:,} follows are still there",
            )
            return False
        stage.screen.say(
            f"checked: none of them is left (other items: {users.items:,} in "
            f"{names.users_table}, {follows.items:,} in {names.follows_table})",
            style="green",
        )
        return True
