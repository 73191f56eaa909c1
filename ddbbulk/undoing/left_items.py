"""The items that an undo leaves, listed with the reason."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from ddbbulk.locked_file import LockedFile
from ddbbulk.printable import printable
from ddbbulk.scratch import ScratchFile
from ddbbulk.undoing.contents import Entry
from ddbbulk.undoing.report import LeftItem

CHANGED: Final = "Changed"
UNKNOWN: Final = "Unknown"

_SHOWN: Final = 10
_KEY_CHARACTERS: Final = 64
_BLOCK_BYTES: Final = 1024 * 1024


class LeftItems:
    """Counts items that are left, and keeps them for a file.

    Args:
        draft: keeps them until the end.
        redact_keys: leave keys out of what is shown.

    Attributes:
        counts: by reason.
        shown: the first of them.
    """

    def __init__(self, draft: ScratchFile, *, redact_keys: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.shown: list[LeftItem] = []
        self._draft = draft
        self._redact_keys = redact_keys

    def add(self, entries: Iterable[Entry], reason: str) -> None:
        """Take some more, which blocks.

        Raises:
            ConfigurationError: the disk is full.
        """
        for entry in entries:
            self.counts[reason] += 1
            key = entry.creation.key
            line = {"key": key, "reason": reason, "line": entry.line}
            self._draft.append(orjson.dumps(line) + b"\n")
            if len(self.shown) < _SHOWN:
                text = ", ".join(str(*value.values()) for value in key.values())
                shown = printable(text, limit=_KEY_CHARACTERS)
                self.shown.append(
                    LeftItem(
                        line=entry.line,
                        key=None if self._redact_keys else shown,
                        reason=reason,
                    )
                )

    def write(self, file: LockedFile) -> None:
        """Put them into a file, in the place of what is in it.

        Raises:
            ConfigurationError: it could not be written.
        """
        file.replace(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        for at in range(0, self._draft.size, _BLOCK_BYTES):
            yield self._draft.read(at, _BLOCK_BYTES)
