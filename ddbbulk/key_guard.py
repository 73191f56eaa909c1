"""Keys whose requests were given up, and may still land over a newer value."""

from collections.abc import Iterable
from itertools import chain
from typing import Final

from ddbbulk.marshal import Key, Write

# How long after it was given up a request may still land: far above what a service
# that is alive takes. What lands later yet can overwrite a newer value.
LATE_SECONDS: Final = 10.0
_NEVER: Final = float("-inf")


class KeyGuard:
    """Remembers until when a newer write of a key has to wait.

    Attributes:
        keys: until when, by the keys that are guarded.
        all_until: until when every key is, because a process was killed.
    """

    __slots__ = ("all_until", "keys")

    def __init__(self) -> None:
        self.keys: dict[Key, float] = {}
        self.all_until = _NEVER

    @property
    def is_over_all(self) -> bool:
        """Whether every key is guarded."""
        return self.all_until != _NEVER

    def cover_all(self, now: float) -> None:
        """Guard every key from now on."""
        self.all_until = now + LATE_SECONDS

    def lapse(self, now: float) -> None:
        """Stop guarding every key, if it is time."""
        if now >= self.all_until:
            self.all_until = _NEVER

    def may_land_late(self, unsettled: Iterable[Write], now: float) -> bool:
        """Say whether a request that was given up may still be on its way."""
        guards = chain(
            (self.all_until,),
            self.keys.values(),
            (write.guarded_until for write in unsettled),
        )
        return any(until > now for until in guards)

    def keep(self, key: Key, until: float, now: float) -> None:
        """Guard a key, whether or not its next write is queued already."""
        # The oldest stand first: those that nobody asked for have to go some time.
        while self.keys and self.keys[oldest := next(iter(self.keys))] <= now:
            del self.keys[oldest]
        self.keys.pop(key, None)
        self.keys[key] = until
