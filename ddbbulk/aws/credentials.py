"""The credentials that a connection signs with, and their renewal when refused.

botocore renews what it knows to expire, by this machine's clock. What it does not know
of (a token in a shared credentials file, a session that was revoked) shows itself only
when the service refuses a request.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, cast

import aioboto3
from aiobotocore.credentials import AioRefreshableCredentials
from botocore.exceptions import NoCredentialsError

from ddbbulk.retry import Failure, FailureKind

_LOG = logging.getLogger(__name__)

# What a refused request is told where other credentials may fare better.
REFUSALS: Final = frozenset(
    {
        "ExpiredTokenException",
        "ExpiredToken",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
    }
)
# A process or a login service may take its time, but a load must not hang on it.
_PATIENCE_SECONDS: Final = 60.0
# New ones may end at once as well, but not for ever.
_MOST_IN_VAIN: Final = 3
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)

Load = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What one request is signed with; its representation shows nothing of it."""

    name: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class Credentials:
    """Those that a client signs with; asked for again when the service refuses them.

    However many requests are refused together, the provider is asked once: each request
    remembers the ``round`` that it was signed in, and a renewal begins the next one.

    Args:
        held: botocore's object, which the client holds, too: it is renewed in place;
            None: there are none, or they are made up.
        load: asks the provider for them again.
        made_up: what is signed with where no real credentials are used.

    Attributes:
        round: how many renewals there were.
    """

    def __init__(
        self,
        held: Any,  # noqa: ANN401 # botocore ships no types
        load: Load,
        made_up: AccessKey | None = None,
    ) -> None:
        self.round = 0
        self._held = held
        self._load = load
        self._made_up = made_up
        self._lock = asyncio.Lock()
        self._was_accepted = False
        self._in_vain = 0
        self._story = ""

    @property
    def are_near_end(self) -> bool:
        """Whether their provider is to be asked before each request that is signed."""
        held = self._held
        if not isinstance(held, AioRefreshableCredentials):
            return False
        known = cast("Any", held)
        return bool(known.refresh_needed())

    async def key(self) -> AccessKey:
        """Return what to sign with now; botocore renews what nears its end.

        Raises:
            Exception: whatever botocore's providers raise.
        """
        if self._made_up is not None:
            return self._made_up
        if self._held is None:
            raise NoCredentialsError
        frozen = await self._held.get_frozen_credentials()
        return AccessKey(frozen.access_key, frozen.secret_key, frozen.token)

    def accepted(self, used: int) -> None:
        """Note that a request signed in round ``used`` was accepted."""
        self._was_accepted = True
        if used == self.round:
            self._in_vain = 0

    async def judged(self, failure: Failure, used: int) -> Failure:
        """Return what a failure means, once refused credentials have been renewed.

        Args:
            failure: of a request that was sent.
            used: the round in which it was signed.

        Returns:
            A fault where it is worth sending again, with the signature of today; else
            the failure, with what the provider had to offer.
        """
        if failure.code == "NoCredentials" and self._was_accepted:
            # botocore wanted to renew them before their end: the provider may recover.
            return replace(failure, kind=FailureKind.FAULT)
        if failure.code not in REFUSALS:
            return failure
        if await self._renew(used, failure.code):
            return replace(failure, kind=FailureKind.FAULT)
        return replace(failure, message=f"{failure.message.rstrip('.')}; {self._story}")

    async def _renew(self, used: int, code: str) -> bool:
        """Ask the provider, unless that was done since; False: it was in vain."""
        async with self._lock:
            if used < self.round:
                return True
            if self._in_vain >= _MOST_IN_VAIN:
                return False
            is_new, self._story = await self._ask()
            _LOG.info("the credentials were refused (%s): %s", code, self._story)
            if self._in_vain and not is_new:
                return False
            self._in_vain += 1
            self.round += 1
            return True

    async def _ask(self) -> tuple[bool, str]:
        """Take over what the provider has now; say if it is new, and what it was."""
        held = self._held
        if held is None or held.method == "explicit":
            return False, "they were given as they are: there is no provider to ask"
        source = str(held.method)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                before = await held.get_frozen_credentials()
                fresh: Any = await self._load()
                after = await fresh.get_frozen_credentials() if fresh else None
        except Exception as error:  # noqa: BLE001 # whatever a provider raises, it has none
            return False, f"asking {source} again failed ({type(error).__name__})"
        if fresh is not held:
            if type(fresh) is not type(held) or fresh.method != source:
                return False, f"there are none from {source} any more"
            _become(held, fresh)
        if after == before:
            return False, f"read again from {source}, they are the same"
        return True, f"{source} gave newer ones"


def _become(held: Any, fresh: Any) -> None:  # noqa: ANN401 # as above
    # The client, and what botocore derives from it, know this very object.
    held.__dict__.update(fresh.__dict__)


async def from_new_session(*, profile: str | None, region: str | None) -> Any:  # noqa: ANN401 # as above
    """Load credentials as if the program had just begun: nothing is remembered."""
    session = cast("Any", aioboto3.Session(profile_name=profile, region_name=region))
    return await session.get_credentials()


async def from_session(session: Any) -> Any:  # noqa: ANN401 # as above
    """Ask the providers of a caller's own session again."""
    held = await session.get_credentials()
    if not isinstance(held, AioRefreshableCredentials):
        provider = session._session.get_component("credential_provider")  # noqa: SLF001 # aioboto3 has no public way to its chain
        return await provider.load_credentials()
    known = cast("Any", held)
    expiry = known._expiry_time  # noqa: SLF001 # botocore refreshes only what expires
    known._expiry_time = _LONG_AGO  # noqa: SLF001 # as above
    try:
        await known.get_frozen_credentials()
    except BaseException:
        known._expiry_time = expiry  # noqa: SLF001 # as above
        raise
    return known
