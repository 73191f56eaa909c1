"""What is done of a load, on disk: so that another run can do the rest."""

from ddbbulk.checkpoint.checkpoint import Checkpoint, seekable
from ddbbulk.checkpoint.state import TableMark

__all__ = ["Checkpoint", "TableMark", "seekable"]
