"""What a load would come to, before anything is written or paid."""

from ddbbulk.planning.planner import PlanOptions, plan, plan_sync
from ddbbulk.planning.report import Figure, PlanReport
from ddbbulk.planning.sheet import plan_sheet

__all__ = [
    "Figure",
    "PlanOptions",
    "PlanReport",
    "plan",
    "plan_sheet",
    "plan_sync",
]
