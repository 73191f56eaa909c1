"""In what two items differ: names and types of attributes, never their values."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ddbbulk.printable import printable
from ddbbulk.sizing import AttributeValue, Item, is_equal

_SHOWN: Final = 10
_NAME_CHARACTERS: Final = 64
_DEPTH: Final = 4


def differences(expected: Item, found: Item) -> tuple[str, ...]:
    """Return the attributes that differ, the first ten of them; empty: the same.

    Example:
        >>> mine = {"age": {"N": "5"}, "home": {"M": {"city": {"S": "x"}}}}
        >>> theirs = {"age": {"S": "5"}, "home": {"M": {"city": {"S": "y"}}}}
        >>> differences(mine, theirs)
        ('age (N, in the table S)', 'home.city')
    """
    if expected == found:
        return ()  # as nearly all are, to the letter
    shown: list[str] = []
    more = 0
    for text in _in_members(expected, found, "", _DEPTH):
        if len(shown) < _SHOWN:
            shown.append(text)
        else:
            more += 1
    return (*shown, f"and {more:,} more") if more else tuple(shown)


def _in_members(expected: Item, found: Item, place: str, depth: int) -> Iterator[str]:
    for name in dict.fromkeys((*expected, *found)):
        where = place + printable(name, limit=_NAME_CHARACTERS)
        if name not in found:
            yield f"{where} (not in the table)"
        elif name not in expected:
            yield f"{where} (only in the table)"
        else:
            yield from _in_value(expected[name], found[name], where, depth)


def _in_value(
    expected: AttributeValue, found: AttributeValue, where: str, depth: int
) -> Iterator[str]:
    if is_equal(expected, found):
        return
    (kind, content), (other, stored) = *expected.items(), *found.items()
    if kind != other:
        yield f"{where} ({kind}, in the table {printable(other)})"
    elif depth and kind == "M":
        yield from _in_members(content, stored, f"{where}.", depth - 1)
    elif depth and kind == "L" and len(content) == len(stored):
        yield from _in_elements(content, stored, where, depth - 1)
    else:
        yield where


def _in_elements(
    expected: Sequence[Any], found: Sequence[Any], where: str, depth: int
) -> Iterator[str]:
    for number, (mine, theirs) in enumerate(zip(expected, found, strict=True)):
        yield from _in_value(mine, theirs, f"{where}[{number}]", depth)
