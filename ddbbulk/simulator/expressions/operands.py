"""What conditions and updates compute with: attributes of the item, and literals."""

from dataclasses import dataclass

from ddbbulk.simulator.expressions.paths import Path, value_at
from ddbbulk.simulator.expressions.values import AttributeValue, Item


@dataclass(frozen=True, slots=True)
class Attribute:
    """An operand that stands for what an item has at a path."""

    path: Path

    def value_in(self, item: Item) -> AttributeValue | None:
        """The value at the path; None where the item has none."""
        return value_at(item, self.path)


@dataclass(frozen=True, slots=True)
class Literal:
    """An operand that the request gave: ``:v``."""

    value: AttributeValue

    def value_in(self, _item: Item) -> AttributeValue:
        """The value, whatever the item."""
        return self.value
