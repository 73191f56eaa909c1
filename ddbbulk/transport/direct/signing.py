"""The heads of requests, with their signatures (AWS Signature Version 4).

Of a head little differs from one request to the next, so the rest is kept: what has the
time in it for a second, the signing key for a day.
"""

import time
from typing import Final

from ddbbulk.aws import ALGORITHM, AccessKey, Route, Seal, SigningKey

_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_TARGET: Final = "DynamoDB_20120810."


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
        self._drafts: dict[str, tuple[bytes, Seal]] = {}
        self._daily: SigningKey | None = None

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
        start, seal = draft
        return b"%b%b\r\nContent-Length: %d\r\n\r\n" % (
            start,
            seal.signature(body).encode(),
            len(body),
        )

    def _draft(self, operation: str, second: int) -> tuple[bytes, Seal]:
        """Return a head up to its signature, and what makes that."""
        route, key = self._route, self.key
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
        scope = f"{stamp[:8]}/{route.region}/{route.service}/aws4_request"
        if self._daily is None or self._daily.scope != scope:
            self._daily = SigningKey(key.secret, scope)
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
        sent = [*signed.items(), ("accept-encoding", "identity"), *route.headers]
        head = (
            f"POST {route.path} HTTP/1.1\r\n"
            + "".join(f"{name.title()}: {value}\r\n" for name, value in sent)
            + f"Authorization: {ALGORITHM} Credential={key.name}/{scope}, "
            f"SignedHeaders={names}, Signature="
        )
        return head.encode(), Seal(self._daily, stamp, canonical)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
