"""What the client sends with prepared bodies, signed as botocore does, but sooner.

Once a second botocore signs such a request itself. The next ones differ from it in
nothing but their bodies: they get its headers, and a signature of ours. Where ours is
not the one that botocore has made, or others have a handler for it, botocore signs all.
"""

import hashlib
import time
from collections.abc import Awaitable
from typing import Any, Final

from botocore import UNSIGNED
from botocore.auth import SigV4Auth

from ddbbulk.aws.credentials import Credentials
from ddbbulk.aws.hooks import foreign_hooks
from ddbbulk.aws.prepared import PREPARED_BODY
from ddbbulk.aws.signing import Seal, SigningKey

_VERSION: Final = "v4"
_EVENTS: Final = ("choose-signer", "before-sign")
# Between the two events, which have a request's context in common.
_SCOPE: Final = "ddbbulk_scope"
# What else botocore may be told about a signature is its own business.
_KNOWN: Final = frozenset({"region", "signing_name"})
# One for each endpoint and operation; more where some handler adds headers.
_MOST_DRAFTS: Final = 16


class ClientSigning:
    """Signs the requests of one client.

    Args:
        client: a DynamoDB client.
        credentials: those that it signs with.
    """

    def __init__(self, client: Any, credentials: Credentials) -> None:  # noqa: ANN401 # botocore ships no types
        self._client = client
        self._credentials = credentials
        self._second = -1
        self._is_alone = False
        self._drafts: dict[object, _Draft] = {}

    def register(self) -> None:
        """Take over, as the last one that is asked."""
        events = self._client.meta.events
        events.register_last("choose-signer", self._choose)
        events.register_last("before-sign", self._sign)

    def _choose(
        self,
        signature_version: object,
        signing_name: str,
        region_name: str,
        context: dict[str, Any],
        **_: object,
    ) -> object:
        """Tell botocore not to sign where ``_sign`` does it; None: it decides."""
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._drafts.clear()
            self._is_alone = not any(foreign_hooks(self._client, _EVENTS))
        if (
            not self._is_alone
            or signature_version != _VERSION
            or PREPARED_BODY.get() is None
            or not _KNOWN.issuperset(context.get("signing", ()))
        ):
            return None
        context[_SCOPE] = (signing_name, region_name)
        return UNSIGNED

    def _sign(
        self,
        request: Any,  # noqa: ANN401 # botocore ships no types
        request_signer: Any,  # noqa: ANN401 # as above
        **_: object,
    ) -> Awaitable[None] | None:
        """Sign, if that is up to us."""
        scope = request.context.pop(_SCOPE, None)
        if scope is None:
            return None
        headers = request.headers
        key = (scope, self._credentials.round, request.url, *headers.items())
        draft = self._drafts.get(key)
        if draft is None or type(request.data) is not bytes:
            return self._learn(request, request_signer, scope, key)
        request.context["timestamp"] = draft.stamp
        for name, value in draft.headers:
            headers[name] = value
        headers["Authorization"] = draft.authorization + draft.seal.signature(
            request.data
        )
        return None

    async def _learn(
        self,
        request: Any,  # noqa: ANN401 # botocore ships no types
        request_signer: Any,  # noqa: ANN401 # as above
        scope: tuple[str, str],
        key: object,
    ) -> None:
        """Let botocore sign, with credentials of now, and remember how."""
        before = request.headers.items()
        auth = await request_signer.get_auth_instance(*scope, _VERSION)
        auth.add_auth(request)
        if type(auth) is SigV4Auth and len(self._drafts) < _MOST_DRAFTS:
            draft = _draft_of(request, auth, before)
            if draft is not None:
                self._drafts[key] = draft


class _Draft:
    """What requests with the same headers have in common for a second."""

    __slots__ = ("authorization", "headers", "seal", "stamp")

    def __init__(
        self,
        stamp: str,
        headers: tuple[tuple[str, str], ...],
        authorization: str,
        seal: Seal,
    ) -> None:
        self.stamp = stamp
        self.headers = headers
        self.authorization = authorization
        self.seal = seal


def _draft_of(
    request: Any,  # noqa: ANN401 # botocore ships no types
    auth: Any,  # noqa: ANN401 # as above
    before: list[tuple[str, str]],
) -> _Draft | None:
    """Return what to make the next signatures from; None: they would be other ones.

    Args:
        request: one that was signed.
        auth: by which.
        before: the headers that it had before.
    """
    headers, body = request.headers, request.data
    now = headers.items()
    if now[: len(before)] != before or type(body) is not bytes:
        return None
    *added, (last, authorization) = now[len(before) :]
    if last != "Authorization":
        return None
    stamp = request.context["timestamp"]
    del headers["Authorization"]
    canonical = auth.canonical_request(request)
    headers["Authorization"] = authorization
    hashed = hashlib.sha256(body).hexdigest()
    start, equals, signature = authorization.rpartition("=")
    key = SigningKey(auth.credentials.secret_key, auth.credential_scope(request))
    seal = Seal(key, stamp, canonical.removesuffix(hashed))
    if seal.signature(body) != signature:
        return None
    return _Draft(stamp, tuple(added), start + equals, seal)
