"""Document paths: ``a.b[0]`` as ``("a", "b", 0)``, and what stands there in an item."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from ddbbulk.simulator.expressions.parsing import invalid
from ddbbulk.simulator.expressions.values import AttributeValue, Item

Path = tuple[str | int, ...]


def path_text(path: Path) -> str:
    """A path as DynamoDB's messages write it: ``[a, b, [0]]``."""
    return f"[{', '.join(_step_text(step) for step in path)}]"


def value_at(item: Item, path: Path) -> AttributeValue | None:
    """What stands at the path; None where nothing does."""
    value = item.get(str(path[0]))
    for step in path[1:]:
        if value is None:
            return None
        value = child(value, step)
    return value


def child(value: AttributeValue, step: str | int) -> AttributeValue | None:
    """The element of a map or list; None where it has none of that name or place."""
    if isinstance(step, str):
        members = value.get("M")
        return None if members is None else members.get(step)
    elements = value.get("L")
    if elements is None or step >= len(elements):
        return None
    element: AttributeValue = elements[step]
    return element


def refuse_overlaps(paths: Sequence[Path], parameter: str) -> None:
    """Refuse paths of which one is, or lies below, another, or that disagree.

    Raises:
        ServiceError: two paths overlap, or one takes for a map what another takes
            for a list.
    """
    for one, other in _neighbours(paths):
        shorter = min(len(one), len(other))
        if one[:shorter] == other[:shorter]:
            problem = (
                "Two document paths overlap with each other; "
                "must remove or rewrite one of these paths"
            )
        elif _disagree(one, other):
            problem = "Two document paths conflict with each other"
        else:
            continue
        raise invalid(
            parameter,
            f"{problem}; path one: {path_text(one)}, path two: {path_text(other)}",
        )


def _neighbours(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    # Only paths below one attribute can meet: an expression may hold a thousand.
    by_attribute: dict[str | int, list[Path]] = {}
    for path in paths:
        by_attribute.setdefault(path[0], []).append(path)
    for group in by_attribute.values():
        yield from combinations(group, 2)


def _disagree(one: Path, other: Path) -> bool:
    # Neither is the beginning of the other, so somewhere they part.
    steps = zip(one, other, strict=False)
    left, right = next(pair for pair in steps if pair[0] != pair[1])
    return isinstance(left, str) != isinstance(right, str)


def _step_text(step: str | int) -> str:
    return f"[{step}]" if isinstance(step, int) else step
