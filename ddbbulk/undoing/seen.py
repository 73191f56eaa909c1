"""What an undo has seen of its items so far."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Seen:
    """What became of entries, as far as it is known yet.

    Args:
        looked_up: how many there were.
        gone: they were not there.
        deletable: they were as the load had written them.
        vanished: they went between the look and the answer: by an attempt of ours whose
            answer was lost, or by somebody else in that moment.
        unmet: lines of those that changed, or went, before they were deleted.
        refused: by line, the code of what kept an item from being deleted.
    """

    looked_up: int = 0
    gone: int = 0
    deletable: int = 0
    vanished: int = 0
    unmet: set[int] = field(default_factory=set[int])
    refused: dict[int, str] = field(default_factory=dict[int, str])
