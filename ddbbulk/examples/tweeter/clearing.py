"""``tweeter clear``: what the generators make is deleted, and nothing else."""

from dataclasses import dataclass
from pathlib import Path

from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import counted
from ddbbulk.examples.tweeter.checks import Check
from ddbbulk.examples.tweeter.daisy import Followee
from ddbbulk.examples.tweeter.follows import follow_keys
from ddbbulk.examples.tweeter.loads import Loads
from ddbbulk.examples.tweeter.performance import display, perform
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
        loads = Loads(
            plans,
            connection=stage.connection,
            display=display(stage, "Deleted"),
            retry=stage.retry,
        )
        await perform(loads, stage, self.report_file)
        with loads.reported():
            followee = Followee(stage.requests, names=names, alias=order.followee)
            count = await followee.followers()
            if await followee.set_follower_count(count):
                stage.screen.say(
                    f"{order.followee} now has {counted(count, 'followers')}"
                )
            is_clear = await Check(stage, order).all_gone()
        return ExitCode.COMPLETE if is_clear else ExitCode.SOME_MISSING
