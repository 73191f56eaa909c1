"""What one resource gives, found out while it is used: decisions without I/O.

A table or index admits as its capacity flows in, and keeps what is not used for a while
(a second's worth, up to 300 at AWS). So two things are known of it:

- Where it throttles, nothing is left. What was consumed between two such moments is
  what flowed in between them: its limit, to some parts in a hundred, whatever was
  sent.
- As long as it does not throttle, its limit is nobody's guess, even above it: saved
  capacity may be what is used.

So the rate doubles each half second until the first throttle. Then it falls to what was
measured, and a little below, so that something is saved for a moment in which requests
come thick. After some seconds it climbs again, slowly at first, faster the longer
nothing is throttled: it uses what has been saved, finds a limit that was raised, and
falls back to what it measures then. It never climbs while it is not used.
"""

from typing import Final, NamedTuple

START: Final = 250.0
LEAST: Final = 1.0
_DOUBLING_SECONDS: Final = 0.5
_WINDOW_SECONDS: Final = 0.25
_WINDOW_ANSWERS: Final = 5
_USED_SHARE: Final = 0.8
# Of what was measured, so much is used, and so long, before it climbs.
_HELD_SHARE: Final = 0.97
_HELD_SECONDS: Final = 2.0
_MOST_HELD_SECONDS: Final = 4.0
# The same after a fall to what is not measured but guessed.
_GUESS_HELD_SECONDS: Final = 0.5
# Twice the limit is reached in five seconds.
_CLIMB: Final = 0.01
# What a fall leaves of the rate, where nothing was measured.
_CUT: Final = 0.75
# For so long, what flows in is saved and not lost, however little is used.
_SURE_SECONDS: Final = 1.5
# Between moments closer than this, too little comes to be measured by.
_LEAST_SECONDS: Final = 0.1
# What was measured over less is good to go on with, not to be told.
_TOLD_SECONDS: Final = 1.0
# A share of the limit that may have been saved since, for what was used to be all.
_SAVED_SECONDS: Final = 0.8
_ALIKE: Final = 0.1
# An item more or less is not what a measure is to depend on.
_PRECISE_ITEMS: Final = 20
# An account's limit is met by others, too: it is not tried again so soon.
_ACCOUNT_SECONDS: Final = 60.0


class _Found(NamedTuple):
    """What is known before a fall, which may have to be taken back."""

    rate: float
    limit: float | None
    lowest: float
    highest: float


