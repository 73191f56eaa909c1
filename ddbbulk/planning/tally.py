"""What some items come to: a number for each thing that a plan adds up."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from ddbbulk.limits import MAX_ITEM_BYTES
from ddbbulk.marshal import Key

Tally = Counter[str]

ITEMS: Final = "items"
REJECTED: Final = "rejected"
DELETES: Final = "deletes"
PUTS: Final = "puts"
BYTES: Final = "bytes"
IMPORT_BYTES: Final = "import bytes"
NEAR_LIMIT: Final = "near the limit"
EXPIRED: Final = "expired"

# An item of nine tenths of what is allowed may be too large after its next change.
NEAR_LIMIT_BYTES: Final = MAX_ITEM_BYTES * 9 // 10


def size_class(exponent: int) -> str:
    """Name the items of up to two to this power bytes, and more than half of that."""
    return f"up to 2^{exponent} bytes"


def units_of(resource: str) -> str:
    """Name the write units of a table (``""``), or of an index."""
    return f"units of {resource}"


def entries_of(resource: str) -> str:
    """Name the entries of a table (``""``), or of an index."""
    return f"entries of {resource}"


def stored_in(resource: str) -> str:
    """Name the bytes that are billed for storing a table (``""``), or an index."""
    return f"stored in {resource}"


@dataclass(slots=True)
class Block:
    """Items that stand together in a source.

    Args:
        weight: how much of the source they are: items, or bytes of its files.
        tally: what they come to.
        heavy_keys: for each resource the units of the keys that have the most.
    """

    weight: int = 0
    tally: Tally = field(default_factory=Tally)
    heavy_keys: list[Counter[Key]] = field(default_factory=list[Counter[Key]])
