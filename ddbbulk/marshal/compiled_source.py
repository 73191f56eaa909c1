"""Writes, as Python source, the encoder of all items of one shape.

Nothing of an item's data is ever part of the source: names, and the JSON around the
values, are constants in the namespace of the generated code (``_n0``, ``_h0``), and
the source holds only their numbers.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

import orjson

from ddbbulk.limits import MAX_ITEM_BYTES, WRITE_UNIT_BYTES
from ddbbulk.marshal.cost import CostModel
from ddbbulk.marshal.keys import KeyRule, key_text
from ddbbulk.marshal.value_code import NAMES, ValueCode, has_code, value_code
from ddbbulk.marshal.values import ValueEncoders
from ddbbulk.marshal.write import Write

ItemEncoder = Callable[..., int]

# Shorter strings and bytes fit every limit of a key.
_SHORT: Final = 256
_MAX_UNITS: Final = MAX_ITEM_BYTES // WRITE_UNIT_BYTES
_NUMBERS: Final = frozenset({int, float, Decimal})
_BEFORE: Final = '{"PutRequest":{"Item":{'
_AFTER: Final = "}}}"

_FRAME: Final = """\
def encode(items, at, start, origin, writes):
    push = writes.append
    try:
        for at in range(at, len(items)):
            item = items[at]
            {lines}
    except Exception:
        return at
    return len(items)
"""
_INDENT: Final = "\n" + " " * 12


class ItemSource:
    """The parts of one encoder's source, and the namespace that it runs in.

    Args:
        encoders: the general encoders, for values that have no code of their own.
    """

    def __init__(self, encoders: ValueEncoders) -> None:
        self._encoders = encoders
        self._namespace: dict[str, Any] = {
            **NAMES,
            "_dumps": orjson.dumps,
            "_quoted": encode_basestring,
            "_key_text": key_text,
            "_Write": Write,
        }
        self._kinds: list[type] = []
        self._codes: list[ValueCode] = []
        self._names_size = 0
        self._pieces: list[str] = []
        self._constant = _BEFORE
        self._conditions: list[str] = []
        self._checks: list[str] = []
        self._keys: list[str] = []
        self._units = ""

    def add(self, name: str, kind: type) -> None:
        """Write the next attribute.

        Raises:
            InvalidItemError: it has no name that can be stored.
        """
        number = len(self._kinds)
        head, name_size = self._encoders.heads[name]
        code = value_code(kind, number, self._encoders[kind])
        self._namespace |= {f"_n{number}": name, f"_k{number}": kind, **code.names}
        self._kinds.append(kind)
        self._codes.append(code)
        self._names_size += name_size
        self._constant += ("," if number else "") + head + code.before
        if code.text is not None:
            self._flush()
            self._pieces.append(code.text)
        self._constant += code.after

    def check(self, number: int, rule: KeyRule) -> None:
        """Have a value checked against what a key has to be."""
        kind = self._kinds[number]
        if kind in _NUMBERS and rule.type == "N":
            return  # every number fits
        if (kind, rule.type) in {(str, "S"), (bytes, "B")}:
            self._conditions.append(f"0 < len(v{number}) < {_SHORT}")
        elif has_code(kind):
            self._conditions.append("False")  # it never fits
        else:
            check = f"_c{len(self._checks)}"
            self._namespace[check] = rule.check
            self._checks.append(f"{check}(t{number}, s{number})")

    def take_key(self, number: int) -> None:
        """Make a value the next part of the key."""
        kind = self._kinds[number]
        if kind is str:
            self._keys.append(f"k{number}")
        elif has_code(kind):
            self._keys.append(f"t{number}")
        else:
            self._keys.append(f"_key_text(t{number})")

    def price(self, cost: CostModel, item: Mapping[str, object]) -> None:
        """Have the units found by the item's size.

        Args:
            cost: knows them.
            item: one of the shape.
        """
        small = cost.units(item, 0, lambda _: 0)
        if cost.is_proportional:
            # A larger item is beyond the end, and so left to the general encoder.
            self._namespace["_units"] = tuple(
                tuple(units * times for units in small)
                for times in range(_MAX_UNITS + 1)
            )
            self._units = (
                f"_units[(size + {WRITE_UNIT_BYTES - 1}) // {WRITE_UNIT_BYTES}]"
            )
            return
        encode = self._encoders.encode

        def measured(attributes: Mapping[str, object], size: int) -> tuple[int, ...]:
            return cost.units(attributes, size, lambda value: encode(value)[1])

        self._namespace |= {"_small": small, "_units": measured}
        self._units = f"_small if size <= {WRITE_UNIT_BYTES} else _units(item, size)"

    def compiled(self) -> ItemEncoder:
        """Return the encoder."""
        self._constant += _AFTER
        self._flush()
        source = _FRAME.format(lines=_INDENT.join(self._lines()))
        code = compile(source, "<encoder of one shape of items>", "exec")
        exec(code, self._namespace)  # noqa: S102 -- nothing of the data is in it
        encoder: ItemEncoder = self._namespace["encode"]
        return encoder

    def _flush(self) -> None:
        """Put the constant JSON that was gathered into the namespace."""
        name = f"_h{len(self._pieces)}"
        self._namespace[name] = self._constant
        self._pieces.append(name)
        self._constant = ""

    def _lines(self) -> list[str]:
        numbers = range(len(self._kinds))
        key = f"({', '.join(self._keys)})" if len(self._keys) > 1 else self._keys[0]
        body = "".join(f"{{{piece}}}" for piece in self._pieces)
        constant_size = self._names_size + sum(code.size for code in self._codes)
        return [
            f"if type(item) is not dict or len(item) != {len(self._kinds)}:",
            "    return at",
            *(f"v{number} = item[_n{number}]" for number in numbers),
            f"if not ({' and '.join(self._types() + self._conditions)}):",
            "    return at",
            *(f"{name} = v{name[1:]}" for name in self._keys if name[0] == "k"),
            *self._string_lines(),
            *(line for code in self._codes for line in code.lines),
            *self._checks,
            f"size += {constant_size}",
            f'body = f"{body}"',
            f"units = {self._units}",
            f'push(_Write("put", body, {key}, size, units, start + at, origin))',
        ]

    def _types(self) -> list[str]:
        """Conditions that every value has the type that it should have."""
        by_kind: dict[type, list[int]] = {}
        for number, kind in enumerate(self._kinds):
            by_kind.setdefault(kind, []).append(number)
        return [
            " is ".join(
                [*(f"type(v{number})" for number in numbers), f"_k{numbers[0]}"]
            )
            for numbers in by_kind.values()
        ]

    def _string_lines(self) -> list[str]:
        """Lines that measure all strings at once, and escape them where needed.

        JSON that is no longer than the text is the text: nothing is escaped, and all is
        ASCII. Longer by as much as UTF-8 is: nothing is escaped.
        """
        strings = [f"v{at}" for at, kind in enumerate(self._kinds) if kind is str]
        if not strings:
            return ["size = 0"]
        joined = "".join(f"{{{value}}}" for value in strings)
        return [
            f'text = f"{joined}"',
            "size = len(text)",
            "written = len(_dumps(text)) - 2",
            "if written != size:",
            "    size = len(text.encode())",
            "    if written != size:",
            *(f"        {value} = _quoted({value})[1:-1]" for value in strings),
        ]
