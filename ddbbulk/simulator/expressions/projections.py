"""Projections: the parts of an item that a reader asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ddbbulk.simulator.expressions.operands import Attribute
from ddbbulk.simulator.expressions.paths import Path, child, refuse_overlaps, value_at
from ddbbulk.simulator.expressions.tree_builder import Children, TreeBuilder
from ddbbulk.simulator.expressions.values import AttributeValue, Item

# A tree of the steps of all paths: what is below a step is asked for in part only.
_Steps = dict[str | int, Any]


@dataclass(frozen=True, slots=True)
class Projection:
    """Document paths, none of which lies below another."""

    paths: tuple[Path, ...]

    def apply(self, item: Item) -> dict[str, AttributeValue]:
        """The item with nothing but what is at the paths.

        Elements of a list move together; what the item lacks is left out.
        """
        steps: _Steps = {}
        for path in self.paths:
            if value_at(item, path) is not None:
                below = steps
                for step in path:
                    below = below.setdefault(step, {})
        return {
            str(name): _part(item[str(name)], below) for name, below in steps.items()
        }


class ProjectionBuilder(TreeBuilder):
    """Builds projections."""

    def projection(self, children: Iterable[Attribute] | Children) -> Projection:
        """The whole expression."""
        paths = tuple(attribute.path for attribute in children)
        refuse_overlaps(paths, self._parameter)
        return Projection(paths)


_WHOLE: Final[_Steps] = {}


def _part(value: AttributeValue, steps: _Steps) -> AttributeValue:
    if steps == _WHOLE:
        return value
    parts = {
        step: _part(child(value, step) or {}, below) for step, below in steps.items()
    }
    if "M" in value:
        return {"M": parts}
    return {"L": [parts[position] for position in sorted(parts, key=int)]}
