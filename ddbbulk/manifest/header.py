"""The first line of a manifest: whose items it tells of."""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from ddbbulk.printable import printable

VERSION: Final = 1


class ManifestHeader(BaseModel):
    """Of which table a manifest is, and how the load began that made it.

    Args:
        table: name or ARN, as the load was given it.
        arn: the table's ARN, where the table was asked for it.
        table_id: what tells it from a later table of the same name; None: not known.
        mode: what becomes of items that are there: in mode ``insert`` whatever was
            written was created.
        was_empty: whether the table had no item when the load began.
        source: tells the sources of loads with a checkpoint apart.
        started_at: when the load began.
        keys: names of the table's key attributes.
    """

    # In this order it begins each manifest.
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    manifest: Literal["ddbbulk"] = "ddbbulk"
    version: int = VERSION
    table: str
    arn: str | None = None
    table_id: str | None = None
    mode: str
    was_empty: bool
    source: str | None = None
    started_at: datetime
    keys: tuple[str, ...]

    def line(self) -> bytes:
        """Return it as the manifest has it, with its end."""
        return self.model_dump_json().encode() + b"\n"

    def difference(self, other: "ManifestHeader") -> str:
        """Say in what another header is of another table; empty: it is of this one."""
        if _name(self.table) != _name(other.table):
            return f"it is of table {printable(self.table)}, not {other.table}"
        if self.arn and other.arn and self.arn != other.arn:
            return f"it is of {printable(self.arn)}, not {other.arn}"
        if self.table_id and other.table_id and self.table_id != other.table_id:
            return f"table {other.table} was created anew since"
        if self.keys != other.keys:
            return f"the key of table {other.table} was another"
        return ""


def _name(table: str) -> str:
    return table.rpartition("/")[2]
