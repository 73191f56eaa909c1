"""Faults of the service and of the network: which request meets which.

Everything here decides and nothing waits or answers, so that a seed repeats a run.
"""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, NoReturn, Self

from ddbbulk.errors import ConfigurationError

PARTIAL: Final = "partial"
OUTAGE: Final = "outage"
_ROUNDING: Final = 1e-9  # probabilities that add up to 1 may miss it by as much


class Fault(StrEnum):
    """What may happen to a request to write, by the word that asks for it."""

    THROTTLE = "throttle"
    HTTP500 = "http500"
    HTTP500_AFTER = "http500-after"
    HTTP503 = "http503"
    EXPIRED = "expired"
    RESET = "reset"
    RESET_AFTER = "reset-after"
    HANG = "hang"
    SLOW = "slow"
    CRC = "crc"
    TRUNCATE = "truncate"
    LATE = "late"
    SKEW = "skew"


_TIMED: Final = frozenset({Fault.SLOW, Fault.LATE})
_KNOWN: Final = (*Fault, PARTIAL, OUTAGE)


class Outage(NamedTuple):
    """A time when nothing works, in seconds since the simulator started."""

    begin: float
    end: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``10s-15s``.

        Raises:
            ConfigurationError: it is something else.
        """
        begin, _, end = text.partition("-")
        return cls(_seconds(begin, text), _seconds(end, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often each fault happens, as a probability between 0 and 1.

    Requests to write are hit (BatchWriteItem, PutItem, DeleteItem, UpdateItem,
    TransactWriteItems); all others only by an outage. A request meets one fault at
    the most, besides ``partial``; so the others may add up to 1 and no more.

    Args:
        throttle: the whole request is throttled; nothing is written.
        http500: InternalServerError; nothing is written.
        http500_after: InternalServerError; all is written.
        http503: ServiceUnavailable; nothing is written.
        expired: ExpiredTokenException; nothing is written.
        reset: the connection is reset; nothing is written.
        reset_after: the connection is reset; all is written.
        hang: no answer comes; nothing is written.
        slow: the answer comes ``slow_seconds`` after the write.
        slow_seconds: see ``slow``.
        crc: the answer has a wrong checksum; all is written.
        truncate: the answer breaks off and the connection ends; all is written.
        late: no answer comes, and ``late_seconds`` later all is written, whatever the
            client has done meanwhile.
        late_seconds: see ``late``.
        skew: the signature is too old, by a clock that is 20 minutes ahead; nothing is
            written.
        partial: each item of a batch comes back unprocessed with this probability.
        outages: times when every request meets a reset, reads too.

    Raises:
        ConfigurationError: a value cannot work.

    Example:
        >>> Faults.parse("throttle=0.05,slow=0.02:2s") == Faults(
        ...     throttle=0.05, slow=0.02, slow_seconds=2
        ... )
        True
    """

    throttle: float = 0.0
    http500: float = 0.0
    http500_after: float = 0.0
    http503: float = 0.0
    expired: float = 0.0
    reset: float = 0.0
    reset_after: float = 0.0
    hang: float = 0.0
    slow: float = 0.0
    slow_seconds: float = 2.0
    crc: float = 0.0
    truncate: float = 0.0
    late: float = 0.0
    late_seconds: float = 3.0
    skew: float = 0.0
    partial: float = 0.0
    outages: tuple[Outage, ...] = ()

    def __post_init__(self) -> None:
        for word in (*Fault, PARTIAL):
            if not 0 <= self.probability(word) <= 1:
                raise ConfigurationError(
                    f"fault {word}: a probability is between 0 and 1, such as 0.05"
                )
        if sum(map(self.probability, Fault)) > 1 + _ROUNDING:
            raise ConfigurationError(
                "the faults add up to more than 1, and a request meets one of them at "
                "the most: lower them"
            )
        for seconds in (self.slow_seconds, self.late_seconds):
            if not 0 <= seconds < float("inf"):
                raise ConfigurationError("the seconds of a fault must be 0 or more")
        if any(not 0 <= begin < end for begin, end in self.outages):
            raise ConfigurationError("an outage ends after it begins, such as 10s-15s")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``throttle=0.05,slow=0.02:2s,outage=10s-15s``.

        Raises:
            ConfigurationError: a word is not known, or its value cannot work.
        """
        values: dict[str, float] = {}
        outages: list[Outage] = []
        for part in text.split(","):
            word, _, amount = part.strip().partition("=")
            if word == OUTAGE:
                outages.append(Outage.parse(amount))
                continue
            if word not in _KNOWN:
                _refuse_word(word)
            probability, colon, seconds = amount.partition(":")
            name = _field_of(word)
            if name in values:
                raise ConfigurationError(f"fault {word} is given twice: give it once")
            values[name] = _number(probability, part)
            if colon:
                if word not in _TIMED:
                    raise ConfigurationError(f"fault {word} takes no seconds: {part!r}")
                values[f"{name}_seconds"] = _seconds(seconds, part)
        return cls(**values, outages=tuple(outages))

    def probability(self, word: str) -> float:
        """How often the fault of this name happens."""
        value: float = getattr(self, _field_of(word))
        return value

    def names(self) -> tuple[str, ...]:
        """The faults that can happen."""
        chosen = [word for word in (*Fault, PARTIAL) if self.probability(word)]
        return (*map(str, chosen), *((OUTAGE,) if self.outages else ()))

    def is_outage(self, seconds: float) -> bool:
        """Whether nothing works these seconds after the start."""
        return any(begin <= seconds < end for begin, end in self.outages)


class FaultSequence:
    """The faults of one request after another, the same for the same seed.

    Items have chances of their own: how large the batches are does not change which
    requests meet a fault.
    """

    def __init__(self, faults: Faults, *, seed: int) -> None:
        self._requests = random.Random(f"requests {seed}")  # noqa: S311 -- a simulation must repeat
        self._items = random.Random(f"items {seed}")  # noqa: S311 -- as above
        self._partial = faults.partial
        self._bounds: list[tuple[float, Fault]] = []
        bound = 0.0
        for fault in Fault:
            bound += faults.probability(fault)
            self._bounds.append((bound, fault))

    def next_fault(self) -> Fault | None:
        """The fault of the next request; None: it meets none."""
        drawn = self._requests.random()
        return next((fault for bound, fault in self._bounds if drawn < bound), None)

    def holds_back(self) -> bool:
        """Whether the next item of a batch comes back unprocessed."""
        return self._items.random() < self._partial


def _field_of(word: str) -> str:
    return word.replace("-", "_")


def _refuse_word(word: str) -> NoReturn:
    raise ConfigurationError(
        f"{word!r} is no fault of the simulator; those are {', '.join(_KNOWN)}. Write "
        "them like throttle=0.05,partial=0.3,slow=0.02:2s"
    )


def _number(text: str, part: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ConfigurationError(
            f"fault {part!r}: write it as a word and a probability, such as reset=0.01"
        ) from None


def _seconds(text: str, part: str) -> float:
    number, factor = text.strip().removesuffix("s"), 1.0
    if number.endswith("m"):
        number, factor = number.removesuffix("m"), 0.001
    try:
        return float(number) * factor
    except ValueError:
        raise ConfigurationError(
            f"{part!r}: write seconds as 2s or 500ms, and an outage as 10s-15s"
        ) from None
