"""Encoders of lists, maps and sets that are made like one that was seen.

Each of them hands what is made otherwise to the general encoder.
"""

from collections.abc import Mapping
from typing import Final, cast

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal.members_code import MembersCode
from ddbbulk.marshal.scalars import Encoded, Encoder
from ddbbulk.marshal.uniform import JOINERS, uniform_list, uniform_set
from ddbbulk.marshal.value_code import has_code
from ddbbulk.marshal.values import ValueEncoders

# What is nested deeper, or wider, is rare: the general encoder does it.
_MAX_DEPTH: Final = 8
_MAX_MAPS: Final = 32
_MAX_MEMBERS: Final = 64

_FRAME: Final = """\
def encode(item, depth, {constants}):
    try:
        {lines}
    except Exception:
        return _general(item, depth)
    return text, size
"""
_INDENT: Final = "\n" + " " * 8


class NestedCompiler:
    """Makes the encoders of what is nested in the items of one shape.

    Args:
        encoders: the general ones.
    """

    def __init__(self, encoders: ValueEncoders) -> None:
        self._encoders = encoders
        self._maps = 0

    def encoder(self, value: object, depth: int = 1) -> Encoder:
        """Return an encoder for values that are made like this one."""
        kind = type(value)
        general = self._encoders[kind]
        if depth > _MAX_DEPTH or not value:
            return general
        if kind is dict:
            return self._map(cast("Mapping[str, object]", value), depth) or general
        if kind is list:
            return self._list(cast("list[object]", value), depth) or general
        if kind is set:
            return self._set(cast("set[object]", value)) or general
        return general

    def _set(self, members: set[object]) -> Encoder | None:
        kinds = {*map(type, members)}
        if kinds in ({str}, {int}):
            return uniform_set(kinds.pop(), self._encoders[set])
        return None

    def _list(self, elements: list[object], depth: int) -> Encoder | None:
        kinds = {*map(type, elements)}
        if len(kinds) > 1:
            return None
        (kind,) = kinds
        general = self._encoders[list]
        if kind in JOINERS:
            return uniform_list(kind, general)
        if has_code(kind):
            return None
        encode = self.encoder(elements[0], depth + 1)

        def encode_list(elements: list[object], list_depth: int) -> Encoded:
            if not elements or not kinds.issuperset(map(type, elements)):
                return general(elements, list_depth)
            texts: list[str] = []
            size = 3 + len(elements)
            for element in elements:
                text, element_size = encode(element, depth + 1)
                texts.append(text)
                size += element_size
            return f'{{"L":[{",".join(texts)}]}}', size

        return encode_list

    def _map(self, members: Mapping[str, object], depth: int) -> Encoder | None:
        self._maps += 1
        if self._maps > _MAX_MAPS or len(members) > _MAX_MEMBERS:
            return None
        if any(type(name) is not str for name in members):
            return None
        code = MembersCode(self._encoders.heads, '{"M":{', depth=depth + 1)
        try:
            for name, value in members.items():
                code.add(name, type(value), self.encoder(value, depth + 1))
        except InvalidItemError:
            return None
        code.namespace["_general"] = self._encoders[dict]
        refuse = "    return _general(item, depth)"
        lines = [
            f"if len(item) != {len(members)}:",
            refuse,
            *(f"v{number} = item[_n{number}]" for number in range(len(members))),
            f"if not ({code.types()}):",
            refuse,
            *code.value_lines(member_size=1),
            "size += 3",
            f"text = {code.text('}}')}",
        ]
        return code.compiled(_FRAME, lines, _INDENT)
