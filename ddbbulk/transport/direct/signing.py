"""The heads of requests, with their signatures (AWS Signature Version 4).

Of a head little differs from one request to the next, so the rest is kept: what has the
time in it for a second, the signing key for a day. Of what is hashed, too, only the end
differs: the hash of the beginning is kept and copied.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import time
from typing import Any, Final

from ddbbulk.aws import AccessKey, Route

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_TARGET: Final = "DynamoDB_20120810."
_BLOCK_BYTES: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


class Signer:
    """Writes the head of a request to one table.

    Args:
        route: where requests go.
        key: of who sends them.

    Attributes:
        key: what they are signed with.

    Raises:
        ValueError: the key has characters that no header can have.
    """

    def __init__(self, route: Route, key: AccessKey) -> None:
        if not _is_plain(key.name) or not _is_plain(key.token or ""):
            raise ValueError("the credentials have characters that cannot be sent")
        self._route = route
        self.key = key
        self._second = -1
        self._day = ""
        self._drafts: dict[str, _Draft] = {}
        self._inner: Any = None
        self._outer: Any = None

    def head(self, operation: str, body: bytes, now: float) -> bytes:
        """Return everything of a request before its body.

        Args:
            operation: such as ``BatchWriteItem``.
            body: the whole of it.
            now: the time of day, in seconds since 1970.
        """
        second = int(now)
        if second != self._second:
            self._second = second
            self._drafts.clear()
        draft = self._drafts.get(operation)
        if draft is None:
            draft = self._drafts[operation] = self._draft(operation, second)
        canonical = draft.canonical.copy()
        canonical.update(hashlib.sha256(body).hexdigest().encode())
        inner = draft.inner.copy()
        inner.update(canonical.hexdigest().encode())
        outer = self._outer.copy()
        outer.update(inner.digest())
        return b"%b%b\r\nContent-Length: %d\r\n\r\n" % (
            draft.head,
            outer.hexdigest().encode(),
            len(body),
        )

    def _draft(self, operation: str, second: int) -> "_Draft":
        route, key = self._route, self.key
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
        day = stamp[:8]
        if day != self._day:
            self._renew_key(day)
        scope = f"{day}/{route.region}/{route.service}/aws4_request"
        signed = {
            "content-type": _CONTENT_TYPE,
            "host": route.authority,
            "x-amz-date": stamp,
        }
        if key.token:
            signed["x-amz-security-token"] = key.token
        signed["x-amz-target"] = _TARGET + operation
        names = ";".join(signed)
        lines = "".join(
            f"{name}:{' '.join(value.split())}\n" for name, value in signed.items()
        )
        canonical = f"POST\n{route.path}\n\n{lines}\n{names}\n"
        inner = self._inner.copy()
        inner.update(f"{_ALGORITHM}\n{stamp}\n{scope}\n".encode())
        sent = [*signed.items(), ("accept-encoding", "identity"), *route.headers]
        head = (
            f"POST {route.path} HTTP/1.1\r\n"
            + "".join(f"{name.title()}: {value}\r\n" for name, value in sent)
            + f"Authorization: {_ALGORITHM} Credential={key.name}/{scope}, "
            f"SignedHeaders={names}, Signature="
        )
        hashed = hashlib.sha256(canonical.encode())
        return _Draft(head.encode(), hashed, inner)

    def _renew_key(self, day: str) -> None:
        """Derive the key of a day, and begin the two hashes that an HMAC is made of."""
        key = b"AWS4" + self.key.secret.encode()
        for part in (day, self._route.region, self._route.service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        padded = key.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(padded.translate(_INNER))
        self._outer = hashlib.sha256(padded.translate(_OUTER))
        self._day = day


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


class _Draft:
    """What the heads of one operation have in common for a second."""

    __slots__ = ("canonical", "head", "inner")

    def __init__(self, head: bytes, canonical: Any, inner: Any) -> None:  # noqa: ANN401 # hashlib names no type
        self.head = head
        self.canonical = canonical
        self.inner = inner
