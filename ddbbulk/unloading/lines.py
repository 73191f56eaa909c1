"""Items as lines of JSON: DynamoDB's own, or plain where that loses nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from ddbbulk.printable import printable
from ddbbulk.sizing import canonical_number
from ddbbulk.unloading.report import RefusedItem

# JSON has no types for these.
_FOREIGN: Final = frozenset({"B", "SS", "NS", "BS"})
_MAX_KEY: Final = 64


class Lines(NamedTuple):
    """The lines of some items, and the items that have none."""

    data: bytes
    items: int
    refused: Sequence[RefusedItem]


def dynamodb_lines(items: Sequence[Mapping[str, Any]]) -> Lines:
    """Return items in DynamoDB JSON, as they came."""
    return Lines(b"".join(orjson.dumps(item) + b"\n" for item in items), len(items), ())


def plain_lines(items: Sequence[Mapping[str, Any]], key_names: Sequence[str]) -> Lines:
    """Return items in plain JSON, numbers with all their digits.

    Args:
        items: in DynamoDB JSON.
        key_names: what an item that has no place in plain JSON is named by.
    """
    lines: list[bytes] = []
    refused: list[RefusedItem] = []
    for item in items:
        try:
            lines.append(orjson.dumps(_members(item)) + b"\n")
        except _ForeignTypeError as foreign:
            refused.append(
                RefusedItem(
                    key=_key_text(item, key_names),
                    attribute=printable(foreign.path[0]),
                    type=foreign.kind,
                )
            )
    return Lines(b"".join(lines), len(lines), refused)


class _ForeignTypeError(Exception):
    """A value that plain JSON cannot hold."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.path: list[str] = []


def _members(item: Mapping[str, Any]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in item.items():
        try:
            members[name] = _plain(value)
        except _ForeignTypeError as foreign:
            foreign.path.insert(0, name)
            raise
    return members


def _plain(value: Mapping[str, Any]) -> object:
    ((kind, content),) = value.items()
    if kind in _FOREIGN:
        raise _ForeignTypeError(kind)
    if kind == "N":
        # As text it would be a string, and as a float it would lose digits.
        return orjson.Fragment(canonical_number(content))
    if kind == "M":
        return _members(content)
    if kind == "L":
        return [_plain(element) for element in content]
    return None if kind == "NULL" else content


def _key_text(item: Mapping[str, Any], key_names: Sequence[str]) -> str:
    values = [
        str(next(iter(item[name].values()))) for name in key_names if name in item
    ]
    return printable(", ".join(values), limit=_MAX_KEY)
