"""Items in the one form that all equal items have, and digests of it.

DynamoDB takes items for equal whatever the order of their attributes and of the members
of their sets, and however a number is written: so has it to be here.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

import orjson

from ddbbulk.sizing import AttributeValue, Item, canonical_number

# Two different items of 10**12 have one digest in 10**14 cases.
DIGEST_BYTES: Final = 16


def canonical_item(item: Item) -> bytes:
    """Return an item as JSON: the same bytes for all items that are equal.

    Example:
        >>> canonical_item({"b": {"NS": ["2", "1.0"]}, "a": {"S": "x"}})
        b'{"a":{"S":"x"},"b":{"NS":["1","2"]}}'
    """
    return orjson.dumps(_members(item), option=orjson.OPT_SORT_KEYS)


def item_digest(item: Item) -> bytes:
    """Return what tells an item from every other that is not equal to it."""
    return blake2b(canonical_item(item), digest_size=DIGEST_BYTES).digest()


def key_digest(key: str | tuple[str, ...]) -> bytes:
    """Return what tells a key from the other keys of its table.

    Args:
        key: as a write has it.
    """
    parts = (key,) if isinstance(key, str) else key
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()


def _members(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    return {name: _value(value) for name, value in item.items()}


def _value(value: AttributeValue) -> AttributeValue:
    ((kind, content),) = value.items()
    form = _FORMS.get(kind)
    return value if form is None else {kind: form(content)}


def _binary(content: str) -> str:
    # The unused bits of base64's last character may be anything.
    return b64encode(b64decode(content)).decode()


_FORMS: Final[Mapping[str, Callable[[Any], object]]] = {
    "N": canonical_number,
    "NS": lambda members: sorted(map(canonical_number, members)),
    "SS": sorted,
    "B": _binary,
    "BS": lambda members: sorted(map(_binary, members)),
    "L": lambda elements: [_value(element) for element in elements],
    "M": _members,
}
