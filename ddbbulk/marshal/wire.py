"""DynamoDB JSON as input: checked and written anew, or turned into Python values."""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, Final, cast

from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_NESTING
from ddbbulk.marshal.refusal import RefusedValueError, check_depth, label
from ddbbulk.marshal.scalars import (
    Encoded,
    encode_binary,
    encode_flag,
    encode_none,
    encode_number_text,
    encode_string,
)
from ddbbulk.marshal.values import NameHeads
from ddbbulk.sizing import AttributeValue

_SET_MEMBERS: Final = {"SS": "S", "NS": "N", "BS": "B"}


def _malformed(reason: str) -> RefusedValueError:
    return RefusedValueError(f"is not DynamoDB JSON: {reason}", code="MalformedWire")


def _binary(content: object) -> bytes:
    if isinstance(content, bytes | bytearray):
        return bytes(content)
    if not isinstance(content, str):
        raise _malformed("B takes base64 text")
    try:
        return a2b_base64(content, strict_mode=True)
    except (Base64Error, ValueError):
        raise _malformed("the text of B is not base64") from None


def canonical_base64(content: object) -> str:
    """Return binary content of the wire as the one base64 text of its bytes."""
    return b2a_base64(_binary(content), newline=False).decode()


def _text(content: object, kind: str) -> str:
    if not isinstance(content, str):
        raise _malformed(f"{kind} takes text")
    return str.__str__(content)


class WireEncoder:
    """Encodes attribute values that are DynamoDB JSON already, checking every one.

    Args:
        heads: how attribute names are written.
    """

    def __init__(self, heads: NameHeads) -> None:
        self._heads = heads
        self._encoders: Final[Mapping[str, Callable[[Any, int], Encoded]]] = {
            "S": lambda content, depth: encode_string(_text(content, "S"), depth),
            "N": lambda content, _: encode_number_text(_text(content, "N")),
            "B": lambda content, depth: encode_binary(_binary(content), depth),
            "BOOL": self._encode_flag,
            "NULL": self._encode_null,
            "L": self._encode_list,
            "M": self._encode_map,
        }

    def encode(self, value: object, depth: int = 1) -> Encoded:
        """Return the wire JSON of a value, and its size.

        Raises:
            RefusedValueError: the value is malformed, or DynamoDB would refuse it.
        """
        # The exact type first: to ask an abstract class takes longer than to encode.
        members = cast("Mapping[str, object]", value)
        if (type(value) is not dict and not isinstance(value, Mapping)) or (
            len(members) != 1
        ):
            raise _malformed('a value is an object of one type, such as {"S": "x"}')
        ((kind, content),) = members.items()
        if kind == "S" and type(content) is str:
            return encode_string(content, depth)
        if kind in _SET_MEMBERS:
            return self._encode_set(kind, content)
        encoder = self._encoders.get(kind)
        if encoder is None:
            raise _malformed(f"there is no type {label(kind)}")
        return encoder(content, depth)

    def _encode_flag(self, content: object, depth: int) -> Encoded:
        if not isinstance(content, bool):
            raise _malformed("BOOL takes true or false")
        return encode_flag(content, depth)

    def _encode_null(self, content: object, depth: int) -> Encoded:
        if content is not True:
            raise _malformed("NULL takes true")
        return encode_none(None, depth)

    def _encode_set(self, kind: str, content: object) -> Encoded:
        if not isinstance(content, Sequence | AbstractSet) or isinstance(content, str):
            raise _malformed(f"{kind} takes a list")
        encode = self._encoders[_SET_MEMBERS[kind]]
        encoded = [encode(member, MAX_NESTING) for member in cast("Any", content)]
        if not encoded:
            raise RefusedValueError(
                "is an empty set, which DynamoDB has not: leave the attribute out",
                code="EmptySet",
            )
        if len(set(encoded)) < len(encoded):
            raise RefusedValueError(
                "is a set with one member twice", code="DuplicateSetMember"
            )
        members = ",".join(text[5:-1] for text, _ in encoded)
        return f'{{"{kind}":[{members}]}}', sum(size for _, size in encoded)

    def _encode_list(self, content: object, depth: int) -> Encoded:
        if not isinstance(content, list | tuple):
            raise _malformed("L takes a list")
        check_depth(depth, cast("Sequence[object]", content))
        elements: list[str] = []
        size = 3
        try:
            for element in cast("Sequence[object]", content):
                text, element_size = self.encode(element, depth + 1)
                elements.append(text)
                size += 1 + element_size
        except RefusedValueError as error:
            raise error.within(f"[{len(elements)}]") from error.__cause__
        return f'{{"L":[{",".join(elements)}]}}', size

    def _encode_map(self, content: object, depth: int) -> Encoded:
        if not isinstance(content, Mapping):
            raise _malformed("M takes an object")
        check_depth(depth, cast("Mapping[str, object]", content))
        members: list[str] = []
        size = 3
        name = ""
        try:
            for name, member in cast("Mapping[str, object]", content).items():
                head, name_size = self._heads[name]
                text, member_size = self.encode(member, depth + 1)
                members.append(head + text)
                size += 1 + name_size + member_size
        except RefusedValueError as error:
            raise error.within(f".{label(name)}") from error.__cause__
        return f'{{"M":{{{",".join(members)}}}}}', size


def from_wire(value: AttributeValue) -> object:
    """Return the Python value of an attribute value.

    Numbers become ``Decimal``, which is exact; sets ``set``, binary values ``bytes``.

    Example:
        >>> from_wire({"L": [{"N": "1.5"}, {"S": "x"}]})
        [Decimal('1.5'), 'x']
    """
    try:
        ((kind, content),) = value.items()
        return _DECODERS[kind](content)
    except InvalidItemError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise _malformed("what DynamoDB sends looks otherwise") from error


def item_from_wire(item: Mapping[str, AttributeValue]) -> dict[str, object]:
    """Return the Python values of an item's attributes."""
    return {name: from_wire(value) for name, value in item.items()}


_DECODERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "S": str,
    "N": Decimal,
    "B": _binary,
    "BOOL": bool,
    "NULL": lambda _: None,
    "SS": lambda members: set(map(str, members)),
    "NS": lambda members: set(map(Decimal, members)),
    "BS": lambda members: set(map(_binary, members)),
    "L": lambda elements: [from_wire(element) for element in elements],
    "M": item_from_wire,
}
