"""Makes the encoder of a shape of items, where items of that shape can be stored."""

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal.compiled_source import ItemEncoder, ItemSource
from ddbbulk.marshal.cost import CostModel
from ddbbulk.marshal.item_reader import ItemReader
from ddbbulk.marshal.keys import KeyRule
from ddbbulk.marshal.values import ValueEncoders


class ShapeCompiler:
    """Compiles encoders for the items of one table.

    Args:
        encoders: the general encoders, for values that have no code of their own.
        table_rules: what the table's key has to be.
        index_rules: what attributes have to be where they are present.
        cost: the units of an item.
    """

    def __init__(
        self,
        *,
        encoders: ValueEncoders,
        table_rules: tuple[KeyRule, ...],
        index_rules: tuple[KeyRule, ...],
        cost: CostModel,
    ) -> None:
        self._encoders = encoders
        self._table_rules = table_rules
        self._index_rules = index_rules
        self._cost = cost

    def compile(self, reader: ItemReader, item: object) -> ItemEncoder | None:
        """Return the encoder of all items that have this one's shape.

        None where they are better left to the general encoder: where the names cannot
        be stored, or the table's key is not there.
        """
        reader = reader.fitting(item)
        attributes = reader.content(item)
        names = list(attributes)
        if any(type(name) is not str for name in names):
            return None
        if any(rule.name not in attributes for rule in self._table_rules):
            return None
        source = ItemSource(reader, self._encoders)
        try:
            for name, value in attributes.items():
                source.add(name, value)
        except InvalidItemError:
            return None
        for rule in self._table_rules:
            source.check(names.index(rule.name), rule)
            source.take_key(names.index(rule.name))
        for rule in self._index_rules:
            if rule.name in attributes:
                source.check(names.index(rule.name), rule)
        source.price(self._cost, attributes)
        return source.compiled(names)
