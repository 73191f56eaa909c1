"""Where a source can be read from again: a few bookmarks, from old to new."""

from typing import Final

from ddbbulk.sources import Bookmark

_MOST: Final = 1024
_FEW: Final = 64


class Bookmarks:
    """Keeps the bookmarks that a resumed reading may need, a bounded number of them.

    One slow item among millions keeps many from being let go; then only every second,
    fourth, ... is kept, which costs a resumed run some reading and nothing else.

    Args:
        first: the bookmark that this reading itself began with.
    """

    def __init__(self, first: Bookmark | None = None) -> None:
        self._kept: list[Bookmark] = [first] if first else []
        self._stride = 1
        self._passed = 0

    def add(self, bookmark: Bookmark) -> None:
        """Keep a bookmark that comes after all the others."""
        self._passed += 1
        if self._passed < self._stride:
            return
        self._passed = 0
        self._kept.append(bookmark)
        if len(self._kept) >= _MOST:
            del self._kept[1::2]
            self._stride *= 2

    def latest(self, position: int) -> Bookmark | None:
        """Return the last bookmark at this position or before, and forget older ones.

        Args:
            position: the first that is to be read; it never goes back.
        """
        newer = 1
        while newer < len(self._kept) and self._kept[newer].position <= position:
            newer += 1
        del self._kept[: newer - 1]
        if len(self._kept) < _FEW:
            self._stride = 1
        if self._kept and self._kept[0].position <= position:
            return self._kept[0]
        return None
