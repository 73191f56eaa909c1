"""Places in files: where a reading of several can go on later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, cast

from ddbbulk.errors import ConfigurationError
from ddbbulk.sources.source import Bookmark

_WHOLE_NUMBERS: Final = (int,)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in one of some files, with what its reader has to know there.

    Args:
        file: which of the files, from 0.
        offset: how many bytes of it are before; 0 for the beginning.
        line: the number of the line that begins there.
        memory: what the lines before have shown.
    """

    file: int = 0
    offset: int = 0
    line: int = 1
    memory: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def bookmark(self, position: int) -> Bookmark:
        """Return this place for a checkpoint, as that of the item at this position."""
        if not self.offset:
            return Bookmark(position, {"file": self.file})
        place = {"file": self.file, "offset": self.offset, "line": self.line}
        return Bookmark(position, {**place, **self.memory})

    @classmethod
    def of(cls, bookmark: Bookmark, *, files: int) -> Self:
        """Return the place that a bookmark means.

        Args:
            bookmark: it comes from a file that anyone may have written.
            files: how many there are.

        Raises:
            ConfigurationError: it is none of ours.
        """
        # Whoever has read it from a file has not looked at the types.
        place = cast("object", bookmark.place)
        if not isinstance(place, Mapping):
            raise misplaced("its place is no object")
        members = dict(cast("Mapping[str, Any]", place))
        file = members.pop("file", None)
        offset = members.pop("offset", 0)
        line = members.pop("line", 1)
        numbers = (bookmark.position, file, offset, line)
        if any(type(number) not in _WHOLE_NUMBERS for number in numbers):
            raise misplaced("position, file, offset and line are not whole numbers")
        if min(numbers) < 0 or line < 1 or file >= files:
            raise misplaced("there is no such file or line")
        return cls(file, offset, line, members)


def misplaced(problem: str) -> ConfigurationError:
    """Return the error about a bookmark that is none of the source."""
    return ConfigurationError(
        f"the place to go on from is not one of these files ({problem}): begin anew, "
        "without the checkpoint"
    )
