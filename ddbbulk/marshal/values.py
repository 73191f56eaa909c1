"""The general encoder: wire JSON and size of any Python value, in one pass."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

from ddbbulk.limits import MAX_ATTRIBUTE_NAME_BYTES
from ddbbulk.marshal.items import is_record, record_content
from ddbbulk.marshal.refusal import RefusedValueError, check_depth, label
from ddbbulk.marshal.scalars import (
    Encoded,
    Encoder,
    encode_as_number,
    encode_binary,
    encode_date,
    encode_decimal,
    encode_flag,
    encode_float,
    encode_integer,
    encode_memoryview,
    encode_none,
    encode_string,
    encode_string_subclass,
    encode_uuid,
    quoted,
    utf8_size,
)

# Items of one load share their names and types; where they do not, forgetting is
# better than growing with the number of items.
_MAX_REMEMBERED: Final = 4096
_MAX_REMEMBERED_BYTES: Final = 255


class NameHeads(dict[str, tuple[str, int]]):
    """How each attribute name begins its member of a JSON object, and its bytes."""

    def __missing__(self, name: object) -> tuple[str, int]:
        """Check and encode a name that was not seen before."""
        if not isinstance(name, str):
            raise RefusedValueError(
                f"has a name of type {type(name).__name__}; names are strings",
                code="AttributeName",
            )
        text = str.__str__(name)
        size = utf8_size(text)
        if not 0 < size <= MAX_ATTRIBUTE_NAME_BYTES:
            raise RefusedValueError(
                f"has a name of {size:,} bytes; a name has 1 to "
                f"{MAX_ATTRIBUTE_NAME_BYTES:,}",
                code="AttributeName",
            )
        head = quoted(text) + ":", size
        if len(self) < _MAX_REMEMBERED and size <= _MAX_REMEMBERED_BYTES:
            self[text] = head
        return head


class ValueEncoders(dict[type, Encoder]):
    """The encoder of each exact type; other types are resolved once, by their bases.

    Attributes:
        heads: how attribute names are written.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                str: encode_string,
                int: encode_integer,
                float: encode_float,
                Decimal: encode_decimal,
                bool: encode_flag,
                type(None): encode_none,
                bytes: encode_binary,
                bytearray: encode_binary,
                dict: self._encode_map,
                list: self._encode_list,
                tuple: self._encode_list,
                set: self._encode_set,
                frozenset: self._encode_set,
                UUID: encode_uuid,
            }
        )
        self.heads = NameHeads()
        self._by_base: Final[tuple[tuple[type, Encoder], ...]] = (
            (Enum, self._encode_enum),
            (str, encode_string_subclass),
            (int, encode_integer),
            (float, encode_float),
            (Decimal, encode_decimal),
            (bytes, encode_binary),
            (bytearray, encode_binary),
            (memoryview, encode_memoryview),
            (date, encode_date),
            (UUID, encode_uuid),
            (Mapping, self._encode_map),
            (list, self._encode_list),
            (tuple, self._encode_list),
            (set, self._encode_set),
            (frozenset, self._encode_set),
        )

    def encode(self, value: object, depth: int = 1) -> Encoded:
        """Return the wire JSON of a value, and its size.

        Raises:
            RefusedValueError: DynamoDB would refuse the value, or it has no such type.
        """
        return self[type(value)](value, depth)

    def __missing__(self, kind: type) -> Encoder:
        """Find the encoder of a type that was not seen before."""
        encoder = _guarded(self._resolve(kind))
        if len(self) < _MAX_REMEMBERED:
            self[kind] = encoder
        return encoder

    def _resolve(self, kind: type) -> Encoder:
        if is_record(kind):
            return self._encode_record
        for base, encoder in self._by_base:
            if issubclass(kind, base):
                return encoder
        return _numpy_encoder(kind) or _refuse

    def _encode_enum(self, value: Enum, depth: int) -> Encoded:
        return self.encode(value.value, depth)

    def _encode_record(self, value: object, depth: int) -> Encoded:
        return self.encode(record_content(value), depth)

    def _encode_map(self, value: Mapping[str, object], depth: int) -> Encoded:
        check_depth(depth, value)
        heads = self.heads
        members: list[str] = []
        size = 3
        name = ""
        try:
            for name, member in value.items():
                head, name_size = heads[name]
                text, member_size = self[type(member)](member, depth + 1)
                members.append(head + text)
                size += 1 + name_size + member_size
        except RefusedValueError as error:
            raise error.within(f".{label(name)}") from error.__cause__
        return f'{{"M":{{{",".join(members)}}}}}', size

    def _encode_list(self, value: Sequence[object], depth: int) -> Encoded:
        check_depth(depth, value)
        elements: list[str] = []
        size = 3
        try:
            for element in value:
                text, element_size = self[type(element)](element, depth + 1)
                elements.append(text)
                size += 1 + element_size
        except RefusedValueError as error:
            raise error.within(f"[{len(elements)}]") from error.__cause__
        return f'{{"L":[{",".join(elements)}]}}', size

    def _encode_set(self, value: Iterable[object], depth: int) -> Encoded:
        # A member is encoded as a value of its own, {"S":"x"}, and cut out of that:
        # every type that can stand alone can so be a member. Members that are equal
        # only to DynamoDB (0.1 and Decimal("0.1")) become one. They are sorted
        # because Python's order of strings changes from run to run.
        sizes: dict[str, int] = {}
        kinds: set[str] = set()
        for member in value:
            text, size = self.encode(member, depth + 1)
            kind, _, content = text[2:-1].partition('":')
            kinds.add(kind)
            sizes[content] = size
        if not kinds:
            raise RefusedValueError(
                "is an empty set, which DynamoDB has not: leave the attribute out",
                code="EmptySet",
            )
        if len(kinds) > 1 or not kinds <= {"S", "N", "B"}:
            raise RefusedValueError(
                "is a set of other than only strings, only numbers or only bytes: "
                "use a list",
                code="UnsupportedType",
            )
        return f'{{"{kinds.pop()}S":[{",".join(sorted(sizes))}]}}', sum(sizes.values())


