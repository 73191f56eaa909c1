"""How far a table has been read: in each of its segments, and whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias, cast

from ddbbulk.errors import ConfigurationError
from ddbbulk.marshal import WireItem
from ddbbulk.reading.page import Page
from ddbbulk.sources import Bookmark, Chunk

# As many of each segment in turn. A chunk has so many at the most, and a bookmark: this
# is about what a resumed reading reads again in vain.
BLOCK_ITEMS: Final = 100

Key: TypeAlias = Mapping[str, Any]


@dataclass(slots=True)
class Segment:
    """How far one segment has been handed over."""

    after: Key | None = None
    is_done: bool = False
    items: Sequence[dict[str, Any]] = ()
    last_key: Key | None = None
    is_last: bool = False

    @property
    def place(self) -> Key | bool | None:
        """What a bookmark says of it: True: all is read; None: nothing."""
        return True if self.is_done else self.after

    def fill(self, page: Page) -> None:
        """Take a page; the one before must have been handed over."""
        self.items = page.items
        self.last_key = page.last_key
        self.is_last = page.last_key is None
        self._pass_page()

    def take(self, count: int, key_names: Sequence[str]) -> list[dict[str, Any]]:
        """Hand over up to so many items."""
        taken = list(self.items[:count])
        self.items = self.items[count:]
        if taken:
            self.after = {name: taken[-1][name] for name in key_names}
        self._pass_page()
        return taken

    def _pass_page(self) -> None:
        if not self.items:
            self.is_done = self.is_last
            self.after = self.last_key or self.after


@dataclass(slots=True)
class Standing:
    """Where a reading stands: in each segment, and whose turn it is."""

    segments: list[Segment]
    position: int = 0
    turn: int = 0
    taken: int = 0

    @classmethod
    def at(cls, bookmark: Bookmark | None, segments: int) -> Self:
        """Return where a bookmark is; without one, at the beginning."""
        if bookmark is None:
            return cls([Segment() for _ in range(segments)])
        places: object = bookmark.place.get("segments")
        turn, taken = bookmark.place.get("turn"), bookmark.place.get("taken")
        if (
            not isinstance(places, list)
            or not isinstance(turn, int)
            or not isinstance(taken, int)
            or len(cast("list[object]", places)) != segments
            or not 0 <= turn < segments
        ):
            raise ConfigurationError(
                "the bookmark is of another source: a table's says where each segment "
                "is"
            )
        return cls(
            [_segment_at(place) for place in cast("list[object]", places)],
            bookmark.position,
            turn,
            taken,
        )

    @property
    def bookmark(self) -> Bookmark:
        """What leads back to here."""
        places = [segment.place for segment in self.segments]
        place = {"segments": places, "turn": self.turn, "taken": self.taken}
        return Bookmark(self.position, place)

    @property
    def starts(self) -> dict[int, Key | None]:
        """What segments begin after; None: there is nothing more of one."""
        return {
            number: None if segment.is_done else segment.after
            for number, segment in enumerate(self.segments)
            if segment.is_done or segment.after is not None
        }

    @property
    def is_done(self) -> bool:
        """Whether all is read."""
        return all(segment.is_done for segment in self.segments)

    @property
    def needs_page(self) -> bool:
        """Whether a page is needed of the segment whose turn it is."""
        segment = self.segments[self.turn]
        return not (segment.is_done or segment.items)

    def fill(self, page: Page) -> None:
        """Take a page of the segment whose turn it is."""
        self.segments[self.turn].fill(page)

    def next_chunk(self, key_names: Sequence[str]) -> Chunk | None:
        """Return what the segment whose turn it is has at hand; None: nothing.

        Args:
            key_names: the table's key attributes, which lead back to an item.
        """
        bookmark = self.bookmark
        segment = self.segments[self.turn]
        items = segment.take(BLOCK_ITEMS - self.taken, key_names)
        self.position += len(items)
        self.taken += len(items)
        if segment.is_done or self.taken == BLOCK_ITEMS:
            self.turn = (self.turn + 1) % len(self.segments)
            self.taken = 0
        if not items:
            return None
        wired = [WireItem(item) for item in items]
        return Chunk(wired, bookmark.position, bookmark=bookmark)


def _segment_at(place: object) -> Segment:
    if place is True:
        return Segment(is_done=True, is_last=True)
    return Segment(after=None if place is None else cast("Key", place))
