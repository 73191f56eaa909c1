"""The source of an encoder of items of one shape: members, key, checks and units."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from ddbbulk.limits import MAX_ITEM_BYTES, WRITE_UNIT_BYTES
from ddbbulk.marshal.bundle import Columns
from ddbbulk.marshal.cost import CostModel, multiples
from ddbbulk.marshal.item_reader import ItemReader
from ddbbulk.marshal.keys import KeyRule, key_text
from ddbbulk.marshal.members_code import MembersCode
from ddbbulk.marshal.nested_code import NestedCompiler
from ddbbulk.marshal.value_code import has_code
from ddbbulk.marshal.values import ValueEncoders

# Takes items, the index of the first to encode, and where what it makes of them goes;
# returns the index of the first item that does not fit.
ItemEncoder = Callable[[Any, int, Columns], int]

# Shorter strings and bytes fit every limit of a key.
_SHORT: Final = 256
_NUMBERS: Final = frozenset({int, float, Decimal})

# What fails may do so anywhere: an item is done once it has a size.
_FRAME: Final = """\
def encode(items, at, columns, {constants}):
    sizes = columns.sizes
    add_key = columns.keys.append
    add_body = columns.bodies.append
    add_units = columns.units.append
    add_size = sizes.append
    begun = at - len(sizes)
    try:
        for item in items[at:] if at else items:
            {lines}
    except Exception:
        for column in (columns.keys, columns.bodies, columns.units):
            del column[len(sizes):]
    return begun + len(sizes)
"""
_INDENT: Final = "\n" + " " * 12


class ItemSource:
    """The parts of one encoder's source.

    Args:
        reader: takes an item apart.
        encoders: the general encoders, for values that have no code of their own.
    """

    def __init__(self, reader: ItemReader, encoders: ValueEncoders) -> None:
        self._reader = reader
        self._encoders = encoders
        self._nested = NestedCompiler(encoders)
        self._members = MembersCode(encoders.heads, '{"PutRequest":{"Item":{', depth=1)
        self._members.namespace |= {"_key_text": key_text}
        self._conditions: list[str] = []
        self._checks: list[str] = []
        self._keys: list[str] = []
        self._units: list[str] = []

    def add(self, name: str, value: object) -> None:
        """Write the next attribute, of this name and with values like this one.

        Raises:
            InvalidItemError: it has no name that can be stored.
        """
        self._members.add(name, type(value), self._nested.encoder(value))

    def check(self, number: int, rule: KeyRule) -> None:
        """Have a value checked against what a key has to be."""
        kind = self._members.kinds[number]
        if kind in _NUMBERS and rule.type == "N":
            return  # every number fits
        if (kind, rule.type) in {(str, "S"), (bytes, "B")}:
            self._conditions.append(f"0 < len(v{number}) < {_SHORT}")
        elif has_code(kind):
            self._conditions.append("False")  # it never fits
        else:
            check = f"_c{len(self._checks)}"
            self._members.namespace[check] = rule.check
            self._checks.append(f"{check}(t{number}, s{number})")

    def take_key(self, number: int) -> None:
        """Make a value the next part of the key."""
        kind = self._members.kinds[number]
        if kind is str:
            self._keys.append(f"k{number}")
        elif has_code(kind):
            self._keys.append(f"t{number}")
        else:
            self._keys.append(f"_key_text(t{number})")

    def price(self, cost: CostModel, attributes: Mapping[str, object]) -> None:
        """Have the units found by the item's size.

        Args:
            cost: knows them.
            attributes: those of an item of this shape.
        """
        if cost.is_uniform:
            self._units = [f"if size > {MAX_ITEM_BYTES}:", "    break"]
            return
        small = cost.one_each
        if not cost.is_flat:
            small = cost.units(attributes, 0, lambda _: 0)
        if cost.is_proportional:
            # A larger item is beyond the end, and so left to the general encoder.
            self._members.namespace["_units"] = multiples(small)
            index = f"(size + {WRITE_UNIT_BYTES - 1}) // {WRITE_UNIT_BYTES}"
            self._units = [f"add_units(_units[{index}])"]
            return
        content, encode = self._reader.content, self._encoders.encode

        def measured(item: object, size: int) -> tuple[int, ...]:
            return cost.units(content(item), size, lambda value: encode(value)[1])

        self._members.namespace |= {"_small": small, "_units": measured}
        units = f"_small if size <= {WRITE_UNIT_BYTES} else _units(item, size)"
        self._units = [f"add_units({units})"]

    def compiled(self, names: list[str]) -> ItemEncoder:
        """Return the encoder.

        Args:
            names: those of the attributes, in the order in which they were added.
        """
        members = self._members
        members.namespace |= self._reader.names(names)
        key = f"({', '.join(self._keys)})" if len(self._keys) > 1 else self._keys[0]
        lines = [
            *self._reader.lines(len(names)),
            f"if not ({' and '.join([members.types(), *self._conditions])}):",
            "    break",
            *(f"{name} = v{name[1:]}" for name in self._keys if name[0] == "k"),
            *members.value_lines(),
            *self._checks,
            *self._units,
            f"add_key({key})",
            f"add_body({members.text('}}}')})",
            "add_size(size)",
        ]
        return members.compiled(_FRAME, lines, _INDENT)