def _refuse(value: object, _depth: int) -> Encoded:
    kind = type(value)
    name = kind.__qualname__
    if kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    raise RefusedValueError(
        f"has the type {name}, which DynamoDB has not: convert it first",
        code="UnsupportedType",
    )


def _guarded(encoder: Encoder) -> Encoder:
    """Turn what a caller's own class raises while it is read into a refusal."""

    def encode(value: object, depth: int) -> Encoded:
        try:
            return encoder(value, depth)
        except RefusedValueError:
            raise
        except Exception as error:
            raise RefusedValueError(
                f"could not be read: {type(error).__name__} in the code of its type "
                f"{type(value).__qualname__}",
                code="UnsupportedType",
            ) from error

    return encode


def _numpy_encoder(kind: type) -> Encoder | None:
    """Return the encoder of a numpy scalar type, if it is one that can be stored.

    A value of numpy's can only exist where numpy is imported already.
    """
    numpy: Any = sys.modules.get("numpy")
    if numpy is None:
        return None
    encoders: tuple[tuple[type, Callable[[Any, int], Encoded]], ...] = (
        (numpy.bool_, _encode_numpy_flag),
        (numpy.integer, encode_as_number),
        # Not item(): a float32 of 0.1 would become 0.10000000149011612.
        (numpy.floating, encode_as_number),
        (numpy.datetime64, _encode_numpy_date),
    )
    for base, encoder in encoders:
        # timedelta64 is derived from integer, but is none.
        if issubclass(kind, base) and not issubclass(kind, numpy.timedelta64):
            return encoder
    return None


def _encode_numpy_flag(value: object, depth: int) -> Encoded:
    return encode_flag(bool(value), depth)


def _encode_numpy_date(value: object, depth: int) -> Encoded:
    text = str(value)
    if text == "NaT":
        raise RefusedValueError(
            "is NaT, which is no time: leave the attribute out", code="UnsupportedType"
        )
    return encode_string(text, depth)
