"""Generated code that turns the members of one map, or of an item, into text.

Nothing of the data is ever part of the source: names, and the JSON around the values,
are constants in the namespace of the generated code (``_n0``, ``_h0``), and the source
holds only their numbers.
"""

import re
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from typing import Any, Final

import orjson

from ddbbulk.marshal.scalars import Encoder
from ddbbulk.marshal.value_code import NAMES, ValueCode, value_code
from ddbbulk.marshal.values import NameHeads

_NAME: Final = re.compile(r"\b_\w+")
_TOOLS: Final = {**NAMES, "_dumps": orjson.dumps, "_quoted": encode_basestring}


class MembersCode:
    """The parts of the code, and the namespace that it runs in.

    The value of the member with number 5 is in ``v5``; its text, unless it is a string,
    in ``t5``; all their bytes in ``size``.

    Args:
        heads: how names are written.
        before: JSON before the first member.
        depth: at which the members' values are nested.
    """

    def __init__(self, heads: NameHeads, before: str, *, depth: int) -> None:
        self._heads = heads
        self._depth = depth
        self.namespace: dict[str, Any] = dict(_TOOLS)
        self.kinds: list[type] = []
        self._codes: list[ValueCode] = []
        self._names_size = 0
        self._pieces: list[str] = []
        self._constant = before

    def add(self, name: str, kind: type, encoder: Encoder) -> None:
        """Write the next member.

        Args:
            name: its name.
            kind: exact type of its value.
            encoder: of values that have no code of their own.

        Raises:
            InvalidItemError: it has no name that can be stored.
        """
        number = len(self.kinds)
        head, name_size = self._heads[name]
        code = value_code(kind, number, encoder, self._depth)
        self.namespace |= {f"_n{number}": name, f"_k{number}": kind, **code.names}
        self.kinds.append(kind)
        self._codes.append(code)
        self._names_size += name_size
        self._constant += ("," if number else "") + head + code.before
        if code.text is not None:
            self._flush()
            self._pieces.append(code.text)
        self._constant += code.after

    def types(self) -> str:
        """Return the condition that every value has the type that it should have."""
        by_kind: dict[type, list[int]] = {}
        for number, kind in enumerate(self.kinds):
            by_kind.setdefault(kind, []).append(number)
        return " and ".join(
            " is ".join(
                [*(f"type(v{number})" for number in numbers), f"_k{numbers[0]}"]
            )
            for numbers in by_kind.values()
        )

    def value_lines(self, *, member_size: int = 0) -> list[str]:
        """Return the lines that make the texts and their size.

        Args:
            member_size: bytes that are counted for each member beside its own.
        """
        constant_size = (
            self._names_size
            + sum(code.size for code in self._codes)
            + member_size * len(self.kinds)
        )
        return [
            *self._string_lines(),
            *self._float_lines(),
            *(line for code in self._codes for line in code.lines),
            f"size += {constant_size}",
        ]

    def text(self, end: str) -> str:
        """Return the expression of all members' JSON, with what stands behind them."""
        self._constant += end
        self._flush()
        return f'f"{"".join(f"{{{piece}}}" for piece in self._pieces)}"'

    def compiled(
        self, frame: str, lines: Sequence[str], indent: str
    ) -> Callable[..., Any]:
        """Return the function ``encode`` that a frame around some lines defines.

        What they need of the namespace becomes its ``constants``: arguments with
        defaults, for those are found faster than a module's names.
        """
        body = indent.join(lines)
        needed = sorted(
            {*_NAME.findall(frame), *_NAME.findall(body)} & {*self.namespace}
        )
        constants = ", ".join(f"{name}={name}" for name in needed)
        source = frame.format(lines=body, constants=constants)
        code = compile(source, "<encoder of one shape>", "exec")
        exec(code, self.namespace)  # noqa: S102 -- nothing of the data is in it
        encode: Callable[..., Any] = self.namespace["encode"]
        return encode

    def _flush(self) -> None:
        """Put the constant JSON that was gathered into the namespace."""
        name = f"_h{len(self._pieces)}"
        self.namespace[name] = self._constant
        self._pieces.append(name)
        self._constant = ""

    def _string_lines(self) -> list[str]:
        """Lines that measure all strings at once, and escape them where needed.

        JSON that is no longer than the text is the text: nothing is escaped, and all is
        ASCII. Longer by as much as UTF-8 is: nothing is escaped.
        """
        strings = self._values_of(str)
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

    def _float_lines(self) -> list[str]:
        """Lines that write all floats at once: that is much faster than one by one."""
        floats = self._values_of(float)
        if not floats:
            return []
        texts = "".join(f"t{value[1:]}, " for value in floats)
        return [f"{texts}= _floats(({', '.join(floats)},))"]

    def _values_of(self, kind: type) -> list[str]:
        return [f"v{at}" for at, other in enumerate(self.kinds) if other is kind]
