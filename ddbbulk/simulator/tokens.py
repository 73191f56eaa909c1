"""Client request tokens: a transaction that is sent twice is done once.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

from ddbbulk.simulator.service_error import ServiceError

_SECONDS: Final = 600.0


class _Use(NamedTuple):
    digest: bytes
    until: float


class Tokens:
    """The tokens of the transactions that were done in the last ten minutes.

    They are forgotten when the simulator ends, also where its tables are kept.
    """

    __slots__ = ("_uses",)

    def __init__(self) -> None:
        self._uses: dict[str, _Use] = {}

    def __len__(self) -> int:
        return len(self._uses)

    def has(self, token: str, digest: bytes, now: float) -> bool:
        """Whether the same was done under this token already.

        Raises:
            ServiceError: something else was done under it.
        """
        self._forget(now)
        use = self._uses.get(token)
        if use is not None and use.digest != digest:
            raise ServiceError(
                "IdempotentParameterMismatchException",
                "DynamoDB rejected the request because you retried a request with a "
                "different payload but with an idempotent token that was already used.",
            )
        return use is not None

    def remember(self, token: str, digest: bytes, now: float) -> None:
        """What was done under a token."""
        self._uses[token] = _Use(digest, now + _SECONDS)

    def _forget(self, now: float) -> None:
        # They lie in the order in which they end.
        for token, use in tuple(self._uses.items()):
            if use.until > now:
                return
            del self._uses[token]


def digest_of(actions: list[Any]) -> bytes:
    """What tells two lists of actions apart, in whatever order JSON has its members."""
    return sha256(orjson.dumps(actions, option=orjson.OPT_SORT_KEYS)).digest()
