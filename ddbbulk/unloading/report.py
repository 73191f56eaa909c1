"""The account of an unload."""

from pydantic import BaseModel, ConfigDict

from ddbbulk.reading import ReadReport


class RefusedItem(BaseModel):
    """An item that plain JSON cannot hold.

    Args:
        key: its key, escaped, and cut at 64 characters; empty where the table's keys
            are not known.
        attribute: the first that has no place in plain JSON.
        type: of that attribute: ``B``, ``SS``, ``NS`` or ``BS``.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    attribute: str
    type: str


class UnloadReport(ReadReport):
    """What was written, what was not, and what it cost.

    ``items_refused`` counts the items that plain JSON cannot hold; ``refusals`` are the
    first of them. ``bytes_written`` are those of the file, compressed where it is.
    """

    file: str
    items_written: int
    items_refused: int
    bytes_written: int
    refusals: tuple[RefusedItem, ...] = ()
