"""The plan in a sentence or two: what it costs, how long it takes, what sets that."""

from collections.abc import Iterator, Sequence

from ddbbulk.durations import duration
from ddbbulk.planning.forecast import PRESENT
from ddbbulk.planning.report import Figure, Goal, ResourcePlan, Scenario


def verdict(
    items: Figure,
    resources: Sequence[ResourcePlan],
    scenarios: Sequence[Scenario],
    goal: Goal | None,
    *,
    is_partial: bool,
) -> str:
    """Return the sentences.

    Args:
        items: how many there are.
        resources: what they come to, the table first.
        scenarios: the present capacity first, where it is known.
        goal: what a wished time takes.
        is_partial: all this is about a sample, and what more there is is not known.
    """
    about = "of the sample alone: " if is_partial else ""
    return about + "; ".join(_parts(items, resources, scenarios, goal))


def _parts(
    items: Figure,
    resources: Sequence[ResourcePlan],
    scenarios: Sequence[Scenario],
    goal: Goal | None,
) -> Iterator[str]:
    units = [_about(resources[0].write_units, " write unit")]
    units += [
        f"{_about(one.write_units)} on index {one.name}"
        for one in resources
        if one.kind == "global"
    ]
    cost = "costs" if items.value == 1 else "cost"
    yield f"{_about(items, ' item')} {cost} {' and '.join(units)}"
    for scenario in scenarios[:1]:
        at = "the present " if scenario.name == PRESENT else ""
        yield (
            f"at {at}{scenario.wcu:,.6g} WCU that takes {duration(scenario.seconds)}, "
            f"bound by {scenario.bound_by}"
        )
    if goal is not None:
        done = f"to be done in {duration(goal.seconds)}"
        yield f"{done}: {goal.note}" if goal.is_possible else f"{done} is not possible"


def _about(figure: Figure, what: str = "") -> str:
    several = "s" if what and figure.value != 1 else ""
    return f"{'about ' if figure.error else ''}{figure.value:,}{what}{several}"