class AdaptiveRate:
    """The rate of one resource.

    Args:
        start: units a second to begin with.
        ceiling: units a second that are never exceeded.
        known: units a second that it is said to have, if that is known.

    Attributes:
        rate: units a second that may be used now.
        limit: what it gave while it throttled; None until it has.
        used: units a second consumed of late.
        lowest: the lowest limit that was measured.
        highest: the highest.
        is_account_bound: whether the account's limit was met.
    """

    def __init__(
        self,
        start: float,
        *,
        ceiling: float = float("inf"),
        known: float | None = None,
    ) -> None:
        self.ceiling = ceiling
        self.rate = self._bounded(start)
        self.known = known
        self.limit: float | None = None
        self.used = 0.0
        self.lowest: float = float("inf")
        self.highest: float = 0.0
        self.is_account_bound = False
        self._units = 0.0
        # What a single item costs.
        self._grain = 1.0
        self._window: tuple[float, float] | None = None
        self._answers = 0
        # Seconds of full use since the last fall, and how many of them it is held.
        self._age = 0.0
        self._held_seconds = _HELD_SECONDS
        self._fell_at = float("-inf")
        self._before = _Found(self.rate, None, self.lowest, self.highest)
        self._closed_until = float("-inf")
        # When nothing was left the last time, what had been consumed by then, and what
        # may have been saved since.
        self._empty: tuple[float, float] | None = None
        self._saved = 0.0

    @property
    def is_at_ceiling(self) -> bool:
        """Whether it may not climb because it was told so."""
        return self.rate >= self.ceiling

    def consumed(self, units: float, now: float, *, items: int = 1) -> None:
        """Count what a request has consumed; climb where all that may be used is.

        Args:
            units: of this resource.
            now: the time.
            items: how many writes they are of.
        """
        self._units += units
        self._grain = max(0.9 * self._grain, units / items)
        self._answers += 1
        if self._window is None:
            self._window = (now, self._units)
            return
        since, before = self._window
        seconds = now - since
        if seconds < _WINDOW_SECONDS or self._answers < _WINDOW_ANSWERS:
            return
        self.used = (self._units - before) / seconds
        unused = ((self.limit or self.rate) - self.used) * seconds
        self._saved = max(0.0, self._saved + unused)
        if self.used >= _USED_SHARE * self.rate:
            self._climb(min(seconds, 2 * _WINDOW_SECONDS), now)
        self._begin_window(now)

    def throttled(self, now: float, *, sent_at: float) -> bool:
        """Take notice that nothing was left; return whether the rate fell for it.

        Args:
            now: the time; what the request consumed is counted already.
            sent_at: when the request was sent: before the rate fell, it says no more.
        """
        if sent_at < self._fell_at:
            return False
        before = _Found(self.rate, self.limit, self.lowest, self.highest)
        measured = self._measured(now)
        if measured is None:
            self.limit = max(LEAST, _CUT * self.rate)
            self._held_seconds = _GUESS_HELD_SECONDS
        else:
            was_right = self.limit is not None and _are_alike(measured, self.limit)
            longer = min(1.5 * self._held_seconds, _MOST_HELD_SECONDS)
            self._held_seconds = max(_HELD_SECONDS, longer if was_right else 0.0)
            self.limit = measured
            if self._is_precise(now, _TOLD_SECONDS):
                self.lowest = min(self.lowest, measured)
                self.highest = max(self.highest, measured)
        empty = None if self._is_precise(now) else self._empty
        self._fall(min(self.rate, _HELD_SHARE * self.limit), now)
        # Where too little came to be measured by, it is measured from there on again.
        self._empty = empty or self._empty
        self._before = before
        return True

    def met_account_limit(self, now: float) -> None:
        """Do not climb for a while: others want what the account has left."""
        self.is_account_bound = True
        self._closed_until = now + _ACCOUNT_SECONDS

    def acquit(self, now: float) -> None:
        """Take the last fall back: it was not this resource that had nothing left."""
        rate, self.limit, self.lowest, self.highest = self._before
        self._empty = None
        self._age = 0.0
        self.rate = self._bounded(max(self.rate, rate))
        self._begin_window(now)

    def told(self, known: float, *, ceiling: float, now: float) -> None:
        """Take notice of what the table has by now, by its own description."""
        self.ceiling = ceiling
        if self.known is not None and known != self.known:
            self.limit = known
            self._held_seconds = _GUESS_HELD_SECONDS
            self._fall(known if known < self.known else max(self.rate, known), now)
            self._empty = None
        self.known = known
        self.rate = self._bounded(self.rate)

    def _measured(self, now: float) -> float | None:
        """Return the limit, where what has been consumed tells it."""
        if self._empty is None:
            return None
        since, before = self._empty
        seconds = now - since
        if seconds < _LEAST_SECONDS:
            return None
        is_precise = self._is_precise(now)
        # Where little was consumed, one item more might have been: at the most so much.
        doubt = 0.0 if is_precise else self._grain
        measured = (self._units - before + doubt) / seconds
        if seconds <= _SURE_SECONDS:
            return min(measured, self.rate)
        # Longer ago, the limit may have been another, or something was saved and lost.
        limit = self.limit or self.rate
        if self._saved >= _SAVED_SECONDS * limit:
            return None
        return measured if _are_alike(measured, limit) or not is_precise else None

    def _is_precise(self, now: float, seconds: float = _LEAST_SECONDS) -> bool:
        """Say whether enough was consumed since nothing was left to measure by it."""
        if self._empty is None:
            return True
        since, before = self._empty
        is_long = now - since >= seconds
        return is_long and self._units - before >= _PRECISE_ITEMS * self._grain

    def _climb(self, seconds: float, now: float) -> None:
        if self.limit is None:
            self.rate = self._bounded(self.rate * 2 ** (seconds / _DOUBLING_SECONDS))
            return
        if now < self._closed_until:
            return
        self._age += seconds
        climbed = max(0.0, self._age - self._held_seconds)
        share = _HELD_SHARE + _CLIMB * climbed**3
        self.rate = self._bounded(max(self.rate, self.limit * share))

    def _fall(self, rate: float, now: float) -> None:
        self.rate = self._bounded(rate)
        self._age = 0.0
        self._fell_at = now
        self._empty = (now, self._units)
        self._saved = 0.0
        self._begin_window(now)

    def _begin_window(self, now: float) -> None:
        self._window = (now, self._units)
        self._answers = 0

    def _bounded(self, rate: float) -> float:
        return min(max(rate, LEAST), self.ceiling)


def _are_alike(measured: float, limit: float) -> bool:
    return abs(measured - limit) <= _ALIKE * limit
